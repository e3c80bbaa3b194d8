"""A payment of which nothing was heard is asked after; one that has an end is left alone."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from feesvc.intermediary import Outcome, PaymentOrder, Pending, Received, Unavailable, Verdict
from feesvc.processes.lookups import LADDER, Lookups
from feesvc.reacting.bookmarks import MemoryBookmarks
from feesvc.reacting.runner import Runner
from feesvc.testing.scenario import NOON, Sayso, Scenario


class Intermediary:
    """What it says at each look-up; after that, that it knows nothing yet."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *said: str) -> None:
        self.asked: list[str] = []

        def look_up(adapter: Sayso, order: PaymentOrder) -> Sequence[Outcome]:
            self.asked.append(order.reference)
            now = said[len(self.asked) - 1] if len(self.asked) <= len(said) else ""
            if now == "nothing":
                raise Unavailable("504")
            if now == "paid":
                received = Received(
                    reference=order.reference, transaction="T-1", amount=order.amount, at=NOON
                )
                return (received,)
            return (Pending(reference=order.reference),)

        monkeypatch.setattr(Sayso, "look_up", look_up)


async def pass_time(s: Scenario, bookmarks: MemoryBookmarks) -> None:
    """Run until nothing waits any more."""
    async with bookmarks.take(Lookups.name) as bookmark:
        runner = Runner(Lookups(s.house), bookmark, s.store, lambda: s.now)
        while await runner.turn() or bookmarks.kept[Lookups.name].waiting:
            waiting = bookmarks.kept[Lookups.name].waiting
            s.now = max([s.now, *(one.at for one in waiting)])


def test_money_whose_notification_was_lost_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    intermediary = Intermediary(monkeypatch, "pending", "nothing", "paid")

    async def story() -> None:
        s = Scenario()
        account = await s.agency("G14")
        fee = await s.assessment("G14", ("fee", 50_000))
        payment = await s.payment(account, fee)
        await pass_time(s, MemoryBookmarks())
        assert intermediary.asked == [payment.reference] * 3
        assert (await s.see(fee)).state == "paid"
        assert await s.money(account, payment.reference, 50_000) is Verdict.DUPLICATE

    asyncio.run(story())


def test_what_has_an_end_is_not_asked_after(monkeypatch: pytest.MonkeyPatch) -> None:
    intermediary = Intermediary(monkeypatch)

    async def story() -> None:
        s = Scenario()
        account = await s.agency("G14")
        payment = await s.payment(account, await s.assessment("G14", ("fee", 50_000)))
        await s.money(account, payment.reference, 50_000)
        await pass_time(s, MemoryBookmarks())

    asyncio.run(story())
    assert not intermediary.asked


def test_what_nobody_pays_is_asked_after_for_three_days(monkeypatch: pytest.MonkeyPatch) -> None:
    intermediary = Intermediary(monkeypatch)

    async def story() -> timedelta:
        s = Scenario()
        await s.payment(await s.agency("G14"), await s.assessment("G14", ("fee", 50_000)))
        await pass_time(s, MemoryBookmarks())
        return s.now - NOON

    assert asyncio.run(story()) == LADDER[-1] == timedelta(days=3)
    assert len(intermediary.asked) == len(LADDER)
