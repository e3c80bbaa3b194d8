"""Every worked rule that these events can produce, with the example's own numbers."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from feesvc.domain.aggregate import Recorded
from feesvc.domain.assessment import Assessment
from feesvc.domain.placement import on_top
from feesvc.testing.batch_events import unsettled
from feesvc.testing.money_events import (
    ADVANCE,
    COLLECTOR,
    FEE,
    OWN,
    POSTAL,
    approved,
    bank,
    cash,
    changed,
    collected,
    credit,
    disclaimed,
    disputed,
    failed,
    held,
    increased,
    instructed,
    line,
    lost,
    lost_elsewhere,
    of_another,
    paid,
    placed,
    raised,
    re_placed,
    reduced,
    returned,
    settled,
    suspense,
    taken_back,
    uncollected,
    vnd,
    won,
)  # fmt: skip
from feesvc.testing.worked import balances, worked
from feesvc_agency_ledger.applying import approve, items_of
from feesvc_agency_ledger.movements import Approval
from feesvc_agency_ledger.posting import Posting, entry
from feesvc_agency_ledger.rules import version

EXAMPLES = Path(__file__).parent / "posting_examples.csv"
K = 1000


def example(rule: str) -> dict[int, int]:
    return worked(EXAMPLES, rule)


def posted(events: Sequence[Recorded]) -> list[Posting]:
    """The postings of events whose earlier history, where it matters not, is left out."""
    approvals: dict[UUID, Approval] = {}
    items = defaultdict(lambda: "item", items_of(events))
    postings: list[Posting] = []
    for recorded in events:
        approve(recorded, approvals)
        postings += entry(recorded, version(1), approvals, items, date(2026, 11, 20))
    return postings


CASES: dict[str, tuple[list[Recorded], list[Recorded]]] = {
    # rule: what came before and is not compared, then the events of the example
    "P01": ([], [raised(FEE, 100 * K)]),
    "P02a": ([], [reduced(open=20 * K)]),
    "P02b": ([], [re_placed((line(20 * K), credit(20 * K, "reduced")))]),
    "P02e": ([], [increased(20 * K)]),
    "P02m": (
        [],
        [reduced(open=20 * K, paid=30 * K), re_placed((line(30 * K), credit(30 * K, "reduced")))],
    ),
    "P03": ([], [changed(Assessment.Waived, 80 * K)]),
    "P04": ([], [changed(Assessment.Cancelled, 80 * K)]),
    "P06": ([], [placed(line(100 * K))]),
    "P06a": ([], [re_placed((credit(20 * K), line(20 * K)))]),
    "P06d": ([], [placed(credit(100 * K, "duplicate"))]),
    "P06k": ([], [placed(line(100 * K), origin=cash())]),
    "P06m": ([], [placed(suspense(101 * K, "wrong_amount"))]),
    "P06o": ([], [placed(line(100 * K), credit(20 * K, "overpaid"))]),
    "P06s": ([], [placed(line(100 * K), *on_top(vnd(1_100)))]),
    "P06u": ([], [placed(line(80 * K))]),
    "P06w": ([], [placed(credit(80 * K, "withdrawn"))]),
    "P06x": ([], [placed(suspense(100 * K, "unknown_reference"))]),
    "P07a": ([], [settled(commission=1000, tax=100)]),
    "P07b": ([], [settled(commission=1_000, tax=100, surcharge=1_100)]),
    "P07g": ([], [settled(commission=1_100, tax=100, surcharge=1_100)]),
    "P08x": ([], [placed(suspense(50 * K, "unknown_settled_line"))]),
    "P09e": ([], [placed(suspense(98_900, "unknown_reference"), origin=bank())]),
    "P09g": ([], [placed(line(100 * K), origin=bank())]),
    "P11a": ([], [approved(credit(100 * K))]),
    "P11u": ([], [approved(line(100 * K))]),
    "P12a": ([approved(line(100 * K))], [instructed(100 * K)]),
    "P12b": ([approved(line(100 * K)), instructed(100 * K)], [paid(100 * K)]),
    "P12c": (
        [approved(line(100 * K)), instructed(100 * K, method="bank_transfer")],
        [paid(100 * K)],
    ),
    "P12j": (
        [approved(line(100 * K)), instructed(100 * K, method="treasury_custody")],
        [paid(100 * K)],
    ),
    "P12d": ([approved(line(100 * K)), instructed(100 * K)], [failed(100 * K)]),
    "P12e": ([approved(line(100 * K)), instructed(100 * K)], [returned(100 * K)]),
    "P12f": (
        [approved(line(100 * K)), instructed(100 * K, method="bank_transfer")],
        [returned(100 * K)],
    ),
    "P13a": ([], [disputed(100 * K, fee=5 * K)]),
    "P13b": ([], [won(100 * K)]),
    "P13c": ([], [lost(line(100 * K, due=True))]),
    "P13f": ([], [lost(line(100 * K))]),
    "P13g": ([], [lost(credit(100 * K))]),
    "P13h": ([], [lost(suspense(100 * K))]),
    "P13i": ([], [lost(line(300 * K, kind=ADVANCE, due=True))]),
    "P13o": ([], [lost(of_another(100 * K, due=True))]),
    "P13p": ([], [lost_elsewhere(100 * K)]),
    "P14a": ([], [placed(line(300 * K, kind=ADVANCE))]),
    "P14c": ([], [approved(line(100 * K, kind=ADVANCE))]),
    "P20a": ([], [placed(of_another(100 * K))]),
    "P20c": ([], [collected(100 * K, collector=COLLECTOR)]),
    "P20e": ([], [placed(line(30 * K, kind=POSTAL))]),
    "P20k": ([], [approved(of_another(50 * K))]),
    "P20l": ([], [uncollected(50 * K, collector=COLLECTOR)]),
    "P20m": ([], [approved(line(30 * K, kind=POSTAL))]),
    "P21": ([], [placed(line(200 * K), line(50 * K, number=2, kind="charge"))]),
    "P23a": ([], [re_placed((suspense(100 * K), line(100 * K)))]),
    "P23b": ([], [approved(suspense(100 * K))]),
    "P23c": ([], [re_placed((suspense(100 * K), of_another(100 * K)))]),
    "P23d": ([], [disclaimed(suspense(100 * K))]),
    "P23e": ([], [re_placed((suspense(100 * K), credit(100 * K)))]),
    "P23f": ([], [taken_back(suspense(98_900), origin=bank())]),
}


@pytest.mark.parametrize("rule", CASES)
def test_a_worked_rule_is_posted_as_worked(rule: str) -> None:
    before, events = CASES[rule]
    postings = posted([*before, *events])[len(posted(before)) :]
    assert balances(postings) == example(rule)


def test_each_rule_names_the_example_it_follows() -> None:
    with EXAMPLES.open(encoding="utf-8") as text:
        known = {row["rule"] for row in csv.DictReader(text)}
    used = {rule.id.lstrip("-") for rule in version(1).posts.values() if rule}
    assert used <= known


def test_money_held_for_another_agency_is_owed_to_it_until_it_is_applied_there() -> None:
    keeping = [re_placed((suspense(100 * K), held(100 * K)))]
    assert balances(posted(keeping)) == example("P23c")
    applying = re_placed((held(100 * K), of_another(100 * K)))
    assert posted([applying]) == []
    assert balances(posted([approved(held(50 * K))])) == example("P20k")


def test_a_bank_credit_taken_back_is_the_exact_reverse_of_its_placement() -> None:
    for place in (line(1000, due=True), line(1000, kind=ADVANCE, due=True), credit(1000)):
        events = [placed(place, origin=bank()), taken_back(place, origin=bank())]
        assert balances(posted(events)) == {}


def test_a_refund_fee_is_ours_to_bear() -> None:
    before = [approved(line(100 * K)), instructed(100 * K)]
    with_fee = balances(posted([*before, paid(100 * K, fee=1 * K)]))
    without = balances(posted([*before, paid(100 * K)]))
    difference = {a: with_fee.get(a, 0) - without.get(a, 0) for a in with_fee}
    assert {a: d for a, d in difference.items() if d} == example("P12g")


def test_a_surcharge_goes_back_the_way_it_came() -> None:
    paid = [line(100 * K, due=True), *on_top(vnd(1_100))]
    assert balances(posted([placed(*paid), taken_back(*paid)])) == {}
    for tax, surcharge in ((100, 1_100), (100, 900), (100, 50), (0, 700)):
        taken: dict[str, Any] = {"commission": 1_000, "tax": tax, "surcharge": surcharge}
        booked = [settled(**taken, net=98_900), unsettled(**taken, net=98_900)]
        assert balances(posted(booked)) == {}
        left = balances(posted(booked[:1]))
        covered = min(tax, surcharge)
        assert left[2650] == surcharge and left.get(5150, 0) == tax - covered
        assert left.get(5100, 0) == 1_000 + covered - surcharge


def test_nothing_owed_and_what_we_collected_ourselves_post_nothing() -> None:
    assert posted([raised(FEE, 0)]) == []
    assert posted([collected(100 * K, collector=OWN)]) == []
    assert posted([uncollected(100 * K, collector=OWN, due=True)]) == []


@pytest.mark.parametrize(
    "place", [line(1000, due=True), line(1000, kind=ADVANCE, due=True),
              line(1000, kind=POSTAL, due=True), credit(1000), suspense(1000), of_another(1000)],
    ids=lambda place: f"{place.to} {place.kind} {place.beneficiary}",
)  # fmt: skip
def test_a_reversal_is_the_exact_reverse_of_the_placement(place) -> None:  # type: ignore[no-untyped-def]
    assert balances(posted([placed(place), taken_back(place)])) == {}


def test_reversed_money_for_what_is_due_no_more_leaves_no_receivable() -> None:
    assert balances(posted([taken_back(line(1000))])) == {1200: -1000, 2500: 1000}


def test_money_beyond_what_is_left_stands_as_disputed() -> None:
    after = balances(posted([taken_back(line(600), beyond=400)]))
    assert after == {1200: -1000, 1250: 400, 2500: 600}
    assert balances(posted([disputed(1000), lost(line(600), beyond=400)])) == {
        1200: -1000, 1250: 400, 2500: 600,
    }  # fmt: skip
