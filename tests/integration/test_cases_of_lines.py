"""Whatever a run cannot match is one case under its code; what it did match says of what day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from feesvc.testing.faults import Fault
from feesvc.testing.file_desk import FileDesk
from feesvc.testing.said_and_captured import NOON, Captured, Said, put_captures, put_statement
from feesvc.testing.town import Town, post, told

CAPTURES = [
    Captured(name="short", transaction="T3", amount=70_000),
    Captured(name="in dollars", transaction="T4", currency="USD", amount=500),
    Captured(name="twin a", reference="TWIN", amount=10_000),
    Captured(name="twin b", reference="TWIN", amount=10_000),
    Captured(name="settled", transaction="T5", state="settled"),
    Captured(name="gone", transaction="T6", state="reversed"),
    Captured(name="damaged", transaction="9988776655", reference="FV00000077", amount=33_000),
    Captured(name="refund", kind="refund", original="T7", amount=-1_000),
]  # fmt: skip
LEFT = {
    "S04": Said(name="l1", transaction="T3", amount=69_000),
    "S05": Said(name="l2", transaction="T4", amount=500),
    "S20": Said(name="l3", reference="TWIN", amount=10_000),
    "S08": Said(name="l4", transaction="T5"),
    "S06": Said(name="l5", transaction="T6"),
    "S19": Said(name="l6", transaction="99887X6655", amount=33_000),
    "S12": Said(name="l7", kind="refund", original="T7", amount=-2_000),
    "S11": Said(name="l8", kind="refund", original="T77", amount=-7_000),
    "S13": Said(name="l9", kind="refund_reversal", original="T78", amount=7_000),
    "S14": Said(name="l10", kind="dispute", original="T79", amount=-9_000),
    "S15": Said(name="l11", kind="dispute_reversal", original="T80", amount=9_000),
    "S17": Said(name="l12", kind="adjustment", amount=-5),
}


class Desk(FileDesk):
    def __init__(self, town: Town, db: psycopg.Connection[Any]) -> None:
        super().__init__(town)
        self.db = db

    def run(self, account: str) -> Any:
        body = {"account": account, "as_of": "2026-12-20"}
        self.town.service.await_followers()
        return told(post(self.town["finance"], f"/agencies/{self.town.agency}/match-runs", body))

    def codes(self) -> Counter[str]:
        """Of the cases that stand open."""
        return Counter(row["code"] for row in self._cases() if row["state"] != "closed")

    def told(self) -> Counter[str]:
        """Of all cases, those that a rule closed at once among them."""
        return Counter(row["code"] for row in self._cases())

    def balances(self) -> dict[str, int]:
        self.town.service.await_followers()
        path = f"/agencies/{self.town.agency}/agency_ledger/trial-balance"
        [book] = told(self.town["finance"].get(path))["books"]
        return {row["account"]: row["balance"]["amount"] for row in book["accounts"]}

    def _cases(self) -> list[Any]:
        self.town.service.await_followers()
        path = f"/agencies/{self.town.agency}/case_list/cases"
        rows: list[Any] = told(self.town["finance"].get(path, params={"limit": 200}))["items"]
        return rows


@pytest.fixture
def desk(town: Town) -> Iterator[Desk]:
    with (
        town.service.working(),
        psycopg.connect(town.service.settings.need_owner_url(), autocommit=True) as db,
    ):
        yield Desk(town, db)


def test_every_line_that_a_run_leaves_is_one_case_under_its_code(desk: Desk) -> None:
    put_captures(desk.db, CAPTURES)
    desk.db.execute("UPDATE captures.capture SET account = %s", [desk.town.account])
    put_statement(desk.db, "B-1", list(LEFT.values()), account=UUID(desk.town.account))
    for _ in range(2):
        assert desk.run(desk.town.account)["breaks"] == dict.fromkeys(LEFT, 1)
        assert desk.codes() == dict.fromkeys(LEFT, 1)


def test_a_line_told_twice_in_a_file_is_a_case_and_booked_once(desk: Desk) -> None:
    transaction = desk.town.paid("CHARGE")["transaction"]
    lines = [Said(name=f"l{n}", transaction=transaction, amount=115_000) for n in (1, 2)]
    put_statement(desk.db, "B-1", lines, account=UUID(desk.town.account))
    desk.run(desk.town.account)
    assert desk.codes() == {"S07": 1}


def test_a_line_of_an_order_that_is_not_paid_is_never_taken_for_another_payment(
    desk: Desk,
) -> None:
    """Transactions that follow each other differ in a letter: its own reference says what it is."""
    transaction = desk.town.paid("CHARGE")["transaction"]
    order = desk.town.payment(desk.town.assessment("CHARGE")["id"])
    desk.town.stand_in.counterpart.faults.set(Fault.SERVER_ERROR, order["reference"])
    following = f"{transaction[:-1]}{(int(transaction[-1]) + 1) % 10}"
    line = Said(name="l1", transaction=following, reference=order["reference"], amount=115_000)
    put_statement(desk.db, "B-1", [line], account=UUID(desk.town.account))
    desk.run(desk.town.account)
    assert desk.codes() == {"S06": 1}


@pytest.mark.parametrize("names_itself", [True, False])
def test_a_dispute_of_which_a_settlement_is_the_first_word_is_booked(
    desk: Desk, names_itself: bool
) -> None:
    """Some intermediaries give it a number of its own, others only that of its payment."""
    transaction = desk.town.paid("CHARGE")["transaction"]
    own, original = ("D-1", transaction) if names_itself else (transaction, "")
    put_statement(desk.db, "B-1", [
        Said(name="l1", transaction=transaction, amount=115_000),
        Said(name="l2", kind="dispute", transaction=own, original=original, amount=-115_000),
    ], account=UUID(desk.town.account))  # fmt: skip
    desk.run(desk.town.account)
    assert desk.codes() == {"S14": 1}
    assert desk.balances()["1250"] == 115_000


def test_a_line_of_another_day_is_matched_and_says_so(desk: Desk) -> None:
    transaction = desk.town.paid("CHARGE")["transaction"]
    line = Said(name="l1", transaction=transaction, amount=115_000, at=NOON - timedelta(days=40))
    put_statement(desk.db, "B-1", [line], account=UUID(desk.town.account))
    desk.run(desk.town.account)
    path = f"/agencies/{desk.town.agency}/matches"
    [match] = told(desk.town["finance"].get(path))["items"]
    assert match["why"]["line_day"] == "2026-10-11" != match["why"]["capture_day"]
    assert desk.codes() == {}, "S18 is the record of the match itself, and nobody's work"
    assert desk.told() == {"S18": 1}


def test_credits_and_debits_that_nothing_explains_are_one_case_each(desk: Desk) -> None:
    put_statement(desk.db, "bank 1", [
        Said(name="c1", amount=777, kind="credit"), Said(name="d1", amount=-500, kind="debit"),
    ], leg="B", account=UUID(desk.bank))  # fmt: skip
    for _ in range(2):
        desk.run(desk.bank)
        assert desk.codes() == {"B03": 1, "B11": 1}
