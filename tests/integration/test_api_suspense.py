"""Suspense over HTTP and on the command line: listed with age, moved by two people, given back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from feesvc.testing.town import Town, post, told


@pytest.fixture
def waiting(town: Town) -> dict[str, Any]:
    """Money of a transaction that nobody asked for, from one settlement line."""
    line = {
        "batch": "B-7", "native_id": "L-1", "transaction": "tx_unheard_of", "gross": 200_000,
        "net": 200_000, "currency": "VND", "at": "2026-11-01T10:00:00+07:00",
    }  # fmt: skip
    taken = told(post(town["finance"], f"/merchant-accounts/{town.account}/settlement-lines", line))
    return {"transfer": taken["transfer"], "kind": "suspense"}


def listed(town: Town, what: str = "suspense", by: str = "finance", **asked: Any) -> Any:
    path = f"/agencies/{town.agency}/payment_register/{what}"
    return told(town[by].get(path, params=asked))["items"]


def test_suspense_is_listed_with_age_applied_and_gone(town: Town, waiting: dict[str, Any]) -> None:
    fee = town.assessment("CHARGE")
    body = {"item": waiting, "assessment": fee["id"], "reason": "payer_called"}
    assert post(town["clerk"], "/suspense/apply", body).status_code == 403
    assert post(town.portal, "/suspense/apply", body).status_code == 403
    with town.service.working():
        town.service.await_followers()
        [item] = listed(town)
        assert (item["reason"], item["amount"]["amount"]) == ("unknown_settled_line", 200_000)
        assert item["days"] >= 20 and item["since"].startswith("2026-11-01")
        assert listed(town, kind="credit") == [] == listed(town, min_days=90_000)
        asked = told(post(town["finance"], "/suspense/apply", body), 201)
        town.service.await_followers()
        assert listed(town)[0]["asked"] == asked["id"]
        [open_one] = listed(town, "reclassifications", state="requested")
        assert (open_one["id"], open_one["digest"]) == (asked["id"], asked["digest"])

        path = f"/reclassifications/{asked['id']}"
        digest = {"digest": asked["digest"]}
        assert post(town["finance"], f"{path}/approve", digest).status_code == 403
        wrong = post(town["approver"], f"{path}/approve", {"digest": "0" * 64})
        assert told(wrong, 422)["type"] == "/problems/changed-since-asked"
        done = told(post(town["approver"], f"{path}/approve", digest), 200)
        assert (done["state"], told(town["auditor"].get(path))["state"]) == ("approved", "approved")
        assert told(town.portal.get(f"/assessments/{fee['id']}"))["state"] == "paid"
        town.service.await_followers()
        [left] = listed(town)
        assert (left["amount"]["amount"], left["asked"]) == (85_000, None)
        again = post(town["approver"], f"{path}/approve", digest)
        assert told(again, 409)["type"] == "/problems/wrong-state"


def test_a_request_whose_money_moved_is_refused_clearly(
    town: Town, waiting: dict[str, Any]
) -> None:
    credit = {"item": waiting, "reason": "payer_known", "payer": {"name": "Trần Thị B"}}
    disclaim = {"item": waiting, "reason": "not_ours", "amount": 1}
    asked = told(post(town["finance"], "/suspense/credit", credit), 201)
    assert asked["subject"] and "Trần" not in json.dumps(asked)
    for _ in range(2):
        other = told(post(town["finance"], "/suspense/disclaim", disclaim), 201)
        body = {"digest": other["digest"]}
        answer = post(town["approver"], f"/reclassifications/{other['id']}/approve", body)
    assert answer.status_code == 200
    late = post(
        town["approver"], f"/reclassifications/{asked['id']}/approve", {"digest": asked["digest"]}
    )
    assert told(late, 409)["type"] == "/problems/item-moved"
    back = post(town["finance"], f"/reclassifications/{asked['id']}/reject", {"reason": "late"})
    assert told(back, 200)["state"] == "rejected"


def test_an_agency_lets_one_person_decide_small_amounts(
    town: Town, waiting: dict[str, Any]
) -> None:
    path = f"/agencies/{town.agency}/approval-limit"

    def limited(amount: int, effective_on: str) -> dict[str, Any]:
        return {"limit": {"amount": amount, "currency": "VND"}, "effective_on": effective_on}

    assert post(town["finance"], path, limited(199_999, "2026-01-01")).status_code == 403
    told(post(town["administrator"], path, limited(199_999, "2026-01-01")), 200)
    body = {"item": waiting, "reason": "not_ours", "amount": 50_000}
    part = told(post(town["finance"], "/suspense/disclaim", body), 201)
    told(post(town["administrator"], path, limited(200_000, "2026-01-02")), 200)
    small = told(post(town["finance"], "/suspense/disclaim", body), 201)
    assert [(one["state"], one["needs_second"]) for one in (part, small)] == [
        ("requested", True), ("approved", False),
    ]  # fmt: skip


def test_an_item_is_given_back_and_held_for_others(town: Town, waiting: dict[str, Any]) -> None:
    with town.service.person("operator") as operator:
        names = {"name_vi": "Sở H29", "name_en": "H29"}
        told(post(operator, "/agencies", {"code": "H29", **names}), 201)
    hold = {"item": waiting, "reason": "theirs", "agency": "H29", "amount": 60_000}
    asked = told(post(town["finance"], "/suspense/hold", hold), 201)
    path = f"/reclassifications/{asked['id']}/approve"
    told(post(town["approver"], path, {"digest": asked["digest"]}), 200)
    wish = {
        "transfer": waiting["transfer"], "amount": 60_000, "reason": "theirs",
        "item": {"kind": "held", "agency": "H29"},
    }  # fmt: skip
    refund = told(post(town["finance"], "/refunds", wish), 201)
    assert [(p["to"], p["agency"]) for p in refund["takes"]] == [("held", "H29")]
    more = post(town["finance"], "/refunds", {**wish, "amount": 1})
    assert told(more, 409)["type"] == "/problems/more-than-is-left"
    with town.service.working():
        town.service.await_followers()
        assert [(i["kind"], i["amount"]["amount"]) for i in listed(town)] == [("suspense", 140_000)]
        ledger = f"/agencies/{town.agency}/agency_ledger/open-items"
        items = told(town["auditor"].get(ledger, params={"account": "2350"}))["items"]
        assert [item["amount"]["amount"] for item in items] == [-60_000]


def test_the_command_line_reads_like_a_sentence(
    town: Town, waiting: dict[str, Any], tmp_path: Any
) -> None:
    fee = town.assessment("CHARGE")

    def feesvc(by: str, *words: str, asked: str = "") -> str:
        token = town[by].headers["authorization"].removeprefix("Bearer ")
        ran = subprocess.run(
            [sys.executable, "-c", "from feesvc.cli import main; main()", "suspense", *words],
            capture_output=True, text=True, check=False, input=asked,
            env={
                "HOME": str(tmp_path), "LC_ALL": "C.UTF-8", "COLUMNS": "250",
                "PATH": os.environ["PATH"], "FEESVC_URL": town.service.url, "FEESVC_TOKEN": token,
            },
        )  # fmt: skip
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    with town.service.working():
        town.service.await_followers()
        shown = feesvc("finance", "list", town.agency)
    assert "unknown_settled_line" in shown and "200,000 VND" in shown
    reason = ("--reason", "payer_called")
    said = feesvc("finance", "apply", waiting["transfer"], fee["id"], *reason, "--json")
    asked = json.loads(said)
    shown = feesvc("approver", "approve", asked["id"], asked="y\n")
    assert f"reclassification {asked['id']}" in shown and "is approved" in shown
    refund = feesvc(
        "finance", "refund", waiting["transfer"], "--amount", "85000", *reason, "--json"
    )
    assert json.loads(refund)["state"] == "requested"
