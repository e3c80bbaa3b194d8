"""Adjustments against the worked rules: written off, claimed, lapsed, and taken back."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from uuid import UUID

import pytest

from feesvc.domain.aggregate import Aggregate, Recorded
from feesvc.domain.assessment import Assessment
from feesvc.domain.batch import Batch
from feesvc.domain.batch_events import BatchOrigin
from feesvc.domain.line import Part
from feesvc.domain.origin import Origin
from feesvc.domain.placement import Placement
from feesvc.domain.transfer import Transfer
from feesvc.money import Money
from feesvc.testing.recorded import recorded
from feesvc.testing.worked import balances, worked
from feesvc_agency_ledger.posting import entry
from feesvc_agency_ledger.rules import version

EXAMPLES = Path(__file__).parent / "posting_examples.csv"
ID = UUID("5f0c3a52-9d4e-4f0b-8a53-0d6c1b7e2a94")
ORIGIN = Origin(
    via="intermediary", intermediary="sandbox", account=ID, transaction="T-1", payment=None
)
BATCH = BatchOrigin(account=ID, intermediary="sandbox", batch="B-1")


def vnd(amount: int) -> Money:
    return Money(amount, "VND")


def of_transfer(kind: type[Aggregate.Event], amount: int) -> Recorded:
    return recorded(kind, origin=ORIGIN, amount=vnd(amount), adjustment=ID)


def lapsed(place: Placement) -> Recorded:
    return recorded(Transfer.Lapsed, origin=ORIGIN, takes=(place,), adjustment=ID, codes={})


PART = Part(line=1, amount=vnd(20_000), retained=vnd(0), kind="fee")
CASES = {
    "P17a": recorded(Assessment.WrittenOff, open=(PART,), adjustment=ID, reason="gone"),
    "P17b": of_transfer(Transfer.ClaimWrittenOff, 900),
    "P17c": lapsed(Placement(to="suspense", amount=vnd(1_000))),
    "P17d": lapsed(Placement(to="credit", amount=vnd(20_000), assessment=ID)),
    "P17e": of_transfer(Transfer.Claimed, 900),
}


def posted(events: list[Recorded]) -> dict[int, int]:
    items = {(recorded.event.originator_id, 1): "item" for recorded in events}
    days = date(2026, 11, 20)
    return balances(
        posting for one in events for posting in entry(one, version(1), {}, items, days)
    )


@pytest.mark.parametrize("rule", CASES)
def test_an_adjustment_posts_its_worked_rule(rule: str) -> None:
    assert posted([CASES[rule]]) == worked(EXAMPLES, rule)


def test_the_claim_of_a_batch_is_written_off_by_the_same_rule() -> None:
    off = recorded(Batch.ClaimWrittenOff, origin=BATCH, amount=vnd(900), adjustment=ID)
    assert posted([off]) == worked(EXAMPLES, "P17b")


def test_a_claim_that_was_settled_after_all_leaves_nothing_behind() -> None:
    back = recorded(Transfer.ClaimWithdrawn, origin=ORIGIN, amount=vnd(1_800), written_off=vnd(900))
    claimed = [of_transfer(Transfer.Claimed, 1_800), of_transfer(Transfer.ClaimWrittenOff, 900)]
    assert posted([*claimed, back]) == {}
