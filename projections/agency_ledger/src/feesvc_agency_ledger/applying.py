"""Writes what a batch of events posts: the postings by COPY, their sums and open items by sets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from uuid import UUID

from feesvc.domain.agency import Agency
from feesvc.domain.assessment import Assessment
from feesvc.domain.refund import Refund, Take
from feesvc.domain.transfer import Transfer
from feesvc.projecting import Db, Recorded
from feesvc_agency_ledger.closings import load_closings, save_closings
from feesvc_agency_ledger.days import day
from feesvc_agency_ledger.movements import Approval, Taken
from feesvc_agency_ledger.open_items import write_open_items
from feesvc_agency_ledger.posting import Posting, entry
from feesvc_agency_ledger.remembering import (
    load_approvals,
    load_items,
    load_rules,
    save_approvals,
    save_fee_lines,
    save_units,
)
from feesvc_agency_ledger.statements import copy_lines, line_of, statement
from feesvc_agency_ledger.sums import write_sums

HOW_REFUNDED = (
    Refund.HandedToTreasury, Refund.Instructed, Refund.Paid, Refund.Failed, Refund.Returned,
)  # fmt: skip
OPENING = (Assessment.Raised, Transfer.Placed)
"""The first of a stream that can post, where it is among its first events."""
AT_FIRST = 2


def apply(batch: Sequence[Recorded], db: Db) -> None:
    """Post a batch. Raises ``NoRule`` and ``Unbalanced``, at which the ledger stops."""
    postings = _post(batch, db)
    if not postings:
        return
    copy_lines(db, "copy_postings", _lines(postings))
    write_sums(db, postings)
    new = {
        r.position: r.event.originator_id for r in batch
        if isinstance(r.event, OPENING) and r.event.originator_version <= AT_FIRST
    }  # fmt: skip
    write_open_items(db, postings, new)


def _post(batch: Sequence[Recorded], db: Db) -> list[Posting]:
    """The postings of a batch; what later events need of these ones is saved on the way."""
    rules = load_rules(db, batch[0].position)
    booked_on = _booked_on(db)
    raised = [r for r in batch if isinstance(r.event, Assessment.Raised)]
    items = items_of(raised)
    items |= load_items(db, _mentioned(batch) - {r.event.originator_id for r in raised})
    asked = {r.event.originator_id for r in batch if isinstance(r.event, HOW_REFUNDED)}
    approvals = load_approvals(db, asked)
    closings = load_closings(db, batch)
    days: list[tuple[date, int]] = []
    postings: list[Posting] = []
    for recorded in batch:
        today = day(recorded.recorded_at)
        if today > booked_on:
            booked_on = today
            days.append((today, recorded.position))
        approve(recorded, approvals)
        held = rules.at(recorded.position)
        closings.follow(recorded)
        postings += entry(recorded, held, approvals, items, booked_on, closings)
    save_fee_lines(db, raised)
    save_units(db, [r for r in batch if isinstance(r.event, Agency.Registered | Agency.Moved)])
    save_approvals(db, approvals)
    save_closings(db, closings)
    if days:
        db.executemany(statement("add_day"), days)
    db.execute(statement("advance"), [batch[-1].position, booked_on])
    return postings


def items_of(raised: Sequence[Recorded]) -> dict[tuple[UUID, int], str]:
    """The fee item of each line of new assessments."""
    return {
        (r.event.originator_id, line.number): line.item
        for r in raised
        if isinstance(r.event, Assessment.Raised)
        for line in r.event.lines
    }


def approve(recorded: Recorded, approvals: dict[UUID, Approval]) -> None:
    """Keep what a refund takes and how it is paid, from the events that say so."""
    event = recorded.event
    if isinstance(event, Refund.Approved):
        taken = tuple(_taken(take) for take in event.takes)
        approvals[event.originator_id] = Approval(event.method, taken)
    elif isinstance(event, Refund.Instructed):
        known = approvals[event.originator_id]
        approvals[event.originator_id] = known._replace(method=event.method)
    elif isinstance(event, Refund.HandedToTreasury):
        known = approvals[event.originator_id]
        left = less(known.taken, event.amount.amount)
        approvals[event.originator_id] = known._replace(taken=left)


def less(taken: Sequence[Taken], amount: int) -> tuple[Taken, ...]:
    """What is left of it for us to pay, in order, once others paid so much."""
    left = []
    for one in taken:
        part = min(amount, one.amount)
        amount -= part
        left.append(one._replace(amount=one.amount - part))
    return tuple(left)


def _taken(take: Take) -> Taken:
    amount = sum(placement.amount.amount for placement in take.placements)
    return Taken(take.transfer, take.origin.payment, take.origin.intermediary, amount)


def _mentioned(batch: Sequence[Recorded]) -> set[UUID]:
    """Every assessment that the batch may post to a line of."""
    found: set[UUID] = set()
    for recorded in batch:
        event = recorded.event
        if event.TOPIC.startswith("assessment."):
            found.add(event.originator_id)
            found.update(_assessments(getattr(event, "advance", None)))
            continue
        for placement in getattr(event, "placements", ()) or getattr(event, "takes", ()):
            found.update(_assessments(placement))
        for move in getattr(event, "moves", ()):
            found.update(_assessments(move.source), _assessments(move.target))
    return found


def _assessments(placement: object) -> set[UUID]:
    """Of a placement, or of all placements that a refund takes from a transfer."""
    own = getattr(placement, "assessment", None)
    inner = getattr(placement, "placements", ())
    return ({own} if own else set()).union(*(_assessments(each) for each in inner))


def _booked_on(db: Db) -> date:
    row = db.execute(statement("progress")).fetchone()
    return row["booked_on"] if row and row["booked_on"] else date.min


def _lines(postings: Sequence[Posting]) -> Iterator[str]:
    """The postings as COPY reads them. What several are about is written out once."""
    about, text = None, ""
    for posting in postings:
        if posting.about is not about:
            about, text = posting.about, line_of(posting.about)
        yield f"{line_of(posting[:-1])}\t{text}"
