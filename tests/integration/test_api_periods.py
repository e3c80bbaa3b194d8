"""A month closed over HTTP: the sheet, the two people, what comes late, what stays as it was."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from feesvc.testing.town import Town, post, told

pytestmark = pytest.mark.lasting

MONTH = "/periods/2026-10"


def line(town: Town, name: str, amount: int, day: str) -> Any:
    body = {
        "batch": f"B-{name}", "native_id": f"L-{name}", "transaction": f"tx_{name}",
        "gross": amount, "net": amount, "currency": "VND", "at": f"{day}T10:00:00+07:00",
    }  # fmt: skip
    return told(post(town["finance"], f"/merchant-accounts/{town.account}/settlement-lines", body))


def ledger(town: Town, path: str, **asked: str) -> Any:
    town.service.await_followers()
    where = f"/agencies/{town.agency}/agency_ledger/{path}"
    return told(town["auditor"].get(where, params=asked))


def do(town: Town, who: str, step: str, body: Any = None, period: str = MONTH) -> httpx.Response:
    return post(town[who], f"/agencies/{town.agency}{period}/{step}", body)


def explained(town: Town, sheet: Any) -> dict[str, Any]:
    owner = town.subjects["finance"]
    red = [item["item"] for item in sheet["items"] if item["red"]]
    return {
        "digest": sheet["digest"],
        "explanations": [{"item": one, "owner": owner, "reason": "asked_them"} for one in red],
    }


def close(town: Town, period: str = MONTH) -> Any:
    told(do(town, "finance", "begin-closing", period=period), 200)
    sheet = told(town["auditor"].get(f"/agencies/{town.agency}{period}/sheet"))
    told(do(town, "finance", "propose", explained(town, sheet), period), 200)
    return told(do(town, "approver", "close", {"digest": sheet["digest"]}, period), 200)


def test_a_month_is_closed_by_two_people_and_says_for_ever_what_it_said(town: Town) -> None:
    with town.service.working():
        line(town, "one", 50_000, "2026-10-05")
        path = f"/agencies/{town.agency}{MONTH}"
        assert town["finance"].get(path).status_code == 404
        assert do(town, "clerk", "begin-closing").status_code == 403
        begun = told(do(town, "finance", "begin-closing"), 200)
        assert (begun["state"], begun["kind"], begun["last_day"]) == (
            "closing", "month", "2026-10-31",
        )  # fmt: skip
        line(town, "two", 7_000, "2026-10-31")

        sheet = told(town["finance"].get(f"{path}/sheet"))
        assert {item["item"][0] for item in sheet["items"]} >= {"1", "2", "3", "4", "6", "7", "8"}
        rolled = {one["account"]: one["closing"]["amount"] for one in sheet["balances"]}
        assert sum(rolled.values()) == 0 and rolled["2150"] == -50_000
        assert told(town["finance"].get(f"{path}/sheet")) == sheet, "the same whenever it is asked"

        wrong = {**explained(town, sheet), "digest": "0" * 64}
        said = told(do(town, "finance", "propose", wrong), 422)
        assert said["type"] == "/problems/changed-since-asked"
        assert do(town, "approver", "close", {"digest": sheet["digest"]}).status_code == 409
        told(do(town, "finance", "propose", explained(town, sheet)), 200)
        assert do(town, "finance", "close", {"digest": sheet["digest"]}).status_code == 403
        closed = told(do(town, "approver", "close", {"digest": sheet["digest"]}), 200)
        assert (closed["state"], closed["times_closed"]) == ("closed", 1)

        before = ledger(town, "trial-balance", as_of="2026-10")["books"]
        line(town, "three", 900, "2026-10-15")
        assert ledger(town, "trial-balance", as_of="2026-10")["books"] == before
        late = ledger(town, "late-entries", period="2026-10")["entries"]
        assert {one["counted_on"] for one in late} == {"2026-11-01"}
        assert {one["effective_on"] for one in late} == {"2026-10-15", "2026-10-31"}
        november = ledger(town, "trial-balance", period="2026-11")["books"][0]["accounts"]
        suspense = next(one for one in november if one["account"] == "2150")
        assert suspense["opening"]["amount"] == -50_000
        assert suspense["balance"]["amount"] == -57_900


def test_an_item_that_is_red_is_explained_by_an_officer(town: Town) -> None:
    with town.service.working():
        told(do(town, "finance", "begin-closing"), 200)
        sheet = told(town["finance"].get(f"/agencies/{town.agency}{MONTH}/sheet"))
        body = {
            "digest": sheet["digest"],
            "explanations": [
                {"item": "1 files", "owner": "0192f0c1-7d2a-4c36-9b1e-5a7b3c9d1e2f", "reason": "x"}
            ],
        }
        assert told(do(town, "finance", "propose", body), 422)["type"].endswith("not-an-officer")


def test_a_month_is_reopened_by_two_people_and_closed_again(town: Town) -> None:
    with town.service.working():
        line(town, "one", 50_000, "2026-10-05")
        close(town)
        assert do(town, "approver", "reopen").status_code == 409
        told(do(town, "finance", "ask-reopening", {"reason": "a_file_came"}), 200)
        assert do(town, "finance", "reopen").status_code == 403
        assert told(do(town, "approver", "reopen"), 200)["state"] == "open"
        line(town, "two", 1_000, "2026-10-06")
        balance = ledger(town, "trial-balance", as_of="2026-10")["books"][0]["accounts"]
        assert next(o for o in balance if o["account"] == "2150")["balance"]["amount"] == -51_000
        assert close(town)["times_closed"] == 2
        stream = str(town.service.ids().period(town.agency, "2026-10"))
        said = told(town["auditor"].get(f"/agencies/{town.agency}/histories/{stream}"))
        topics = [event["topic"] for event in said["events"]]
        assert topics.count("period.closed") == 2 and "period.reopened" in topics


def test_periods_are_closed_in_turn_and_when_they_are_over(town: Town) -> None:
    def begin(name: str) -> Any:
        path = f"/agencies/{town.agency}/periods/{name}/begin-closing"
        return post(town["finance"], path).json()

    assert begin("2099-01")["type"] == "/problems/not-ended"
    assert begin("2026-13")["type"] == "/problems/no-such-period"
    assert begin("2025")["type"] == "/problems/not-in-turn"
    assert begin("2026-09")["state"] == "closing"
    assert begin("2026-10")["type"] == "/problems/not-in-turn"
    assert begin("2026-10-03")["state"] == "closing"


def test_a_years_result_is_carried_when_it_is_closed(town: Town) -> None:
    taken = {
        "batch": "B-1", "native_id": "L-1", "transaction": "tx_1", "gross": 50_000,
        "commission": -1_000, "tax": -100, "net": 48_900, "currency": "VND",
        "at": "2025-12-05T10:00:00+07:00",
    }  # fmt: skip
    path = f"/merchant-accounts/{town.account}/settlement-lines"
    with town.service.working():
        told(post(town["finance"], path, taken))
        assert close(town, "/periods/2025-12")["state"] == "closed"
        assert close(town, "/periods/2025")["state"] == "closed"
        lines = [
            (line["rule"], line["account"], line["amount"]["amount"])
            for entry in ledger(town, "journal")["entries"]
            for line in entry["lines"]
            if line["rule"] == "P19"
        ]
    assert sorted(lines) == [
        ("P19", "3100", 100), ("P19", "3100", 1_000), ("P19", "5100", -1_000),
        ("P19", "5150", -100),
    ]  # fmt: skip
