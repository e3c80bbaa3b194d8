"""Concluding: what a run found becomes events, and what it could not match becomes cases.

Every step may be done again: a line is booked once by its name in its batch, a bank line by its
reference, a case by what it is about. Whoever finds a run that was begun and not ended ends it.
"""

from __future__ import annotations

import inspect
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import date
from typing import Any
from uuid import UUID

import structlog

from feesvc.application import batches, concluding_bank, matching
from feesvc.application.house import House
from feesvc.application.line_cases import end_explained, tell_breaks
from feesvc.application.told_first import take_told_first
from feesvc.domain.aggregate import Refusal
from feesvc.domain.batch import Batch
from feesvc.intermediary import SettlementLine
from feesvc.money import Money
from feesvc.reconciling.matching import runs
from feesvc.reconciling.matching.runs import Run
from feesvc.reconciling.matching.scope import Leg
from feesvc.reconciling.matching.statements import statement
from feesvc.reconciling.rows import Cursor

BOOKED_AS_TOLD = ("S03", "S16")
"""Money that an intermediary settled and nobody knew of (P08x), and reserves that it keeps or gives
back (P08r, P08s): booked all the same; the process that follows the log tells of them."""
STANDS = ("booked", "suspense", "repeated")
REFUSED: Mapping[str, str] = {"held": "S08", "contradicts": "S05", "left": "S06"}
"""What a match is told as that could not be booked, because something else was meanwhile."""
MIXED, UNBOOKED = "S05", "S17"
"""What the lines of a batch are told as that nothing could be booked of: it has two currencies, or
what it says cannot be."""

NOTHING_SUCH = "Nothing on record is as the line says"

log = structlog.get_logger(__name__)


async def reconcile(
    house: House, agency: str, account: UUID, leg: Leg, as_of: date, *, principal: str, id: UUID
) -> Run:  # fmt: skip
    """Match what is open at the account and book what was found; ends a run left by another first.

    Raises ``RunUnderWay``, ``ProjectionBehind``.
    """
    if leg == "S":
        await take_told_first(house, account)
    async with house.rows.cursor() as db:
        begun = await runs.under_way(db, account, leg)
    if begun is not None and begun.id != id:
        await matching.run(
            house, begun.agency, account, leg, begun.as_of, principal=principal, id=begun.id
        )
        await conclude(house, begun.id, principal)
    await matching.run(house, agency, account, leg, as_of, principal=principal, id=id)
    return await conclude(house, id, principal)


@asynccontextmanager
async def settled(house: House, account: UUID, leg: Leg, principal: str) -> AsyncIterator[Cursor]:
    """Be alone at the account, with all booked that runs have found there.

    Raises ``RunUnderWay``, where somebody else does not come to an end.
    """
    async with AsyncExitStack() as alone:
        while True:
            async with house.rows.cursor() as db:
                begun = await runs.under_way(db, account, leg)
            if begun is not None and begun.result:
                await conclude(house, begun.id, principal)
            db = await alone.enter_async_context(house.rows.cursor())
            await alone.enter_async_context(runs.alone(db, account, leg, runs.PATIENCE))
            begun = await runs.under_way(db, account, leg)
            if begun is None or not begun.result:
                break
            await alone.aclose()
        yield db


async def conclude(house: House, run: UUID, principal: str) -> Run:
    """Book what the run found. A run that is concluded, or was dry, stays as it is.

    Raises ``RunUnderWay``; whoever comes next concludes it.
    """
    async with house.rows.cursor() as db:
        begun = await runs.run_of(db, run)
        if begun is None or begun.state != "under_way" or not begun.result:
            return await matching.see_run(house, run)
        async with runs.alone(db, begun.account, begun.leg, runs.PATIENCE):
            if begun.leg == "S":
                await settle(house, db, begun, principal)
            else:
                await concluding_bank.book(house, db, begun, principal)
            await tell_breaks(house, db, begun, principal)
            await end_explained(house, db, begun.agency, begun.account, principal)
            scope = await matching.scope_of(house, begun)
            await runs.conclude(db, run, await runs.numbers_of(db, scope))
    return await matching.see_run(house, run)


