"""Pairing: payouts that come to another account of ours, and payouts that the bank takes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from feesvc.domain.calendar import Calendar
from feesvc.domain.match_terms import MatchTerms
from feesvc.reconciling.matching.pairing import BankLine, Expected, Pairing

DAY = date(2026, 11, 20)
BATCH = UUID(int=1)
NAMED = frozenset({"SAND261120"})


def line(amount: int, keys: frozenset[str] = NAMED, kind: str = "credit") -> BankLine:
    return BankLine(
        id=7, identity="FT1", kind=kind, amount=amount, currency="VND", keys=keys, day=DAY,
        statement="S1", number=1,
    )  # fmt: skip


def batch(left: int, *, done: bool = False) -> Expected:
    return Expected(
        id=BATCH, account=UUID(int=2), kind="batch", keys=NAMED, left=left, currency="VND",
        day=DAY, done=done,
    )  # fmt: skip


def told(one: BankLine, expected: Expected, collects: bool = True) -> Pairing:
    return Pairing([one], [expected], MatchTerms(), Calendar(), collects=collects).run()


def test_a_payout_on_another_account_of_ours_is_matched_with_nothing() -> None:
    found = told(line(98_900), batch(98_900), collects=False)
    assert [(one.code, one.candidates) for one in found.breaks] == [("B09", (f"batch:{BATCH}",))]
    assert found.groups == []
    assert [group.how for group in told(line(98_900), batch(98_900)).groups] == ["batch"]


def test_on_such_an_account_a_sum_alone_says_nothing_of_payouts() -> None:
    found = told(line(98_900, frozenset()), batch(98_900), collects=False)
    assert [one.code for one in found.breaks] == ["B03"]


@pytest.mark.parametrize("kind", ["debit", "credit_reversal"])
def test_a_debit_that_names_a_payout_takes_it_back(kind: str) -> None:
    found = told(line(-98_900, kind=kind), batch(0, done=True))
    assert [(one.code, one.candidates) for one in found.breaks] == [("B07", (f"batch:{BATCH}",))]


def test_a_payout_and_the_debit_that_takes_it_back_may_come_in_one_run() -> None:
    """Statements that were held are read at once: the credit is booked before the debit is."""
    credit = line(98_900)
    back = replace(line(-98_900, kind="credit_reversal"), id=8, identity="FT2", number=2)
    found = Pairing([back, credit], [batch(98_900)], MatchTerms(), Calendar()).run()
    assert [group.how for group in found.groups] == ["batch"]
    assert [(one.code, one.candidates) for one in found.breaks] == [("B07", (f"batch:{BATCH}",))]
