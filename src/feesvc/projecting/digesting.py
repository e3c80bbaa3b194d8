"""A digest of all rows of a schema, and where each projection is: for operators to compare."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from psycopg import Connection
from psycopg.sql import SQL, Identifier

from feesvc.projecting import LOG, Db
from feesvc.projecting.statements import statement


@dataclass(frozen=True, slots=True)
class Status:
    """How far a projection is. ``lag`` counts events of the log that it has not passed."""

    name: str
    version: int
    position: int
    lag: int
    updated_at: datetime
    stopped: str
    """Why it stopped and where, or empty."""


def digest(db: Db, schema: str) -> str:
    """SHA-256 over every row of every table of a schema, tables and rows in a fixed order.

    Equal digests mean equal rows, whatever batches wrote them and in which order.
    """
    hashed = sha256()
    db.execute(statement("plain_texts"))
    tables = db.execute(statement("tables"), [schema]).fetchall()
    for table in [row["relname"] for row in tables]:
        hashed.update(f"\n{table}\n".encode())
        rows = SQL('COPY (SELECT r::text FROM {} r ORDER BY r::text COLLATE "C") TO STDOUT')
        with db.copy(rows.format(Identifier(schema, table))) as copy:
            for row in copy:
                hashed.update(row)
    return hashed.hexdigest()


def statuses(connection: Connection[Any], log: str = LOG) -> list[Status]:
    """Every installed projection, by name."""
    with connection.cursor() as db:
        rows = db.execute(statement("statuses"), [log]).fetchall()
    return [Status(*(row.values() if isinstance(row, dict) else row)) for row in rows]


def lag(connection: Connection[Any], projection: str, log: str = LOG) -> int:
    """Events that a projection has not passed; raises ``LookupError`` when it is not installed."""
    for status in statuses(connection, log):
        if status.name == projection:
            return status.lag
    raise LookupError(projection)
