"""Books of waiting money: what is banked of each line and not split, by the day the bank had it.

Plain rows, changed event by event. The projection loads those that a batch touches; a house in
memory holds them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta, timezone
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from feesvc.domain import assessment_events as told
from feesvc.domain.aggregate import Aggregate, Recorded
from feesvc.domain.assessment import Assessment

HANOI = timezone(timedelta(hours=7))
"""Asia/Ho_Chi_Minh, which keeps no summer time."""


class Line(NamedTuple):
    """A line of an assessment."""

    assessment: UUID
    number: int


@dataclass(slots=True)
class Waiting:
    """What waits of one line, in minor units, by the day the bank had it."""

    agency: str
    kind: str
    currency: str
    days: dict[date, int] = field(default_factory=dict)

    def come(self, day: date, amount: int) -> None:
        self.days[day] = self.days.get(day, 0) + amount

    def go(self, amount: int, *, latest: bool) -> None:
        """So much waits no more: of the earliest day first, or of the latest."""
        for day in sorted(self.days, reverse=latest):
            part = min(amount, self.days[day])
            amount -= part
            self.days[day] -= part
            if not self.days[day]:
                del self.days[day]

    def until(self, day: date) -> int:
        """What the bank had by that day."""
        return sum(amount for banked, amount in self.days.items() if banked <= day)


@dataclass(slots=True)
class Books:
    """The lines of which something waits, and those of which nothing does any more."""

    lines: dict[Line, Waiting] = field(default_factory=dict)

    def line(self, recorded: Recorded, part: Any) -> Waiting:
        key = Line(recorded.event.originator_id, part.line)
        if key not in self.lines:
            self.lines[key] = Waiting(recorded.agency, part.kind, part.amount.currency)
        return self.lines[key]

    def rows(self) -> Iterator[tuple[object, ...]]:
        for key, one in self.lines.items():
            for day, amount in one.days.items():
                yield (*key, day, one.agency, one.kind, one.currency, amount)


Reading: TypeAlias = Callable[[Books, Recorded, Any], None]


def _banked(books: Books, recorded: Recorded, event: told.Banked) -> None:
    day = event.occurred_at.astimezone(HANOI).date()
    for part in event.parts:
        books.line(recorded, part).come(day, part.amount.amount)


def _unbanked(books: Books, recorded: Recorded, event: told.Unbanked) -> None:
    for part in event.parts:
        books.line(recorded, part).go(part.amount.amount, latest=True)


def _split(books: Books, recorded: Recorded, event: told.Allocated | told.Forfeited) -> None:
    for part in event.parts:
        books.line(recorded, part).go(part.amount.amount, latest=False)


def _uncollected(books: Books, recorded: Recorded, event: told.UncollectedBy) -> None:
    for part in event.parts:
        if part.state == "banked":
            books.line(recorded, part).go(part.amount.amount, latest=True)


READINGS: Mapping[type[Aggregate.Event], Reading] = {
    Assessment.Banked: _banked,
    Assessment.Unbanked: _unbanked,
    Assessment.Allocated: _split,
    Assessment.Forfeited: _split,
    Assessment.UncollectedBy: _uncollected,
}
