"""What others settled and we hold as not paid is asked after; their answer alone corrects it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest

from feesvc.application import settlements
from feesvc.domain.payment import Payment
from feesvc.intermediary import (
    Ended,
    Outcome,
    PaymentOrder,
    Pending,
    Received,
    SettlementLine,
    Unavailable,
)
from feesvc.money import Money
from feesvc.testing.reacting import Reacting
from feesvc.testing.scenario import NOON, Settling

OWED = Money(100_000, "VND")


class Told(Reacting):
    """``silent``: the intermediary cannot be asked; ``paid``: what it says once it can be."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.silent, self.paid = True, True
        self.asked: list[str] = []

    def answer(self, order: PaymentOrder) -> Sequence[Outcome]:
        self.asked.append(order.reference)
        if self.silent:
            raise Unavailable("504")
        if not self.paid:
            return (Pending(reference=order.reference),)
        return (
            Received(reference=order.reference, transaction="T-1", amount=order.amount, at=NOON),
        )

    async def settled(self, account: UUID, reference: str) -> None:
        line = SettlementLine(
            kind="payment", native_id="L-1", transaction="T-1", reference=reference, gross=OWED,
            commission=Money(-1_000, "VND"), tax=Money(0, "VND"), net=Money(99_000, "VND"), at=NOON,
        )  # fmt: skip
        await settlements.take_settlement_line(self.house, account, "B-1", line, "person:officer")

    async def ordered(self) -> tuple[UUID, UUID, Payment]:
        """The account, a fee that is owed, and an order of it."""
        account = await self.agency("G14", "settling")
        fee = await self.assessment("G14", ("fee", OWED.amount))
        return account, fee, await self.payment(account, fee)


def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    s = Told()
    monkeypatch.setattr(Settling, "look_up", lambda _, order: s.answer(order))
    return s


@pytest.mark.parametrize("declined", [False, True])
def test_an_open_or_failed_order_that_was_settled_is_asked_after_until_it_is_paid(
    monkeypatch: pytest.MonkeyPatch, declined: bool
) -> None:
    s = told(monkeypatch)

    async def story() -> None:
        account, fee, payment = await s.ordered()
        if declined:
            await s.says(account, Ended(reference=payment.reference, reason="declined", at=NOON))
        await s.settled(account, payment.reference)
        s.asked.clear()
        await s.run()
        assert await s.told() == [("S06", OWED.amount, "open")]
        assert s.asked, "it is asked after at once"
        assert (await s.see(fee)).state == "open"
        s.silent = False
        await s.run(timedelta(minutes=1))
        assert (await s.see(fee)).state == "paid"
        assert await s.told() == [("S06", OWED.amount, "closed")]
        transfer = await s.transfer(account)
        assert [place.to for place in transfer.buckets] == ["line"]

    asyncio.run(story())


def test_it_stays_in_suspense_while_they_do_not_say_that_it_was_paid(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    s = told(monkeypatch)

    async def story() -> None:
        account, fee, payment = await s.ordered()
        s.silent = s.paid = False
        await s.settled(account, payment.reference)
        for _ in range(3):
            await s.run(timedelta(hours=1))
        assert (await s.see(fee)).state == "open"
        assert await s.told() == [("S06", OWED.amount, "open")]
        transfer = await s.transfer(account)
        assert [place.to for place in transfer.buckets] == ["suspense"]

    asyncio.run(story())


def test_money_of_no_order_of_ours_or_of_a_paid_one_is_no_difference_of_states(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    s = told(monkeypatch)

    async def story() -> None:
        account, _, payment = await s.ordered()
        await s.money(account, payment.reference, OWED.amount, "T-0")
        await s.settled(account, payment.reference)
        await s.run()
        assert ("S03", OWED.amount, "open") in await s.told()
        assert "S06" not in [code for code, _, _ in await s.told()]

    asyncio.run(story())
