"""Whatever happens in whatever order: entries add up to zero, and the books agree with the money.

Events come from the domain's own aggregates, driven at random, so every one is one that can happen.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from feesvc.domain.aggregate import Aggregate, Recorded
from feesvc.domain.placement import Move, Placement
from feesvc.domain.settled_part import BatchName
from feesvc.domain.settling import settle
from feesvc.domain.transfer import Transfer
from feesvc.money import Money
from feesvc.testing.money_events import OWN, card, credit, line, of_another, suspense
from feesvc.testing.recorded import NOON, some_id
from feesvc_agency_ledger.applying import approve, items_of
from feesvc_agency_ledger.movements import Approval
from feesvc_agency_ledger.posting import Posting, entry
from feesvc_agency_ledger.rules import version

KINDS = ("fee", "charge", "postal", "advance")
places = st.one_of(
    st.builds(lambda a, k: line(a, kind=k), st.integers(1, 1000), st.sampled_from(KINDS)),
    st.integers(1, 1000).map(credit),
    st.integers(1, 1000).map(suspense),
    st.integers(1, 1000).map(of_another),
)
steps = st.lists(
    st.tuples(st.sampled_from(["move", "dispute", "win", "lose", "reverse", "settle"]),
              st.integers(1, 1500), places, st.booleans()),
    max_size=12,
)  # fmt: skip


def walked(placements: list[Placement], walk: list[tuple[str, int, Placement, bool]]) -> Transfer:
    """A transfer that went through these steps, as far as its own decisions let it."""
    amount = sum(placement.amount.amount for placement in placements)
    transfer = Transfer.first(
        Transfer.Received, some_id("T1"), NOON, agency=OWN, origin=card(), reference="r",
        amount=Money(amount, "VND"), source="notification", evidence="", occurred_at=NOON,
    )  # fmt: skip
    transfer.place(placements, NOON, NOON)
    for number, (step, part, target, due) in enumerate(walk):
        _walk(transfer, number, step, part, target, due)
    return transfer


def _walk(
    transfer: Transfer, number: int, step: str, part: int, target: Placement, due: bool
) -> None:
    free = list(transfer.buckets)
    open_disputes = [*transfer.disputes]
    if step == "move" and free:
        source = _due(free[0].of(min(part, free[0].amount.amount)), due)
        transfer.re_place([Move(source=source, target=target.of(source.amount.amount))], "x", NOON)
    elif step == "dispute":
        amount = Money(min(part, transfer.amount.amount), "VND")
        transfer.dispute(f"D{number}", amount, Money(7, "VND"), NOON, NOON)
    elif step == "win" and open_disputes:
        transfer.win(open_disputes[0], NOON, NOON)
    elif step == "lose" and open_disputes:
        takes = [_due(take, due) for take in transfer.disputes[open_disputes[0]]]
        transfer.lose(open_disputes[0], takes, NOON, NOON)
    elif step == "reverse" and free and not open_disputes:
        transfer.reverse([_due(take, due) for take in free], "x", NOON, NOON)
    elif step == "settle":
        settle(
            transfer, BatchName(some_id("B"), "B"), "1", commission=Money(5, "VND"),
            tax=Money(1, "VND"), net=Money(100, "VND"), occurred_at=NOON, at=NOON,
        )  # fmt: skip


def _due(placement: Placement, due: bool) -> Placement:
    fields = {name: getattr(placement, name) for name in Placement.__dataclass_fields__}
    return Placement(**fields | {"still_due": due and placement.to == "line"})


def postings_of(aggregate: Aggregate) -> list[Posting]:
    approvals: dict[UUID, Approval] = {}
    recorded = [
        Recorded(position, event, OWN, NOON, "a", some_id("c"), "")
        for position, event in enumerate(aggregate.pending_events, 1)
        if isinstance(event, Aggregate.Event)
    ]
    items = defaultdict(lambda: "item", items_of(recorded))
    postings = []
    for each in recorded:
        approve(each, approvals)
        postings += entry(each, version(1), approvals, items, date(2026, 11, 20))
    return postings


@given(st.lists(places, min_size=1, max_size=4), steps)
@settings(max_examples=300, deadline=None)
def test_the_books_agree_with_the_transfer(
    placements: list[Placement], walk: list[tuple[str, int, Placement, bool]]
) -> None:
    # One bucket holds one kind of line, as on a real assessment.
    placements = list({placement.bucket: placement for placement in placements}.values())
    transfer = walked(placements, walk)
    sums: dict[int, int] = defaultdict(int)
    entries: dict[int, int] = defaultdict(int)
    for posting in postings_of(transfer):
        sums[posting.account] += posting.amount
        entries[posting.position] += posting.amount
    assert not any(entries.values())
    held = sum(placement.amount.amount for placement in transfer.buckets)
    disputed = sum(take.amount.amount for takes in transfer.disputes.values() for take in takes)
    owed = -sum(sums[account] for account in (2100, 2150, 2300, 2350, 2360, 2500))
    assert owed == held + disputed
    assert sums[1100] == -sums[2900]
