"""What is owed, and what other agencies collected of it: the events of assessments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from feesvc.domain import assessment_events as told
from feesvc.domain.aggregate import Recorded
from feesvc.domain.assessment import Assessment
from feesvc.domain.conversion import CONVERTED
from feesvc.domain.line import Part, TakenPart
from feesvc_agency_ledger.movements.movement import Approvals, Dimensions, Movement, Readers


def _lines(recorded: Recorded, event: told.Raised, _: Approvals) -> Iterator[Movement]:
    case = "line converted" if event.converted_from else "line"
    for line in event.lines:
        yield Movement(case, line.amount, Dimensions(event.originator_id, line.number))


def _increased(recorded: Recorded, event: told.Increased, _: Approvals) -> Iterator[Movement]:
    return _parts("line", event.originator_id, event.parts)


def _superseded(recorded: Recorded, event: told.Superseded, _: Approvals) -> Iterator[Movement]:
    case = "open converted" if event.reason == CONVERTED else "open"
    return _parts(case, event.originator_id, event.open)


def _open(recorded: Recorded, event: Any, _: Approvals) -> Iterator[Movement]:
    return _parts("open", event.originator_id, event.open)


def _parts(case: str, assessment: UUID, parts: Sequence[Part]) -> Iterator[Movement]:
    for part in parts:
        yield Movement(case, part.amount, Dimensions(assessment, part.line))


def _collected(recorded: Recorded, event: told.CollectedBy, _: Approvals) -> Iterator[Movement]:
    """What we collected ourselves, the transfer posts; an advance that came from elsewhere and is
    applied here moves within our own book.
    """
    stood = event.advance
    for part in event.parts:
        about = _held(event, part)
        if stood is not None:
            source = Dimensions(stood.assessment, stood.line, event.transfer)
            yield Movement(f"{part.kind} from advance", part.amount, about, source=source)
        elif event.collector != recorded.agency:
            yield Movement(part.kind, part.amount, about)


def _uncollected(recorded: Recorded, event: told.UncollectedBy, _: Approvals) -> Iterator[Movement]:
    if event.collector != recorded.agency and event.why != "applied":
        went = (" due" if event.still_due else "") + (" forwarded" if event.forwarded else "")
        for part in event.parts:
            state = "" if part.state == "collected" else f" {part.state}"
            yield Movement(part.kind + state + went, part.amount, _held(event, part))


def _banked(
    recorded: Recorded, event: told.Banked | told.Unbanked, _: Approvals
) -> Iterator[Movement]:
    for part in event.parts:
        about = Dimensions(event.originator_id, part.line, event.transfer)
        yield Movement(part.kind, part.amount, about)


def _split(
    recorded: Recorded, event: told.Allocated | told.Forfeited, _: Approvals
) -> Iterator[Movement]:
    for part in event.parts:
        about = Dimensions(event.originator_id, part.line)
        yield Movement("retained", part.retained, about)
        yield Movement("budget", part.amount - part.retained, about)


def _held(event: told.CollectedBy | told.UncollectedBy, part: Part | TakenPart) -> Dimensions:
    return Dimensions(event.originator_id, part.line, event.transfer)


READERS: Readers = {
    Assessment.Raised: _lines,
    Assessment.Increased: _increased,
    Assessment.Reduced: _open,
    Assessment.Waived: _open,
    Assessment.Cancelled: _open,
    Assessment.Superseded: _superseded,
    Assessment.CollectedBy: _collected,
    Assessment.UncollectedBy: _uncollected,
    Assessment.Banked: _banked,
    Assessment.Unbanked: _banked,
    Assessment.Allocated: _split,
    Assessment.Forfeited: _split,
}
