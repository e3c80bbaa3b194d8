"""Differences found by rule: what opens a case, what clears it, and what is recorded as cleared."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from feesvc.application import assessments, reclassifying, refunds
from feesvc.domain.refund import Refund
from feesvc.intermediary import Disputed, RefundFailed, Reversed
from feesvc.money import Money
from feesvc.testing.reacting import Reacting


def vnd(amount: int) -> Money:
    return Money(amount, "VND")


class Town(Reacting):
    async def paid(self, account: UUID, amount: int, owed: int = 100_000) -> UUID:
        fee = await self.assessment("G14", ("fee", owed))
        payment = await self.payment(account, fee)
        await self.money(account, payment.reference, amount)
        return fee

    async def give_back(self, account: UUID, amount: int, transaction: str = "T-1") -> Refund:
        wish = refunds.Wish(
            transfer=(await self.transfer(account, transaction)).id, amount=amount, lines={},
            reason="x", method="intermediary",
        )  # fmt: skip
        done = await refunds.request_refund(
            self.house, self.house.act(self.some_id(), "person:a"), wish
        )
        assert done.result is not None
        return done.result

    async def agree(self, refund: Refund) -> None:
        act = self.house.act(self.some_id(), "person:b")
        await refunds.approve_refund(self.house, act, refund.id, refund.digest)


def town(story: Callable[[Town], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    return lambda: asyncio.run(story(Town()))


@town
async def test_money_that_pays_exactly_is_no_difference(s: Town) -> None:
    await s.paid(await s.agency("G14"), 100_000)
    await s.run()
    assert await s.told() == []


@town
async def test_too_little_is_a_case_until_the_rest_comes(s: Town) -> None:
    account = await s.agency("G14", "whatever")
    fee = await s.paid(account, 60_000)
    await s.run()
    assert await s.told() == [("A01", 40_000, "open")]
    again = await s.payment(account, fee)
    await s.money(account, again.reference, 15_000, "T-2")
    await s.run()
    assert await s.told() == [("A01", 25_000, "open")]
    await s.money(account, (await s.payment(account, fee)).reference, 25_000, "T-3")
    await s.run()
    assert await s.told() == [("A01", 25_000, "closed")]


@town
async def test_too_much_is_a_case_until_the_credit_is_given_back(s: Town) -> None:
    account = await s.agency("G14", "whatever")
    await s.paid(account, 130_000)
    await s.run()
    assert await s.told() == [("A02", 30_000, "open")]
    refund = await s.give_back(account, 30_000)
    await s.run()
    assert await s.told() == [("A02", 30_000, "open")], "what is only asked for still stands"
    await s.agree(refund)
    await s.run()
    assert await s.told() == [("A02", 30_000, "closed")]


@town
async def test_paid_twice_stands_again_when_its_refund_is_undone(s: Town) -> None:
    account = await s.agency("G14")
    fee = await s.assessment("G14", ("fee", 100_000))
    attempts = [await s.payment(account, fee) for _ in range(2)]
    for number, payment in enumerate(attempts, 1):
        await s.money(account, payment.reference, 100_000, f"T-{number}")
    await s.run()
    assert await s.told() == [("A03", 100_000, "open")]
    [asked] = await s.store.read(0, 10, [Refund.Requested.TOPIC])
    proposed = await s.house.one(Refund, asked.event.originator_id, "refund")
    act = s.house.act(s.some_id(), "person:b")
    await refunds.reject_refund(s.house, act, proposed.id, "not_his")
    await s.run()
    assert await s.told() == [("A03", 100_000, "open")]


@pytest.mark.parametrize(("by_notice", "code"), [("", "A04"), ("2", "A05")])
def test_money_for_what_is_owed_no_more(by_notice: str, code: str) -> None:
    async def story(s: Town) -> None:
        account = await s.agency("G14")
        fee = await s.assessment("G14", ("fee", 100_000))
        payment = await s.payment(account, fee)
        act = s.house.act(s.some_id(), "portal:TEST")
        await assessments.withdraw_assessment(s.house, act, fee, "wrong", by_notice)
        await s.money(account, payment.reference, 100_000)
        await s.run()
        assert await s.told() == [(code, 100_000, "open")]

    town(story)()


@town
async def test_a_reduction_of_what_was_paid_is_a_credit_to_be_given_back(s: Town) -> None:
    fee = await s.paid(await s.agency("G14"), 100_000)
    act = s.house.act(s.some_id(), "portal:TEST")
    await assessments.reduce_assessment(s.house, act, fee, {1: 30_000}, "decided")
    await s.run()
    assert await s.told() == [("A04", 30_000, "open")]


@town
async def test_money_that_came_late_for_what_is_still_owed_is_recorded_and_cleared(s: Town) -> None:
    account = await s.agency("G14")
    payment = await s.payment(account, await s.assessment("G14", ("fee", 100_000)))
    s.now += timedelta(hours=2)
    await s.money(account, payment.reference, 100_000)
    await s.run()
    [one] = await s.cases()
    assert (one.code, one.state, one.reason) == ("A05", "closed", "still_owed")


@pytest.mark.parametrize(("amount", "code"), [(99_000, "A01"), (101_000, "A02")])
def test_another_amount_than_a_fixed_order_stands_in_suspense(amount: int, code: str) -> None:
    async def story(s: Town) -> None:
        account = await s.agency("G14")
        await s.paid(account, amount)
        await s.run()
        assert await s.told() == [(code, amount, "open")]
        await s.agree(await s.give_back(account, amount))
        await s.run()
        assert await s.told() == [(code, amount, "closed")]

    town(story)()


@town
async def test_unknown_money_is_a_case_until_it_is_placed(s: Town) -> None:
    account = await s.agency("G14")
    await s.money(account, "nobody's", 100_000)
    await s.run()
    assert await s.told() == [("A06", 100_000, "open")]
    fee = await s.assessment("G14", ("fee", 100_000))
    wish = reclassifying.Wish(
        item=reclassifying.Item(transfer=(await s.transfer(account)).id, place="suspense"),
        purpose="apply", reason="found", assessment=fee,
    )  # fmt: skip
    asked = await reclassifying.request_reclassification(
        s.house, s.house.act(s.some_id(), "person:a"), wish
    )
    assert asked.result is not None
    await s.run()
    assert await s.told() == [("A06", 100_000, "open")]
    await reclassifying.approve_reclassification(
        s.house, s.house.act(s.some_id(), "person:b"), asked.result.id, asked.result.digest
    )
    await s.run()
    assert await s.told() == [("A06", 100_000, "closed")]


@town
async def test_money_of_another_agency_is_a_case_while_it_is_held(s: Town) -> None:
    account = await s.agency("G14")
    await s.agency("G15")
    await s.money(account, "nobody's", 100_000)
    wish = reclassifying.Wish(
        item=reclassifying.Item(transfer=(await s.transfer(account)).id, place="suspense"),
        purpose="hold_for_agency", reason="theirs", beneficiary="G15",
    )  # fmt: skip
    asked = await reclassifying.request_reclassification(
        s.house, s.house.act(s.some_id(), "person:a"), wish
    )
    assert asked.result is not None
    await reclassifying.approve_reclassification(
        s.house, s.house.act(s.some_id(), "person:b"), asked.result.id, asked.result.digest
    )
    await s.run()
    assert await s.told() == [("A07", 100_000, "open")]


@town
async def test_money_settled_and_never_captured_is_a_case(s: Town) -> None:
    account = await s.agency("G14", "settling whatever")
    await s.settlement(account, ("payment", "T-9", 50_000, 500))
    await s.run()
    assert await s.told() == [("S03", 50_000, "open")]


@town
async def test_a_dispute_and_its_outcome(s: Town) -> None:
    account = await s.agency("G14")
    await s.paid(account, 100_000)
    said = Disputed(dispute="D", transaction="T-1", stage="opened", amount=vnd(40_000), at=s.now)
    await s.says(account, said)
    await s.run()
    assert await s.told() == [("S14", 40_000, "open")]
    await s.says(account, replace(said, stage="lost"))
    await s.run()
    first, second = await s.cases()
    assert (first.code, first.state, first.reason) == ("S14", "closed", "nothing_left")
    assert (second.code, second.state, second.reason) == ("S15", "closed", "lost_and_posted")


@town
async def test_a_lost_dispute_of_money_that_was_gone_already_needs_a_person(s: Town) -> None:
    account = await s.agency("G14")
    await s.paid(account, 100_000)
    await s.agree(await s.give_back(account, 70_000))
    said = Disputed(dispute="D", transaction="T-1", stage="lost", amount=vnd(100_000), at=s.now)
    await s.says(account, said)
    await s.run()
    assert ("S15", 70_000, "open") in await s.told()


@town
async def test_a_refund_that_failed_is_a_case_until_it_is_sent_again(s: Town) -> None:
    account = await s.agency("G14")
    await s.paid(account, 100_000)
    refund = await s.give_back(account, 100_000)
    await s.agree(refund)
    await s.run()
    now = await s.house.one(Refund, refund.id, "refund")
    failed = RefundFailed(reference=now.reference, reason="closed_account", at=s.now)
    await s.says(account, failed)
    await s.run()
    assert await s.told() == [("S13", 100_000, "open")]
    await refunds.reissue_refund(
        s.house, s.house.act(s.some_id(), "person:b"), refund.id, "intermediary"
    )
    await s.run()
    assert await s.told() == [("S13", 100_000, "closed")]


@town
async def test_a_reversal_takes_the_case_of_its_money_away(s: Town) -> None:
    account = await s.agency("G14")
    await s.money(account, "nobody's", 100_000)
    await s.run()
    await s.says(account, Reversed(reference="", transaction="T-1", at=s.now, reason="void"))
    await s.run()
    assert await s.told() == [("A06", 100_000, "closed")]


@town
async def test_following_the_log_again_finds_nothing_new(s: Town) -> None:
    account = await s.agency("G14", "whatever")
    await s.paid(account, 130_000)
    await s.money(account, "nobody's", 5_000, "T-2")
    await s.run()
    head = await s.store.head()
    del s.bookmarks.kept["differences"]
    await s.run()
    assert await s.store.head() == head
