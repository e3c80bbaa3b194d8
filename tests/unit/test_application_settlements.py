"""Settlements line by line, and receipt numbers without a gap."""

from __future__ import annotations

import asyncio
from datetime import date
from uuid import UUID

import pytest
from msgspec.structs import replace

from feesvc.application import settlements
from feesvc.application.accounts import open_receipt_series
from feesvc.application.receipts import Settled, number_receipts
from feesvc.application.settlements import (
    ControlTotalBreak,
    LineContradicts,
    LineDoesNotAddUp,
    NoSettlementsHere,
    SettlementMalformed,
)
from feesvc.domain.receipt import Receipt
from feesvc.domain.transfer import Transfer
from feesvc.intermediary import Profile, SettlementLine, Verdict
from feesvc.money import Money
from feesvc.testing.scenario import NOON, Scenario, story


def vnd(amount: int) -> Money:
    return Money(amount, "VND")


@story
async def test_a_line_settles_its_transfer_with_the_commission_withheld(s: Scenario) -> None:
    account = await s.agency("G14", "settling")
    fee = await s.assessment("G14", ("fee", 100_000))
    payment = await s.payment(account, fee)
    await s.money(account, payment.reference, 100_000)
    lines = (
        ("payment", "T-1", 100_000, 1_100), ("refund", "T-1", -5_000, 0), ("payout", "", -93_900, 0)
    )  # fmt: skip
    taken = await s.settlement(account, *lines)
    assert (taken.taken, taken.repeated, taken.left) == (
        {"payment": 1}, 0, {"refund": 1, "payout": 1},
    )  # fmt: skip
    assert (await s.transfer(account)).settled
    events = [each.event for each in await s.store.history((await s.transfer(account)).id)]
    settled = events[-1]
    assert isinstance(settled, Transfer.Settled)
    assert (settled.batch, settled.commission, settled.tax) == ("B-1", vnd(1_100), vnd(0))
    head = await s.store.head()
    again = await s.settlement(account, *lines)
    assert (again.taken, again.repeated, await s.store.head()) == ({}, 1, head)


@story
async def test_money_we_never_heard_of_waits_and_is_moved_when_we_hear(s: Scenario) -> None:
    account = await s.agency("G14", "settling")
    fee = await s.assessment("G14", ("fee", 100_000))
    payment = await s.payment(account, fee)
    await s.settlement(account, ("payment", "T-1", 100_000, 1_100))
    transfer = await s.transfer(account)
    places = [(p.to, p.reason) for p in transfer.buckets]
    assert (places, transfer.settled) == ([("suspense", "unknown_settled_line")], True)
    assert await s.money(account, payment.reference, 100_000) is Verdict.RECORDED
    assert await s.money(account, payment.reference, 100_000) is Verdict.DUPLICATE
    assert (await s.see(fee)).state == "paid"
    assert (await s.transfer(account)).settled


@story
async def test_a_document_that_does_not_add_up_books_nothing_of_it(s: Scenario) -> None:
    account = await s.agency("G14", "settling")
    before = await s.store.head()
    line = ("payment", "T-1", 100_000, 1_100)
    for wrong in ({"net": 98_901}, {"count": 2}):
        with pytest.raises(ControlTotalBreak):
            await s.settlement(account, line, **wrong)
    with pytest.raises(SettlementMalformed):
        await settlements.take_settlement(s.house, account, b"%PDF", Profile(), "person:officer")
    other = await s.agency("G22")
    with pytest.raises(NoSettlementsHere):
        await s.settlement(other, line)
    assert [e.event.TOPIC for e in await s.store.read(before, 9)] == [
        "agency.registered", "agency.merchant_account_added", "merchant_account.opened",
    ]  # fmt: skip


async def numbered(s: Scenario, *assessments: UUID) -> list[UUID]:
    """Number them in one append; gives those that wait for a series."""
    act = s.house.act(s.some_id(), "process:receipts")
    settled = [Settled(id, (await s.see(id)).agency, vnd(0)) for id in assessments]
    return [each.assessment for each in await number_receipts(s.house, act, settled)]


@story
async def test_each_assessment_gets_one_number_and_the_series_has_no_gap(s: Scenario) -> None:
    await s.agency("G14")
    free = [await s.assessment("G14", ("fee", 0)) for _ in range(20)]
    assert await numbered(s, free[0], free[1]) == free[:2]
    act = s.house.act(s.some_id(), "person:officer")
    await open_receipt_series(s.house, act, "G14", "BI-26T", "01BLP0-001", 7, date(2026, 1, 1))
    await s.agency("G01")
    waits = await s.assessment("G01", ("fee", 0))
    both = [*free, free[0], waits]
    told = await asyncio.gather(*(numbered(s, *both[at : at + 6]) for at in range(0, 22, 3)))
    assert {id for left in told for id in left} == {waits}
    given = [await s.house.one(Receipt, s.store.ids.receipt(id), "receipt") for id in free]
    assert sorted(receipt.number for receipt in given) == list(range(7, 27))
    assert {receipt.assessment for receipt in given} == set(free)
    head = await s.store.head()
    assert await numbered(s, *free) == []
    assert await s.store.head() == head
    assert {receipt.total for receipt in given} == {vnd(0)}


@story
async def test_a_line_that_says_otherwise_than_before_is_refused_and_not_dropped(
    s: Scenario,
) -> None:
    account = await s.agency("G14", "settling")
    await s.money(account, "NEVER-ASKED", 100_000)
    usd = Money(100, "USD")
    dollars = SettlementLine(
        kind="payment", native_id="N-1", transaction="T-1", reference="", gross=usd,
        commission=Money(0, "USD"), tax=Money(0, "USD"), net=usd, at=NOON,
    )  # fmt: skip
    with pytest.raises(LineContradicts):
        await settlements.take_settlement_line(s.house, account, "B-1", dollars, "person:f")
    dong = replace(
        dollars, gross=vnd(100), commission=vnd(0), tax=vnd(0), net=vnd(100), transaction="T-2"
    )
    for state in ("booked", "repeated"):
        taken = settlements.take_settlement_line(s.house, account, "B-1", dong, "person:f")
        assert await taken == state
    head = await s.store.head()
    for other in (replace(dong, transaction="T-3"), replace(dong, transaction="T-1")):
        with pytest.raises(LineContradicts):
            await settlements.take_settlement_line(s.house, account, "B-1", other, "person:f")
    for wrong in (("payment", "", 100, 0), ("payment", "T-9", -100, 0)):
        with pytest.raises(LineDoesNotAddUp):
            await s.settlement(account, ("payment", "T-8", 100, 0), wrong)
    assert await s.store.head() == head
