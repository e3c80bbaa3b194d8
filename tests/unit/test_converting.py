"""Fees fixed in dollars and paid in đồng, at a rate of two people; dollars sold to the bank."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from feesvc.application import converting
from feesvc.application.converting import PaidInPart
from feesvc.domain.assessment import Assessment
from feesvc.domain.bank_order import AnotherAmount, NotThere
from feesvc.domain.currency_sale import CurrencySale
from feesvc.domain.exchange_rate import ExchangeRate, NoRate, WrongRate, converted
from feesvc.domain.refund import SamePerson
from feesvc.money import Money
from feesvc.testing.scenario import NOON, Scenario, story

RATE = 26_000_000_000


async def rated(s: Scenario, rate: int = RATE, on: date = date(2026, 11, 1)) -> None:
    act = s.house.act(s.some_id(), "person:a")
    done = await converting.propose_rate(
        s.house, act, "G14", "USD", "VND", rate, "vcb_transfer", on
    )
    assert done.result is not None
    with pytest.raises(SamePerson):
        await converting.approve_rate(s.house, s.house.act(s.some_id(), "person:a"),
                                      done.result.id, rate, on)  # fmt: skip
    with pytest.raises(NoRate):
        await converting.approve_rate(s.house, s.house.act(s.some_id(), "person:b"),
                                      done.result.id, rate + 1, on)  # fmt: skip
    act = s.house.act(s.some_id(), "person:b")
    await converting.approve_rate(s.house, act, done.result.id, rate, on)


@story
async def test_a_fee_in_dollars_is_owed_in_dong_at_the_rate_of_its_day(s: Scenario) -> None:
    account = await s.agency("G14")
    fee = await s.assessment("G14", ("fee", 2_550), ("charge", 1), currency="USD")
    act = s.house.act(s.some_id(), "person:c")
    await rated(s)
    await rated(s, RATE * 2, date(2026, 12, 1))  # holds later
    done = await converting.convert(s.house, act, fee, "VND")
    assert done.result is not None
    assert (done.result.from_amount, done.result.to_amount) == (
        Money(2_551, "USD"), Money(663_260, "VND"),
    )  # fmt: skip
    assert (done.result.rate_ppm, done.result.rate_source) == (RATE, "vcb_transfer")
    assert (await s.see(fee)).state == "superseded"
    home = await s.house.one(Assessment, done.result.target, "")
    assert [one.due for one in home.lines.values()] == [663_000, 260]
    assert (home.lines[1].retained_ppm, home.dossier) == (900_000, (await s.see(fee)).dossier)
    payment = await s.payment(account, home.id)
    await s.money(account, payment.reference, 663_260)
    assert (await s.see(home.id)).state == "paid"


@story
async def test_nothing_is_converted_without_a_rate_or_once_it_was_paid_in_part(
    s: Scenario,
) -> None:
    account = await s.agency("G14")
    fee = await s.assessment("G14", ("fee", 2_550), currency="USD")
    await rated(s, on=date(2027, 1, 1))
    with pytest.raises(NoRate):
        await converting.convert(s.house, s.house.act(s.some_id(), "person:c"), fee, "VND")
    await rated(s)
    assessment = await s.see(fee)
    assessment.collect("G14", account, {1: 50}, s.now, s.now)
    await s.keep(assessment)
    with pytest.raises(PaidInPart):
        await converting.convert(s.house, s.house.act(s.some_id(), "person:c"), fee, "VND")


def test_dollars_are_sold_by_two_people_and_received_at_the_banks_rate() -> None:
    sale = CurrencySale.request(
        Scenario().some_id(), "G14", "person:a", Money(100, "USD"), "VND", "monthly", NOON
    )
    with pytest.raises(SamePerson):
        sale.approve("person:a", sale.digest, NOON)
    with pytest.raises(NotThere):
        converting.sold(sale, 100, "B-1", NOON, NOON)
    sale.approve("person:b", sale.digest, NOON)
    with pytest.raises(AnotherAmount):
        converting.sold(sale, 99, "B-1", NOON, NOON)
    converting.sold(sale, 100, "B-1", NOON, NOON)
    converting.received(sale, 26_000, RATE, "B-2", NOON, NOON)
    assert sale.state == "received"
    with pytest.raises(WrongRate):
        ExchangeRate.open(Scenario().some_id(), "G14", "VND", "VND", NOON)


@given(some.integers(0, 10**12), some.integers(1, 10**12))
def test_a_conversion_is_within_half_a_minor_unit(cents: int, rate: int) -> None:
    dong = converted(Money(cents, "USD"), rate, "VND").amount
    assert abs(2 * dong * 100 * 10**6 - 2 * cents * rate) <= 100 * 10**6
