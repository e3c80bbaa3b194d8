"""Suspense and credit moved by two people: where to, what is refused, what moved meanwhile."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from feesvc.application import assessments, reclassifying, refunds
from feesvc.application.house import Unknown
from feesvc.application.reclassifying import (
    AnotherCurrency,
    Item,
    ItsOwnMoney,
    MoreThanIsOwed,
    NotFromThere,
    StandsInTheBank,
    Wish,
)
from feesvc.domain.agency import Agency
from feesvc.domain.aggregate import Refusal
from feesvc.domain.buckets import MoreThanIsLeft
from feesvc.domain.reclassification import ItemMoved, Reclassification
from feesvc.domain.refund import ChangedSinceAsked, SamePerson, WrongState
from feesvc.domain.transfer import Transfer
from feesvc.intermediary import Reversed, Verdict
from feesvc.money import Money
from feesvc.testing.scenario import NOON, Scenario, story


def vnd(amount: int) -> Money:
    return Money(amount, "VND")


def places(transfer: Transfer) -> list[tuple[str, int, str]]:
    return [(p.to, p.amount.amount, p.reason or p.beneficiary) for p in transfer.buckets]


async def waiting(s: Scenario, amount: int = 100_000) -> tuple[UUID, Item]:
    """Money of unknown reference; gives the merchant account and the item."""
    account = await s.agency("G14")
    assert await s.money(account, "NEVER-ASKED", amount) is Verdict.UNKNOWN_ORDER
    return account, Item(transfer=s.store.ids.transfer(account, "T-1"), place="suspense")


async def ask(s: Scenario, wish: Wish, by: str = "person:maker") -> Reclassification:
    done = await reclassifying.request_reclassification(s.house, s.house.act(s.some_id(), by), wish)
    assert done.result is not None
    return done.result


async def approve(
    s: Scenario, asked: Reclassification, by: str = "person:checker", digest: str = ""
) -> Reclassification:
    act = s.house.act(s.some_id(), by)
    done = await reclassifying.approve_reclassification(
        s.house, act, asked.id, digest or asked.digest
    )
    assert done.result is not None
    return done.result


def applying(item: Item, assessment: UUID, **more: Any) -> Wish:
    return Wish(item=item, purpose="apply", reason="payer_called", assessment=assessment, **more)


@story
async def test_suspense_pays_an_assessment_when_another_person_agrees(s: Scenario) -> None:
    account, item = await waiting(s, 120_000)
    fee = await s.assessment("G14", ("fee", 60_000), ("charge", 40_000))
    asked = await ask(s, applying(item, fee))
    assert (asked.needs_second, asked.source.amount) == (True, vnd(100_000))
    assert (await s.see(fee)).state == "open"
    with pytest.raises(SamePerson):
        await approve(s, asked, by="person:maker")
    with pytest.raises(ChangedSinceAsked):
        await approve(s, asked, digest="0" * 64)
    assert (await approve(s, asked)).state == "approved"
    assert (await s.see(fee)).state == "paid"
    assert places(await s.transfer(account)) == [
        ("suspense", 20_000, "unknown_reference"), ("line", 40_000, "G14"), ("line", 60_000, "G14"),
    ]  # fmt: skip
    with pytest.raises(WrongState):
        await approve(s, asked)


@story
async def test_within_the_agencys_limit_one_person_decides(s: Scenario) -> None:
    _, item = await waiting(s, 50_000)
    agency = await s.house.one(Agency, s.store.ids.agency("G14"), "")
    agency.set_approval_limit(vnd(50_000), date(2026, 11, 1), s.now)
    agency.set_approval_limit(vnd(10_000), date(2026, 12, 1), s.now)
    await s.keep(agency)
    fees = [await s.assessment("G14", ("fee", amount)) for amount in (50_000, 50_001)]
    with pytest.raises(MoreThanIsOwed):
        await ask(s, applying(item, fees[1], amount=50_002))
    done = await ask(s, applying(item, fees[0]))
    assert (done.state, done.needs_second) == ("approved", False)
    assert (await s.see(fees[0])).state == "paid"
    assert agency.approval_limit_on("VND", date(2026, 10, 31)) == 0
    assert agency.approval_limit_on("VND", date(2026, 12, 1)) == 10_000
    assert agency.approval_limit_on("USD", date(2026, 12, 1)) == 0


@story
async def test_nobody_takes_alone_by_parts_what_needs_two_as_a_whole(s: Scenario) -> None:
    account, item = await waiting(s, 100_000)
    agency = await s.house.one(Agency, s.store.ids.agency("G14"), "")
    agency.set_approval_limit(vnd(50_000), date(2026, 11, 1), s.now)
    await s.keep(agency)
    fee = await s.assessment("G14", ("fee", 100_000))
    assert (await ask(s, applying(item, fee, amount=50_000))).needs_second
    act = s.house.act(s.some_id(), "person:maker")
    wish = refunds.Wish(transfer=item.transfer, amount=60_000, lines={}, reason="x",
                        method="bank_transfer")  # fmt: skip
    await refunds.request_refund(s.house, act, wish)  # set aside, and still what stands there
    assert (await ask(s, applying(item, fee, amount=40_000))).needs_second
    assert (await s.transfer(account)).buckets.total == 40_000


@story
async def test_what_moved_meanwhile_is_not_moved_again(s: Scenario) -> None:
    account, item = await waiting(s)
    fee = await s.assessment("G14", ("fee", 30_000))
    first, second = await ask(s, applying(item, fee)), await ask(s, applying(item, fee))
    await approve(s, first)
    with pytest.raises(ItemMoved):
        await approve(s, second)
    other = await s.assessment("G14", ("fee", 30_000))
    third = await ask(s, applying(item, other))
    payment = await s.payment(account, other)
    await s.money(account, payment.reference, 30_000, "T-2")
    with pytest.raises(ItemMoved):
        await approve(s, third)
    fourth = await ask(s, replace(applying(item, other), purpose="credit_payer"))
    gone = Reversed(reference="", transaction="T-1", at=NOON, reason="recall")
    await s.says(account, gone)
    with pytest.raises(ItemMoved):
        await approve(s, fourth)
    act = s.house.act(s.some_id(), "person:maker")
    done = await reclassifying.reject_reclassification(s.house, act, fourth.id, "too_late")
    assert done.result is not None and done.result.state == "rejected"


@story
async def test_fifty_approvals_at_once_move_the_money_once(s: Scenario) -> None:
    account, item = await waiting(s)
    fees = [await s.assessment("G14", ("fee", 15_000)) for _ in range(50)]
    asked = [await ask(s, applying(item, fee)) for fee in fees]

    async def agree(one: Reclassification) -> bool:
        try:
            await approve(s, one)
        except Refusal:
            return False
        return True

    assert sum(await asyncio.gather(*(agree(one) for one in asked))) == 1
    transfer = await s.transfer(account)
    assert transfer.buckets.total == 100_000
    assert sum([(await s.see(fee)).state == "paid" for fee in fees]) == 1


@story
async def test_another_agencys_assessment_is_paid_through_its_own_event(s: Scenario) -> None:
    account, item = await waiting(s)
    await s.agency("H29")
    fee = await s.assessment("H29", ("fee", 100_000))
    with pytest.raises(Unknown):
        await ask(s, applying(item, fee))
    await approve(s, await ask(s, applying(item, fee, beneficiary="H29")))
    assert (await s.see(fee)).transfers == {item.transfer: "G14"}
    assert (await s.see(fee)).state == "paid"
    assert places(await s.transfer(account)) == [("line", 100_000, "H29")]


@story
async def test_money_is_held_for_agencies_apart_until_they_say_what_it_is_for(s: Scenario) -> None:
    account, item = await waiting(s)
    for code in ("H29", "H30"):
        await s.agency(code)

    def holding(agency: str, amount: int) -> Wish:
        return Wish(
            item=item, purpose="hold_for_agency", reason="x", beneficiary=agency, amount=amount
        )

    with pytest.raises(ItsOwnMoney):
        await ask(s, holding("G14", 1))
    with pytest.raises(Unknown):
        await ask(s, holding("H99", 1))
    await approve(s, await ask(s, holding("H29", 30_000)))
    await approve(s, await ask(s, holding("H30", 70_000)))
    assert places(await s.transfer(account)) == [("held", 30_000, "H29"), ("held", 70_000, "H30")]
    fee = await s.assessment("H30", ("fee", 100_000))
    held = Item(transfer=item.transfer, place="held", beneficiary="H29")
    with pytest.raises(NotFromThere):
        await ask(s, applying(held, fee, beneficiary="H30"))
    theirs = replace(held, beneficiary="H30")
    await approve(s, await ask(s, applying(theirs, fee, beneficiary="H30")))
    assert (await s.see(fee)).outstanding == vnd(30_000)


@story
async def test_a_known_payer_who_owes_nothing_has_a_credit_that_pays_later(s: Scenario) -> None:
    account, item = await waiting(s)
    wish = Wish(item=item, purpose="credit_payer", reason="payer_called", subject=s.some_id())
    assert (await approve(s, await ask(s, wish))).subject == wish.subject
    assert places(await s.transfer(account)) == [("credit", 100_000, "identified")]
    fee = await s.assessment("G14", ("fee", 40_000))
    credit = replace(item, place="credit")
    await approve(s, await ask(s, applying(credit, fee)))
    assert (await s.see(fee)).state == "paid"
    for purpose in ("hold_for_agency", "credit_payer", "disclaim"):
        wish = Wish(item=credit, purpose=purpose, reason="x", beneficiary="G22")
        with pytest.raises(NotFromThere):
            await ask(s, wish)


@story
async def test_what_is_proved_not_ours_leaves_and_is_not_reversed_again(s: Scenario) -> None:
    account, item = await waiting(s)
    await approve(s, await ask(s, Wish(item=item, purpose="disclaim", reason="x", amount=60_000)))
    transfer = await s.transfer(account)
    assert (transfer.disclaimed, transfer.ours) == (60_000, vnd(40_000))
    gone = Reversed(reference="", transaction="T-1", at=NOON, reason="recall")
    assert await s.says(account, gone) is Verdict.RECORDED
    transfer = await s.transfer(account)
    assert (transfer.buckets.total, transfer.beyond) == (0, {"": 0})


@story
async def test_refunds_and_moves_share_what_there_is(s: Scenario) -> None:
    _, item = await waiting(s)
    fee = await s.assessment("G14", ("fee", 100_000))
    asked = await ask(s, applying(item, fee))
    wish = refunds.Wish(
        transfer=item.transfer, amount=30_000, lines={}, reason="x", method="intermediary",
        item=("suspense", None, 0, ""),
    )  # fmt: skip
    act = s.house.act(s.some_id(), "person:maker")
    await refunds.request_refund(s.house, act, wish)
    with pytest.raises(ItemMoved):
        await approve(s, asked)
    with pytest.raises(MoreThanIsLeft):
        await ask(s, applying(item, fee, amount=70_001))
    again = s.house.act(s.some_id(), "person:maker")
    with pytest.raises(MoreThanIsLeft):
        await refunds.request_refund(s.house, again, replace(wish, amount=70_001))


@story
async def test_what_does_not_fit_is_refused(s: Scenario) -> None:
    _, item = await waiting(s)
    fee = await s.assessment("G14", ("fee", 0))
    dollars = await s.assessment("G14", ("fee", 100), currency="USD")
    withdrawn = await s.assessment("G14", ("fee", 10_000))
    await assessments.withdraw_assessment(
        s.house, s.house.act(s.some_id(), "person:o"), withdrawn, "wrong"
    )
    for wish, refusal in (
        (applying(item, fee), MoreThanIsOwed),
        (applying(item, withdrawn), MoreThanIsOwed),
        (applying(item, dollars), AnotherCurrency),
        (applying(item, s.some_id()), Unknown),
        (applying(replace(item, place="credit"), fee), MoreThanIsLeft),
        (applying(replace(item, transfer=s.some_id()), fee), Unknown),
        (Wish(item=item, purpose="credit_payer", reason="x", amount=-5), MoreThanIsLeft),
        (Wish(item=item, purpose="credit_payer", reason="x", amount=100_001), MoreThanIsLeft),
        (Wish(item=item, purpose="disclaim", reason="x", amount=100_001), MoreThanIsLeft),
    ):
        with pytest.raises(refusal):
            await ask(s, wish)


@story
async def test_what_stands_in_the_bank_is_not_disclaimed(s: Scenario) -> None:
    from feesvc.testing.walk import Step, Walk
    from feesvc.testing.walk_agency import credit_bank

    walk = await Walk.begin(s, "settling whatever")
    await credit_bank(walk, Step("", 0, 5_000, False))
    [recorded] = await s.store.read(0, 9, [Transfer.Received.TOPIC])
    item = Item(transfer=recorded.event.originator_id, place="suspense")
    with pytest.raises(StandsInTheBank):
        await ask(s, Wish(item=item, purpose="disclaim", reason="x"))
