"""What a run finds is booked, the rest becomes a case, and undoing restores balances."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid4

import psycopg
import pytest

from feesvc.application import concluding, matches
from feesvc.application.house import House
from feesvc.application.transfers import record_outcome
from feesvc.assembly import open_house
from feesvc.domain.merchant_account import MerchantAccount
from feesvc.intermediary import Disputed, Verdict
from feesvc.money import Money
from feesvc.reconciling.matching.runs import Run
from feesvc.testing.said_and_captured import NOON, Said, put_statement
from feesvc.testing.town import Town, post, told

pytestmark = pytest.mark.lasting

T = TypeVar("T")
ACCOUNT = {"bank": "970436", "number": "0011004455667"}
DAY = NOON.date() + timedelta(days=30)


class Office:
    """Finance staff of a town, and how its books stand."""

    def __init__(self, town: Town, db: psycopg.Connection[Any]) -> None:
        self.town = town
        self.db = db
        named = {**ACCOUNT, "purpose": "collection", "currency": "VND",
                 "effective_on": "2020-01-01"}  # fmt: skip
        told(post(town["administrator"], f"/agencies/{town.agency}/bank-accounts", named))
        ids = town.service.ids()
        self.bank = ids.bank_account(town.agency, ACCOUNT["bank"], ACCOUNT["number"], "VND")
        self.account = UUID(town.account)

    def do(self, act: Callable[[House], Awaitable[T]]) -> T:
        async def inside() -> T:
            async with open_house(self.town.service.settings) as house:
                return await act(house)

        return asyncio.run(inside())

    def reconcile(self, leg: Any) -> Run:
        self.town.service.await_followers()
        account = self.account if leg == "S" else self.bank
        return self.do(lambda house: concluding.reconcile(
            house, self.town.agency, account, leg, DAY, principal="person:a", id=uuid4()
        ))  # fmt: skip

    def balances(self) -> dict[str, int]:
        self.town.service.await_followers()
        path = f"/agencies/{self.town.agency}/agency_ledger/trial-balance"
        [book] = told(self.town["finance"].get(path))["books"]
        return {
            str(row["account"]): row["balance"]["amount"]
            for row in book["accounts"]
            if row["balance"]["amount"]
        }

    def codes(self) -> list[str]:
        """Of every case that was not recorded as cleared by its rule, or by evidence."""
        self.town.service.await_followers()
        path = f"/agencies/{self.town.agency}/case_list/cases"
        rows = told(self.town["finance"].get(path, params={"limit": 200}))["items"]
        return sorted(row["code"] for row in rows if row["state"] != "closed")

    def group_of(self, line: str) -> UUID:
        row = self.db.execute(
            'SELECT "group" FROM feesvc.every_member JOIN feesvc.line '
            "ON line.id = every_member.line WHERE line.identity = %s AND line.agency = %s "
            "ORDER BY active DESC", [line, self.town.agency],
        ).fetchone()  # fmt: skip
        assert row is not None
        return UUID(str(row[0]))

    def state_of(self, line: str) -> tuple[str, str]:
        row = self.db.execute(
            "SELECT state, reason FROM feesvc.line WHERE identity = %s AND agency = %s",
            [line, self.town.agency],
        ).fetchone()
        assert row is not None
        return row[0], row[1]


@pytest.fixture
def office(town: Town) -> Iterator[Office]:
    with (
        town.service.working(),
        psycopg.connect(town.service.settings.need_owner_url(), autocommit=True) as db,
    ):
        yield Office(town, db)


def paid(office: Office) -> tuple[str, str]:
    """The transaction of a payment of 115,000, and our reference for it."""
    transfer = office.town.paid("CHARGE")
    return transfer["transaction"], transfer["reference"]


def test_lines_are_booked_and_what_is_left_is_a_case(office: Office) -> None:
    first, second = paid(office), paid(office)
    put_statement(office.db, "B-1", [
        Said(name="l1", transaction=first[0], amount=115_000),
        Said(name="l2", transaction=second[0], amount=114_000),
        Said(name="l3", transaction="NOBODY", amount=50_000),
    ], account=office.account, agency=office.town.agency)  # fmt: skip
    before = office.balances()
    run = office.reconcile("S")
    assert (run.state, run.groups, run.breaks, run.complete) == (
        "concluded", 1, {"S03": 1, "S04": 1}, True,
    )  # fmt: skip
    after = office.balances()
    assert after["1210"] == 165_000
    assert before["1200"] - after["1200"] == 115_000
    assert after["2150"] == before.get("2150", 0) - 50_000
    assert [office.state_of(f"l{n}")[0] for n in (1, 2, 3)] == ["matched", "open", "placed"]
    assert office.codes() == ["S03", "S04"], (
        "one case for each, though the run and a process see it"
    )
    put_statement(office.db, "bank 1", [
        Said(name="c1", amount=165_000, keys=("B-1",), kind="credit"),
        Said(name="c2", amount=777, kind="credit"),
        Said(name="d1", amount=-500, kind="debit"),
    ], leg="B", account=office.bank, agency=office.town.agency)  # fmt: skip
    office.reconcile("B")
    banked = office.balances()
    assert set(office.codes()) >= {"B03", "B11"}
    assert banked["1300"] == 165_000 + 777


def test_undoing_a_match_and_matching_again_restores_balances(office: Office) -> None:
    transaction, _ = paid(office)
    put_statement(office.db, "B-1", [
        Said(name="l1", transaction=transaction, amount=115_000)
    ], account=office.account, agency=office.town.agency)  # fmt: skip
    before = office.balances()
    office.reconcile("S")
    after = office.balances()
    assert after != before and after["1210"] == 115_000
    group = office.group_of("l1")
    undone = office.do(lambda house: matches.undo(house, group, "mistake", "person:a"))
    assert undone["state"] == "reversed"
    assert office.balances() == before
    assert office.do(lambda house: matches.undo(house, group, "mistake", "person:b")) == undone
    assert office.state_of("l1") == ("open", "")
    run = office.reconcile("S")
    assert run.groups == 1 and office.balances() == after


def test_a_proposal_is_booked_when_somebody_says_so(office: Office) -> None:
    _, reference = paid(office)
    damaged = reference[:-1] + ("7" if reference[-1] != "7" else "8")
    put_statement(office.db, "B-1", [
        Said(name="l1", transaction="unreadable", reference=damaged, amount=115_000)
    ], account=office.account, agency=office.town.agency)  # fmt: skip
    office.db.execute("UPDATE feesvc.told_line SET occurred_at = now()")
    run = office.reconcile("S")
    assert (run.proposals, run.groups, run.breaks) == (1, 0, {"S19": 1})
    assert office.balances().get("1210", 0) == 0
    group = office.group_of("l1")
    done = office.do(lambda house: matches.confirm(house, group, "person:a"))
    assert done["state"] == "posted"
    assert office.balances()["1210"] == 115_000
    with pytest.raises(matches.NotThatFar):
        office.do(lambda house: matches.reject(house, group))


def test_a_rejected_proposal_is_not_made_again(office: Office) -> None:
    _, reference = paid(office)
    damaged = reference[:-1] + ("7" if reference[-1] != "7" else "8")
    put_statement(office.db, "B-1", [
        Said(name="l1", transaction="unreadable", reference=damaged, amount=115_000)
    ], account=office.account, agency=office.town.agency)  # fmt: skip
    office.db.execute("UPDATE feesvc.told_line SET occurred_at = now()")
    office.reconcile("S")
    office.do(lambda house: matches.reject(house, office.group_of("l1")))
    assert office.reconcile("S").breaks == {"S03": 1}


def test_what_is_matched_after_all_takes_its_case_away_until_it_stands_again(
    office: Office,
) -> None:
    put_statement(office.db, "B-1", [
        Said(name="l1", transaction="T-LATE", kind="refund", amount=-5_000),
    ], account=office.account, agency=office.town.agency)  # fmt: skip
    for _ in range(2):  # the second run finds the same, and tells nothing
        assert office.reconcile("S").breaks == {"S11": 1}
    assert office.codes() == ["S11"]
    row = office.db.execute(
        "DELETE FROM feesvc.unmatched_line WHERE reason = 'S11' RETURNING line, account, leg"
    ).fetchone()
    office.reconcile("S")
    assert office.codes() == []
    office.db.execute(
        "INSERT INTO feesvc.unmatched_line (line, account, leg, state) VALUES (%s, %s, %s, 'open')",
        row,
    )
    office.reconcile("S")
    assert office.codes() == ["S11"]


def test_a_reserve_is_booked_with_its_batch_and_is_no_open_case(office: Office) -> None:
    transaction, _ = paid(office)
    put_statement(office.db, "B-1", [
        Said(name="l1", transaction=transaction, amount=115_000),
        Said(name="l2", kind="reserve_hold", amount=-10_000),
    ], account=office.account, agency=office.town.agency)  # fmt: skip
    run = office.reconcile("S")
    assert run.breaks == {"S16": 1} and office.state_of("l2") == ("placed", "S16")
    books = office.balances()
    assert (books["1290"], books["1210"]) == (10_000, 105_000)
    assert office.codes() == []


def test_a_credit_that_differs_from_its_batch_is_one_case_under_its_own_name(
    office: Office,
) -> None:
    transaction, _ = paid(office)
    put_statement(office.db, "B-1", [
        Said(name="l1", transaction=transaction, amount=115_000)
    ], account=office.account, agency=office.town.agency)  # fmt: skip
    office.reconcile("S")
    put_statement(office.db, "bank 1", [
        Said(name="c1", amount=90_000, keys=("B-1",), kind="credit")
    ], leg="B", account=office.bank, agency=office.town.agency)  # fmt: skip
    office.reconcile("B")
    assert office.codes() == ["B04"]
    assert office.balances()["2150"] == -90_000


FEE = 115_000


def settled(office: Office, batch: str, *lines: Said) -> None:
    account, agency = office.account, office.town.agency
    put_statement(office.db, batch, lines, account=account, agency=agency)
    office.reconcile("S")


def test_a_dispute_that_only_a_settlement_tells_of_is_booked_once(office: Office) -> None:
    transaction, _ = paid(office)
    settled(office, "B-1", Said(name="p1", transaction=transaction, amount=FEE))
    before = office.balances()
    assert (before["1210"], "1250" in before) == (FEE, False)
    gone = Said(name="d1", kind="dispute", transaction="D-1", original=transaction, amount=-FEE)
    settled(office, "B-2", gone)
    assert office.state_of("d1") == ("matched", "")
    assert office.codes() == ["S14"], "one case, and not one of the line as well"
    disputed = office.balances()
    assert (disputed["1250"], disputed.get("1210", 0)) == (FEE, 0)

    async def told_at_last(house: House) -> Verdict:
        account = await house.see(MerchantAccount, UUID(office.town.account), "account")
        said = Disputed(
            dispute="dp_1", transaction=transaction, stage="opened", amount=Money(FEE, "VND"),
            at=NOON,
        )  # fmt: skip
        return await record_outcome(house, account, said, "notification", "")

    assert office.do(told_at_last) is Verdict.RECORDED, "its name is news, it is not"
    assert office.do(told_at_last) is Verdict.DUPLICATE
    assert office.balances() == disputed
    back = Said(
        name="w1", kind="dispute_reversal", transaction="D-1-W", original=transaction, amount=FEE
    )
    settled(office, "B-3", back)
    assert office.state_of("w1") == ("matched", "")
    assert office.balances() == before
    assert "S14" not in office.codes()


def test_a_part_that_comes_back_is_for_people(office: Office) -> None:
    transaction, _ = paid(office)
    settled(
        office, "B-1", Said(name="p1", transaction=transaction, amount=FEE),
        Said(name="d1", kind="dispute", transaction="D-1", original=transaction, amount=-FEE),
    )  # fmt: skip
    part = Said(name="w1", kind="dispute_reversal", original=transaction, amount=FEE - 1)
    settled(office, "B-2", part)
    assert office.state_of("w1") == ("open", "S15")
    assert office.codes() == ["S14", "S15"]
