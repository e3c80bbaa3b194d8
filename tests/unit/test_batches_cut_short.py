"""Whoever dies between the appends of a command on a batch leaves nothing that a repeat misses."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from feesvc.application import batches
from feesvc.application.bank_credits import take_bank_credit
from feesvc.application.recrediting import reverse_batch_credit, undo_batch_credit
from feesvc.application.tariffs import decide_tariff, propose_tariff
from feesvc.domain.assessment import Assessment
from feesvc.domain.case import Case
from feesvc.domain.tariff import TariffTerms
from feesvc.domain.transfer import Transfer
from feesvc.store import Appended, Command
from feesvc.store.memory import MemoryStore
from feesvc.testing.batching import DAY, WHO, Payouts, credit, payment, vnd
from feesvc.testing.scenario import NOON, Scenario

Step = Callable[[Payouts], Awaitable[object]]


class Died(Exception):
    """The process was killed."""


class Mortal(MemoryStore):
    """Takes so many appends more, then nothing."""

    left = 1_000_000

    async def append(self, command: Command) -> Appended:
        if not self.left:
            raise Died
        self.left -= 1
        return await super().append(command)


async def undo(p: Payouts) -> object:
    return await undo_batch_credit(p.s.house, "G14", p.id("B-1"), p.bank, "FT1", "x", WHO)


async def reverse(p: Payouts) -> object:
    return await reverse_batch_credit(p.s.house, "G14", p.id("B-1"), p.bank, "FT1", DAY, "x", WHO)


async def unsettle(p: Payouts) -> object:
    return await batches.unsettle_lines(p.s.house, p.id("B-1"), ["N T-1"], "x", WHO)


async def settle(p: Payouts) -> object:
    return await p.settle("B-9", payment("T-8", 100_000), payment("T-9", 100_000))


async def come(p: Payouts) -> object:
    return await batches.credit_batch(p.s.house, "G14", p.id("B-2"), credit(50_000, "FT2"), WHO)


async def straight(p: Payouts) -> object:
    return await batches.to_budget(p.s.house, p.id("B-2"), "TT1", vnd(50_000), DAY, WHO)


async def recover(p: Payouts) -> object:
    """Of money that waits in suspense."""
    await batches.credit_batch(
        p.s.house, "G14", p.id("B-2"), credit(49_000, "FT2"), WHO, claim=True
    )
    await take_bank_credit(p.s.house, "G14", credit(1_000, "FT3"), WHO)
    return await batches.recover_claim(p.s.house, "G14", p.id("B-2"), credit(1_000, "FT3"), WHO)


async def over(p: Payouts) -> object:
    """Credited over the batch, undone, and credited again."""
    said = credit(60_000, "FT2")
    await batches.credit_batch(p.s.house, "G14", p.id("B-2"), said, WHO, over=True)
    await undo_batch_credit(p.s.house, "G14", p.id("B-2"), p.bank, "FT2", "x", WHO)
    return await batches.credit_batch(p.s.house, "G14", p.id("B-2"), said, WHO, over=True)


async def begun(store: Mortal) -> Payouts:
    """B-1 is credited and banked, B-2 is to come, and the contract says one percent."""
    s = Scenario(store=store)
    p = await Payouts.begin(s)
    maker, checker = (s.house.act(s.some_id(), f"person:{name}") for name in ("maker", "checker"))
    terms = TariffTerms(currency="VND", ppm=10_000)
    await propose_tariff(s.house, maker, p.account, terms, DAY.replace(year=2020))
    await decide_tariff(
        s.house, checker, p.account,
        lambda t: t.approve(1, t.versions[1].digest, checker.principal, checker.at),
    )  # fmt: skip
    await p.paid("T-1", 100_000)
    await p.paid("T-2", 50_000)
    await p.settle("B-1", payment("T-1", 100_000))
    await p.settle("B-2", payment("T-2", 50_000))
    await batches.credit_batch(s.house, "G14", p.id("B-1"), credit(100_000), WHO)
    return p


async def ends(store: Mortal, p: Payouts) -> object:
    """All that tells one end from another."""
    log = await store.read(0, 10_000)
    opened = [one.event for one in log if isinstance(one.event, Case.Opened)]
    cases = sorted((case.code, case.facts.get("line", "")) for case in opened)
    batch = await p.see("B-1")
    second = await p.see("B-2")
    states = (batch.outstanding, batch.in_full, second.outstanding, second.claimed)
    banked = await p.banked("T-1"), await p.banked("T-2")
    return states, banked, sorted(await _lines(p)), await _suspense(p), cases


async def _lines(p: Payouts) -> list[tuple[int, int, int]]:
    """How far the money of each line has come."""
    log = await p.s.store.read(0, 10_000, [Assessment.Raised.TOPIC])
    found = (await p.s.store.load([one.event.originator_id for one in log])).values()
    return [
        (line.banked, line.allocated, line.remitted)
        for one in found if isinstance(one, Assessment) for line in one.lines.values()
    ]  # fmt: skip


async def _suspense(p: Payouts) -> int:
    log = await p.s.store.read(0, 10_000, [Transfer.Received.TOPIC])
    found = (await p.s.store.load([one.event.originator_id for one in log])).values()
    return sum(
        place.amount.amount
        for one in found if isinstance(one, Transfer)
        for place in one.buckets if place.to == "suspense"
    )  # fmt: skip


def test_who_comes_first_after_the_budget_has_its_money_splits_it() -> None:
    """Killed between P09k and P15: another command finds the batch, and need not know (P15)."""

    async def told() -> None:
        whole = Mortal(clock=lambda: NOON)
        p = await begun(whole)
        await straight(p)
        expected = await ends(whole, p)
        store = Mortal(clock=lambda: NOON)
        p = await begun(store)
        store.left = 1
        with pytest.raises(Died):
            await straight(p)
        store.left = 1_000_000
        await p.settle("B-2", payment("T-2", 50_000))
        assert await ends(store, p) == expected

    asyncio.run(told())


@pytest.mark.parametrize("step", [undo, reverse, unsettle, settle, come, straight, recover, over])
def test_it_is_finished_by_whoever_repeats_it(step: Step) -> None:
    async def told() -> None:
        whole = Mortal(clock=lambda: NOON)
        p = await begun(whole)
        before = whole.left
        await step(p)
        appends, expected = before - whole.left, await ends(whole, p)
        assert appends > 1, "nothing could go wrong between"
        for lived in range(appends):
            store = Mortal(clock=lambda: NOON)
            p = await begun(store)
            store.left = lived
            with pytest.raises(Died):
                await step(p)
            store.left = 1_000_000
            await step(p)
            assert await ends(store, p) == expected, f"died after {lived} of {appends}"

    asyncio.run(told())
