"""Stories about money after it arrived: disputes, several agencies, races, refunds."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from feesvc.application import assessments, refunding, refunds
from feesvc.application.house import Busy
from feesvc.domain.assessment import NotOpen
from feesvc.domain.buckets import MoreThanIsLeft
from feesvc.domain.refund import Refund
from feesvc.domain.transfer import Transfer
from feesvc.intermediary import Disputed, Refunded, RefundFailed, Verdict
from feesvc.money import Money
from feesvc.testing.scenario import NOON, Scenario, story


def vnd(amount: int) -> Money:
    return Money(amount, "VND")


def places(transfer: Transfer) -> list[tuple[str, int, str]]:
    return [(p.to, p.amount.amount, p.reason) for p in transfer.buckets]


@story
async def test_a_dispute_freezes_the_money_and_its_end_decides(s: Scenario) -> None:
    account = await s.agency("G14")
    fee = await s.assessment("G14", ("fee", 100_000))
    payment = await s.payment(account, fee)
    await s.money(account, payment.reference, 100_000)

    def dispute(stage: Any, name: str) -> Disputed:
        return Disputed(
            dispute=name, transaction="T-1", stage=stage, amount=vnd(100_000), at=NOON,
            fee=vnd(5_000),
        )  # fmt: skip

    assert await s.says(account, dispute("opened", "D-1")) is Verdict.RECORDED
    assert (await s.transfer(account)).buckets.total == 0
    assert await s.says(account, dispute("won", "D-1")) is Verdict.RECORDED
    assert (await s.transfer(account)).buckets.total == 100_000
    assert await s.says(account, dispute("lost", "D-2")) is Verdict.RECORDED
    assert (await s.see(fee)).outstanding == vnd(100_000)
    assert await s.says(account, dispute("lost", "D-2")) is Verdict.DUPLICATE


@story
async def test_one_payment_for_two_agencies_is_collected_by_one(s: Scenario) -> None:
    account = await s.agency("G22")
    await s.agency("G14")
    own, other = (
        await s.assessment("G22", ("fee", 20_000)),
        await s.assessment("G14", ("charge", 50_000)),
    )
    payment = await s.payment(account, own, other)
    assert await s.money(account, payment.reference, 70_000) is Verdict.RECORDED
    placed = [(p.beneficiary, p.amount.amount) for p in (await s.transfer(account)).buckets]
    assert placed == [("G22", 20_000), ("G14", 50_000)]
    assert (await s.see(other)).transfers == {s.store.ids.transfer(account, "T-1"): "G22"}
    assert (await s.see(other)).state == "paid"


@story
async def test_two_payments_racing_for_one_assessment_pay_it_once(s: Scenario) -> None:
    account = await s.agency("G14")
    fee = await s.assessment("G14", ("fee", 100_000))
    asked = [await s.payment(account, fee) for _ in range(10)]
    await asyncio.gather(
        *(s.money(account, p.reference, 100_000, f"T-{n}") for n, p in enumerate(asked))
    )
    placed = [places(await s.transfer(account, f"T-{n}"))[0] for n in range(10)]
    assert sorted(placed) == [("credit", 100_000, "duplicate")] * 9 + [("line", 100_000, "")]


@story
async def test_fifty_refunds_racing_for_one_transfer_never_take_more_than_it_holds(
    s: Scenario,
) -> None:
    account = await s.agency("G14")
    fee = await s.assessment("G14", ("fee", 100_000))
    payment = await s.payment(account, fee)
    await s.money(account, payment.reference, 100_000)
    transfer = await s.transfer(account)

    async def ask(amount: int) -> int:
        wish = refunds.Wish(
            transfer=transfer.id, amount=amount, lines={}, reason="wrong_item",
            method="intermediary",
        )  # fmt: skip
        act = s.house.act(s.some_id(), "person:maker")
        while True:
            try:
                return len([(await refunds.request_refund(s.house, act, wish)).result])
            except MoreThanIsLeft:
                return 0
            except Busy:
                continue

    granted = await asyncio.gather(*(ask(15_000) for _ in range(50)))
    assert sum(granted) == 6
    assert (await s.transfer(account)).buckets.total == 10_000


@story
async def test_a_refund_is_followed_to_its_end_and_back(s: Scenario) -> None:
    account = await s.agency("G14")
    fee = await s.assessment("G14", ("fee", 100_000))
    payment = await s.payment(account, fee)
    await s.money(account, payment.reference, 100_000)
    transfer = await s.transfer(account)
    wish = refunds.Wish(
        transfer=transfer.id, amount=40_000, lines={(fee, 1): 40_000}, reason="withdrawn",
        method="intermediary",
    )  # fmt: skip
    asked = await refunds.request_refund(s.house, s.house.act(s.some_id(), "person:maker"), wish)
    refund = asked.result
    assert refund is not None

    async def see() -> Refund:
        return await s.house.one(Refund, refund.id, "refund")

    checker = s.house.act(s.some_id(), "person:checker")
    await refunds.approve_refund(s.house, checker, refund.id, refund.digest)
    assert (await s.see(fee)).lines[1].collected == 60_000
    assert (await s.see(fee)).state == "paid"
    process = s.house.act(s.some_id(), "process:refunding")
    await refunding.instruct_refund(s.house, process, refund.id)
    now = await see()
    assert (now.state, now.handle) == ("accepted", f"R{now.reference}")
    done = Refunded(
        reference=now.reference, handle=now.handle, amount=vnd(40_000),
        at=NOON + timedelta(days=1),
    )  # fmt: skip
    assert await s.says(account, done) is Verdict.RECORDED
    assert await s.says(account, done) is Verdict.DUPLICATE
    assert ((await see()).state, (await s.transfer(account)).refunded) == ("paid", 40_000)
    back = RefundFailed(reference=now.reference, reason="account closed", at=NOON, returned=True)
    assert await s.says(account, back) is Verdict.RECORDED
    assert (await see()).state == "returned"


@story
async def test_a_cancelled_notice_cannot_be_cancelled_again(s: Scenario) -> None:
    fee = await s.assessment("G14", ("fee", 100_000))
    act = s.house.act(s.some_id(), "person:officer")
    await assessments.withdraw_assessment(s.house, act, fee, "wrong")
    again = s.house.act(s.some_id(), "person:officer")
    with pytest.raises(NotOpen):
        await assessments.withdraw_assessment(s.house, again, fee, "wrong")
