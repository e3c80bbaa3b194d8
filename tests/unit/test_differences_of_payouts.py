"""Batches at the bank: cases counted by rule, cases for people, and one for each money."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from feesvc.application import batches
from feesvc.application.batches import credit_batch, credit_batches
from feesvc.application.crediting import Missing
from feesvc.application.recrediting import reverse_batch_credit, undo_batch_credit
from feesvc.domain.case import Case
from feesvc.domain.tariff import Tariff, TariffTerms
from feesvc.testing.batching import DAY, WHO, Payouts, credit, line, payment, vnd
from feesvc.testing.explaining import Desk, story


async def told(s: Desk) -> list[tuple[str, int, str, str]]:
    """Code, đồng at risk, state and why it ended, of every case but of unknown payers' money."""
    await s.run()
    recorded = await s.store.read(0, 100_000, [Case.Opened.TOPIC])
    found = await s.store.load([one.event.originator_id for one in recorded])
    return [
        (one.code, one.at_risk.amount, one.state, one.reason)
        for one in found.values()
        if isinstance(one, Case) and one.code != "S03"
    ]


async def settled(s: Desk, *amounts: int) -> Payouts:
    """A batch B-1, B-2 … of one payment each."""
    p = await Payouts.begin(s)
    for number, amount in enumerate(amounts, start=1):
        await p.paid(f"T-{number}", amount)
        await p.declare(f"B-{number}", amount)
        await p.settle(f"B-{number}", payment(f"T-{number}", amount))
    return p


@story
async def test_a_credit_of_several_batches_is_counted_by_its_rule(s: Desk) -> None:
    p = await settled(s, 10_000, 5_000)
    await credit_batches(s.house, "G14", [p.id("B-1"), p.id("B-2")], credit(15_000), WHO)
    assert await told(s) == [
        ("B05", 10_000, "closed", "exact_and_unique"), ("B05", 5_000, "closed", "exact_and_unique"),
    ]  # fmt: skip


@story
async def test_a_batch_in_several_credits_is_counted_by_its_rule(s: Desk) -> None:
    p = await settled(s, 10_000)
    for number in (1, 2):
        await credit_batch(s.house, "G14", p.id("B-1"), credit(5_000, f"FT{number}"), WHO)
    assert ("B05", 5_000, "closed", "exact_and_unique") in await told(s)


@story
async def test_a_banks_charge_is_posted_within_its_tariff_and_counted(s: Desk) -> None:
    p = await settled(s, 10_000)
    tariff = Tariff.open(s.store.ids.of("tariff", str(p.account)), "G14", p.account, s.now)
    terms = TariffTerms(currency="VND", ppm=0, bank_charge=500)
    number = tariff.propose(terms, DAY.replace(day=1), "person:a", s.now)
    tariff.approve(number, tariff.versions[number].digest, "person:b", s.now)
    await s.keep(tariff)
    await credit_batch(s.house, "G14", p.id("B-1"), credit(9_500), WHO, charge=vnd(500))
    assert await told(s) == [("B06", 500, "closed", "tariffed_charge")]


@story
async def test_a_credit_that_is_taken_back_opens_the_batch_again(s: Desk) -> None:
    p = await settled(s, 10_000)
    await credit_batch(s.house, "G14", p.id("B-1"), credit(10_000), WHO)
    await reverse_batch_credit(s.house, "G14", p.id("B-1"), p.bank, "FT1", DAY, "returned", WHO)
    assert await told(s) == [("B07", 10_000, "open", "")]
    await credit_batch(s.house, "G14", p.id("B-1"), credit(10_000, "FT2"), WHO)
    assert await told(s) == [("B07", 10_000, "closed", "nothing_left")]


@story
async def test_a_payout_that_is_taken_back_and_credited_at_once_is_told_all_the_same(
    s: Desk,
) -> None:
    """Statements that were held bring both: no process had a look in between."""
    p = await settled(s, 10_000)
    await credit_batch(s.house, "G14", p.id("B-1"), credit(10_000), WHO)
    await reverse_batch_credit(s.house, "G14", p.id("B-1"), p.bank, "FT1", DAY, "returned", WHO)
    await credit_batch(s.house, "G14", p.id("B-1"), credit(10_000, "FT2"), WHO)
    assert await told(s) == [("B07", 10_000, "closed", "nothing_left")]


@story
async def test_a_short_credit_is_claimed_and_what_is_over_waits_in_one_case(s: Desk) -> None:
    p = await settled(s, 10_000, 5_000)
    await credit_batch(s.house, "G14", p.id("B-1"), credit(9_100), WHO, claim=True)
    missing = Missing(over=True)
    await credit_batches(s.house, "G14", [p.id("B-2")], credit(6_000, "FT2"), WHO, missing)
    assert await told(s) == [("B04", 900, "open", ""), ("B04", 1_000, "open", "")]


@story
async def test_a_payout_that_was_none_is_one_case_of_its_money(s: Desk) -> None:
    p = await settled(s, 10_000)
    await credit_batch(s.house, "G14", p.id("B-1"), credit(10_000), WHO)
    await undo_batch_credit(s.house, "G14", p.id("B-1"), p.bank, "FT1", "mistake", WHO)
    assert await told(s) == [("B03", 10_000, "open", "")]
    await credit_batch(s.house, "G14", p.id("B-1"), credit(10_000), WHO)
    assert await told(s) == [("B03", 10_000, "closed", "nothing_left")]


@pytest.mark.parametrize(("first", "second"), [(10_000, 10_000)])
def test_a_second_credit_of_a_batch_waits_under_its_own_name(first: int, second: int) -> None:
    async def tell(s: Desk) -> None:
        p = await settled(s, 10_000)
        await credit_batch(s.house, "G14", p.id("B-1"), credit(first), WHO)
        await credit_batch(s.house, "G14", p.id("B-1"), credit(second, "FT2"), WHO)
        assert await told(s) == [("B08", 10_000, "open", "")]

    story(tell)()


@story
async def test_reserves_are_tracked_as_they_are_kept_and_given_back(s: Desk) -> None:
    p = await settled(s, 10_000)
    await p.settle("B-1", line("reserve_hold", "R1", -4_000))
    await p.settle("B-1", line("reserve_release", "R2", 3_000))
    assert await told(s) == [
        ("S16", 4_000, "closed", "tracked"), ("S16", 3_000, "closed", "tracked"),
    ]  # fmt: skip


@story
async def test_a_negative_batch_is_carried_forward_by_its_rule(s: Desk) -> None:
    p = await settled(s, 10_000)
    await p.declare("B-9", -2_500)
    await batches.carry_forward(s.house, p.id("B-9"), WHO)
    assert await told(s) == [("S21", 2_500, "closed", "carried_forward")]


@story
async def test_a_batch_that_is_paid_and_not_explained_by_its_lines_is_a_case(s: Desk) -> None:
    p = await Payouts.begin(s)
    await p.paid("T-1", 9_000)
    await p.declare("B-1", 10_000, 2)
    await p.settle("B-1", payment("T-1", 9_000))
    await credit_batch(s.house, "G14", p.id("B-1"), credit(10_000), WHO)
    assert await told(s) == [("G01", 1_000, "open", "")]
    late = replace(payment("T-2", 1_000), native_id="late")
    await p.settle("B-1", late)
    assert await told(s) == [("G01", 1_000, "closed", "nothing_left")]
