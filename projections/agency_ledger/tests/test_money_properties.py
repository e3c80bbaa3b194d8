"""Whatever happens to a line's money in whatever order, the accounts say what the lines say."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from itertools import permutations
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from feesvc.application import banking
from feesvc.domain.aggregate import Refusal
from feesvc.domain.standing import payers
from feesvc.money import share
from feesvc.testing.money_story import TODAY, bank, give_back, lose, reduce, remit, split
from feesvc.testing.scenario import NOON, Scenario
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
