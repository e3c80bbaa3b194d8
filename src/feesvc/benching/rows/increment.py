"""increment: a day's settlement lines against a million captures in PostgreSQL, recorded.

Ours is a run's own transaction: every pass, the pairs, the lines' states, what is left over, both
hashes. The other one is the joins of both keys, their pairs recorded: in a table that outlives the
connection and refuses a line or a capture twice, for ours may not be less. ``increment.joins`` is
beside the joins alone, which two more processes of the server help with and whose pairs stand in a
temporary table without any key: what is recorded cannot be written so.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from importlib.resources import files
from typing import Any
from uuid import uuid4

import psycopg
from psycopg.rows import dict_row

from feesvc.benching.figures import Figure, Unequal, interleaved
from feesvc.benching.stage import Stage
from feesvc.domain.calendar import Calendar
from feesvc.domain.match_terms import MatchTerms
from feesvc.embedded import Database
from feesvc.reconciling.matching import runs, settlement_leg
from feesvc.reconciling.matching.scope import Scope
from feesvc.testing.said_and_captured import (
    ACCOUNT,
    AGENCY,
    NOON,
    Said,
    at_head,
    put_statement,
)

CAPTURES, LINES = 1_000_000, 32_000
HUNDRED = 100
_SQL = files("feesvc.benching").joinpath("sql")
_JOINS = _SQL.joinpath("bare_joins.sql").read_bytes()
_RECORDED = _SQL.joinpath("recorded_joins.sql").read_bytes()
_PLANT = _SQL.joinpath("plant_captures.sql").read_bytes()
UNMATCHED = 4
"""Of each hundred lines: two of another amount, one told again, one that nobody knows of."""


def measure(stage: Stage) -> Sequence[Figure]:
    captures = stage.sized(CAPTURES, 1000)
    lines = stage.sized(LINES, 100) // HUNDRED * HUNDRED
    with stage.database() as database:
        stage.say(f"writing {captures:,} captures and {lines:,} lines")
        with psycopg.connect(database.owner_url, autocommit=True) as db:
            db.execute(
                _PLANT, {"agency": AGENCY, "account": ACCOUNT, "at": NOON, "count": captures}
            )
            put_statement(db, "B-1", list(_lines(lines)))
            at_head(db)
            db.execute("VACUUM ANALYZE captures.capture")
            db.execute("VACUUM ANALYZE feesvc.told_line")
            db.execute("VACUUM ANALYZE feesvc.unmatched_line")
        times = interleaved(
            stage.rounds, lambda: asyncio.run(_ours(database, lines)),
            lambda: asyncio.run(_joined(database, lines, _RECORDED)),
            lambda: asyncio.run(_joined(database, lines, _JOINS)),
        )  # fmt: skip
    return (
        Figure(
            name="increment", ours=times[0], other=times[1], unit="s", bar=2, ceiling=True,
            against="the joins of both keys, their pairs recorded under both",
        ),
        Figure(
            name="increment.joins", ours=times[0], other=times[2], unit="s", bar=2, ceiling=True,
            against="the joins of both keys alone, their pairs in a bare temporary table",
        ),
    )  # fmt: skip


def _lines(count: int) -> Iterator[Said]:
    for n in range(count):
        kind = n % HUNDRED
        amount = 50_000 + n % 8 * 1_000 - (5 if kind in (1, 2) else 0)
        transaction = f"T{n - (kind == 3):012d}" if kind != 4 else f"NONE{n}"
        if kind == 3:
            amount = 50_000 + (n - 1) % 8 * 1_000 - 5
        yield Said(name=f"line {n}", transaction=transaction, amount=amount)


async def _ours(database: Database, lines: int) -> float:
    scope = Scope(
        run=uuid4(), agency=AGENCY, account=ACCOUNT, leg="S", as_of=NOON.date(), rules=0,
        terms=MatchTerms(), calendar=Calendar(),
    )  # fmt: skip
    async with await _connected(database) as connection, connection.cursor() as db:
        began = time.perf_counter()
        await runs.start(db, scope, NOON, "benchmark", dry=False)
        found = await settlement_leg.match(db, scope)
        await settlement_leg.record(db, scope, found)
        await runs.found(db, scope.run, found.hashes, {})
        pairs = await (await db.execute("SELECT count(*) AS pairs FROM pair")).fetchone()
        took = time.perf_counter() - began
        # Every round begins with open lines and without the dead rows of the one before, as the
        # other side does with its new table: what this one wrote is taken back, unmeasured.
        await connection.rollback()
        await connection.set_autocommit(True)
        await db.execute("VACUUM feesvc.match_pair, feesvc.match_break, feesvc.unmatched_line")
    expected = lines - lines * UNMATCHED // HUNDRED
    if pairs is None or pairs["pairs"] != expected:
        raise Unequal(f"{pairs} pairs, planted {expected}")
    return took


async def _joined(database: Database, lines: int, joins: bytes) -> float:
    async with await _connected(database) as connection, connection.cursor() as db:
        began = time.perf_counter()
        await db.execute(joins)
        took = time.perf_counter() - began
        while db.nextset():
            pass  # on to the statement that wrote the pairs
        found = db.rowcount
        await connection.rollback()
    if found < lines - lines * UNMATCHED // HUNDRED:
        raise Unequal(f"{found} pairs by the joins")
    return took


async def _connected(database: Database) -> psycopg.AsyncConnection[dict[str, Any]]:
    return await psycopg.AsyncConnection.connect(database.owner_url, row_factory=dict_row)
