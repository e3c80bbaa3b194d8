"""What the service does by itself: receipts without a gap, refunds proposed, sent and followed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import pytest

from feesvc.application import refunds
from feesvc.domain.agency import Agency
from feesvc.domain.receipt import Receipt
from feesvc.domain.receipt_series import ReceiptSeries
from feesvc.domain.refund import Refund
from feesvc.intermediary import (
    Pending,
    RefundAccepted,
    Refunded,
    RefundOrder,
    RefundOutcome,
    Unavailable,
)
from feesvc.money import Money
from feesvc.processes.ladder import LADDER
from feesvc.reacting.bookmarks import MemoryBookmarks
from feesvc.testing.reacting import Reacting
from feesvc.testing.scenario import Sayso


class Told(Reacting):
    async def series(self, agency: str) -> None:
        code = "BI-26T"
        id = self.store.ids.receipt_series(agency, code)
        series = ReceiptSeries.open(id, agency, code, "01BLP0-001", 1, self.now)
        owner = await self.house.one(Agency, self.store.ids.agency(agency), agency)
        owner.choose_receipt_series(code, self.now.date(), self.now)
        await self.keep(series, owner)

    async def numbers(self) -> list[tuple[str, int]]:
        events = await self.store.read(0, 10_000, [Receipt.Numbered.TOPIC])
        return [(r.agency, r.event.number) for r in events if isinstance(r.event, Receipt.Numbered)]

    async def the_refund(self) -> Refund:
        [asked] = await self.store.read(0, 10, [Refund.Requested.TOPIC])
        return await self.house.one(Refund, asked.event.originator_id, "refund")

    async def approved(self, account: UUID) -> Refund:
        """A fee paid twice; the second money's refund is proposed, then approved by a person."""
        owed = await self.assessment("G14", ("fee", 50_000))
        attempts = [await self.payment(account, owed) for _ in range(2)]
        for number, payment in enumerate(attempts):
            await self.money(account, payment.reference, 50_000, f"T-{number}")
        await self.run()
        refund = await self.the_refund()
        act = self.house.act(self.some_id(), "person:1")
        await refunds.approve_refund(self.house, act, refund.id, refund.digest)
        return refund


def told(story: Callable[[Told], Awaitable[None]]) -> None:
    async def tell() -> None:
        await story(Told())

    asyncio.run(tell())


def test_every_settled_assessment_gets_the_next_number_zero_ones_too() -> None:
    async def story(s: Told) -> None:
        account = await s.agency("G14")
        await s.series("G14")
        await s.assessment("G14", ("charge", 0))
        owed = await s.assessment("G14", ("fee", 50_000))
        open = await s.assessment("G14", ("fee", 50_000))
        await s.money(account, (await s.payment(account, owed)).reference, 50_000)

        await s.run()
        await s.run()

        assert await s.numbers() == [("G14", 1), ("G14", 2)]
        assert s.store.ids.receipt(open) not in await s.store.load([s.store.ids.receipt(open)])

    told(story)


def test_an_agency_without_a_series_waits_and_holds_up_nobody() -> None:
    async def story(s: Told) -> None:
        await s.agency("G01")
        await s.agency("G14")
        await s.series("G14")
        await s.assessment("G01", ("charge", 0))
        await s.assessment("G14", ("charge", 0))
        await s.run()
        assert await s.numbers() == [("G14", 1)]

        await s.run(timedelta(hours=1))
        await s.series("G01")
        await s.run(timedelta(hours=1))
        await s.run(timedelta(days=1))

        assert await s.numbers() == [("G14", 1), ("G01", 1)]

    told(story)


def test_money_paid_twice_is_proposed_to_be_returned_once() -> None:
    async def story(s: Told) -> None:
        account = await s.agency("G14")
        refund = await s.approved(account)

        assert refund.amount == Money(50_000, "VND")
        assert refund.maker == "process:refund_proposals"
        assert (refund.reason, refund.method) == ("duplicate", "intermediary")
        assert refund.takes[0].transfer == (await s.transfer(account, "T-1")).id
        s.bookmarks = MemoryBookmarks()  # the whole log once more, as after a lost position
        await s.run()
        assert (await s.the_refund()).id == refund.id

    told(story)


