"""Whoever reads a pending payment has it asked after: rarely, bounded, and without waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import pytest

from feesvc.api.glances import AT_ONCE, Glances
from feesvc.domain.payment import Payment
from feesvc.intermediary import Outcome, PaymentOrder, Pending, Received, Unavailable
from feesvc.testing.scenario import NOON, Sayso, Scenario

SECOND = timedelta(seconds=1)


class Said:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[str] = []
        self.says: Callable[[PaymentOrder], Sequence[Outcome]] = lambda order: (
            Pending(reference=order.reference),
        )

        def look_up(adapter: Sayso, order: PaymentOrder) -> Sequence[Outcome]:
            self.asked.append(order.reference)
            return self.says(order)

        monkeypatch.setattr(Sayso, "look_up", look_up)


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Said:
    return Said(monkeypatch)


def told(story: Callable[[Scenario, Glances], Awaitable[None]]) -> None:
    async def tell() -> None:
        s = Scenario()
        async with Glances(s.house) as glances:
            await story(s, glances)

    asyncio.run(tell())


async def pending(s: Scenario, count: int = 1) -> list[Payment]:
    account = await s.agency("G14")
    return [
        await s.payment(account, await s.assessment("G14", ("fee", 50_000))) for _ in range(count)
    ]


def test_a_payment_met_in_parts_is_asked_after_until_nothing_is_owed(said: Said) -> None:
    async def story(s: Scenario, glances: Glances) -> None:
        account = await s.agency("G14", "whatever")
        asked = await s.payment(account, await s.assessment("G14", ("fee", 50_000)))
        await s.money(account, asked.reference, 20_000)
        payment = await s.house.one(Payment, asked.id, "payment")
        s.now += 10 * SECOND
        glances.at(payment, paid=True)
        await until_asked(said, 0)
        glances.at(payment)
        await until_asked(said, 1)

    told(story)


async def until_asked(said: Said, times: int) -> None:
    for _ in range(500):
        if len(said.asked) >= times:
            break
        await asyncio.sleep(0.002)
    await asyncio.sleep(0.01)
    assert len(said.asked) == times


def test_one_payment_is_asked_after_once_in_thirty_seconds(said: Said) -> None:
    async def story(s: Scenario, glances: Glances) -> None:
        [payment] = await pending(s)
        glances.at(payment)
        assert not said.asked  # its payer has only just left for the page
        s.now += 10 * SECOND
        for _ in range(50):
            glances.at(payment)
        await until_asked(said, 1)
        s.now += 29 * SECOND
        glances.at(payment)
        await until_asked(said, 1)
        s.now += SECOND
        glances.at(payment)
        await until_asked(said, 2)

    told(story)


def test_the_next_reader_sees_what_was_found(said: Said) -> None:
    said.says = lambda order: (
        Received(reference=order.reference, transaction="T", amount=order.amount, at=NOON),
    )

    async def story(s: Scenario, glances: Glances) -> None:
        [payment] = await pending(s)
        s.now += 60 * SECOND
        glances.at(payment)
        await until_asked(said, 1)
        for _ in range(500):
            found = await s.house.see(Payment, payment.id, "payment")
            if found.ended:
                break
            await asyncio.sleep(0.002)
        assert found.state == "received"
        s.now += 60 * SECOND
        glances.at(found)
        await until_asked(said, 1)

    told(story)


def test_no_more_than_a_few_at_once_and_none_holds_up_the_reader(said: Said) -> None:
    def down(order: PaymentOrder) -> Sequence[Outcome]:
        raise Unavailable("504")

    said.says = down

    async def story(s: Scenario, glances: Glances) -> None:
        payments = await pending(s, AT_ONCE + 5)
        s.now += 60 * SECOND
        for payment in payments:
            glances.at(payment)
        await until_asked(said, AT_ONCE)
        glances.at(payments[-1])
        await until_asked(said, AT_ONCE + 1)

    told(story)


def test_what_is_long_gone_is_not_asked_after(said: Said) -> None:
    async def story(s: Scenario, glances: Glances) -> None:
        [payment] = await pending(s)
        s.now += timedelta(days=8)
        glances.at(payment)
        await asyncio.sleep(0.02)
        assert not said.asked

    told(story)