async def settle(house: House, db: Cursor, run: Run, principal: str) -> None:
    """Book the account's settlement lines that are matched, unknown or of their batch."""
    asked: dict[str, Any] = {"agency": run.agency, "account": run.account, "run": run.id}
    rows = await (await db.execute(statement("c_lines"), asked)).fetchall()
    of: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        of[row["statement"]].append(row)
    asked |= {"statements": list(of)}
    found = await db.execute(statement("c_statements"), asked)
    statements = await found.fetchall()
    left = [
        await _settle_or_leave(house, db, run, said, of.get(said["id"], []), principal)
        for said in statements
    ]
    for said, lines in zip(statements, left, strict=True):
        # What one batch carries may be said of the other in the same run.
        if lines and (lines := await _settle_or_leave(house, db, run, said, lines, principal)):
            await _leave(db, run, lines, UNBOOKED, NOTHING_SUCH)


async def _settle_or_leave(
    house: House, db: Cursor, run: Run, said: Mapping[str, Any], rows: Sequence[dict[str, Any]],
    principal: str,
) -> list[dict[str, Any]]:  # fmt: skip
    """``_settle_batch``; a batch that is refused stops none of those after it, and says why."""
    try:
        return await _settle_batch(house, db, run, said, rows, principal)
    except Refusal as why:
        code = MIXED if isinstance(why, batches.OneCurrency) else UNBOOKED
        await _leave(db, run, rows, code, f"{inspect.getdoc(why)}: {why}")
        return []


async def _settle_batch(
    house: House, db: Cursor, run: Run, said: Mapping[str, Any], rows: Sequence[dict[str, Any]],
    principal: str,
) -> list[dict[str, Any]]:  # fmt: skip
    """Gives the lines of the batch itself that nothing is booked of."""
    declared = batches.Declared(
        batch=said["identity"], currency=said["currency"], gross=said["gross"],
        commission=-said["commission"], tax=-said["tax"], net=said["net"], count=said["count"],
        settled_on=said["ends_on"], statement=said["id"],
    )  # fmt: skip
    await batches.declare_batch(house, run.account, declared, principal)
    lines = [_matched(row) for row in rows]
    settled = await batches.settle_lines(house, run.account, said["identity"], lines, principal)
    each = list(zip(rows, settled.states, strict=True))
    posted = [row["group_id"] for row, state in each if row["group_id"] and state in STANDS]
    own = [(row, state) for row, state in each if row["reason"] == "to_batch"]
    of_batch = [row["id"] for row, state in own if state in STANDS or row["kind"] == "payout"]
    async with db.connection.transaction():
        await db.execute(statement("c_posted"), {"groups": posted})
        for code in BOOKED_AS_TOLD:
            told = [
                row["id"] for row, state in each
                if not row["group_id"] and row["reason"] == code and state in STANDS
            ]  # fmt: skip
            await db.execute(statement("c_placed"), {"lines": told, "reason": code})
        await db.execute(statement("c_placed"), {"lines": of_batch, "reason": "of_batch"})
        for row, state in each:
            if row["group_id"] and state not in STANDS:
                refused = {"run": run.id, "group": row["group_id"], "code": REFUSED[state]}
                await db.execute(statement("c_unmatch"), refused)
    if said["net"] < 0:
        id = batches.batch_id(house, run.account, said["identity"])
        batch = await house.see(Batch, id, f"batch {id}")
        if batch.outstanding < 0:  # else it was paid before its file came
            await batches.carry_forward(house, id, principal)
    return [row for row, _ in own if row["id"] not in of_batch]


async def _leave(db: Cursor, run: Run, rows: Sequence[dict[str, Any]], code: str, why: str) -> None:
    """Nothing could be booked of these lines: they are open, and each says why in its case."""
    log.warning("lines.left", stream=run.id, agency=run.agency, count=len(rows), why=why)
    asked = {"run": run.id, "code": code, "why": why[:500]}
    async with db.connection.transaction():
        for row in rows:
            if row["group_id"]:
                await db.execute(statement("c_unmatch"), {**asked, "group": row["group_id"]})
        await db.execute(statement("c_refused"), {**asked, "lines": [row["id"] for row in rows]})


def _matched(row: Mapping[str, Any]) -> batches.MatchedLine:
    def money(name: str) -> Money:
        return Money(row[name], row["currency"])

    line = SettlementLine(
        kind=row["kind"], native_id=row["native_id"], transaction=row["told_transaction"],
        reference=row["told_reference"], gross=money("gross"), commission=money("commission"),
        tax=money("tax"), net=money("net"), at=row["occurred_at"], original=row["told_original"],
        settled_on=row["ends_on"], place=row["place"],
    )  # fmt: skip
    identity = "" if row["proved"] else row["identity"]
    return batches.MatchedLine(
        line=line, transfer=row["transfer"], refund=row["refund"], identity=identity,
        dispute=row["dispute"] or "",
    )  # fmt: skip