def test_money_for_a_withdrawn_fee_is_proposed_to_be_returned() -> None:
    async def story(s: Told) -> None:
        account = await s.agency("G14")
        owed = await s.assessment("G14", ("fee", 50_000))
        payment = await s.payment(account, owed)
        assessment = await s.see(owed)
        assessment.cancel("withdrawn by the citizen", s.now)
        await s.keep(assessment)
        await s.money(account, payment.reference, 50_000)

        await s.run()

        assert (await s.the_refund()).reason == "withdrawn"

    told(story)


def test_what_somebody_has_asked_for_already_is_not_proposed_again() -> None:
    async def story(s: Told) -> None:
        account = await s.agency("G14")
        owed = await s.assessment("G14", ("fee", 50_000))
        for number, payment in enumerate([await s.payment(account, owed) for _ in range(2)]):
            await s.money(account, payment.reference, 50_000, f"T-{number}")
        wish = refunds.Wish(
            transfer=s.store.ids.transfer(account, "T-1"), amount=50_000, lines={},
            reason="duplicate", method="intermediary",
        )  # fmt: skip
        await refunds.request_refund(s.house, s.house.act(s.some_id(), "person:2"), wish)

        await s.run()

        assert (await s.the_refund()).maker == "person:2"

    told(story)


def test_an_approved_refund_is_sent_and_looked_up_until_it_is_paid(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    def look_up(self: Sayso, order: RefundOrder) -> RefundOutcome:
        asked.append(order.reference)
        if len(asked) < 3:
            return Pending(reference=order.reference)
        return Refunded(
            reference=order.reference, handle="R", amount=order.amount, at=order.placed_at
        )

    monkeypatch.setattr(Sayso, "look_up_refund", look_up)

    async def story(s: Told) -> None:
        await s.approved(await s.agency("G14"))
        await s.run()
        assert (await s.the_refund()).state == "accepted" and not asked

        for minutes in (1, 4, 10):
            assert (await s.the_refund()).state == "accepted"
            await s.run(timedelta(minutes=minutes))

        assert (await s.the_refund()).state == "paid" and len(asked) == 3
        await s.run(timedelta(days=30))
        assert len(asked) == 3
        assert not s.bookmarks.kept["refunding"].waiting

    told(story)


def test_no_answer_is_not_a_no(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []

    def request(self: Sayso, order: RefundOrder) -> RefundOutcome:
        sent.append(order.reference)
        if len(sent) < 3:
            raise Unavailable("504")
        return RefundAccepted(reference=order.reference, handle="R")

    monkeypatch.setattr(Sayso, "request_refund", request)

    async def story(s: Told) -> None:
        await s.approved(await s.agency("G14"))
        await s.run()
        assert (await s.the_refund()).state == "instructed"

        await s.run(timedelta(minutes=1))
        await s.run(timedelta(minutes=5))

        assert (await s.the_refund()).state == "accepted"
        assert len(sent) == 3 and len(set(sent)) == 1

    told(story)


def test_it_is_looked_up_for_a_week_and_then_left_to_people() -> None:
    async def story(s: Told) -> None:
        await s.approved(await s.agency("G14"))
        await s.run()
        looked_up = 0
        while s.bookmarks.kept["refunding"].waiting:
            [waiting] = s.bookmarks.kept["refunding"].waiting
            await s.run(waiting.at - s.now)
            looked_up += 1

        assert looked_up == len(LADDER) == 13
        assert (await s.the_refund()).state == "accepted"

    told(story)


def test_money_that_a_settlement_told_of_first_is_proposed_to_be_returned_too() -> None:
    async def story(s: Told) -> None:
        account = await s.agency("G14", "settling")
        owed = await s.assessment("G14", ("fee", 50_000))
        first, second = [await s.payment(account, owed) for _ in range(2)]
        await s.money(account, first.reference, 50_000, "T-0")
        await s.settlement(account, ("payment", "T-1", 50_000, 0))
        await s.money(account, second.reference, 50_000, "T-1")

        await s.run()

        assert (await s.the_refund()).reason == "duplicate"

    told(story)


def test_a_receipt_is_of_what_was_settled_whatever_came_of_it_since() -> None:
    async def story(s: Told) -> None:
        account = await s.agency("G14")
        await s.series("G14")
        owed = await s.assessment("G14", ("fee", 50_000))
        await s.money(account, (await s.payment(account, owed)).reference, 50_000)
        assessment = await s.see(owed)
        assessment.increase({1: 5_000}, "mistake", s.now)
        await s.keep(assessment)

        await s.run()

        receipt = await s.house.one(Receipt, s.store.ids.receipt(owed), "receipt")
        assert receipt.total == Money(50_000, "VND")

    told(story)
