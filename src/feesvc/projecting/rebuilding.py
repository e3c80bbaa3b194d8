"""Rebuilds a projection from the first event, beside the live one, and swaps the two at once."""

from __future__ import annotations

from collections.abc import Callable

from psycopg import Connection
from psycopg.rows import DictRow
from psycopg.sql import SQL, Identifier

from feesvc.projecting import ClosedPeriods, Projection, Remembering
from feesvc.projecting.installing import create, grant
from feesvc.projecting.runner import BATCH, Log, NotInstalled, connect
from feesvc.projecting.statements import statement


class ClosedPeriodChanged(Exception):
    """A rebuild would change what a closed period says. Nothing was swapped."""

    def __init__(self, projection: str, periods: list[str]) -> None:
        super().__init__(f"{projection}: closed periods would change: {', '.join(periods)}")
        self.periods = periods


def rebuild(
    owner_url: str, service_role: str, projection: Projection, log: Log,
    progress: Callable[[int, int], None] = lambda position, head: None,
) -> int:  # fmt: skip
    """Fill ``<name>__next`` from the log and swap it in; returns the position it has reached.

    Readers and the live runner go on until the swap, which is one transaction. ``progress`` is told
    the position reached and the log's head. Raises ``ClosedPeriodChanged``, ``NotInstalled``, and
    whatever an unreadable event raises; then the live tables are as they were.
    """
    coming = f"{projection.name}__next"
    with connect(owner_url, coming) as connection:
        connection.execute(statement("rebuild_lock"), [projection.name])
        _require_installed(connection, projection)
        connection.execute(statement("session"))
        _begin(connection, coming, projection)
        position = 0
        while (head := log.head()) > position:
            with connection.transaction():
                position = _apply(connection, projection, log, position, head)
            progress(position, head)
        with connection.transaction():
            return _swap(connection, service_role, projection, log, position)


def _begin(connection: Connection[DictRow], coming: str, projection: Projection) -> None:
    with connection.transaction():
        connection.execute(SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(Identifier(coming)))
        create(connection, coming, projection)
        copy_remembered(connection, projection, coming)


def copy_remembered(connection: Connection[DictRow], projection: Projection, to: str) -> None:
    """What the log alone cannot give back stands in the other schema as it stands here."""
    for table in projection.remembered if isinstance(projection, Remembering) else ():
        connection.execute(
            SQL("INSERT INTO {} SELECT * FROM {}").format(
                Identifier(to, table), Identifier(projection.name, table)
            )
        )


def _apply(
    connection: Connection[DictRow], projection: Projection, log: Log, position: int, head: int
) -> int:
    """One batch; ``head`` was read before it, so that a short batch reaches at least there."""
    batch = log.read(position, BATCH, [event.TOPIC for event in projection.events])
    if batch:
        with connection.cursor() as db:
            projection.apply(batch, db)
        if len(batch) == BATCH:
            return batch[-1].position
        head = max(head, batch[-1].position)
    return head


def _swap(
    connection: Connection[DictRow], service_role: str, projection: Projection, log: Log,
    position: int,
) -> int:  # fmt: skip
    """Hold the live runner off, finish what came meanwhile, compare, and change places."""
    _require_installed(connection, projection)
    while (head := log.head()) > position:
        position = _apply(connection, projection, log, position, head)
    live, coming, past = (
        Identifier(projection.name + suffix) for suffix in ("", "__next", "__past")
    )
    _refuse_changes(connection, projection)
    connection.execute(SQL("ALTER SCHEMA {} RENAME TO {}").format(live, past))
    connection.execute(SQL("ALTER SCHEMA {} RENAME TO {}").format(coming, live))
    connection.execute(SQL("DROP SCHEMA {} CASCADE").format(past))
    grant(connection, projection.name, service_role)
    connection.execute(statement("swapped"), [projection.version, position, projection.name])
    return position


def _require_installed(connection: Connection[DictRow], projection: Projection) -> None:
    """Inside a transaction this holds the live row, and so its runner, until the end."""
    if connection.execute(statement("lock"), [projection.name]).fetchone() is None:
        raise NotInstalled(f"{projection.name} is not installed")


def _refuse_changes(connection: Connection[DictRow], projection: Projection) -> None:
    if not isinstance(projection, ClosedPeriods):
        return
    with connection.cursor() as db:
        after = projection.closed_digests(db)
        db.execute(statement("search"), [projection.name])
        before = projection.closed_digests(db)
    changed = [period for period, digest in before.items() if after.get(period) != digest]
    if changed:
        raise ClosedPeriodChanged(projection.name, sorted(changed))
