"""Facts that contradict what is on record: nothing is booked, nothing goes out, nothing breaks."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from feesvc.application import refunding, refunds
from feesvc.application.refunds import Wish
from feesvc.domain.buckets import MoreThanIsLeft
from feesvc.domain.case import Case
from feesvc.domain.refund import Refund
from feesvc.domain.transfer import Transfer
from feesvc.intermediary import Disputed, Received, Refunded, Reversed, Verdict
from feesvc.money import Money
from feesvc.testing.scenario import NOON, Scenario, story


async def paid(s: Scenario) -> UUID:
    """A fee of 100 000 đồng, paid; gives its merchant account."""
    account = await s.agency("G14")
    fee = await s.assessment("G14", ("fee", 100_000))
    await s.money(account, (await s.payment(account, fee)).reference, 100_000)
    return account


async def approved(s: Scenario, account: UUID) -> Refund:
    wish = Wish(
        transfer=(await s.transfer(account)).id, amount=40_000, lines={}, reason="x",
        method="intermediary",
    )  # fmt: skip
    done = await refunds.request_refund(s.house, s.house.act(s.some_id(), "person:a"), wish)
    assert done.result is not None
    act = s.house.act(s.some_id(), "person:b")
    await refunds.approve_refund(s.house, act, done.result.id, done.result.digest)
    return done.result


async def send(s: Scenario, refund: Refund) -> Refund:
    act = s.house.act(s.some_id(), "process:refunding")
    await refunding.instruct_refund(s.house, act, refund.id)
    return await s.house.one(Refund, refund.id, "refund")


@story
async def test_what_was_reversed_after_the_approval_is_not_sent_as_well(s: Scenario) -> None:
    account = await paid(s)
    refund = await approved(s, account)
    back = Reversed(reference="", transaction="T-1", at=NOON, reason="recall")
    assert await s.says(account, back) is Verdict.RECORDED
    with pytest.raises(MoreThanIsLeft):
        await send(s, refund)
    assert (await s.house.one(Refund, refund.id, "refund")).state == "approved"


@story
async def test_a_refund_waits_while_its_money_is_disputed_and_goes_once_that_is_won(
    s: Scenario,
) -> None:
    account = await paid(s)
    refund = await approved(s, account)
    whole = Money(100_000, "VND")
    for stage in ("opened", "won"):
        said = Disputed(dispute="D", transaction="T-1", stage=stage, amount=whole, at=NOON)
        assert await s.says(account, said) is Verdict.RECORDED
        if stage == "opened":
            with pytest.raises(MoreThanIsLeft):
                await send(s, refund)
    assert (await send(s, refund)).state == "accepted"


@story
async def test_a_dispute_in_another_currency_or_of_nothing_is_not_booked(s: Scenario) -> None:
    account = await paid(s)
    before = await s.transfer(account)
    for amount in (Money(500, "USD"), Money(0, "VND"), Money(-1, "VND")):
        said = Disputed(dispute="D", transaction="T-1", stage="lost", amount=amount, at=NOON)
        assert await s.says(account, said) is Verdict.WRONG_AMOUNT
    assert (await s.transfer(account)).version == before.version


@story
async def test_a_refund_of_another_amount_than_was_sent_stays_open(s: Scenario) -> None:
    account = await paid(s)
    refund = await send(s, await approved(s, account))
    for amount in (Money(30_000, "VND"), Money(40_000, "USD")):
        said = Refunded(reference=refund.reference, handle="R", amount=amount, at=NOON)
        assert await s.says(account, said) is Verdict.WRONG_AMOUNT
    assert (await s.house.one(Refund, refund.id, "refund")).state == "accepted"
    assert (await s.transfer(account)).refunded == 0
    right = Refunded(reference=refund.reference, handle="R", amount=refund.amount, at=NOON)
    assert await s.says(account, right) is Verdict.RECORDED


@story
async def test_money_of_nothing_or_less_is_no_money(s: Scenario) -> None:
    account = await s.agency("G14")
    head = await s.store.head()
    for amount in (0, -5):
        assert await s.money(account, "unknown", amount) is Verdict.NOTHING
    assert [r.event.TOPIC for r in await s.store.read(head, 10)] == ["case.opened"]


@story
async def test_a_moment_that_cannot_be_is_when_we_heard_of_it(s: Scenario) -> None:
    account = await s.agency("G14")
    for at in (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)):
        fee = await s.assessment("G14", ("fee", 100_000))
        payment = await s.payment(account, fee)
        said = Received(
            reference=payment.reference, transaction=f"T-{at.year}",
            amount=Money(100_000, "VND"), at=at,
        )  # fmt: skip
        assert await s.says(account, said) is Verdict.RECORDED
        id = s.house.store.ids.transfer(account, said.transaction)
        received, *_ = (one.event for one in await s.house.store.read(0, 1000) if
                        one.event.originator_id == id)  # fmt: skip
        assert isinstance(received, Transfer.Received)
        assert received.occurred_at == s.now


@story
async def test_more_than_any_ledger_holds_is_a_case_and_no_money(s: Scenario) -> None:
    account = await s.agency("G14")
    fee = await s.assessment("G14", ("fee", 100_000))
    payment = await s.payment(account, fee)
    said = Received(
        reference=payment.reference, transaction="T-1", amount=Money(10**40, "VND"), at=NOON
    )
    assert await s.says(account, said) is Verdict.NOTHING
    events = [one.event for one in await s.house.store.read(0, 1000)]
    assert not any(isinstance(event, Transfer.Received) for event in events)
    assert [event.code for event in events if isinstance(event, Case.Opened)] == ["N13"]
