"""A hundred payments through everything that goes wrong leave nothing wrong; and bugs are found."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import pytest

from feesvc.application import booking, payments, refunding, transfers
from feesvc.application.house import Act, Decision, House
from feesvc.campaigns import Trial, simulation
from feesvc.campaigns.sharing import in_a_loop
from feesvc.campaigns.simulating.auditing import Audit
from feesvc.campaigns.simulation import Job, live
from feesvc.domain.buckets import Buckets
from feesvc.domain.payment import Payment
from feesvc.intermediary import Unavailable, Verdict
from feesvc.processes import lookups
from feesvc.reacting.runner import Runner
from feesvc.store import StoreUnavailable
from feesvc.testing.reckoning import Books
from feesvc.testing.world import with_counterparts
from feesvc_agency_ledger.applying import approve, items_of
from feesvc_agency_ledger.movements import Approval
from feesvc_agency_ledger.posting import entry
from feesvc_agency_ledger.rules import version

SEED = 20261122


def test_a_storm_over_every_adapter_leaves_nothing_behind(tmp_path: Path) -> None:
    found = simulation.run(Trial(SEED, True, tmp_path, lambda words: None))
    assert found.faults == []
    figures = found.figures
    assert figures["payments"] >= 100
    assert figures["transfers"] >= 50
    assert figures["troubles"] >= 50
    paid_through = [name for name in figures if name.startswith("transfers through ")]
    assert len(paid_through) == len(with_counterparts())


def test_the_ledgers_rules_agree_with_the_reckoning(monkeypatch: pytest.MonkeyPatch) -> None:
    """The campaign knows no posting rule; what the rules make of the same log is the same."""
    audits: list[Audit] = []
    faults = Audit.faults

    def kept(audit: Audit) -> Any:
        audits.append(audit)
        return faults(audit)

    monkeypatch.setattr(Audit, "faults", kept)
    assert in_a_loop(live, Job(SEED, 60, ())).faults == []
    [audit] = audits
    assert posted(audit) == audit.reckoning.books()


def posted(audit: Audit) -> Books:
    """The balances that the ledger's rules make of a log; every entry adds up to zero."""
    approvals: dict[UUID, Approval] = {}
    items = items_of(audit.log)
    books: Books = defaultdict(int)
    for each in audit.log:
        approve(each, approvals)
        entries: Counter[tuple[str, str]] = Counter()
        for posting in entry(each, version(1), approvals, items, date(2026, 11, 20)):
            books[posting.agency, posting.currency, posting.account] += posting.amount
            entries[posting.agency, posting.currency] += posting.amount
        assert not any(entries.values())
    return {place: balance for place, balance in books.items() if balance}


def caught(runs: int = 4, dossiers: int = 60) -> Sequence[str]:
    """The faults of a few runs; the first that has any is enough."""
    for seed in range(SEED, SEED + runs):
        faults = in_a_loop(live, Job(seed, dossiers, ("sandbox", "stripe"))).faults
        if faults:
            return faults
    return []


def test_nothing_is_caught_where_nothing_is_planted() -> None:
    assert caught() == []


def test_no_answer_taken_for_a_no_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted bug 4: a look-up that is not answered ends the payment."""
    look_up = payments.look_up_payment

    async def hasty(house: House, payment_id: UUID) -> None:
        try:
            await look_up(house, payment_id)
        except Unavailable:
            await end(house, payment_id)
            raise

    monkeypatch.setattr(lookups, "look_up_payment", hasty)
    assert caught()


def test_not_found_taken_for_a_no_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted bug 5: an intermediary that knows of no money yet ends the payment."""
    look_up = payments.look_up_payment

    async def hasty(house: House, payment_id: UUID) -> None:
        await look_up(house, payment_id)
        await end(house, payment_id)

    monkeypatch.setattr(lookups, "look_up_payment", hasty)
    assert caught()


async def end(house: House, payment_id: UUID) -> None:
    """End a payment for good, whatever its intermediary knows."""
    act = house.act(uuid5(payment_id, "hasty"), "test")

    async def decide() -> Decision[None]:
        payment = await house.one(Payment, payment_id, "payment")
        payment.end("declined", "hasty", act.at, act.at)
        return Decision(None, [payment])

    await house.take(act, decide)


def test_a_refund_that_is_sent_again_without_asking_is_caught(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Planted bug 7: no answer to an instruction, so another one is sent."""
    order_of = refunding._order
    count = itertools.count()

    async def another(house: House, refund: Any) -> Any:
        order = await order_of(house, refund)
        return replace(order, reference=f"{order.reference}{next(count) % 10}", handle="")

    monkeypatch.setattr(refunding, "_order", another)
    assert caught()


def test_money_that_is_not_set_aside_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted bug 8: a refund is checked, and what it takes stays where it stood."""
    monkeypatch.setattr(Buckets, "remove", lambda buckets, placements: None)
    assert caught()


def test_an_unclear_commit_taken_for_a_failure_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted bugs 1 and 27: no answer to a commit, so it is made again as something new."""
    settle = House.settle

    async def anew(self: House, act: Act, *told: Any, **more: Any) -> Any:
        while True:
            try:
                return await settle(self, act, *told, **more)
            except StoreUnavailable:
                act = replace(act, id=uuid5(act.id, "anew"))

    monkeypatch.setattr(House, "settle", anew)
    assert caught()


def test_money_without_a_payment_that_is_forgotten_is_caught(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Late money of an attempt that is over is not looked at (planted bug 19).

    Nor is it when its settlement tells of it, which would find it otherwise.
    """
    met = transfers._met
    payment = booking.Booking._payment

    async def ignoring(house: House, act: Any, transfer: Any, payment: Payment, said: Any) -> Any:
        if payment.ended is not None:
            return Decision(Verdict.DUPLICATE)
        return await met(house, act, transfer, payment, said)

    def leaving(book: Any, one: Any) -> Any:
        return payment(book, one) if book.transfers.get(one) in book.found else "left"

    monkeypatch.setattr(transfers, "_met", ignoring)
    monkeypatch.setattr(booking.Booking, "_payment", leaving)
    assert caught(runs=14), "a later attempt closes an earlier one: late money is rare"


def test_a_step_that_is_forgotten_by_a_crash_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted bug 2: a process moves its bookmark before it has done anything."""
    answer = Runner._answer

    async def hasty(self: Runner, batch: Sequence[Any]) -> None:
        if batch:
            await self.bookmark.move(batch[-1].position)
        await answer(self, batch)

    monkeypatch.setattr(Runner, "_answer", hasty)
    assert caught(runs=8)
