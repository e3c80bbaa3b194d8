"""One truth ends in one state, whatever is told first; and bugs that break that are found."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

import feesvc_sandbox.fields
from feesvc.application import placing, transfers
from feesvc.application.house import Decision, House
from feesvc.campaigns import Trial, orders
from feesvc.campaigns.ordering.course import INPUTS, Course, GlancesHere, Grounds
from feesvc.campaigns.ordering.truths import TRUTHS, Truth
from feesvc.campaigns.orders import Job, try_truth
from feesvc.campaigns.sharing import in_a_loop
from feesvc.domain import placement
from feesvc.domain.ids import Ids
from feesvc.domain.merchant_account import MerchantAccount
from feesvc.domain.payment import Payment
from feesvc.domain.placement import Owed, Placement
from feesvc.intermediary import Received, Verdict
from feesvc.money import Money
from feesvc.testing.at_once import at_once
from feesvc.testing.scenario import NOON
from feesvc.testing.world import with_counterparts

SEED = 20261122


def test_every_truth_of_every_adapter_has_one_end(tmp_path: Path) -> None:
    said: list[str] = []
    found = orders.run(Trial(SEED, True, tmp_path, said.append))
    assert found.faults == []
    assert found.figures["adapters"] == len(with_counterparts())
    assert found.figures["orders"] >= 100 * found.figures["adapters"]
    assert all("1 final state" in words for words in said)


def test_seven_inputs_have_5040_orders() -> None:
    assert len(set(itertools.permutations(INPUTS))) == 5_040

    def inputs(truth: Truth) -> Sequence[str]:
        return Course(Grounds("sandbox"), truth).inputs

    paid, declined = (in_a_loop(inputs, truth) for truth in (TRUTHS[0], TRUTHS[4]))
    assert paid == INPUTS
    assert set(INPUTS) - set(declined) == {"settlement line"}


def test_the_whole_form_tries_every_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three inputs of the seven, so that it takes no time."""
    few = INPUTS[:3]
    monkeypatch.setattr(Course, "inputs", property(lambda course: few))
    ended = in_a_loop(try_truth, Job("sandbox", "paid", SEED, 0))
    assert ended.orders == 6 and ended.faults == []


def faults(truth: str, sample: int = 40) -> Sequence[str]:
    return in_a_loop(try_truth, Job("sandbox", truth, SEED, sample)).faults


def test_an_amount_that_is_not_compared_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted bug 16."""

    def anything(amount: Money, asked: Money, variable: bool, owed: Sequence[Owed]) -> Any:
        return place(amount, asked, True, owed)

    place = placement.place
    monkeypatch.setattr(placing, "place", anything)
    assert faults("paid too little")
    assert faults("paid too much")


def test_a_hundred_times_too_much_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted bug 15: what stands in minor units already is multiplied again."""
    whole = feesvc_sandbox.fields.Fields.whole

    def again(fields: Any, name: str) -> int:
        found = whole(fields, name)
        return found * 100 if name == "amount" else found

    monkeypatch.setattr(feesvc_sandbox.fields.Fields, "whole", again)
    assert faults("paid")


def test_a_transaction_that_is_booked_each_time_it_is_told_is_caught(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Planted bugs 3, 18 and 22: nothing remembers that this transfer was booked before."""
    count = itertools.count()
    name, kept = Ids.transfer, Ids.of

    def another(ids: Ids, account: UUID, transaction: str) -> UUID:
        return name(ids, account, f"{transaction} {next(count)}")

    def forgotten(ids: Ids, kind: str, *parts: str) -> UUID:
        return kept(ids, kind, *parts, str(next(count)) if kind == "fact" else "")

    monkeypatch.setattr(Ids, "transfer", another)
    monkeypatch.setattr(Ids, "of", forgotten)
    assert faults("paid")


def test_late_money_that_is_ignored_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted bug 19: once the attempt is over, its money is not looked at."""
    met = transfers._met

    async def ignoring(house: House, act: Any, transfer: Any, payment: Payment, said: Any) -> Any:
        if act.at >= payment.expires_at:
            return Decision(Verdict.DUPLICATE)
        return await met(house, act, transfer, payment, said)

    monkeypatch.setattr(transfers, "_met", ignoring)
    assert faults("paid late")
    assert faults("paid")  # told late, though paid in time


def test_a_settled_line_that_is_booked_beside_its_notification_is_caught(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Money that a settlement told of first stays where that put it."""

    async def known(*told: Any) -> Decision[Verdict]:
        return Decision(Verdict.DUPLICATE)

    monkeypatch.setattr(transfers, "_again", known)
    assert faults("paid")


def test_a_return_that_books_money_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted bug 20: what the payer's browser brings back is taken for what happened."""

    def believe(glances: GlancesHere, payment: Payment) -> None:
        told = Received(
            reference=payment.reference, transaction="returned", amount=payment.amount, at=NOON
        )
        house = glances._house
        account = at_once(house.see(MerchantAccount, payment.account, "merchant account"))
        at_once(transfers.record_outcome(house, account, told, "notification", ""))

    monkeypatch.setattr(GlancesHere, "at", believe)
    assert faults("declined")
    assert faults("paid")


def test_a_suspense_that_is_cleared_by_itself_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted bug 26: what nobody can place is taken for a credit."""

    def cleared(amount: Money, reason: Any) -> tuple[Placement, ...]:
        return tuple(replace(one, to="credit", reason="overpaid") for one in kept(amount, reason))

    kept = placement.suspense
    monkeypatch.setattr(placement, "suspense", cleared)
    assert faults("paid too little")
