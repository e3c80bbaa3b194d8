"""Batches from line to bank credit, in whatever order, short, over, split, merged and negative."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from feesvc.application import batches
from feesvc.application.bank_credits import (
    BankLineContradicted,
    PayoutOfBatches,
    reverse_bank_credit,
    take_bank_credit,
)
from feesvc.application.batches import credit_batch, credit_batches
from feesvc.application.crediting import ChargeBeyondTariff, Missing, MoreThanTheBatches
from feesvc.application.recrediting import reverse_batch_credit, undo_batch_credit
from feesvc.domain.batch import Batch
from feesvc.domain.case import Case
from feesvc.domain.netting import CarriedMoreThanOwed, NotNegative
from feesvc.domain.transfer import Transfer
from feesvc.testing.batching import COLLECTION, DAY, WHO, Payouts, credit, line, payment, vnd
from feesvc.testing.scenario import NOON, Scenario, story


@story
async def test_a_net_batch_is_credited_and_all_it_settled_is_banked(s: Scenario) -> None:
    p = await Payouts.begin(s)
    fee = await p.paid("T-1", 100_000)
    await p.declare("B-1", 98_900)
    assert await p.settle("B-1", payment("T-1", 100_000, 1_000, 100)) == ["booked"]
    batch = await p.see("B-1")
    assert (batch.in_transit, batch.outstanding, batch.residual) == (98_900, 98_900, 0)
    assert not await p.banked("T-1")
    batch = await credit_batch(s.house, "G14", p.id("B-1"), credit(98_900), WHO)
    assert (batch.in_transit, batch.outstanding, batch.in_full) == (0, 0, True)
    assert await p.banked("T-1")
    assert (await s.see(fee)).lines[1].banked == 100_000
    head = await s.store.head()
    await credit_batch(s.house, "G14", p.id("B-1"), credit(98_900), WHO)
    assert await p.settle("B-1", payment("T-1", 100_000, 1_000, 100)) == ["repeated"]
    assert isinstance(await take_bank_credit(s.house, "G14", credit(98_900), WHO), Batch)
    assert await s.store.head() == head


@story
async def test_hundreds_of_lines_are_few_appends_and_a_second_one_is_held(s: Scenario) -> None:
    p = await Payouts.begin(s)
    lines = [payment(f"T-{n}", 1_000) for n in range(650)]
    head = await s.store.head()
    states = await p.settle("B-1", *lines, payment("T-7", 1_000), lines[0])
    assert (states.count("suspense"), states[650], states[651]) == (650, "repeated", "repeated")
    news = await s.store.read(head, 10_000)
    assert len({each.command for each in news}) == 3
    again = replace(payment("T-7", 1_000), native_id="another")
    assert await p.settle("B-1", again) == ["held"]
    assert await p.settle("B-2", payment("T-7", 1_000)) == ["held"]
    assert (await p.see("B-1")).settled_net == 650_000


@story
async def test_the_line_may_come_before_the_callback(s: Scenario) -> None:
    p = await Payouts.begin(s)
    assert await p.settle("B-1", payment("T-1", 100_000, 1_000)) == ["suspense"]
    await credit_batch(s.house, "G14", p.id("B-1"), credit(99_000), WHO)
    fee = await p.paid("T-1", 100_000)
    assert (await s.see(fee)).state == "paid"
    assert await p.banked("T-1")
    assert (await s.see(fee)).lines[1].banked == 100_000


@story
async def test_a_credit_waits_in_suspense_and_is_identified_later(s: Scenario) -> None:
    p = await Payouts.begin(s)
    await p.paid("T-1", 100_000)
    waits = await take_bank_credit(s.house, "G14", credit(99_000), WHO)
    await p.settle("B-1", payment("T-1", 100_000, 1_000))
    batch = await credit_batch(s.house, "G14", p.id("B-1"), credit(99_000), WHO)
    assert batch.in_full
    identified = await s.house.one(Transfer, waits.id, "")
    assert (identified.buckets.total, identified.ours) == (0, vnd(0))
    with pytest.raises(PayoutOfBatches):
        await reverse_bank_credit(s.house, "G14", waits.id, DAY, "x", WHO)
    batch = await undo_batch_credit(s.house, "G14", batch.id, p.bank, "FT1", "x", WHO)
    assert (batch.outstanding, await p.banked("T-1")) == (99_000, False)
    assert (await s.house.one(Transfer, waits.id, "")).buckets.total == 99_000
    batch = await credit_batch(s.house, "G14", p.id("B-1"), credit(99_000), WHO)
    assert (batch.in_full, await p.banked("T-1")) == (True, True)


@story
async def test_undone_it_waits_and_may_be_another_batchs(s: Scenario) -> None:
    p = await Payouts.begin(s)
    await p.settle("B-1", payment("T-1", 50_000))
    await p.settle("B-2", payment("T-2", 50_000))
    await credit_batch(s.house, "G14", p.id("B-1"), credit(50_000), WHO)
    for _ in range(2):
        await undo_batch_credit(s.house, "G14", p.id("B-1"), p.bank, "FT1", "mistaken", WHO)
        other = await credit_batch(s.house, "G14", p.id("B-2"), credit(50_000), WHO)
        assert other.in_full and (await p.see("B-1")).outstanding == 50_000
        assert (await p.banked("T-2"), await p.banked("T-1")) == (True, False)
        await undo_batch_credit(s.house, "G14", p.id("B-2"), p.bank, "FT1", "mistaken", WHO)
        await credit_batch(s.house, "G14", p.id("B-1"), credit(50_000), WHO)
        assert await p.banked("T-1")


@story
async def test_short_over_and_the_banks_charge(s: Scenario) -> None:
    p = await Payouts.begin(s)
    await p.settle("B-1", payment("T-1", 98_900))
    batch = await credit_batch(s.house, "G14", p.id("B-1"), credit(98_000), WHO)
    assert (batch.outstanding, await p.banked("T-1")) == (900, False)
    batch = await credit_batch(s.house, "G14", p.id("B-1"), credit(900, "FT2"), WHO)
    assert await p.banked("T-1")
    await p.settle("B-2", payment("T-2", 98_900))
    batch = await credit_batch(s.house, "G14", p.id("B-2"), credit(98_000, "FT3"), WHO, claim=True)
    assert (batch.in_full, batch.claimed) == (True, 900)
    batch = await batches.recover_claim(s.house, "G14", p.id("B-2"), credit(900, "FT4"), WHO)
    assert batch.claimed == 0
    batch = await reverse_batch_credit(s.house, "G14", batch.id, p.bank, "FT3", DAY, "x", WHO)
    assert (batch.claimed, batch.outstanding) == (0, 98_000)
    await p.settle("B-3", payment("T-3", 98_900))
    with pytest.raises(MoreThanTheBatches):
        await credit_batch(s.house, "G14", p.id("B-3"), credit(99_900, "FT5"), WHO)
    await credit_batch(s.house, "G14", p.id("B-3"), credit(99_900, "FT5"), WHO, over=True)
    over = await s.house.one(Transfer, s.store.ids.transfer(p.bank, "FT5/over"), "over")
    assert [(one.reason, one.amount) for one in over.buckets] == [("over_credited", vnd(1_000))]
    await p.settle("B-4", payment("T-4", 98_900))
    with pytest.raises(ChargeBeyondTariff):
        await credit_batch(s.house, "G14", p.id("B-4"), credit(98_400, "FT6"), WHO, charge=vnd(500))


@story
async def test_one_credit_for_several_batches_and_its_reversal(s: Scenario) -> None:
    p = await Payouts.begin(s)
    for n in (1, 2):
        await p.settle(f"B-{n}", payment(f"T-{n}", 10_000 * n))
    both = [p.id("B-1"), p.id("B-2")]
    found = await credit_batches(s.house, "G14", both, credit(30_500), WHO, Missing(over=True))
    assert [one.in_full for one in found] == [True, True]
    assert await p.banked("T-1") and await p.banked("T-2")
    batch = await reverse_batch_credit(
        s.house, "G14", p.id("B-2"), p.bank, "FT1", DAY, "recalled", WHO
    )
    assert batch.outstanding == 20_000 and (await p.see("B-1")).outstanding == 10_000
    assert not await p.banked("T-1") and not await p.banked("T-2")
    over = await s.house.one(Transfer, s.store.ids.transfer(p.bank, "FT1/over"), "over")
    assert (over.reversed, over.buckets.total) == (True, 0)
    head = await s.store.head()
    await reverse_batch_credit(s.house, "G14", p.id("B-1"), p.bank, "FT1", DAY, "recalled", WHO)
    assert await s.store.head() == head
    with pytest.raises(BankLineContradicted):
        await credit_batches(s.house, "G14", both, credit(30_500), WHO, Missing(over=True))


@story
async def test_the_same_batch_credited_twice_waits_with_a_case(s: Scenario) -> None:
    p = await Payouts.begin(s)
    await p.settle("B-1", payment("T-1", 10_000))
    await credit_batch(s.house, "G14", p.id("B-1"), credit(10_000), WHO)
    for _ in range(2):
        await credit_batch(s.house, "G14", p.id("B-1"), credit(10_000, "FT2"), WHO)
    twice = await s.house.one(Transfer, s.store.ids.transfer(p.bank, "FT2"), "twice")
    assert [one.reason for one in twice.buckets] == ["duplicate_credit"]
    told = [
        each.event
        for each in await s.store.read(0, 1000)
        if isinstance(each.event, Case.Reassessed)
    ]
    assert [case.code for case in told] == ["B08"]
    cases = [
        each.event for each in await s.store.read(0, 1000) if isinstance(each.event, Case.Opened)
    ]
    assert [(case.code, case.subject.id) for case in cases] == [("B03", twice.id)]


@story
async def test_a_negative_batch_is_carried_by_its_line_or_by_hand_or_paid(s: Scenario) -> None:
    p = await Payouts.begin(s)
    await p.settle("B-1", line("fee", "F1", -25_000))
    assert (await p.see("B-1")).outstanding == -25_000
    await p.settle("B-2", payment("T-2", 60_000))
    with pytest.raises(NotNegative):
        await batches.carry_forward(s.house, p.id("B-2"), WHO)
    await batches.carry_forward(s.house, p.id("B-1"), WHO)
    assert await p.settle("B-2", line("carry_in", "C1", -25_000, reference="B-1")) == ["booked"]
    first, second = await p.see("B-1"), await p.see("B-2")
    assert (first.in_transit, first.outstanding) == (0, 0)
    assert (second.in_transit, second.outstanding) == (35_000, 35_000)
    assert (await credit_batch(s.house, "G14", second.id, credit(35_000), WHO)).in_full
    await p.settle("B-3", line("fee", "F3", -8_000))
    with pytest.raises(CarriedMoreThanOwed):
        await batches.take_up(s.house, p.id("B-2"), p.id("B-3"), vnd(9_000), NOON, WHO)
    await batches.take_up(s.house, p.id("B-2"), p.id("B-3"), vnd(3_000), NOON, WHO)
    paid = await batches.pay_negative(
        s.house, "G14", p.id("B-3"), COLLECTION, "D1", vnd(5_000), DAY, WHO
    )
    assert (paid.in_transit, paid.outstanding) == (0, 0)
    assert (await p.see("B-2")).outstanding == -3_000


@story
async def test_a_batch_that_carries_out_by_a_line_sums_to_nothing(s: Scenario) -> None:
    p = await Payouts.begin(s)
    await p.declare("B-1", 0, 2)
    told = (line("fee", "F1", -25_000), line("carry_out", "C0", 25_000))
    assert await p.settle("B-1", *told) == ["booked", "booked"]
    first = await p.see("B-1")
    assert (first.in_transit, first.outstanding, first.carried_out) == (0, 0, 25_000)
    await p.settle("B-2", line("carry_in", "C1", -25_000, reference="B-1"))
    assert (await p.see("B-1")).carried_out == 0
    other = line("carry_in", "C2", -1, reference="B-1")
    assert await p.settle("B-2", other) == ["left"]


@story
async def test_reserve_fee_and_unexplained_lines(s: Scenario) -> None:
    p = await Payouts.begin(s)
    await p.paid("T-1", 100_000)
    await p.declare("B-1", 92_600, 4)
    states = await p.settle(
        "B-1", payment("T-1", 100_000, 1_000, 100), line("reserve_hold", "R1", -5_000),
        line("fee", "F1", 0, 300), line("adjustment", "A1", -1_000), line("payout", "P1", -92_600),
    )  # fmt: skip
    assert states == ["booked", "booked", "booked", "left", "left"]
    batch = await p.see("B-1")
    assert (batch.reserved, batch.residual, batch.outstanding) == (5_000, -1_000, 92_600)
    batch = await credit_batch(s.house, "G14", batch.id, credit(92_600), WHO)
    assert (batch.in_transit, batch.in_full) == (1_000, True)
    await p.settle("B-2", line("reserve_release", "R2", 5_000))
    assert (await p.see("B-2")).outstanding == 5_000


@story
async def test_a_line_settled_by_mistake_is_reversed_and_may_be_settled_again(s: Scenario) -> None:
    p = await Payouts.begin(s)
    await p.paid("T-1", 100_000)
    await p.settle("B-1", payment("T-1", 100_000, 1_000, 100), line("fee", "F1", 0, 300))
    await credit_batch(s.house, "G14", p.id("B-1"), credit(98_600), WHO)
    names = ["N T-1", "F1", "never"]
    batch = await batches.unsettle_lines(s.house, p.id("B-1"), names, "mistaken", WHO)
    assert (batch.settled_net, batch.lines) == (0, {})
    transfer = await s.transfer(p.account)
    assert (transfer.settled, transfer.in_bank) == (False, False)
    told = (payment("T-1", 100_000, 1_000, 100), line("fee", "F1", 0, 300))
    assert await p.settle("B-1", *told) == ["booked", "booked"]
    assert (await p.see("B-1")).in_full and await p.banked("T-1")
