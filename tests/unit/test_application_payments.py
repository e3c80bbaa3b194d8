"""Opening a payment: the intent first, one checkout whatever dies in between, and every refusal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar
from uuid import UUID

import httpx
import pytest

from feesvc.application import payments
from feesvc.application.desk import Desk
from feesvc.application.house import Act, Done, KeyReused
from feesvc.application.payments import (
    AmountOutsideLimits,
    CurrencyNotTaken,
    InFlight,
    NothingOwed,
    OneCurrency,
    PaymentRequest,
)
from feesvc.domain.merchant_account import MerchantAccount, MerchantAccountClosed
from feesvc.domain.payment import Payment
from feesvc.intermediary import Checkout, Facts, Limits, PaymentOrder, Refused, Unavailable
from feesvc.store import Answer
from feesvc.testing.scenario import Sayso, Scenario, story

MARKER = "203.0.113.77"


class Moody(Sayso):
    """Opens checkouts, refuses or is away, as ``mood`` says; counts what it was asked."""

    facts: ClassVar[Facts] = replace(
        Sayso.facts, currencies={"VND": Limits(minimum=1_000, maximum=1_000_000)}
    )

    def __init__(self, settings: Mapping[str, str], http: httpx.Client) -> None:
        super().__init__(settings, http)
        self.mood: Exception | None = None
        self.asked: list[PaymentOrder] = []

    def request_payment(self, order: PaymentOrder) -> Checkout:
        self.asked.append(order)
        if self.mood is not None:
            raise self.mood
        return super().request_payment(order)


async def moody(s: Scenario) -> tuple[UUID, Moody]:
    desk = Desk({"moody": Moody, "sayso": Sayso}, resolve=lambda reference: reference)
    s.house = replace(s.house, desk=desk)
    account = await s.agency("G14", "moody")
    adapter = desk.adapter(await s.house.see(MerchantAccount, account, ""))
    assert isinstance(adapter, Moody)
    return account, adapter


def said(payment: Payment) -> Answer:
    if payment.state == "refused":
        return Answer(422, b"refused")
    return Answer(201, f"{payment.state} {payment.reference} {payment.url}".encode())


async def asked(s: Scenario, act: Act, account: UUID, *owed: UUID) -> Done[Payment]:
    request = PaymentRequest(
        assessments=owed, account=account, portal="P", locale="vi", payer_ip=MARKER,
        return_url="https://portal.example/return",
    )  # fmt: skip
    return await payments.open_payment(s.house, replace(act, at=s.now), request, said)


@story
async def test_a_repeat_gets_the_first_answer(s: Scenario) -> None:
    account, adapter = await moody(s)
    fee = await s.assessment("G14", ("fee", 100_000))
    act = s.house.act(s.some_id(), "portal:P", fingerprints=(b"asked",))
    first = await asked(s, act, account, fee)
    again = await asked(s, act, account, fee)
    assert first.result is not None and again.result is None
    assert again.appended.answer == said(first.result)
    assert len(adapter.asked) == 1
    with pytest.raises(KeyReused):
        await asked(s, replace(act, fingerprints=(b"other",)), account, fee)


@story
async def test_a_request_that_died_goes_on_with_the_same_reference(s: Scenario) -> None:
    account, adapter = await moody(s)
    fee = await s.assessment("G14", ("fee", 100_000))
    act = s.house.act(s.some_id(), "portal:P")
    adapter.mood = Unavailable("no answer")
    with pytest.raises(Unavailable):
        await asked(s, act, account, fee)
    adapter.mood = None
    s.now += timedelta(seconds=5)
    with pytest.raises(InFlight) as busy:
        await asked(s, act, account, fee)
    assert busy.value.seconds == 15
    s.now += timedelta(seconds=15)
    done = await asked(s, act, account, fee)
    assert done.result is not None and done.result.state == "presented"
    assert [order.reference for order in adapter.asked] == [done.result.reference] * 2
    first, second = adapter.asked
    assert replace(first, asked_at=second.asked_at) == second
    again = await asked(s, act, account, fee)
    assert again.appended.answer == said(done.result)


@story
async def test_a_final_no_ends_the_payment_and_is_told_again(s: Scenario) -> None:
    account, adapter = await moody(s)
    fee = await s.assessment("G14", ("fee", 100_000))
    act = s.house.act(s.some_id(), "portal:P")
    adapter.mood = Refused("not allowed")
    done = await asked(s, act, account, fee)
    assert done.result is not None and done.result.ended == "refused"
    adapter.mood = None
    again = await asked(s, act, account, fee)
    assert again.appended.answer == Answer(422, b"refused")
    assert len(adapter.asked) == 1
    new = await asked(s, s.house.act(s.some_id(), "portal:P"), account, fee)
    assert new.result is not None and new.result.reference != done.result.reference


@story
async def test_money_that_came_before_the_checkout_opened_is_no_obstacle(s: Scenario) -> None:
    account, adapter = await moody(s)
    fee = await s.assessment("G14", ("fee", 100_000))
    act = s.house.act(s.some_id(), "portal:P")
    adapter.mood = Unavailable("the answer was lost, the payer was not")
    with pytest.raises(Unavailable):
        await asked(s, act, account, fee)
    await s.money(account, adapter.asked[0].reference, 100_000)
    assert (await s.see(fee)).state == "paid"
    adapter.mood = None
    s.now += timedelta(minutes=1)
    done = await asked(s, act, account, fee)
    assert done.result is not None
    assert (done.result.state, done.result.presented) == ("received", True)


@story
async def test_what_cannot_be_asked_for_is_refused_and_nothing_is_recorded(s: Scenario) -> None:
    account, adapter = await moody(s)
    paid = await s.assessment("G14", ("fee", 0))
    dollars = await s.assessment("G14", ("fee", 5_000), currency="USD")
    small, large = [await s.assessment("G14", ("fee", n)) for n in (999, 1_000_001)]
    fee = await s.assessment("G14", ("fee", 5_000))
    before = await s.store.head()
    for owed, why in (
        ((paid,), NothingOwed),
        ((dollars,), CurrencyNotTaken),
        ((dollars, fee), OneCurrency),
        ((small,), AmountOutsideLimits),
        ((large,), AmountOutsideLimits),
    ):
        act = s.house.act(s.some_id(), "portal:P")
        with pytest.raises(why):
            await asked(s, act, account, *owed)
    assert (await s.store.head(), adapter.asked) == (before, [])


@story
async def test_a_closed_account_asks_for_nothing_and_still_hears(s: Scenario) -> None:
    account, _ = await moody(s)
    fee = await s.assessment("G14", ("fee", 5_000))
    payment = await s.payment(account, fee)
    merchant = await s.house.one(MerchantAccount, account, "")
    merchant.close(s.now)
    await s.keep(merchant)
    act = s.house.act(s.some_id(), "portal:P")
    with pytest.raises(MerchantAccountClosed):
        await asked(s, act, account, fee)
    await s.money(account, payment.reference, 5_000)
    assert (await s.see(fee)).state == "paid"


@story
async def test_the_same_assessment_named_twice_is_asked_for_once(s: Scenario) -> None:
    account, adapter = await moody(s)
    fee = await s.assessment("G14", ("fee", 5_000))
    await asked(s, s.house.act(s.some_id(), "portal:P"), account, fee, fee)
    assert adapter.asked[0].amount.amount == 5_000


@story
async def test_where_the_payer_sits_is_told_and_never_recorded(s: Scenario) -> None:
    account, adapter = await moody(s)
    fee = await s.assessment("G14", ("fee", 5_000))
    act = s.house.act(s.some_id(), "portal:P")
    await asked(s, act, account, fee)
    assert adapter.asked[0].payer_ip == MARKER
    again = await asked(s, act, account, fee)
    assert MARKER not in repr(again) + repr(await s.store.read(0, 1_000))
