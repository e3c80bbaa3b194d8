"""Runs as rows: started, taken up again, ended; and the lock by which one at a time is at work."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from feesvc.domain.aggregate import Refusal
from feesvc.reconciling.matching.scope import Hashes, Leg, Scope
from feesvc.reconciling.matching.statements import statement
from feesvc.reconciling.rows import Cursor

PATIENCE = 10.0
"""Seconds to wait for others at an account, for whoever cannot leave it as it is."""
AGAIN = 0.05
"""Seconds until somebody who waits to be alone asks again."""


class RunUnderWay(Refusal):
    """Another run is at this account now"""


class ProjectionBehind(Refusal):
    """What lines may match is not up to date yet; ask again"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disposed:
    """How many lines, and what they add up to, in one currency."""

    disposition: str
    currency: str
    lines: int
    net: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run as it stands. ``numbers`` are the account's lines up to the day."""

    id: UUID
    agency: str
    account: UUID
    leg: Leg
    started_at: datetime
    started_by: str
    as_of: date
    rules: int
    calendar: str
    log_position: int
    inputs: str
    result: str
    state: str
    groups: int
    proposals: int
    breaks: Mapping[str, int]
    numbers: Mapping[str, Any]

    @property
    def complete(self) -> bool:
        """Whether lines and sums by disposition are those that the statements declare."""
        return bool(self.numbers) and self.numbers["dispositions"] == self.numbers["declared"]


@asynccontextmanager
async def alone(
    db: Cursor, account: UUID, leg: Leg, patience: float = 0
) -> AsyncIterator[None]:  # fmt: skip
    """Be alone at this account, as nobody else's connection is; whoever is already stays so.

    ``patience``: for how many seconds to ask again. Raises ``RunUnderWay``.
    """
    asked = {"account": str(account), "leg": leg}
    until = time.monotonic() + patience
    while not (await _one(db, "lock", asked))["held"]:
        if time.monotonic() >= until:
            raise RunUnderWay(str(account))
        await asyncio.sleep(AGAIN)
    try:
        yield
    finally:
        await db.execute(statement("unlock"), asked)


async def head(db: Cursor) -> int:
    """The position of the last event that is recorded now."""
    return int((await _one(db, "head", {}))["position"])


async def behind(db: Cursor, head: int) -> bool:
    """Whether the captures have not reached that position of the log."""
    return bool((await _one(db, "behind", {"head": head}))["behind"])


async def start(db: Cursor, scope: Scope, at: datetime, principal: str, dry: bool) -> None:
    await db.execute(statement("start_run"), {
        "id": scope.run, "agency": scope.agency, "account": scope.account, "leg": scope.leg,
        "at": at, "by": principal, "as_of": scope.as_of, "rules": scope.rules,
        "calendar": scope.calendar.version, "state": "dry" if dry else "under_way",
    })  # fmt: skip


async def found(db: Cursor, run: UUID, hashes: Hashes, numbers: Mapping[str, Any]) -> None:
    await db.execute(statement("run_found"), {
        "id": run, "inputs": hashes.inputs, "result": hashes.result, "numbers": json.dumps(numbers),
    })  # fmt: skip


async def conclude(db: Cursor, run: UUID, numbers: Mapping[str, Any]) -> None:
    await db.execute(statement("run_concluded"), {"id": run, "numbers": json.dumps(numbers)})


async def under_way(db: Cursor, account: UUID, leg: Leg) -> Run | None:
    """A run that was begun and not ended: whoever comes next takes it up again."""
    return await _run(db, "run_under_way", {"account": account, "leg": leg})


async def run_of(db: Cursor, id: UUID) -> Run | None:
    return await _run(db, "run", {"id": id})


async def runs_of(
    db: Cursor, agency: str, before: tuple[datetime, UUID] | None, limit: int
) -> Sequence[Run]:  # fmt: skip
    """The agency's runs, newest first."""
    at, id = before or (None, None)
    asked = {"agency": agency, "at": at, "id": id, "rows": limit}
    rows = await (await db.execute(statement("runs"), asked)).fetchall()
    return [Run(**row) for row in rows]


async def all_under_way(db: Cursor) -> Sequence[tuple[str, UUID, Leg]]:
    """Agency, account and leg of each run that somebody began and did not end."""
    rows = await (await db.execute(statement("all_under_way"))).fetchall()
    return [(row["agency"], row["account"], row["leg"]) for row in rows]


async def numbers_of(db: Cursor, scope: Scope) -> dict[str, Any]:
    """Lines and sums by disposition, and as the statements declare them (completeness 1 and 2)."""
    asked = {"account": scope.account, "leg": scope.leg, "as_of": scope.as_of}
    rows = await (await db.execute(statement("numbers"), asked)).fetchall()
    declared = await (await db.execute(statement("declared"), asked)).fetchall()
    sums: dict[str, dict[str, int]] = {}
    for row in rows:
        told = sums.setdefault(row["currency"], {"lines": 0, "net": 0})
        told["lines"] += row["lines"]
        told["net"] += row["net"]
    return {
        "by_disposition": rows,
        "dispositions": sums,
        "declared": {
            row["currency"]: {"lines": row["lines"], "net": row["net"]} for row in declared
        },
    }


async def _run(db: Cursor, name: str, asked: Mapping[str, Any]) -> Run | None:
    row = await (await db.execute(statement(name), asked)).fetchone()
    return None if row is None else Run(**row)


async def _one(db: Cursor, name: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    row = await (await db.execute(statement(name), asked)).fetchone()
    assert row is not None
    return row
