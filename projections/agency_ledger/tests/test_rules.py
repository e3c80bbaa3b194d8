"""The rules answer for every event there is, and for every place that money can be in."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from itertools import product

import pytest

import feesvc.domain
from feesvc.domain.aggregate import Aggregate
from feesvc_agency_ledger import AgencyLedger
from feesvc_agency_ledger.chart import CHART
from feesvc_agency_ledger.movements import READERS
from feesvc_agency_ledger.rules import LATEST, InForce, NoRule, version

RULES = version(LATEST)
OWN_LINES = ("charge", "fee", "postal", "advance")
PLACES = (*OWN_LINES, "other agency", "credit", "suspense")
WAYS_IN = ("intermediary", "bank", "cash")


def event_classes() -> Iterator[type[Aggregate.Event]]:
    for module in pkgutil.iter_modules(feesvc.domain.__path__):
        importlib.import_module(f"feesvc.domain.{module.name}")
    waiting: list[type[Aggregate.Event]] = [Aggregate.Event]
    while waiting:
        for found in waiting.pop().__subclasses__():
            waiting.append(found)
            if "TOPIC" in vars(found) and found.__module__.startswith("feesvc.domain."):
                yield found


def test_every_event_posts_or_is_said_to_post_nothing() -> None:
    topics = {found.TOPIC for found in event_classes()}
    assert topics - RULES.topics == set(), "add these to the rules, with what they post or why not"
    assert RULES.topics - topics == set(), "the rules name events that are no more"


def test_no_event_both_posts_and_posts_nothing() -> None:
    posting = {event.TOPIC for event in READERS}
    assert posting == {topic for topic, _, _ in RULES.posts}
    assert not posting & set(RULES.nothing)


def test_whatever_posts_is_listened_to() -> None:
    assert set(READERS) <= set(AgencyLedger.events)


@pytest.mark.parametrize(("source", "target"), [*product(PLACES, PLACES)])
def test_money_may_go_from_every_place_to_every_other(source: str, target: str) -> None:
    RULES.rule("transfer.re_placed", f"{source} to {target}", "intermediary")


@pytest.mark.parametrize(("place", "via"), [*product(PLACES, WAYS_IN)])
def test_money_may_be_placed_taken_back_and_refunded_everywhere(place: str, via: str) -> None:
    RULES.rule("transfer.placed", place, via)
    RULES.rule("transfer.reversed", place, via)
    RULES.rule("transfer.dispute_lost", place, via)
    RULES.rule("refund.approved", place, via)
    if place in OWN_LINES:
        RULES.rule("transfer.reversed", f"{place} due", via)
        RULES.rule("transfer.dispute_lost", f"{place} due", via)
        RULES.rule("transfer.re_placed", f"{place} due again", via)


def test_every_account_is_in_the_chart() -> None:
    used = {a for rule in RULES.posts.values() if rule for a in (*rule.debits, *rule.credits)}
    assert used <= set(CHART)


def test_what_no_rule_covers_stops_the_ledger() -> None:
    with pytest.raises(NoRule, match="fee banked"):
        RULES.rule("transfer.placed", "fee banked", "intermediary")


def test_a_version_holds_from_the_position_it_was_first_used_at() -> None:
    assert InForce({1: 1}).at(5).number == 1
    with pytest.raises(NoRule):
        InForce({1: 10}).at(9)
