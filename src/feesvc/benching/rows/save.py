"""save: one event appended and durable, on our store and on the library's stock recorder.

Ours carries a whole command (its id, fingerprint and verdict, checked for repeats) and has 64 in
flight in one process. The stock recorder writes the bare event, from 16 threads, the number at
which it is fastest. Both store the same bytes.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from uuid import uuid4

import psycopg
from eventsourcing.postgres import PostgresApplicationRecorder

from feesvc.benching.figures import Figure, Unequal, interleaved
from feesvc.benching.furnishing import AGENCY, assessment
from feesvc.benching.library import datastore
from feesvc.benching.pgbench import inserts_per_second
from feesvc.benching.stage import Stage
from feesvc.benching.statements import statement
from feesvc.domain.aggregate import Aggregate
from feesvc.domain.ids import Ids
from feesvc.embedded import Database
from feesvc.store import Command, Verdict
from feesvc.store.grouped import GroupedStore
from feesvc.store.mapper import LogMapper
from feesvc.store.memory import NAMESPACE

IN_FLIGHT, THREADS = 64, 16
OURS_EACH, STOCK_EACH, SECONDS = 8000, 1000, 3.0
AT = datetime(2026, 11, 20, 5, tzinfo=UTC)
_numbers = count()


def measure(stage: Stage) -> Sequence[Figure]:
    with stage.database() as ours, stage.bare_database() as other, _recorder(other) as recorder:
        with psycopg.connect(other.owner_url, autocommit=True) as connection:
            connection.execute(statement("plain_table"))
        size = len(LogMapper().to_stored_event(_event()).state)
        seconds = stage.sized(int(SECONDS), 1)
        rates = interleaved(
            stage.rounds,
            lambda: asyncio.run(_ours(ours, stage.sized(OURS_EACH, IN_FLIGHT))),
            lambda: _stock(recorder, stage.sized(STOCK_EACH, THREADS)),
            lambda: inserts_per_second(other.owner_url, IN_FLIGHT, seconds, size),
        )
    unit = "events/s"
    return (
        Figure(
            name="save", ours=rates[0], other=rates[1], unit=unit, bar=6,
            against="the stock recorder at 16 threads",
        ),
        Figure(
            name="save.inserts", ours=rates[0], other=rates[2], unit=unit, bar=1,
            against="pgbench: bare inserts of as many bytes, 64 clients",
        ),
    )  # fmt: skip


async def _ours(database: Database, events: int) -> float:
    """Events per second; raises ``Unequal`` unless the log grew by each of them."""
    store = await GroupedStore.open(database.url)
    commands = [
        Command(id=uuid4(), principal="bench", actor="bench", events=[(AGENCY, _event())])
        for _ in range(events)
    ]
    before, left = await store.head(), iter(commands)
    verdicts: Counter[Verdict] = Counter()

    async def append() -> None:
        for command in left:
            verdicts[(await store.append(command)).verdict] += 1

    begun = time.perf_counter()
    await asyncio.gather(*(append() for _ in range(IN_FLIGHT)))
    seconds = time.perf_counter() - begun
    if verdicts != {Verdict.RECORDED: events} or await store.head() != before + events:
        raise Unequal("some of our events were not recorded")
    await store.close()
    return events / seconds


def _stock(recorder: PostgresApplicationRecorder, events: int) -> float:
    mapper = LogMapper()
    made = [_event() for _ in range(events)]
    before = recorder.max_notification_id() or 0
    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(lambda _: recorder.max_notification_id(), range(THREADS)))
        begun = time.perf_counter()
        list(threads.map(lambda e: recorder.insert_events([mapper.to_stored_event(e)]), made))
        seconds = time.perf_counter() - begun
    if recorder.max_notification_id() != before + events:
        raise Unequal("some of the stock recorder's events were not recorded")
    return events / seconds


@contextmanager
def _recorder(database: Database) -> Iterator[PostgresApplicationRecorder]:
    with datastore(database, THREADS) as connections:
        recorder = PostgresApplicationRecorder(connections)
        recorder.create_table()
        yield recorder


def _event() -> Aggregate.Event:
    """The first event of a stream of its own."""
    return assessment(Ids(NAMESPACE), next(_numbers), AT).news[0]
