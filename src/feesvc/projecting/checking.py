"""Checking: the log replayed beside the live tables, and all rows of both held together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from psycopg import Connection
from psycopg.rows import DictRow
from psycopg.sql import SQL, Composed, Identifier

from feesvc.projecting import Projection
from feesvc.projecting.installing import create
from feesvc.projecting.rebuilding import copy_remembered
from feesvc.projecting.runner import BATCH, Log, NotInstalled, connect
from feesvc.projecting.statements import statement


@dataclass(frozen=True, slots=True)
class Drift:
    """A table whose live rows are not what the log says. ``agencies`` are those whose rows differ,
    empty where the table does not say whose a row is.
    """

    table: str
    agencies: tuple[str, ...]


def check(
    owner_url: str, projection: Projection, log: Log,
    progress: Callable[[int, int], None] = lambda position, head: None,
) -> list[Drift]:  # fmt: skip
    """Replay the log into ``<name>__check`` up to where the live tables are, and compare all rows.

    Readers go on all the time; the live runner waits for the last part and the comparison. Nothing
    is changed. Raises ``NotInstalled``, and whatever an unreadable event raises.
    """
    beside = f"{projection.name}__check"
    with connect(owner_url, beside) as connection:
        connection.execute(statement("rebuild_lock"), [projection.name])
        connection.execute(statement("session"))
        try:
            with connection.transaction():
                _drop(connection, beside)
                create(connection, beside, projection)
                copy_remembered(connection, projection, beside)
            position, reached = 0, _reached(connection, projection)
            while position < reached:
                with connection.transaction():
                    position = _apply(connection, projection, log, position, reached)
                progress(position, reached)
            with connection.transaction():
                reached = _reached(connection, projection)  # and there it stays until the end
                while position < reached:
                    position = _apply(connection, projection, log, position, reached)
                return _drifts(connection, projection.name, beside)
        finally:
            _drop(connection, beside)


def _drop(connection: Connection[DictRow], schema: str) -> None:
    connection.execute(SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(Identifier(schema)))


def _reached(connection: Connection[DictRow], projection: Projection) -> int:
    """Where the live tables are; inside a transaction this holds their runner off."""
    live = connection.execute(statement("lock"), [projection.name]).fetchone()
    if live is None:
        raise NotInstalled(f"{projection.name} is not installed")
    return int(live["position"])


def _apply(
    connection: Connection[DictRow], projection: Projection, log: Log, position: int, until: int
) -> int:
    """One batch of what is recorded up to a position, and no further."""
    read = log.read(position, BATCH, [event.TOPIC for event in projection.events])
    batch = [recorded for recorded in read if recorded.position <= until]
    if batch:
        with connection.cursor() as db:
            projection.apply(batch, db)
    full = len(read) == BATCH and len(batch) == len(read)
    return batch[-1].position if full else until


def _drifts(connection: Connection[DictRow], live: str, beside: str) -> list[Drift]:
    connection.execute(statement("plain_texts"))
    found = []
    tables = connection.execute(statement("tables"), [live]).fetchall()
    for table in [str(row["relname"]) for row in tables]:
        columns = connection.execute(statement("columns"), [live, table]).fetchall()
        whose = any(row["attname"] == "agency" for row in columns)
        rows = connection.execute(_differing(live, beside, table, whose=whose)).fetchall()
        if rows:
            found.append(Drift(table, tuple(sorted(row["agency"] for row in rows if whose))))
    return found


def _differing(live: str, beside: str, table: str, *, whose: bool) -> Composed:
    """Whose rows stand in one schema and not, or not as often, in the other."""
    agency = SQL("r.agency::text") if whose else SQL("''")
    sides = [
        SQL("SELECT {} AS agency, r::text AS said FROM {} r").format(agency, Identifier(one, table))
        for one in (live, beside)
    ]
    either = SQL("({a} EXCEPT ALL {b}) UNION ALL ({b} EXCEPT ALL {a})").format(
        a=sides[0], b=sides[1]
    )
    return SQL("SELECT DISTINCT agency FROM ({}) AS differing").format(either)
