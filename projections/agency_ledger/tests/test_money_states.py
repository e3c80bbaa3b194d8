"""Stories of a line's money from its capture to the budget and back, told to the commands and read
in the ledger.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from feesvc.application import advances, assessments, banking, refunds
from feesvc.application.refunds import AdvanceNotBanked, Wish
from feesvc.domain.aggregate import Refusal
from feesvc.domain.buckets import MoreThanIsLeft
from feesvc.domain.refund import SamePerson
from feesvc.intermediary import Reversed
from feesvc.money import Money
from feesvc.testing.money_story import (
    TODAY,
    K,
    Stage,
    bank,
    come_to,
    give_back,
    lose,
    paid,
    reduce,
    remit,
    split,
)
from feesvc.testing.scenario import NOON, Scenario, story
from feesvc_agency_ledger.applying import approve, items_of
from feesvc_agency_ledger.posting import entry
from feesvc_agency_ledger.rules import version


async def book(s: Scenario, agency: str = "G14") -> dict[int, int]:
    """Debits - credits of every account of the agency that is not at zero."""
    log = await s.store.read(0, 100_000)
    items: dict[Any, str] = defaultdict(lambda: "item", items_of(log))
    approvals: dict[UUID, Any] = {}
    sums: dict[int, int] = defaultdict(int)
    for recorded in log:
        approve(recorded, approvals)
        for posting in entry(recorded, version(1), approvals, items, TODAY):
            if posting.agency == agency:
                sums[posting.account] += posting.amount
    return {account: amount for account, amount in sorted(sums.items()) if amount}


AFTER_REFUND: dict[Stage, dict[int, int]] = {
    "collected": {1200: 100 * K, 2200: -40 * K, 2500: -60 * K},
    "banked": {1200: 100 * K, 2200: -40 * K, 2510: -60 * K},
    "allocated": {1200: 100 * K, 2200: -40 * K, 2400: -42 * K, 4100: -18 * K},
    "remitted": {1200: 100 * K, 1400: 28 * K, 2200: -40 * K, 2400: -70 * K, 4100: -18 * K},
}


@pytest.mark.parametrize("stage", AFTER_REFUND)
def test_a_refund_takes_the_money_from_where_it_stands(stage: Stage) -> None:
    async def tell() -> None:
        s = Scenario()
        account, fee = await paid(s)
        await come_to(s, stage, account, fee)
        await give_back(s, account, 40 * K)
        assert await book(s) == AFTER_REFUND[stage]
        line = (await s.see(fee)).lines[1]
        assert line.due == line.collected == 60 * K

    asyncio.run(tell())


AFTER_LOSS: dict[Stage, dict[int, int]] = {
    "collected": {},
    "banked": {},
    "allocated": {},
    "remitted": {1400: 70 * K, 2400: -70 * K},
}


@pytest.mark.parametrize("stage", AFTER_LOSS)
def test_a_lost_dispute_leaves_only_what_the_budget_has(stage: Stage) -> None:
    async def tell() -> None:
        s = Scenario()
        account, fee = await paid(s)
        await come_to(s, stage, account, fee)
        await lose(s, account, 100 * K)
        owed_again = {1100: 100 * K, 2900: -100 * K}
        assert await book(s) == dict(sorted((AFTER_LOSS[stage] | owed_again).items()))
        assert (await s.see(fee)).outstanding == Money(100 * K, "VND")

    asyncio.run(tell())


@story
async def test_a_reduction_after_part_payment_takes_what_is_open_first(s: Scenario) -> None:
    account = await s.agency("G14", "whatever")
    fee = await s.assessment("G14", ("fee", 100 * K), retained_ppm=300_000)
    payment = await s.payment(account, fee)
    await s.money(account, payment.reference, 80 * K)
    await bank(s, account, "T-1")
    await reduce(s, fee, {1: 50 * K})
    assert await book(s) == {1200: 80 * K, 2100: -30 * K, 2510: -50 * K}
    await split(s)
    await reduce(s, fee, {1: 20 * K})
    after = {1200: 80 * K, 2100: -50 * K, 2400: -21 * K, 4100: -9 * K}
    assert await book(s) == after


@story
async def test_a_line_is_banked_once_every_transfer_that_pays_it_is(s: Scenario) -> None:
    account = await s.agency("G14", "whatever")
    fee = await s.assessment("G14", ("fee", 60 * K), ("charge", 40 * K), retained_ppm=300_000)
    payment = await s.payment(account, fee)
    await s.money(account, payment.reference, 70 * K, "T-1")  # 40 of the charge, 30 of the fee
    await s.money(account, payment.reference, 30 * K, "T-2")
    assert await bank(s, account, "T-1") == 1
    assert await book(s) == {1200: 100 * K, 2500: -60 * K, 2510: -40 * K}
    assert await bank(s, account, "T-1", "T-2") == 1
    assert await bank(s, account, "T-1", "T-2") == 0
    assert await book(s) == {1200: 100 * K, 2510: -100 * K}


@story
async def test_a_line_is_banked_when_the_transfer_that_was_missing_is_gone(s: Scenario) -> None:
    account = await s.agency("G14", "whatever")
    fee = await s.assessment("G14", ("fee", 100 * K), retained_ppm=300_000)
    payment = await s.payment(account, fee)
    await s.money(account, payment.reference, 60 * K, "T-1")
    await s.money(account, payment.reference, 40 * K, "T-2")
    await bank(s, account, "T-1")
    assert (await book(s))[2500] == -100 * K
    await s.says(account, Reversed(transaction="T-2", reference="", reason="x", at=NOON))
    assert await book(s) == {1100: 40 * K, 1200: 60 * K, 2510: -60 * K, 2900: -40 * K}


@story
async def test_a_bank_credit_taken_back_unbanks_what_is_not_split(s: Scenario) -> None:
    account, fee = await paid(s, ("fee", 60 * K), ("charge", 40 * K))
    await bank(s, account, "T-1")
    before = await book(s)
    id = s.store.ids.transfer(account, "T-1")
    assert await banking.unbank_transfers(s.house, [id], NOON, "person:officer") == 1
    assert await book(s) == {1200: 100 * K, 2500: -100 * K}
    assert await bank(s, account, "T-1") == 1
    assert await book(s) == before
    await split(s)
    after = await book(s)
    await banking.unbank_transfers(s.house, [id], NOON, "person:officer")
    assert await book(s) == after  # what was split stays split: custody tells what is missing
    assert not (await s.see(fee)).in_bank


@story
async def test_money_that_went_straight_to_the_budget_is_split_and_passed_on(s: Scenario) -> None:
    account, fee = await paid(s, ("fee", 60 * K), ("charge", 40 * K))
    ids = [s.store.ids.transfer(account, "T-1")]
    for new in (1, 0):
        told = banking.bank_transfers(s.house, ids, NOON, "person:officer", straight=True)
        assert await told == new
        assert await book(s) == {1200: 100 * K, 2400: -82 * K, 4100: -18 * K}
    assert [line.remitted for line in (await s.see(fee)).lines.values()] == [60 * K, 40 * K]
    assert await split(s) == 0


@story
async def test_only_what_the_bank_had_by_the_day_is_split(s: Scenario) -> None:
    account, fee = await paid(s)
    await bank(s, account, "T-1")
    assert await split(s, TODAY - timedelta(days=1)) == 0
    assert await split(s) == 100 * K
    assert await split(s) == 0
    with pytest.raises(Refusal):
        await split(s, TODAY + timedelta(days=1))
    assert await book(s) == {1200: 100 * K, 2400: -70 * K, 4100: -30 * K}
    assert (await s.see(fee)).lines[1].allocated == 100 * K


@story
async def test_a_returned_remittance_waits_for_another(s: Scenario) -> None:
    account, fee = await paid(s)
    await come_to(s, "allocated", account, fee)
    remittance = await remit(s, fee)
    assert (await s.see(fee)).lines[1].remitted == 100 * K
    await give_back(s, account, 40 * K)
    for _ in range(2):
        assessment = await s.see(fee)
        assessment.undo_remittance(remittance, s.now)
        await s.keep(assessment)
        assert assessment.lines[1].remitted == 0
        assert assessment.lines[1].allocated == 60 * K


@story
async def test_an_advance_is_applied_and_what_is_left_goes_back(s: Scenario) -> None:
    account, advance = await paid(s, ("advance", 300 * K))
    notice = await s.assessment("G14", ("charge", 180 * K))
    act = s.house.act(s.some_id(), "person:officer")
    with pytest.raises(AdvanceNotBanked):
        await advances.apply_advance(s.house, act, advance, notice, None)
    with pytest.raises(AdvanceNotBanked):
        await give_back(s, account, 300 * K)
    await bank(s, account, "T-1")
    assert await book(s) == {1100: 180 * K, 1200: 300 * K, 2300: -300 * K, 2900: -180 * K}
    await advances.apply_advance(s.house, act, advance, notice, None)
    assert await book(s) == {1200: 300 * K, 2300: -120 * K, 2510: -180 * K}
    assert (await s.see(notice)).state == "paid"
    assert await split(s) == 180 * K
    await give_back(s, account, 120 * K, lines={(advance, 1): 120 * K})
    assert await book(s) == {1200: 300 * K, 2200: -120 * K, 2400: -180 * K}
    assert (await s.see(advance)).lines[1].collected == 0


@story
async def test_an_advance_is_forfeited_by_two_and_only_what_is_free(s: Scenario) -> None:
    account, advance = await paid(s, ("advance", 300 * K))
    await bank(s, account, "T-1")

    async def ask(amount: int) -> Any:
        act = s.house.act(s.some_id(), "person:maker")
        asked = await advances.request_forfeiture(s.house, act, advance, amount, "judgment")
        assert asked.result is not None
        return asked.result

    async def agree(asked: Any, who: str) -> None:
        act = s.house.act(s.some_id(), who)
        await advances.approve_forfeiture(s.house, act, asked.id, asked.digest)

    first = await ask(100 * K)
    with pytest.raises(SamePerson):
        await agree(first, "person:maker")
    await agree(first, "person:checker")
    assert await book(s) == {1200: 300 * K, 2300: -200 * K, 2400: -100 * K}
    with pytest.raises(MoreThanIsLeft):
        await ask(201 * K)
    second = await ask(200 * K)
    wish = Wish(
        transfer=s.store.ids.transfer(account, "T-1"), amount=150 * K,
        lines={(advance, 1): 150 * K}, reason="x", method="intermediary",
    )  # fmt: skip
    await refunds.request_refund(s.house, s.house.act(s.some_id(), "person:maker"), wish)
    with pytest.raises(MoreThanIsLeft):
        await agree(second, "person:checker")
    await remit(s, advance)
    await lose(s, account, 150 * K)  # of what was neither set aside nor split
    owed = {1100: 150 * K, 2900: -150 * K}
    assert await book(s) == owed | {1200: 150 * K, 2300: -50 * K, 2400: -100 * K}
    await lose(s, account, 150 * K)  # the refund that was only asked for gives way
    owed = {1100: 300 * K, 2900: -300 * K}
    assert await book(s) == owed | {1400: 100 * K, 2400: -100 * K}
    assert (await s.see(advance)).lines[1].collected == 0


@story
async def test_cancelling_gives_back_whatever_was_paid_however_far_it_came(s: Scenario) -> None:
    account, fee = await paid(s, ("fee", 60 * K), ("charge", 40 * K))
    await come_to(s, "remitted", account, fee)
    act = s.house.act(s.some_id(), "person:officer")
    await assessments.withdraw_assessment(s.house, act, fee, "mistake")
    assert await book(s) == {1200: 100 * K, 1400: 82 * K, 2100: -100 * K, 2400: -82 * K}
