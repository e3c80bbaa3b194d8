"""Stories of a line's money from its capture to the budget and back, told to the commands and read
in the ledger: whatever happens in whatever order, the accounts say what the lines say.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from itertools import permutations
from typing import Any, Literal
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feesvc.application import advances, allocating, assessments, banking, refunds
from feesvc.application.refunds import AdvanceNotBanked, Wish
from feesvc.domain.aggregate import Refusal
from feesvc.domain.buckets import MoreThanIsLeft
from feesvc.domain.refund import Refund, SamePerson
from feesvc.domain.standing import payers
from feesvc.intermediary import Disputed, Reversed
from feesvc.money import Money, share
from feesvc.testing.scenario import NOON, Scenario, story
from feesvc_agency_ledger.applying import approve, items_of
from feesvc_agency_ledger.posting import entry
from feesvc_agency_ledger.rules import version

TODAY = date(2026, 11, 20)
K = 1000


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


async def paid(s: Scenario, *lines: Any, retained: int = 300_000) -> tuple[UUID, UUID]:
    """An assessment paid by one transfer, T-1: its merchant account, itself."""
    account = await s.agency("G14")
    fee = await s.assessment("G14", *(lines or (("fee", 100 * K),)), retained_ppm=retained)
    payment = await s.payment(account, fee)
    await s.money(account, payment.reference, payment.amount.amount)
    return account, fee


async def bank(s: Scenario, account: UUID, *transactions: str) -> int:
    ids = [s.store.ids.transfer(account, one) for one in transactions]
    return await banking.bank_transfers(s.house, ids, NOON, "person:officer")


async def split(s: Scenario, until: date = TODAY) -> int:
    made = await allocating.allocate(
        s.house, s.house.act(s.some_id(), "person:officer"), "G14", until
    )
    return sum(one.amount.amount for allocation in made for one in allocation.totals)


async def remit(s: Scenario, fee: UUID) -> UUID:
    assessment, remittance = await s.see(fee), s.some_id()
    amounts = {n: one.allocated - one.remitted for n, one in assessment.lines.items()}
    assessment.remit(remittance, {n: a for n, a in amounts.items() if a}, s.now)
    await s.keep(assessment)
    return remittance


async def give_back(
    s: Scenario, account: UUID, amount: int, transaction: str = "T-1", **wished: Any
) -> Refund:
    """A refund, asked for by one and approved by another."""
    wish = Wish(
        transfer=s.store.ids.transfer(account, transaction), amount=amount,
        lines=wished.get("lines", {}), reason="x", method="intermediary",
    )  # fmt: skip
    act = s.house.act(s.some_id(), "person:maker")
    asked = (await refunds.request_refund(s.house, act, wish)).result
    assert asked is not None
    act = s.house.act(s.some_id(), "person:checker")
    done = (await refunds.approve_refund(s.house, act, asked.id, asked.digest)).result
    assert done is not None
    return done


async def lose(s: Scenario, account: UUID, amount: int, transaction: str = "T-1") -> None:
    said = Disputed(
        dispute=f"D-{s.some_id()}", transaction=transaction, stage="lost",
        amount=Money(amount, "VND"), at=NOON,
    )  # fmt: skip
    await s.says(account, said)


async def reduce(s: Scenario, fee: UUID, amounts: Mapping[int, int]) -> None:
    act = s.house.act(s.some_id(), "person:officer")
    await assessments.reduce_assessment(s.house, act, fee, amounts, "mistake")


Stage = Literal["collected", "banked", "allocated", "remitted"]


async def come_to(s: Scenario, stage: Stage, account: UUID, fee: UUID) -> None:
    if stage != "collected":
        await bank(s, account, "T-1")
    if stage in ("allocated", "remitted"):
        assert await split(s)
    if stage == "remitted":
        await remit(s, fee)


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


def test_the_order_of_banking_changes_nothing() -> None:
    async def tell(order: tuple[str, ...]) -> dict[int, int]:
        s = Scenario()
        account = await s.agency("G14", "whatever")
        fee = await s.assessment("G14", ("fee", 60_001), ("charge", 40_007), retained_ppm=333_333)
        payment = await s.payment(account, fee)
        for number, amount in enumerate((33_333, 33_337, 33_338), start=1):
            await s.money(account, payment.reference, amount, f"T-{number}")
        for transaction in order:
            await bank(s, account, transaction)
            await split(s)
        return await book(s)

    books = [asyncio.run(tell(order)) for order in permutations(("T-1", "T-2", "T-3"))]
    assert books[0] == {1200: 100_008, 2400: -80_008, 4100: -20_000}
    assert all(one == books[0] for one in books)


Step = tuple[str, int, int]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["pay", "bank", "split", "remit", "undo", "refund", "lose", "reduce", "unbank"]
        ),
        st.integers(1, 4),
        st.integers(1, 70_000),
    ),
    max_size=14,
)


@settings(deadline=None, max_examples=60)
@given(steps=STEPS, ppm=st.sampled_from([0, 1, 300_000, 333_333, 900_000, 1_000_000]))
def test_the_accounts_say_what_the_lines_say_whatever_happens(steps: list[Step], ppm: int) -> None:
    asyncio.run(_live(steps, ppm))


async def _live(steps: list[Step], ppm: int) -> None:
    s = Scenario()
    account = await s.agency("G14", "whatever")
    fee = await s.assessment("G14", ("fee", 100_003), ("charge", 50_001), retained_ppm=ppm)
    payment = await s.payment(account, fee)
    remitted: list[UUID] = []
    for what, number, amount in [("pay", 1, 90_000), ("pay", 2, 60_004), *steps]:
        try:
            await _step(s, account, fee, payment.reference, remitted, what, number, amount)
        except Refusal:
            continue
        await _agree(s, fee, ppm)


async def _step(
    s: Scenario, account: UUID, fee: UUID, reference: str, remitted: list[UUID], what: str,
    number: int, amount: int,
) -> None:  # fmt: skip
    transaction = f"T-{number}"
    match what:
        case "pay":
            await s.money(account, reference, amount, transaction)
        case "bank":
            await bank(s, account, transaction)
        case "unbank":
            id = s.store.ids.transfer(account, transaction)
            await banking.unbank_transfers(s.house, [id], NOON, "person:officer")
        case "split":
            await split(s)
        case "remit":
            remitted.append(await remit(s, fee))
        case "undo" if remitted:
            assessment = await s.see(fee)
            assessment.undo_remittance(remitted.pop(), s.now)
            await s.keep(assessment)
        case "refund":
            await give_back(s, account, amount, transaction)
        case "lose":
            await lose(s, account, amount, transaction)
        case "reduce":
            await reduce(s, fee, {1 + number % 2: amount})
        case _:
            pass


async def _agree(s: Scenario, fee: UUID, ppm: int) -> None:
    assessment, books = await s.see(fee), await book(s)
    lines = assessment.lines
    for line in lines.values():
        assert line.collected >= line.banked >= line.allocated >= line.remitted >= 0
        assert line.collected == sum(line.paid_by.values())
        assert all(amount >= 0 for amount in line.paid_by.values())
        if line.collected > line.banked:
            assert any(one not in assessment.in_bank for one in payers(line))
    kept = share(lines[1].allocated, ppm)
    shared = sum(line.allocated for line in lines.values())
    assert -books.get(2500, 0) == sum(line.collected - line.banked for line in lines.values())
    assert -books.get(2510, 0) == sum(line.banked - line.allocated for line in lines.values())
    assert -books.get(4100, 0) == kept
    assert -books.get(2400, 0) - books.get(1400, 0) == shared - kept
    assert books.get(1100, 0) == sum(line.open for line in lines.values())
    assert sum(books.values()) == 0
