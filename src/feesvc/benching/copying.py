"""Copying: the rows of a projection out of one database, and into the empty tables of another."""

from __future__ import annotations

import time
from collections.abc import Mapping

from psycopg import Connection
from psycopg.rows import DictRow
from psycopg.sql import SQL, Identifier

from feesvc.benching.stage import Stage
from feesvc.benching.statements import statement
from feesvc.embedded import Database
from feesvc.projecting import Projection
from feesvc.projecting.runner import connect


def rows_of(database: Database, projection: Projection) -> Mapping[str, bytes]:
    """The rows of every table, as COPY writes them in binary."""
    with connect(database.owner_url, projection.name) as connection:
        tables = connection.execute(statement("tables_of"), [projection.name]).fetchall()
        return {row["relname"]: _out(connection, row["relname"]) for row in tables}


def copied_in(stage: Stage, projection: Projection, rows: Mapping[str, bytes]) -> float:
    """Seconds to copy all of them into a fresh database, with its indexes and triggers.

    A table that is not empty from its making on is left out: it holds a row or two.
    """
    with (
        stage.database() as database,
        connect(database.owner_url, projection.name) as connection,
    ):
        empty = [name for name in rows if _is_empty(connection, name)]
        begun = time.perf_counter()
        with connection.transaction():
            for name in empty:
                into = SQL("COPY {} FROM STDIN (FORMAT BINARY)").format(Identifier(name))
                with connection.cursor().copy(into) as copy:
                    copy.write(rows[name])
        return time.perf_counter() - begun


def _is_empty(connection: Connection[DictRow], name: str) -> bool:
    found = connection.execute(SQL("SELECT FROM {} LIMIT 1").format(Identifier(name)))
    return found.fetchone() is None


def _out(connection: Connection[DictRow], name: str) -> bytes:
    out = SQL("COPY {} TO STDOUT (FORMAT BINARY)").format(Identifier(name))
    with connection.cursor().copy(out) as copy:
        return b"".join(bytes(piece) for piece in copy)
