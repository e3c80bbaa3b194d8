"""What is owed, and what other agencies collected of it: the events of assessments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from feesvc.domain.aggregate import Recorded
from feesvc.domain.assessment import Assessment
from feesvc.domain.line import Part
from feesvc_agency_ledger.movements.movement import Approvals, Dimensions, Movement, Readers


def _lines(recorded: Recorded, event: Assessment.Raised, _: Approvals) -> Iterator[Movement]:
    for line in event.lines:
        yield Movement("line", line.amount, Dimensions(event.originator_id, line.number))


def _increased(recorded: Recorded, event: Assessment.Increased, _: Approvals) -> Iterator[Movement]:
    return _parts("line", event.originator_id, event.parts)


def _open(recorded: Recorded, event: Any, _: Approvals) -> Iterator[Movement]:
    return _parts("open", event.originator_id, event.open)


def _parts(case: str, assessment: UUID, parts: Sequence[Part]) -> Iterator[Movement]:
    for part in parts:
        yield Movement(case, part.amount, Dimensions(assessment, part.line))


def _collected(
    recorded: Recorded, event: Assessment.CollectedBy, _: Approvals
) -> Iterator[Movement]:
    if event.collector != recorded.agency:
        for part in event.parts:
            yield Movement(part.kind, part.amount, _held(event, part))


def _uncollected(
    recorded: Recorded, event: Assessment.UncollectedBy, _: Approvals
) -> Iterator[Movement]:
    if event.collector != recorded.agency:
        due = " due" if event.still_due else ""
        for part in event.parts:
            yield Movement(part.kind + due, part.amount, _held(event, part))


def _held(event: Assessment.CollectedBy | Assessment.UncollectedBy, part: Part) -> Dimensions:
    return Dimensions(event.originator_id, part.line, event.transfer)


READERS: Readers = {
    Assessment.Raised: _lines,
    Assessment.Increased: _increased,
    Assessment.Reduced: _open,
    Assessment.Waived: _open,
    Assessment.Cancelled: _open,
    Assessment.Superseded: _open,
    Assessment.CollectedBy: _collected,
    Assessment.UncollectedBy: _uncollected,
}
