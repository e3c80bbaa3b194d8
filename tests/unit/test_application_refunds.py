"""Refunds by two people: what is refused, what fails, what comes back, what was taken meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

import pytest

from feesvc.application import refunding, refunds
from feesvc.application.house import Unknown
from feesvc.application.refunds import NotRefundable, Wish
from feesvc.domain.buckets import MoreThanIsLeft
from feesvc.domain.merchant_account import MerchantAccount
from feesvc.domain.refund import ChangedSinceAsked, Refund, SamePerson, WrongState
from feesvc.intermediary import Disputed, Refunded, RefundFailed, Reversed, Verdict
from feesvc.money import Money
from feesvc.testing.scenario import NOON, Sayso, Scenario, story


def vnd(amount: int) -> Money:
    return Money(amount, "VND")


async def paid(s: Scenario, *lines: Any, **facts: Any) -> tuple[UUID, UUID]:
    """A paid assessment: its merchant account, itself."""
    account = await s.agency("G14")
    fee = await s.assessment("G14", *(lines or (("fee", 100_000),)), **facts)
    payment = await s.payment(account, fee)
    await s.money(account, payment.reference, payment.amount.amount)
    return account, fee


async def asked(
    s: Scenario, account: UUID, amount: int, lines: Mapping[tuple[UUID, int], int] | None = None
) -> Refund:
    wish = Wish(
        transfer=(await s.transfer(account)).id, amount=amount, lines=lines or {}, reason="x",
        method="intermediary",
    )  # fmt: skip
    act = s.house.act(s.some_id(), "person:maker")
    done = await refunds.request_refund(s.house, act, wish)
    assert done.result is not None
    return done.result


async def approve(s: Scenario, refund: Refund, by: str = "person:checker") -> None:
    act = s.house.act(s.some_id(), by)
    await refunds.approve_refund(s.house, act, refund.id, refund.digest)


async def reject(s: Scenario, refund: Refund) -> None:
    await refunds.reject_refund(s.house, s.house.act(s.some_id(), "person:c"), refund.id, "no")


async def send(s: Scenario, refund: Refund) -> Refund:
    await refunding.instruct_refund(
        s.house, s.house.act(s.some_id(), "process:refunding"), refund.id
    )
    return await see(s, refund)


async def see(s: Scenario, refund: Refund) -> Refund:
    return await s.house.one(Refund, refund.id, "refund")


def reached(refund: Refund) -> Refunded:
    return Refunded(reference=refund.reference, handle="R", amount=refund.amount, at=NOON)


def failed(refund: Refund, *, returned: bool = False) -> RefundFailed:
    return RefundFailed(reference=refund.reference, reason="shut", at=NOON, returned=returned)


def back(transaction: str = "T-1") -> Reversed:
    return Reversed(reference="", transaction=transaction, at=NOON, reason="recall")


def disputed(stage: Literal["opened", "won", "lost"]) -> Disputed:
    return Disputed(dispute="D", transaction="T-1", stage=stage, amount=vnd(60_000), at=NOON)


@story
async def test_an_approval_is_another_persons_and_of_what_was_asked(s: Scenario) -> None:
    account, _ = await paid(s)
    refund = await asked(s, account, 40_000)
    with pytest.raises(SamePerson):
        await approve(s, refund, by="person:maker")
    act = s.house.act(s.some_id(), "person:checker")
    with pytest.raises(ChangedSinceAsked):
        await refunds.approve_refund(s.house, act, refund.id, "0" * 64)
    await approve(s, refund)
    with pytest.raises(WrongState):
        await reject(s, refund)
    with pytest.raises(WrongState):
        await approve(s, refund)


@story
async def test_a_rejected_refund_leaves_the_money_where_it_stood(s: Scenario) -> None:
    account, fee = await paid(s)
    refund = await asked(s, account, 40_000)
    before = (await s.see(fee)).lines[1].collected
    await reject(s, refund)
    transfer = await s.transfer(account)
    assert [(p.to, p.amount.amount) for p in transfer.buckets] == [("line", 100_000)]
    assert (transfer.reserved, (await s.see(fee)).lines[1].collected) == ({}, before)
    with pytest.raises(WrongState):
        await approve(s, refund)


@story
async def test_more_than_is_left_nothing_and_unknown_places_are_refused(s: Scenario) -> None:
    account, fee = await paid(s, ("fee", 60_000), ("charge", 40_000))
    await asked(s, account, 10_000, {(fee, 1): 10_000})
    for amount, lines in (
        (90_001, {}),
        (0, {}),
        (-5, {}),
        (50_001, {(fee, 1): 50_001}),
        (5_000, {(fee, 1): 4_999}),
        (5, {(fee, 3): 5}),
        (5, {(s.some_id(), 1): 5}),
        (5, {(fee, 1): 10, (fee, 2): -5}),
    ):
        with pytest.raises(MoreThanIsLeft):
            await asked(s, account, amount, lines)
    assert (await s.transfer(account)).buckets.total == 90_000


@story
async def test_what_the_law_keeps_is_not_given_back(s: Scenario) -> None:
    account, fee = await paid(s, refundable=False)
    for lines in ({}, {(fee, 1): 1_000}):
        with pytest.raises(NotRefundable):
            await asked(s, account, 1_000, lines)


@story
async def test_a_foreign_agencys_transfer_is_as_good_as_missing(s: Scenario) -> None:
    account, _ = await paid(s)
    wish = Wish(
        transfer=(await s.transfer(account)).id, amount=1, lines={}, reason="x",
        method="intermediary", agencies=frozenset({"G22"}),
    )  # fmt: skip
    act = s.house.act(s.some_id(), "person:maker")
    with pytest.raises(Unknown):
        await refunds.request_refund(s.house, act, wish)


@story
async def test_a_failed_refund_is_sent_again_under_another_reference(s: Scenario) -> None:
    account, _ = await paid(s)
    refund = await asked(s, account, 40_000)
    await approve(s, refund)
    first = await send(s, refund)
    assert await s.says(account, failed(first)) is Verdict.RECORDED
    assert (await see(s, refund)).state == "failed"
    assert (await s.transfer(account)).reserved
    second = await send(s, refund)
    assert second.reference != first.reference
    assert await s.says(account, failed(first)) is Verdict.DUPLICATE
    assert await s.says(account, reached(second)) is Verdict.RECORDED
    assert ((await see(s, refund)).state, (await s.transfer(account)).refunded) == ("paid", 40_000)


@story
async def test_paid_after_it_failed_is_paid_and_may_still_come_back(s: Scenario) -> None:
    account, _ = await paid(s)
    refund = await asked(s, account, 40_000)
    await approve(s, refund)
    sent = await send(s, refund)
    assert await s.says(account, failed(sent)) is Verdict.RECORDED
    assert await s.says(account, reached(sent)) is Verdict.RECORDED
    assert (await see(s, refund)).state == "paid"
    assert await s.says(account, failed(sent, returned=True)) is Verdict.RECORDED
    assert (await see(s, refund)).state == "returned"
    names = [type(each.event).__name__ for each in await s.store.history(refund.id)]
    assert names[2:] == ["Instructed", "Accepted", "Failed", "Instructed", "Paid", "Returned"]


@story
async def test_a_return_that_we_hear_of_first_is_paid_and_returned(s: Scenario) -> None:
    account, _ = await paid(s)
    refund = await asked(s, account, 40_000)
    await approve(s, refund)
    sent = await send(s, refund)
    assert await s.says(account, failed(sent, returned=True)) is Verdict.RECORDED
    names = [type(each.event).__name__ for each in await s.store.history(refund.id)]
    assert names[-2:] == ["Paid", "Returned"]
    again = await send(s, refund)
    assert await s.says(account, reached(again)) is Verdict.RECORDED
    transfer = await s.transfer(account)
    assert (transfer.refunded, transfer.reserved, transfer.buckets.total) == (40_000, {}, 60_000)


@story
async def test_an_instruction_is_sent_once_however_often_it_is_given(s: Scenario) -> None:
    account, _ = await paid(s)
    refund = await asked(s, account, 40_000)
    await approve(s, refund)
    first, second = await send(s, refund), await send(s, refund)
    assert (first.reference, second.attempts) == (second.reference, 1)
    adapter = s.house.desk.adapter(await s.house.see(MerchantAccount, account, ""))
    assert isinstance(adapter, Sayso) and list(adapter.refunds) == [first.reference]


@story
async def test_what_was_reversed_meanwhile_is_not_given_back_too(s: Scenario) -> None:
    account, fee = await paid(s)
    refund = await asked(s, account, 80_000)
    assert await s.says(account, back()) is Verdict.RECORDED
    assert (await see(s, refund)).state == "rejected"
    with pytest.raises(WrongState):
        await approve(s, refund)
    with pytest.raises(MoreThanIsLeft):
        await asked(s, account, 1)
    transfer = await s.transfer(account)
    assert (transfer.buckets.total, transfer.beyond, transfer.reserved) == (0, {"": 0}, {})
    assert ((await s.see(fee)).state, (await s.see(fee)).outstanding) == ("open", vnd(100_000))


@story
async def test_what_is_disputed_meanwhile_is_not_given_back_too(s: Scenario) -> None:
    account, fee = await paid(s)
    refund = await asked(s, account, 80_000)
    assert await s.says(account, disputed("opened")) is Verdict.RECORDED
    assert (await see(s, refund)).state == "rejected"
    with pytest.raises(WrongState):
        await approve(s, refund)
    with pytest.raises(MoreThanIsLeft):
        await asked(s, account, 40_001)
    await approve(s, await asked(s, account, 40_000))
    assert await s.says(account, disputed("lost")) is Verdict.RECORDED
    assert (await s.see(fee)).lines[1].collected == 0
    assert (await s.transfer(account)).beyond == {"D": 0}


@story
async def test_a_request_that_leaves_enough_stands_beside_a_dispute(s: Scenario) -> None:
    account, _ = await paid(s)
    refund = await asked(s, account, 40_000)
    await s.says(account, disputed("opened"))
    await approve(s, refund)
    assert (await see(s, refund)).state == "approved"
