"""What a bank takes for itself: booked as its charge by two people, and not before."""

from __future__ import annotations

from typing import Any

import pytest

from feesvc.testing.file_desk import FileDesk, camt, told_anew
from feesvc.testing.town import post, told

pytestmark = pytest.mark.lasting


def test_a_debit_that_nobody_ordered_is_booked_as_a_charge_by_two(desk: FileDesk) -> None:
    town = desk.town
    with town.service.working():
        file = desk.take(camt(1, 0, (50_000, "FT1"), (-20_000, "FT2")))
        assert desk.balances() == {"1300": 50_000, "2150": -50_000}
        case = _case(desk)
        proposed = _resolve(desk, case, 200)
        assert proposed["state"] == "resolution_proposed"
        agree = {"digest": proposed["digest"]}
        told(post(town["finance"], f"/cases/{case['id']}/approve", agree), 403)
        assert desk.balances() == {"1300": 50_000, "2150": -50_000}
        told(post(town["approver"], f"/cases/{case['id']}/approve", agree))
        assert desk.balances() == {"1300": 30_000, "2150": -50_000, "5320": 20_000}
        [cover] = told(town["finance"].get(f"/agencies/{town.agency}/custody/cover"))["items"]
        assert cover["accounts"]["bank"] == 30_000
        _run(desk)
        assert sorted(desk.states(file)) == ["open", "placed"]
        _run(desk)
        assert desk.balances() == {"1300": 30_000, "2150": -50_000, "5320": 20_000}
        assert [code for code, *_ in desk.open_cases()] == ["B03"]


def test_a_debit_that_nobody_booked_is_not_explained(desk: FileDesk) -> None:
    """It left the bank: whoever says so says what it was, or claims it."""
    town = desk.town
    with town.service.working():
        desk.take(camt(1, 0, (50_000, "FT1"), (-20_000, "FT2")))
        case = _case(desk)
        path = f"/cases/{case['id']}/resolve"
        body = {"resolution": "explained", "reason": "known"}
        refused = told(post(town["finance"], path, body), 422)
        assert refused["type"] == "/problems/money-still-open"
        assert "20,000 VND left the bank" in refused["detail"]
        told(post(town["finance"], path, {"resolution": "claim", "reason": "not_ours"}))


def test_what_was_explained_meanwhile_is_no_charge(desk: FileDesk) -> None:
    town = desk.town
    with town.service.working():
        first = camt(1, 0, (50_000, "FT1"), (-20_000, "FT2"))
        desk.take(first)
        case = _case(desk)
        agree = {"digest": _resolve(desk, case, 200)["digest"]}
        desk.take(camt(1, 0, (50_000, "FT1")))
        refused = told(post(town["approver"], f"/cases/{case['id']}/approve", agree), 422)
        assert refused["type"] == "/problems/no-such-debit"
        assert desk.balances() == {"1300": 50_000, "2150": -50_000}


def test_a_charge_that_is_told_with_other_words_is_booked_once(desk: FileDesk) -> None:
    town = desk.town
    with town.service.working():
        first = camt(1, 0, (50_000, "FT1"), (-20_000, "FT2"))
        desk.take(first)
        case = _case(desk)
        agree = {"digest": _resolve(desk, case, 200)["digest"]}
        told(post(town["approver"], f"/cases/{case['id']}/approve", agree))
        _run(desk)
        desk.take(told_anew(first, 1))
        _run(desk)
        assert desk.balances() == {"1300": 30_000, "2150": -50_000, "5320": 20_000}
        assert [code for code, *_ in desk.open_cases()] == ["B03"]


def _case(desk: FileDesk) -> Any:
    path = f"/agencies/{desk.town.agency}/case_list/cases"
    rows = told(desk.town["finance"].get(path))["items"]
    [found] = [row for row in rows if row["code"] == "B11"]
    return told(desk.town["finance"].get(f"/cases/{found['id']}"))


def _resolve(desk: FileDesk, case: Any, status: int) -> Any:
    moves = {"how": "bank_charged", "about": case["subject"]}
    body = {"resolution": "correct_ledger", "reason": "account_fee", "moves": moves}
    return told(post(desk.town["finance"], f"/cases/{case['id']}/resolve", body), status)


def _run(desk: FileDesk) -> None:
    body = {"account": desk.bank}
    told(post(desk.town["finance"], f"/agencies/{desk.town.agency}/match-runs", body))
    desk.town.service.await_followers()
