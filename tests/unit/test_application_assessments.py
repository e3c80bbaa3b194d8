"""What agencies may do to what is owed: add, take off, withdraw, also once it was paid."""

from __future__ import annotations

from uuid import UUID

import pytest

from feesvc.application import assessments, refunds
from feesvc.application.assessments import MoneyTied
from feesvc.application.house import Act
from feesvc.domain.assessment import Assessment, NotOpen
from feesvc.domain.line import MOST_OWED, AmountTooLarge, TooMuchOwed
from feesvc.domain.transfer import Transfer
from feesvc.intermediary import Disputed
from feesvc.money import Money
from feesvc.testing.scenario import NOON, Scenario, story


def vnd(amount: int) -> Money:
    return Money(amount, "VND")


def officer(s: Scenario) -> Act:
    return s.house.act(s.some_id(), "person:officer")


async def paid(s: Scenario, account: UUID, *owed: UUID, transaction: str = "T-1") -> Transfer:
    payment = await s.payment(account, *owed)
    await s.money(account, payment.reference, payment.amount.amount, transaction)
    return await s.transfer(account, transaction)


@story
async def test_money_follows_every_change_to_credit(s: Scenario) -> None:
    account = await s.agency("G14")
    for how in ("reduced", "cancelled", "superseded"):
        fee = await s.assessment("G14", ("fee", 100_000), ("charge", 50_000))
        transfer = await paid(s, account, fee, transaction=how)
        if how == "reduced":
            await assessments.reduce_assessment(
                s.house, officer(s), fee, {1: 30_000, 2: 50_000}, "x"
            )
        else:
            by = "2" if how == "superseded" else ""
            await assessments.withdraw_assessment(s.house, officer(s), fee, "x", by)
        now = await s.transfer(account, how)
        credits = [p.amount.amount for p in now.buckets if p.to == "credit"]
        assert (how, credits) == (how, [80_000 if how == "reduced" else 150_000])
        assert now.buckets.total == transfer.amount.amount
        after = await s.see(fee)
        assert after.outstanding == vnd(0)
        assert after.state == ("paid" if how == "reduced" else how)


@story
async def test_a_part_paid_one_is_reduced_first_in_what_is_open(s: Scenario) -> None:
    account = await s.agency("G14", "whatever")
    fee = await s.assessment("G14", ("fee", 100_000))
    payment = await s.payment(account, fee)
    await s.money(account, payment.reference, 60_000)
    await assessments.reduce_assessment(s.house, officer(s), fee, {1: 30_000}, "mistake")
    assert ((await s.see(fee)).outstanding, (await s.see(fee)).state) == (vnd(10_000), "open")
    await assessments.reduce_assessment(s.house, officer(s), fee, {1: 30_000}, "mistake")
    after = await s.see(fee)
    assert (after.total, after.state, after.lines[1].collected) == (vnd(40_000), "paid", 40_000)
    places = {p.to: p.amount.amount for p in (await s.transfer(account)).buckets}
    assert places == {"line": 40_000, "credit": 20_000}


@story
async def test_what_was_paid_comes_off_the_latest_transfer_first(s: Scenario) -> None:
    account = await s.agency("G14", "whatever")
    fee = await s.assessment("G14", ("fee", 100_000))
    payment = await s.payment(account, fee)
    await s.money(account, payment.reference, 60_000, "T-1")
    await s.money(account, payment.reference, 40_000, "T-2")
    await assessments.reduce_assessment(s.house, officer(s), fee, {1: 50_000}, "mistake")
    first, second = await s.transfer(account, "T-1"), await s.transfer(account, "T-2")
    assert {p.to: p.amount.amount for p in first.buckets} == {"line": 50_000, "credit": 10_000}
    assert {p.to: p.amount.amount for p in second.buckets} == {"credit": 40_000}


