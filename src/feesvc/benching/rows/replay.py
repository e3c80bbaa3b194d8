"""replay: every event of a large log decoded, by us and by the library's JSON mapper.

The same events stand in both tables, each in its side's own form. The library reads pages of 500
notifications through its recorder; so do we, through the reader that followers use.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from itertools import chain
from uuid import UUID

from eventsourcing.domain import DomainEventProtocol
from eventsourcing.postgres import PostgresApplicationRecorder

from feesvc.benching.figures import Figure, Unequal, interleaved
from feesvc.benching.library import JsonMapper, datastore
from feesvc.benching.stage import Stage
from feesvc.benching.telling import Teller, fill_library, fill_log
from feesvc.domain.aggregate import Aggregate, Recorded
from feesvc.embedded import Database
from feesvc.store.following import LogReader
from feesvc.store.forms import form_of
from feesvc.store.mapper import Row

EVENTS, PAGE = 1_000_000, 500
OPENED = 1
"""The first position is the log's own event."""
COMPARED = 20_000
"""So many events are compared one by one; of the others the number is."""


def measure(stage: Stage) -> Sequence[Figure]:
    events = stage.sized(EVENTS, 1000)
    with stage.database() as ours, stage.bare_database() as other, datastore(other) as connections:
        recorder = PostgresApplicationRecorder(connections)
        recorder.create_table()
        stage.say(f"writing {events:,} events, twice")
        fill_log(ours.owner_url, Teller(events))
        fill_library(other.owner_url, Teller(events))
        _compare(ours, recorder)
        stage.say("reading them")
        rates = interleaved(
            stage.rounds,
            lambda: _rate(events, _our_pages(ours)),
            lambda: _rate(events, _library_pages(recorder)),
            lambda: _rate(events, _row_pages(ours)),
        )
    unit = "events/s"
    return (
        Figure(
            name="replay", ours=rates[0], other=rates[1], unit=unit, bar=3,
            against="the library's JSON mapper, pages of 500",
        ),
        Figure(
            name="replay.rows", ours=rates[0], other=rates[2], unit=unit, bar=1,
            against="the same rows read in binary and not decoded",
        ),
    )  # fmt: skip


def _rate(events: int, pages: Iterator[Sequence[object]]) -> float:
    begun = time.perf_counter()
    count = sum(map(len, pages))
    seconds = time.perf_counter() - begun
    if count != events:
        raise Unequal(f"{count} of {events} events were read")
    return events / seconds


def _our_pages(database: Database) -> Iterator[Sequence[Recorded]]:
    with LogReader(database.url) as reader:
        yield from reader.pages(OPENED, PAGE)


def _library_pages(
    recorder: PostgresApplicationRecorder,
) -> Iterator[Sequence[DomainEventProtocol[UUID]]]:
    mapper, after = JsonMapper(), 0
    while page := recorder.select_notifications(after, PAGE, inclusive_of_start=False):
        yield [mapper.to_domain_event(notification) for notification in page]
        after = page[-1].id


def _row_pages(database: Database) -> Iterator[Sequence[Row]]:
    with LogReader(database.url) as reader:
        after = OPENED
        while page := reader.rows(after, PAGE):
            yield page
            after = page[-1][0]


def _compare(database: Database, recorder: PostgresApplicationRecorder) -> None:
    """Raise ``Unequal`` unless both sides read the same events."""
    ours = (recorded.event for page in _our_pages(database) for recorded in page)
    theirs = chain.from_iterable(_library_pages(recorder))
    for number, (our, their) in enumerate(zip(ours, theirs, strict=False)):
        if number == COMPARED:
            return
        assert isinstance(their, Aggregate.Event)
        form = form_of(type(our))
        same = type(our) is type(their) and our.originator_id == their.originator_id
        if not same or form.write(our) != form.write(their):
            raise Unequal(f"event {number} is not the same: {our} and {their}")
