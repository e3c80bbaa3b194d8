"""A small projection for tests of the runner: one row per event, and a count per agency."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import ClassVar

import psycopg
from fastapi import APIRouter

from feesvc.domain.aggregate import Aggregate, Recorded
from feesvc.domain.payment import Payment
from feesvc.embedded import Database
from feesvc.projecting import LOG, Db, OpenDb
from feesvc.projecting.digesting import Status, digest, statuses
from feesvc.projecting.runner import Runner, connect
from feesvc.store.following import LogReader
from feesvc.store.mapper import LogMapper
from feesvc.testing.recorded import NOON, recorded, some_id

SCHEMA = """
CREATE TABLE seen (position bigint PRIMARY KEY, stream uuid NOT NULL);
CREATE TABLE tally (agency text PRIMARY KEY, n bigint NOT NULL);
"""


class Tally:
    """Counts how payments ended. Applying an event twice, or not at all, shows."""

    name: ClassVar[str] = "tally"
    version: ClassVar[int] = 1
    events: ClassVar[tuple[type[Aggregate.Event], ...]] = (Payment.Ended,)
    schema: ClassVar[str] = SCHEMA

    def apply(self, batch: Sequence[Recorded], db: Db) -> None:
        for each in batch:
            db.execute(
                "INSERT INTO seen VALUES (%s, %s)", [each.position, each.event.originator_id]
            )
            db.execute(
                "INSERT INTO tally VALUES (%s, 1) "
                "ON CONFLICT (agency) DO UPDATE SET n = tally.n + 1",
                [each.agency],
            )

    def routes(self, open_db: OpenDb) -> APIRouter:
        return APIRouter()


class ClosedTally(Tally):
    """As ``Tally``, with one closed period: the agency G14, which a rebuild must not change."""

    def closed_digests(self, db: Db) -> Mapping[str, str]:
        row = db.execute("SELECT n FROM tally WHERE agency = 'G14'").fetchone()
        return {"G14": str(row["n"]) if row else ""}


def write_ends(owner_url: str, first: int, count: int, agency: str = "G14") -> None:
    """Put ``count`` payment.ended into the log by hand, of streams numbered from ``first``."""
    mapper = LogMapper()
    rows = []
    for number in range(first, first + count):
        event = recorded(
            Payment.Ended, agency, stream=some_id(f"payment {number}"), reason="expired",
            detail="", occurred_at=NOON,
        ).event  # fmt: skip
        stored = mapper.to_stored_event(event)
        rows.append((LOG, stored.originator_id, 1, agency, stored.topic, stored.form, stored.state))
    write_rows(owner_url, rows)


def write_rows(owner_url: str, rows: Sequence[tuple[object, ...]]) -> None:
    """Rows of the log (log, stream, version, agency, topic, form, state), written by hand."""
    with psycopg.connect(owner_url) as connection, connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO feesvc.event (log, stream, version, agency, topic, form, state, actor) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s, 'test')",
            rows,
        )


@contextmanager
def runner(
    database: Database, projection: Tally | None = None, batch: int = 1000
) -> Iterator[Runner]:
    """A runner with a log reader of its own."""
    projection = projection or Tally()
    with LogReader(database.url) as log, Runner(database.url, projection, log, batch) as following:
        yield following


def counted(database: Database) -> tuple[int, int]:
    """Rows seen, and the sum of the counts: equal to each other unless an event came twice."""
    with connect(database.url, "tally") as db:
        row = db.execute(
            "SELECT (SELECT count(*) FROM seen) AS seen, "
            "(SELECT coalesce(sum(n), 0)::int FROM tally) AS counted"
        ).fetchone()
        assert row
        return row["seen"], row["counted"]


def live_digest(database: Database) -> str:
    """What tells two states of the tables apart."""
    with connect(database.url, "tally") as db:
        return digest(db.cursor(), "tally")


def status(database: Database) -> Status:
    """How far it is; there must be no other projection."""
    with psycopg.connect(database.url) as connection:
        (found,) = statuses(connection)
        return found


def until(holds: Callable[[], bool], seconds: float = 15) -> None:
    """Wait for it, or fail after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "in time"
        time.sleep(0.05)
