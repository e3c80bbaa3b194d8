"""The worked rules of banked, allocated and remitted money, with the examples' own numbers."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, get_args
from uuid import UUID

import pytest

from feesvc.domain.aggregate import Recorded
from feesvc.domain.line import Kind, State
from feesvc.domain.placement import Placement
from feesvc.testing.money_events import (
    ADVANCE,
    COLLECTOR,
    approved,
    bank,
    banked,
    credit,
    forfeited,
    line,
    lost,
    of_another,
    part,
    placed,
    re_placed,
    split,
    taken_back,
    uncollected,
)
from feesvc_agency_ledger.applying import approve, items_of
from feesvc_agency_ledger.movements import Approval
from feesvc_agency_ledger.posting import entry
from feesvc_agency_ledger.rules import version

EXAMPLES = Path(__file__).parent / "posting_examples.csv"
K = 1000
SPLIT = ("allocated", "remitted")


def example(rule: str) -> dict[int, int]:
    """What the worked example leaves on each account: debits - credits."""
    sums: dict[int, int] = defaultdict(int)
    with EXAMPLES.open(encoding="utf-8") as text:
        for row in csv.DictReader(text):
            if row["rule"] == rule:
                sums[int(row["account"])] += int(row["debit"] or 0) - int(row["credit"] or 0)
    assert sums, rule
    return {account: amount for account, amount in sums.items() if amount}


def balances(events: Sequence[Recorded]) -> dict[int, int]:
    approvals: dict[UUID, Approval] = {}
    items: dict[Any, str] = defaultdict(lambda: "item", items_of(events))
    sums: dict[int, int] = defaultdict(int)
    for recorded in events:
        approve(recorded, approvals)
        for posting in entry(recorded, version(1), approvals, items, date(2026, 11, 20)):
            sums[posting.account] += posting.amount
    return {account: amount for account, amount in sums.items() if amount}


def shares(amount: int, budget: State, *, due: bool = False) -> Iterator[Placement]:
    """An amount of a line that was split 30/70, its budget share here."""
    yield line(amount * 3 // 10, state="retained", due=due)
    yield line(amount * 7 // 10, state=budget, due=due)


def to_credit(*sources: Placement) -> Recorded:
    return re_placed(*((source, credit(source.amount.amount, "reduced")) for source in sources))


CASES: dict[str, list[Recorded]] = {
    "P02c": [to_credit(*shares(20 * K, "allocated"))],
    "P02d": [to_credit(*shares(20 * K, "remitted"))],
    "P02n": [to_credit(line(20 * K, state="banked"))],
    "P09z": [banked(part(100 * K))],
    "P11b": [approved(line(100 * K, state="banked"))],
    "P11c": [approved(*shares(100 * K, "allocated"))],
    "P11d": [approved(*shares(100 * K, "remitted"))],
    "P13d": [lost(*shares(100 * K, "allocated", due=True))],
    "P13e": [lost(*shares(100 * K, "remitted", due=True))],
    "P13k": [lost(line(100 * K, state="banked", due=True))],
    "P13l": [lost(line(100 * K, state="banked"))],
    "P13m": [lost(*shares(100 * K, "allocated"))],
    "P13n": [lost(*shares(100 * K, "remitted"))],
    "P14b": [
        re_placed((line(200 * K, kind=ADVANCE, state="banked"), line(200 * K, assessment="A2"))),
        banked(part(200 * K)),
    ],
    "P14c": [approved(line(100 * K, kind=ADVANCE, state="banked"))],
    "P14d": [forfeited(part(100 * K, kind=ADVANCE))],
    "P15": [split(part(100 * K, retained=30 * K))],
    "P20g": [approved(of_another(50 * K, forwarded=True))],
    "P20h": [uncollected(50 * K, collector=COLLECTOR, state="banked", forwarded=True)],
    "P21b": [split(part(200 * K, retained=180 * K), part(50 * K, 2, "charge"))],
}


@pytest.mark.parametrize("rule", CASES)
def test_a_worked_rule_is_posted_as_worked(rule: str) -> None:
    assert balances(CASES[rule]) == example(rule)


def test_a_refund_after_forwarding_takes_the_debits_of_what_was_split() -> None:
    for budget, rule in (("allocated", "P11c"), ("remitted", "P11d")):
        parts = [(30 * K, "retained"), (70 * K, budget)]
        events = [
            uncollected(amount, collector=COLLECTOR, state=state, forwarded=True)  # type: ignore[arg-type]
            for amount, state in parts
        ]
        worked = example(rule)
        worked[2370] = worked.pop(2200)
        assert balances(events) == worked


def test_banking_undone_is_its_exact_reverse() -> None:
    assert balances([banked(part(1000)), banked(part(1000), undone=True)]) == {}


def test_banking_an_advance_or_a_postal_price_posts_nothing() -> None:
    assert balances([banked(part(1000, kind=ADVANCE), part(500, 2, "postal"))]) == {}


def test_a_bank_credit_taken_back_undoes_its_placement_and_its_banking() -> None:
    events = [
        placed(line(1000), origin=bank()),
        banked(part(1000)),
        taken_back(line(1000, state="banked", due=True), origin=bank()),
    ]
    assert balances(events) == {}


@pytest.mark.parametrize("kind", get_args(Kind))
@pytest.mark.parametrize("state", get_args(State))
def test_money_may_leave_a_line_however_far_it_came(kind: Kind, state: State) -> None:
    if (state == "retained" and kind != "fee") or (kind == "postal" and state in SPLIT):
        return  # nothing of it is ever retained, or split
    for due in (False, True):
        place = line(1000, kind=kind, state=state, due=due)
        for event in (lost(place), taken_back(place), taken_back(place, origin=bank())):
            assert sum(balances([event]).values()) == 0
    left = line(1000, kind=kind, state=state)
    assert balances([approved(left)])[2200] == -1000
    assert balances([to_credit(left)])[2100] == -1000
    for forwarded, account in ((False, 1295), (True, 2370)):
        gone = uncollected(1000, collector=COLLECTOR, kind=kind, state=state, forwarded=forwarded)
        assert balances([gone])[account] == -1000
