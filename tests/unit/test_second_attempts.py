"""A second attempt closes the first where that can be done; nobody pays the same thing twice."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import cast
from uuid import UUID

import pytest

from feesvc.application.cancelling import NotCancellable, cancel_payment
from feesvc.application.payments import NothingOwed, PaymentRequest, open_payment
from feesvc.domain.payment import Payment
from feesvc.intermediary import (
    Ended,
    Intermediary,
    Outcome,
    PaymentOrder,
    Received,
    Refused,
    Unavailable,
)
from feesvc.store import Answer
from feesvc.testing.scenario import NOON, Sayso, Scenario, Whatever

TOLD = Answer(200, b"{}")


class Closing(Sayso):
    """As ``Sayso``, and closes what it is asked to; ``paid`` orders met their money meanwhile."""

    def cancel(self, order: PaymentOrder) -> Outcome:
        asked.append(order.reference)
        if "down" in trouble:
            raise Unavailable("504")
        if "closed" in trouble:
            raise Refused("not_open")
        if "paid" in trouble:
            return Received(
                reference=order.reference, transaction="T-1", amount=order.amount, at=NOON
            )
        return Ended(reference=order.reference, reason="cancelled", at=NOON)


class ClosingWhatever(Whatever, Closing):
    """As both: what is met in part stays open until it is closed."""


asked: list[str] = []
trouble: set[str] = set()


@pytest.fixture
def s() -> Scenario:
    asked.clear()
    trouble.clear()
    scenario = Scenario()
    kinds = cast("dict[str, type[Intermediary]]", scenario.house.desk.kinds)
    kinds |= {"closing": Closing, "closing whatever": ClosingWhatever}
    return scenario


async def state(s: Scenario, payment: Payment) -> str:
    return (await s.house.one(Payment, payment.id, "payment")).state


async def topics(s: Scenario) -> list[str]:
    return [recorded.event.TOPIC for recorded in await s.store.read(0, 1_000)]


def test_a_second_attempt_closes_the_first(s: Scenario) -> None:
    async def story() -> None:
        account = await s.agency("G14", "closing")
        fee = await s.assessment("G14", ("fee", 50_000))
        first = await s.payment(account, fee)
        second = await s.payment(account, fee)
        third = await s.payment(account, fee)
        assert asked == [first.reference, second.reference]
        assert [await state(s, each) for each in (first, second, third)] == [
            "cancelled", "cancelled", "presented",
        ]  # fmt: skip

    asyncio.run(story())


def test_an_order_that_was_met_in_part_is_closed_before_the_rest_is_asked_for(s: Scenario) -> None:
    async def story() -> None:
        account = await s.agency("G14", "closing whatever")
        fee = await s.assessment("G14", ("fee", 50_000))
        first = await s.payment(account, fee)
        await s.money(account, first.reference, 20_000)
        second = await s.payment(account, fee)
        assert asked == [first.reference] and second.amount.amount == 30_000
        assert [await state(s, each) for each in (first, second)] == ["received", "presented"]

    asyncio.run(story())


def test_attempts_at_other_things_are_left_alone(s: Scenario) -> None:
    async def story() -> None:
        account = await s.agency("G14", "closing")
        for _ in range(3):
            await s.payment(account, await s.assessment("G14", ("fee", 50_000)))
        assert asked == []

    asyncio.run(story())


def test_money_that_came_meanwhile_pays_and_there_is_nothing_left_to_pay(s: Scenario) -> None:
    async def story() -> None:
        account = await s.agency("G14", "closing")
        fee = await s.assessment("G14", ("fee", 50_000))
        first = await s.payment(account, fee)
        trouble.add("paid")
        with pytest.raises(NothingOwed):
            await s.payment(account, fee)
        assert await state(s, first) == "received"
        assert (await s.see(fee)).state == "paid"
        assert (await topics(s)).count("payment.initiated") == 1

    asyncio.run(story())


@pytest.mark.parametrize("why", ["down", "closed"])
def test_what_cannot_be_closed_stays_and_the_second_goes_on(s: Scenario, why: str) -> None:
    async def story() -> None:
        account = await s.agency("G14", "closing")
        fee = await s.assessment("G14", ("fee", 50_000))
        first = await s.payment(account, fee)
        trouble.add(why)
        second = await s.payment(account, fee)
        assert [await state(s, each) for each in (first, second)] == ["presented", "presented"]

    asyncio.run(story())


def test_an_intermediary_that_closes_nothing_is_not_asked(s: Scenario) -> None:
    async def story() -> None:
        account = await s.agency("G14")
        fee = await s.assessment("G14", ("fee", 50_000))
        first = await s.payment(account, fee)
        await s.payment(account, fee)
        assert await state(s, first) == "presented"
        with pytest.raises(NotCancellable):
            await cancel(s, first.id, "k")

    asyncio.run(story())


def test_a_repeated_request_closes_nothing_of_its_own(s: Scenario) -> None:
    async def story() -> None:
        account = await s.agency("G14", "closing")
        fee = await s.assessment("G14", ("fee", 50_000))
        request = PaymentRequest(
            assessments=(fee,), account=account, portal="", locale="vi", payer_ip="",
            return_url="https://portal.example/return",
        )  # fmt: skip
        act = s.house.act(s.some_id(), "portal:P")
        first = await open_payment(s.house, act, request, lambda payment: TOLD)
        again = await open_payment(s.house, act, request, lambda payment: TOLD)
        assert first.result is not None and again.result is None
        assert asked == []
        assert await state(s, first.result) == "presented"

    asyncio.run(story())


def test_of_two_at_once_the_second_closes_the_first(s: Scenario) -> None:
    async def story() -> None:
        account = await s.agency("G14", "closing")
        fee = await s.assessment("G14", ("fee", 50_000))
        both = await asyncio.gather(s.payment(account, fee), s.payment(account, fee))
        states = sorted([await state(s, each) for each in both])
        assert states == ["cancelled", "presented"]

    asyncio.run(story())


async def cancel(s: Scenario, id: UUID, key: str) -> Mapping[str, object]:
    act = s.house.act(s.store.ids.of("cancel", key), "portal:P")
    done = await cancel_payment(
        s.house, act, id, lambda payment: Answer(200, payment.state.encode())
    )
    return {"state": done.result and done.result.state, "answer": done.appended.answer}


def test_a_portal_closes_a_payment_once_whoever_repeats_it(s: Scenario) -> None:
    async def story() -> None:
        account = await s.agency("G14", "closing")
        payment = await s.payment(account, await s.assessment("G14", ("fee", 50_000)))
        assert (await cancel(s, payment.id, "k"))["state"] == "cancelled"
        again = await cancel(s, payment.id, "k")
        assert again["answer"] == Answer(200, b"cancelled")
        assert (await cancel(s, payment.id, "other"))["state"] == "cancelled"
        assert asked == [payment.reference]
        assert (await topics(s)).count("payment.cancellation_asked") == 1

    asyncio.run(story())


def test_what_died_before_it_was_answered_asks_again(s: Scenario) -> None:
    async def story() -> None:
        account = await s.agency("G14", "closing")
        payment = await s.payment(account, await s.assessment("G14", ("fee", 50_000)))
        trouble.add("down")
        with pytest.raises(Unavailable):
            await cancel(s, payment.id, "k")
        trouble.clear()
        assert (await cancel(s, payment.id, "k"))["state"] == "cancelled"

    asyncio.run(story())


def test_closing_what_was_paid_records_the_money(s: Scenario) -> None:
    async def story() -> None:
        account = await s.agency("G14", "closing")
        fee = await s.assessment("G14", ("fee", 50_000))
        payment = await s.payment(account, fee)
        trouble.add("paid")
        assert (await cancel(s, payment.id, "k"))["state"] == "received"
        assert (await s.see(fee)).state == "paid"

    asyncio.run(story())
