"""Closed periods: which days take no more entries, and what a rebuild must not change of them.

An entry that occurred on such a day counts in the next day that is open. It keeps its effective
day and is listed as late; a report of a closed period says for ever what it said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from feesvc.domain.aggregate import Aggregate, Recorded
from feesvc.domain.period import Period
from feesvc.projecting import Db
from feesvc_agency_ledger.days import occurred_on
from feesvc_agency_ledger.statements import statement

FOLLOWED: tuple[type[Aggregate.Event], ...] = (
    Period.ClosingBegun, Period.ClosingWithdrawn, Period.Closed, Period.Reopened,
)  # fmt: skip
DAY = timedelta(days=1)


class Closing(NamedTuple):
    """Days that take no more entries, both included, since a position of the log."""

    starts_on: date
    ends_on: date
    since: int
    closed: bool
    """Or still being closed."""


class Closings:
    """The closings of some agencies, by agency and period."""

    def __init__(self, held: Mapping[tuple[str, str], Closing]) -> None:
        self._held = dict(held)
        self.changed: dict[tuple[str, str], Closing | None] = {}
        self._spans: dict[str, list[tuple[date, date]]] = {}
        for agency, _ in self._held:
            self._span(agency)

    def counted_on(self, agency: str, day: date) -> date:
        """The day itself, or the next one that is open."""
        for starts_on, ends_on in self._spans.get(agency, ()):
            if starts_on <= day <= ends_on:
                day = ends_on + DAY
        return day

    def follow(self, recorded: Recorded) -> None:
        """What an event of a period changes; nothing, for any other event."""
        event = recorded.event
        if isinstance(event, FOLLOWED):
            key = (recorded.agency, event.name)  # type: ignore[attr-defined]
            closing: Closing | None = None
            if isinstance(event, Period.ClosingBegun):
                closing = Closing(event.first_day, event.last_day, recorded.position, False)
            elif isinstance(event, Period.Closed):
                closing = Closing(event.first_day, event.last_day, event.as_known_at, True)
            self._set(key, closing)

    def _set(self, key: tuple[str, str], closing: Closing | None) -> None:
        self._held.pop(key, None)
        if closing is not None:
            self._held[key] = closing
        self.changed[key] = closing
        self._span(key[0])

    def _span(self, agency: str) -> None:
        """By their first day: whoever is sent on by one meets the next."""
        self._spans[agency] = sorted(
            (held.starts_on, held.ends_on) for (own, _), held in self._held.items() if own == agency
        )


NONE = Closings({})


def load_closings(db: Db, batch: Sequence[Recorded]) -> Closings:
    """The closings that the entries of a batch may meet."""
    earliest = min(occurred_on(recorded) for recorded in batch)
    agencies = list({recorded.agency for recorded in batch})
    rows = db.execute(statement("closings"), [agencies, earliest])
    return Closings(
        {
            (row["agency"], row["name"]): Closing(
                row["starts_on"], row["ends_on"], row["since"], row["closed"]
            )
            for row in rows
        }
    )


def save_closings(db: Db, closings: Closings) -> None:
    for (agency, name), closing in closings.changed.items():
        db.execute(statement("drop_closing"), [agency, name])
        if closing is not None:
            db.execute(statement("add_closing"), [agency, name, *closing])


def closed_digests(db: Db) -> dict[str, str]:
    """By agency and period: SHA-256 over every posting that counts in it."""
    return {row["period"]: row["digest"] for row in db.execute(statement("closed_digests"))}