@story
async def test_money_set_aside_or_disputed_ties_the_notice(s: Scenario) -> None:
    account = await s.agency("G14")
    for tie in ("refund", "dispute"):
        fee = await s.assessment("G14", ("fee", 100_000))
        transfer = await paid(s, account, fee, transaction=tie)
        if tie == "refund":
            wish = refunds.Wish(
                transfer=transfer.id, amount=10_000, lines={}, reason="x", method="intermediary"
            )
            await refunds.request_refund(s.house, s.house.act(s.some_id(), "person:a"), wish)
        else:
            said = Disputed(
                dispute="D", transaction=tie, stage="opened", amount=vnd(10_000), at=NOON
            )
            await s.says(account, said)
        before = await s.store.head()
        for amounts in ({1: 100_000}, {1: 90_001}):
            with pytest.raises(MoneyTied):
                await assessments.reduce_assessment(s.house, officer(s), fee, amounts, "mistake")
        with pytest.raises(MoneyTied):
            await assessments.withdraw_assessment(s.house, officer(s), fee, "mistake")
        assert await s.store.head() == before
        await assessments.reduce_assessment(s.house, officer(s), fee, {1: 90_000}, "mistake")


@story
async def test_an_increase_reopens_what_was_paid(s: Scenario) -> None:
    account = await s.agency("G14")
    fee = await s.assessment("G14", ("fee", 100_000))
    await paid(s, account, fee)
    await assessments.change_assessment(
        s.house, officer(s), fee, lambda a: a.increase({1: 5_000}, "late", NOON)
    )
    assert ((await s.see(fee)).state, (await s.see(fee)).outstanding) == ("open", vnd(5_000))
    await paid(s, account, fee, transaction="T-2")
    assert ((await s.see(fee)).state, (await s.see(fee)).total) == ("paid", vnd(105_000))


@story
async def test_a_waiver_forgives_what_is_open_and_keeps_what_was_paid(s: Scenario) -> None:
    account = await s.agency("G14", "whatever")
    fee = await s.assessment("G14", ("fee", 100_000))
    payment = await s.payment(account, fee)
    await s.money(account, payment.reference, 60_000)
    await assessments.change_assessment(s.house, officer(s), fee, lambda a: a.waive("poor", NOON))
    after = await s.see(fee)
    assert (after.state, after.outstanding, after.lines[1].collected) == ("waived", vnd(0), 60_000)
    await s.money(account, payment.reference, 40_000, "T-2")
    reasons = [(p.to, p.reason) for p in (await s.transfer(account, "T-2")).buckets]
    assert reasons == [("credit", "withdrawn")]


@story
async def test_changes_that_do_not_fit_are_refused(s: Scenario) -> None:
    account = await s.agency("G14")
    fee = await s.assessment("G14", ("fee", 100_000))
    with pytest.raises(AmountTooLarge):
        await assessments.reduce_assessment(s.house, officer(s), fee, {1: 100_001}, "mistake")
    await assessments.withdraw_assessment(s.house, officer(s), fee, "mistake")
    with pytest.raises(NotOpen):
        await assessments.reduce_assessment(s.house, officer(s), fee, {1: 1}, "mistake")
    with pytest.raises(NotOpen):
        await s.payment(account, fee)


@story
async def test_the_agencys_share_of_many_small_parts_is_that_of_the_whole(s: Scenario) -> None:
    account = await s.agency("G14", "whatever")
    fee = await s.assessment("G14", ("fee", 100_003), retained_ppm=900_000)
    payment = await s.payment(account, fee)
    parts = [1, 2, 3, 7, 11, 13, 17, 1_009, 10_007, 33_331]
    parts.append(100_003 - sum(parts))
    for number, part in enumerate(parts):
        await s.money(account, payment.reference, part, f"T-{number}")
    assert (await s.see(fee)).state == "paid"
    history = [each.event for each in await s.store.history(fee)]
    shares = [
        part.retained.amount
        for event in history
        if isinstance(event, Assessment.CollectedBy)
        for part in event.parts
    ]
    assert len(shares) == len(parts)
    assert sum(shares) == 90_002  # floor(0.9 × 100,003)


@story
async def test_no_assessment_grows_beyond_what_ledgers_can_add_up(s: Scenario) -> None:
    await s.agency("G14")
    fee = await s.assessment("G14", ("fee", MOST_OWED - 1))

    async def increase(amount: int) -> None:
        await assessments.change_assessment(
            s.house, officer(s), fee, lambda a: a.increase({1: amount}, "late", NOON)
        )

    with pytest.raises(TooMuchOwed):
        await increase(2)
    await increase(1)
    assert (await s.see(fee)).total == vnd(MOST_OWED)
