"""project: events projected into the double-entry ledger, by our runner and by the library's.

Both drive the same installed projection. Ours hands it batches, with rows and position in one
transaction; the library's ProjectionRunner hands it one event at a time, with rows and tracking in
one transaction. Bare COPY of the rows that came of it says what the database could do.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack

from feesvc.benching.copying import copied_in, rows_of
from feesvc.benching.figures import Figure, Unequal, interleaved
from feesvc.benching.library import datastore
from feesvc.benching.library_projecting import prepare, run_library
from feesvc.benching.stage import Stage, ledger
from feesvc.benching.telling import Teller, fill_library, fill_log
from feesvc.embedded import Database
from feesvc.projecting import Projection
from feesvc.projecting.digesting import digest
from feesvc.projecting.runner import Runner, connect
from feesvc.store.following import LogReader

OURS_EACH, LIBRARY_EACH = 60_000, 1500
BATCH = 500
"""What the worker takes at a time, unless told otherwise."""


def measure(stage: Stage) -> Sequence[Figure]:
    projection = ledger()
    many, few = stage.sized(OURS_EACH, 500), stage.sized(LIBRARY_EACH, 100)
    with ExitStack() as stack:
        log, short = (stack.enter_context(stage.database()) for _ in range(2))
        fill_log(log.owner_url, Teller(many))
        fill_log(short.owner_url, Teller(few))
        other = _Other(stage, projection, few)
        _compare(stage, projection, short, other)
        sample = stack.enter_context(stage.database())
        _ours(sample, log, projection)
        rows = rows_of(sample, projection)
        rates = interleaved(
            stage.rounds,
            lambda: many / _fresh(stage, log, projection),
            lambda: few / other.run(),
            lambda: many / copied_in(stage, projection, rows),
        )
    unit = "events/s"
    return (
        Figure(
            name="project", ours=rates[0], other=rates[1], unit=unit, bar=30,
            against="the library's ProjectionRunner, the same projection",
        ),
        Figure(
            name="project.copy", ours=rates[0], other=rates[2], unit=unit, bar=0.5,
            against="COPY of the rows that came of it",
        ),
    )  # fmt: skip


class _Other:
    """The library's runner on its own tables; ``digest`` is of the ledger it wrote last."""

    def __init__(self, stage: Stage, projection: Projection, events: int) -> None:
        self._stage = stage
        self._projection = projection
        self._events = events
        self.digest = ""

    def run(self) -> float:
        """Seconds for all events, in a fresh database."""
        with self._stage.database() as database:
            with datastore(database) as connections:
                prepare(connections, database, self._projection)
            fill_library(database.owner_url, Teller(self._events))
            seconds = run_library(database, self._projection, Teller(self._events))
            self.digest = _digest(database, self._projection)
        return seconds


def _fresh(stage: Stage, log: Database, projection: Projection) -> float:
    with stage.database() as database:
        return _ours(database, log, projection)


def _ours(database: Database, log: Database, projection: Projection) -> float:
    """Seconds for the whole log into the tables of another database."""
    with (
        LogReader(log.url) as reader,
        Runner(database.url, projection, reader, BATCH) as runner,
    ):
        reader.head()
        runner.hold()
        begun = time.perf_counter()
        reached = runner.catch_up()
        seconds = time.perf_counter() - begun
        if reached != reader.head():
            raise Unequal(f"our runner stopped at {reached} of {reader.head()}")
    return seconds


def _compare(stage: Stage, projection: Projection, log: Database, other: _Other) -> None:
    """Raise ``Unequal`` unless both write the same ledger of the same events."""
    with stage.database() as database:
        _ours(database, log, projection)
        own = _digest(database, projection)
    other.run()
    if own != other.digest:
        raise Unequal("the two runners wrote different ledgers")


def _digest(database: Database, projection: Projection) -> str:
    with connect(database.owner_url, projection.name) as connection:
        return digest(connection.cursor(), projection.name)
