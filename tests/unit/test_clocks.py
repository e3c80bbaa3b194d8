"""Clocks: what is late becomes a case by itself, once; what nobody ends goes up, level by level."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from feesvc.application import accounts, cases, refunds
from feesvc.domain.batch import Batch
from feesvc.domain.batch_credit import BatchCredit, Declaration
from feesvc.domain.batch_events import BatchLine, BatchOrigin
from feesvc.domain.case import Case
from feesvc.domain.merchant_account import SettlementTerm, WrongTerm
from feesvc.domain.refund import Refund
from feesvc.domain.settled_part import BatchName
from feesvc.domain.settling import settle
from feesvc.intermediary import Disputed, Refunded
from feesvc.money import Money
from feesvc.testing.reacting import Reacting

FRIDAY = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
"""Noon in Hanoi. Of the next week Tuesday the 24th is a public holiday."""
BATCH = UUID("00000000-0000-4000-8000-00000000000b")


def vnd(amount: int) -> Money:
    return Money(amount, "VND")


class Town(Reacting):
    def __post_init__(self) -> None:
        super().__post_init__()
        self.now = FRIDAY

    async def run_to(self, until: date) -> None:
        """Go to the noon of a day; then every process does all there is to do."""
        self.now = datetime(until.year, until.month, until.day, 5, tzinfo=UTC)
        await self.run()

    async def promised(self, settled: int = 1, credited: int = 1) -> UUID:
        account = await self.agency("G14")
        term = SettlementTerm(settled_within=settled, credited_within=credited)
        act = self.house.act(self.some_id(), "person:1")
        await accounts.set_settlement_term(self.house, act, account, term, date(2026, 1, 1))
        return account

    async def paid(self, account: UUID) -> None:
        payment = await self.payment(account, await self.assessment("G14", ("fee", 100_000)))
        await self.money(account, payment.reference, 100_000)

    async def settled(self, account: UUID) -> None:
        transfer = await self.transfer(account)
        settle(
            transfer, BatchName(BATCH, "B"), "1", commission=vnd(0), tax=vnd(0), net=vnd(100_000),
            occurred_at=self.now, at=self.now,
        )  # fmt: skip
        await self.keep(transfer)


def town(story: Callable[[Town], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    def test() -> None:
        asyncio.run(story(Town()))

    test.__name__, test.__doc__ = story.__name__, story.__doc__
    return test


@town
async def test_what_no_settlement_holds_in_time_is_missing_until_one_does(s: Town) -> None:
    account = await s.promised()
    await s.paid(account)
    await s.run_to(date(2026, 11, 23))
    assert await s.told() == [], "Monday is the last day of the term"
    await s.run_to(date(2026, 11, 24))
    assert await s.told() == [("S02", 100_000, "open")]
    await s.settled(account)
    await s.run_to(date(2026, 11, 25))
    assert await s.told() == [("S02", 100_000, "closed")]


@town
async def test_what_is_settled_in_time_is_no_case(s: Town) -> None:
    account = await s.promised()
    await s.paid(account)
    await s.run()
    await s.settled(account)
    await s.run_to(date(2026, 12, 20))
    assert await s.told() == []


@town
async def test_without_a_term_nothing_is_late(s: Town) -> None:
    await s.paid(await s.agency("G14"))
    await s.run_to(date(2026, 12, 20))
    assert await s.told() == []


@town
async def test_a_clock_survives_a_restart_and_runs_once(s: Town) -> None:
    await s.paid(await s.promised())
    await s.run()
    kept = s.bookmarks.kept["clocks"]
    waiting = list(kept.waiting)
    await s.run_to(date(2026, 11, 24))
    head = await s.store.head()
    kept.waiting = waiting  # as if it had died before it said that it was done
    await s.run()
    assert await s.store.head() == head and await s.told() == [("S02", 100_000, "open")]


@town
async def test_a_batch_that_is_not_credited_in_time_is_missing(s: Town) -> None:
    account = await s.promised(credited=2)
    origin = BatchOrigin(account=account, intermediary="sayso", batch="B-1")
    batch = Batch.open(s.some_id(), "G14", origin, "VND", s.now)
    batch.declare(
        Declaration(
            gross=vnd(100_000), commission=vnd(0), tax=vnd(0), net=vnd(100_000), count=1,
            settled_on=date(2026, 11, 20), statement=None,
        ),
        s.now,
    )  # fmt: skip
    line = BatchLine(line="1", kind="payment", transfer=None, net=vnd(100_000))
    batch.settle([line], s.now)
    await s.keep(batch)
    await s.run_to(date(2026, 11, 25))
    assert await s.told() == [], "the 24th is no business day"
    await s.run_to(date(2026, 11, 26))
    assert await s.told() == [("B02", 100_000, "open")]
    late = await s.house.one(Batch, batch.id, "batch")
    late.credit(
        BatchCredit(
            bank_account=s.some_id(), reference="FT1", whole=vnd(99_000), amount=vnd(99_000),
            short=vnd(1_000), charge=vnd(0), transfer=None, batches=(batch.id,),
        ),
        s.now, s.now,
    )  # fmt: skip
    await s.keep(late)
    await s.run()
    assert await s.told() == [("B02", 100_000, "closed"), ("B04", 1_000, "open")]
    await s.run_to(date(2026, 12, 27))
    assert await s.told() == [("B02", 100_000, "closed"), ("G05", 1_000, "open")]


@town
async def test_what_stays_in_suspense_for_thirty_days_is_aged(s: Town) -> None:
    account = await s.agency("G14")
    await s.money(account, "nobody's", 70_000)
    await s.run_to(date(2026, 12, 19))
    assert await s.told() == [("A06", 70_000, "open")]
    await s.run_to(date(2026, 12, 20))
    assert await s.told() == [("G05", 70_000, "open")], "the same money, and the same case"


@town
async def test_a_dispute_without_outcome_is_aged_as_well(s: Town) -> None:
    account = await s.agency("G14")
    await s.paid(account)
    said = Disputed(dispute="D", transaction="T-1", stage="opened", amount=vnd(40_000), at=s.now)
    await s.says(account, said)
    await s.run_to(date(2026, 12, 21))
    assert await s.told() == [("G05", 40_000, "open")]
    await s.says(account, replace(said, stage="won"))
    await s.run()
    assert [told for told in await s.told() if told[0] == "G05"] == [("G05", 40_000, "closed")]


@town
async def test_a_refund_that_no_settlement_holds_is_missing(s: Town) -> None:
    account = await s.promised()
    await s.paid(account)
    await s.settled(account)
    wish = refunds.Wish(
        transfer=(await s.transfer(account)).id, amount=100_000, lines={}, reason="x",
        method="intermediary",
    )  # fmt: skip
    done = await refunds.request_refund(s.house, s.house.act(s.some_id(), "person:a"), wish)
    assert done.result is not None
    act = s.house.act(s.some_id(), "person:b")
    await refunds.approve_refund(s.house, act, done.result.id, done.result.digest)
    await s.run()
    reference = (await s.house.one(Refund, done.result.id, "refund")).reference
    await s.says(account, Refunded(reference=reference, handle="R", amount=vnd(100_000), at=s.now))
    await s.run_to(date(2026, 11, 24))
    assert await s.told() == [("S10", 100_000, "open")]


@town
async def test_a_case_that_nobody_ends_goes_up_level_by_level(s: Town) -> None:
    account = await s.agency("G14")
    await s.money(account, "nobody's", 70_000)
    await s.run()
    [opened] = await s.store.read(0, 100, [Case.Opened.TOPIC])
    id = opened.event.originator_id

    async def level(day: date) -> int:
        await s.run_to(day)
        return (await s.house.one(Case, id, "case")).level

    # Three business days from Friday the 20th, the 24th being none, end on Thursday the 26th.
    assert [await level(date(2026, 11, day)) for day in (25, 26, 27)] == [0, 0, 1]
    assert [await level(date(2026, 12, day)) for day in (3, 4, 26)] == [1, 2, 2]
    assert await level(date(2026, 12, 27)) == 3
    assert await level(date(2027, 6, 1)) == 3


@town
async def test_who_waits_for_an_answer_has_until_that_is_due(s: Town) -> None:
    account = await s.agency("G14")
    await s.money(account, "nobody's", 70_000)
    await s.run()
    [opened] = await s.store.read(0, 100, [Case.Opened.TOPIC])
    id, due = opened.event.originator_id, date(2026, 12, 2)
    act = s.house.act(s.some_id(), "person:1")
    await cases.work_on(s.house, act, id, lambda case: case.inquire("TS-1", due, act.at))
    await s.run_to(date(2026, 12, 2))
    assert (await s.house.one(Case, id, "case")).level == 0
    await s.run_to(date(2026, 12, 3))
    assert (await s.house.one(Case, id, "case")).level == 1


@town
async def test_a_term_is_one_that_a_contract_can_have(s: Town) -> None:
    account = await s.agency("G14")
    act = s.house.act(s.some_id(), "person:1")
    for days in (-1, 61):
        term = SettlementTerm(settled_within=days, credited_within=1)
        with pytest.raises(WrongTerm):
            await accounts.set_settlement_term(s.house, act, account, term, date(2026, 1, 1))
