"""What each event says of money for the budget, line by line. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from feesvc.domain import assessment_events as events
from feesvc.domain import transfer_adjustments as adjustments
from feesvc.domain.aggregate import Aggregate, Recorded
from feesvc.domain.assessment import Assessment
from feesvc.domain.transfer import Transfer

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


class Line(NamedTuple):
    """What a line of an assessment is. ``codes`` is a JSON object with sorted names."""

    kind: str
    item: str
    name_vi: str
    codes: str


NO_ITEM = Line("", "", "", "{}")
"""Of what lapsed, and what a remittance moves as a whole: it has codes, and no item."""
Lines: TypeAlias = Mapping[tuple[UUID, int], Line]


class Moved(NamedTuple):
    """Minor units; ``returned`` is positive."""

    line: Line
    currency: str
    day: date
    collected: int = 0
    returned: int = 0
    retained: int = 0
    budget: int = 0
    remitted: int = 0
    debited: int = 0
    confirmed: int = 0


def read(recorded: Recorded, lines: Lines) -> Iterator[Moved]:
    yield from READINGS[type(recorded.event)](recorded.event, lines)


def codes_of(codes: Mapping[str, str]) -> str:
    return json.dumps(dict(codes), sort_keys=True, ensure_ascii=False)


def lines_of(event: events.Raised) -> dict[tuple[UUID, int], Line]:
    return {
        (event.originator_id, one.number): Line(
            one.kind, one.item, one.name_vi, codes_of(one.budget)
        )
        for one in event.lines
    }


def day_of(event: Any) -> date:
    moment: datetime = getattr(event, "occurred_at", event.timestamp)
    return moment.astimezone(ZONE).date()


def _collected(event: events.CollectedBy, lines: Lines) -> Iterator[Moved]:
    for part in event.parts:
        yield _moved(event, part, lines, collected=part.amount.amount)


def _uncollected(event: events.UncollectedBy, lines: Lines) -> Iterator[Moved]:
    """Money that was split leaves the share that it stood in; the budget's claim stays (P11g)."""
    for part in event.parts:
        amount = part.amount.amount
        yield _moved(
            event, part, lines, returned=amount,
            retained=-amount if part.state == "retained" else 0,
            budget=-amount if part.state == "allocated" else 0,
        )  # fmt: skip


def _allocated(event: events.Allocated, lines: Lines) -> Iterator[Moved]:
    for part in event.parts:
        retained = part.retained.amount
        yield _moved(
            event, part, lines, retained=retained, budget=part.amount.amount - retained
        )  # fmt: skip


def _forfeited(event: events.Forfeited, lines: Lines) -> Iterator[Moved]:
    for part in event.parts:
        yield _moved(event, part, lines, budget=part.amount.amount)


def _remitted(event: events.Remitted, lines: Lines) -> Iterator[Moved]:
    for part in event.parts:
        yield _moved(event, part, lines, remitted=part.amount.amount - part.retained.amount)


def _undone(event: events.RemittanceUndone, lines: Lines) -> Iterator[Moved]:
    for part in event.parts:
        yield _moved(event, part, lines, remitted=part.retained.amount - part.amount.amount)


def _lapsed(event: adjustments.Lapsed, lines: Lines) -> Iterator[Moved]:
    for take in event.takes:
        line = NO_ITEM._replace(codes=codes_of(event.codes))
        yield Moved(line, take.amount.currency, day_of(event), budget=take.amount.amount)


def _lapse_remitted(
    event: adjustments.LapseRemitted | adjustments.LapseRemittanceUndone, lines: Lines
) -> Iterator[Moved]:
    sign = 1 if isinstance(event, adjustments.LapseRemitted) else -1
    for part in event.parts:
        line = NO_ITEM._replace(codes=codes_of(part.codes))
        amount = sign * part.amount.amount
        yield Moved(line, part.amount.currency, day_of(event), remitted=amount)


def _moved(event: Any, part: Any, lines: Lines, **sums: int) -> Moved:
    line = lines[event.originator_id, part.line]
    return Moved(line, part.amount.currency, day_of(event), **sums)


READINGS: Mapping[type[Aggregate.Event], Callable[[Any, Lines], Iterator[Moved]]] = {
    Assessment.CollectedBy: _collected,
    Assessment.UncollectedBy: _uncollected,
    Assessment.Allocated: _allocated,
    Assessment.Forfeited: _forfeited,
    Assessment.Remitted: _remitted,
    Assessment.RemittanceUndone: _undone,
    Transfer.Lapsed: _lapsed,
    Transfer.LapseRemitted: _lapse_remitted,
    Transfer.LapseRemittanceUndone: _lapse_remitted,
}
