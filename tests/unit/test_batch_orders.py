"""Whatever the order of lines, declarations and credits, a batch ends with the same sums.

Every entry that the ledger would make of it adds up to zero: see the ledger's own tests. Here the
streams are held against what the intermediary and the bank said.
"""

from __future__ import annotations

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from feesvc.application.batches import Declared, credit_batch, declare_batch
from feesvc.domain.batch import Batch
from feesvc.testing.batching import DAY, WHO, Payouts, credit, line, payment
from feesvc.testing.scenario import Scenario

AMOUNTS = st.lists(st.integers(2_000, 90_000), min_size=1, max_size=5)


async def _told(
    amounts: list[int], fee: int, parts: int, order: list[int]
) -> tuple[Batch, list[bool]]:
    """A declared batch of these payments and a fee, credited in parts, told in this order."""
    p = await Payouts.begin(Scenario())
    lines = [payment(f"T-{n}", amount, amount // 100) for n, amount in enumerate(amounts)]
    lines.append(line("fee", "F", -fee))
    net = sum(one.net.amount for one in lines)
    said = Declared(
        batch="B", currency="VND", gross=sum(amounts) - fee, tax=0, net=net, count=len(lines),
        commission=sum(amount // 100 for amount in amounts), settled_on=DAY,
    )  # fmt: skip
    await declare_batch(p.s.house, p.account, said, WHO)
    credits = [net // parts] * (parts - 1) + [net - net // parts * (parts - 1)]
    for step in order:
        if step < len(lines):
            await p.settle("B", lines[step])
            sofar = await p.see("B")
            assert sofar.residual + sofar.settled_net == net
        elif step - len(lines) < parts:
            share = credits[step - len(lines)]
            await credit_batch(p.s.house, "G14", p.id("B"), credit(share, f"FT{step}"), WHO)
        sofar = await p.see("B")
        assert sofar.in_transit == sofar.settled_net - sofar.arrived
    return await p.see("B"), [await p.banked(f"T-{n}") for n in range(len(amounts))]


@given(AMOUNTS, st.integers(1, 900), st.integers(1, 3), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_order_of_lines_and_credits_does_not_matter(
    amounts: list[int], fee: int, parts: int, random: object
) -> None:
    order = list(range(len(amounts) + 1 + parts))
    random.shuffle(order)  # type: ignore[attr-defined]
    batch, banked = asyncio.run(_told(amounts, fee, parts, order))
    assert (batch.residual, batch.outstanding, batch.in_transit) == (0, 0, 0)
    assert batch.in_full and all(banked)
