"""Ends of cases over HTTP: found by rule, ended by two with the money, listed with their ages."""

from __future__ import annotations

from typing import Any

import pytest

from feesvc.testing.finding import found_case
from feesvc.testing.town import Town, post, told

pytestmark = pytest.mark.lasting

LINE = {
    "batch": "B-7", "native_id": "L-1", "transaction": "tx_unheard_of", "gross": 50_000,
    "net": 50_000, "currency": "VND", "at": "2026-11-01T10:00:00+07:00",
}  # fmt: skip


@pytest.fixture
def waiting(town: Town) -> str:
    """Money of a transaction that nobody asked for; gives its transfer."""
    path = f"/merchant-accounts/{town.account}/settlement-lines"
    transfer: str = told(post(town["finance"], path, LINE))["transfer"]
    return transfer


def listed(town: Town, **asked: Any) -> list[dict[str, Any]]:
    town.service.await_followers()
    path = f"/agencies/{town.agency}/case_list/cases"
    items: list[dict[str, Any]] = told(town["finance"].get(path, params=asked))["items"]
    return items


def test_what_is_found_by_rule_is_ended_by_two_with_its_money(town: Town, waiting: str) -> None:
    fee = town.assessment("CHARGE")
    with town.service.working():
        [case] = listed(town, subject=waiting)
        assert (case["code"], case["account"], case["severity"]) == ("S03", 2150, 3)
        path = f"/cases/{case['id']}"
        ending = {"resolution": "explained", "reason": "seen"}
        alone = post(town["finance"], f"{path}/resolve", ending)
        assert told(alone, 422)["type"] == "/problems/money-still-open"
        moves = {"how": "apply", "item": {"transfer": waiting}, "assessment": fee["id"]}
        body = {"resolution": "apply_credit", "reason": "payer_called", "moves": moves}
        other_way = post(town["finance"], f"{path}/resolve", body | {"resolution": "write_off"})
        assert told(other_way, 422)["type"] == "/problems/not-that-way"
        proposed = told(post(town["finance"], f"{path}/resolve", body), 200)
        assert proposed["state"] == "resolution_proposed" and proposed["posting"]
        digest = {"digest": proposed["digest"]}
        assert post(town["finance"], f"{path}/approve", digest).status_code == 403
        assert told(post(town["approver"], f"{path}/approve", digest), 200)["state"] == "closed"
        assert listed(town, state="not_closed", subject=waiting) == []
    paid = told(town.portal.get(f"/assessments/{fee['id']}"))
    assert paid["outstanding"]["amount"] == fee["total"]["amount"] - 50_000


def test_a_receivable_that_is_written_off_is_owed_no_more(town: Town) -> None:
    fee = town.assessment("FEE")
    payment = town.payment(fee["id"])
    moves = {"how": "receivable_written_off", "about": fee["id"]}
    body = {"resolution": "write_off", "reason": "payer_died", "moves": moves}
    case = found_case(town.service, town.agency, payment["id"], 1)
    proposed = told(post(town["finance"], f"/cases/{case}/resolve", body), 200)
    told(post(town["approver"], f"/cases/{case}/approve", {"digest": proposed["digest"]}), 200)
    after = told(town.portal.get(f"/assessments/{fee['id']}"))
    assert (after["state"], after["outstanding"]["amount"]) == ("written_off", 0)


def test_many_cases_are_worked_on_at_once(town: Town, waiting: str) -> None:
    with town.service.working():
        [case] = listed(town, subject=waiting)
        path = f"/agencies/{town.agency}/cases/bulk"
        unknown = "00000000-0000-4000-8000-000000000000"
        body = {"cases": [case["id"], unknown], "do": "take_up", "reason": "morning"}
        assert post(town["auditor"], path, body).status_code == 403
        done = told(post(town["clerk"], path, body, key="once"), 200)["cases"]
        assert [(one["became"], one["state"]) for one in done] == [
            ("done", "investigating"), ("Unknown", ""),
        ]  # fmt: skip
        again = post(town["clerk"], path, body, key="once")
        assert again.headers["Idempotent-Replayed"] == "true"


def test_a_settlement_term_is_set_by_finance_staff(town: Town) -> None:
    path = f"/merchant-accounts/{town.account}/settlement-term"
    body = {"settled_within": 1, "credited_within": 2, "effective_on": "2026-01-01"}
    assert post(town["clerk"], path, body).status_code == 403
    assert told(post(town["finance"], path, body), 200)["settled_within"] == 1
    assert post(town["finance"], path, body | {"settled_within": 99}).status_code == 422


def test_ages_are_told_as_of_a_day(town: Town, waiting: str) -> None:
    with town.service.working():
        listed(town, subject=waiting)
        path = f"/agencies/{town.agency}/case_list/ageing"
        told_now = told(town["auditor"].get(path))
        assert any(one["code"] == "S03" and one["age"] == "0-1" for one in told_now["items"])
        later = told(town["auditor"].get(path, params={"as_of": "2099-01-01"}))
        assert {one["age"] for one in later["items"]} == {">90"}
        assert town.portal.get(path).status_code in (403, 404)
