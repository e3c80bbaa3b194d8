"""Applying: what a batch of events changes of the waiting money, read and written in sets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from psycopg.types.json import Jsonb

from feesvc.domain.allocation import Allocation
from feesvc.domain.assessment import Assessment
from feesvc.projecting import Db, Recorded
from feesvc.reconciling.line_money.books import READINGS, Books, Line, Waiting
from feesvc.reconciling.line_money.statements import statement


def apply(batch: Sequence[Recorded], db: Db) -> None:
    moved = [r for r in batch if type(r.event) in READINGS]
    ids = list({r.event.originator_id for r in moved})
    books = _load(db, ids)
    for recorded in moved:
        READINGS[type(recorded.event)](books, recorded, recorded.event)
    if ids:
        db.execute(statement("drop_waiting"), [ids])
        _copy(db, "copy_waiting", books.rows())
    _copy(db, "copy_allocations", (_made(r) for r in batch if isinstance(r.event, Allocation.Made)))
    _copy(db, "copy_allocated", (row for r in batch for row in _parts(r)))


def _load(db: Db, assessments: list[UUID]) -> Books:
    books = Books()
    if assessments:
        for row in db.execute(statement("waiting_among"), [assessments]).fetchall():
            key = Line(row["assessment"], row["line"])
            new = Waiting(row["agency"], row["kind"], row["currency"])
            books.lines.setdefault(key, new).come(row["banked_on"], row["amount"])
    return books


def _copy(db: Db, name: str, rows: Iterable[tuple[object, ...]]) -> None:
    found = list(rows)
    if found:
        with db.copy(statement(name)) as copy:
            for row in found:
                copy.write_row(row)


def _made(recorded: Recorded) -> tuple[object, ...]:
    event = recorded.event
    assert isinstance(event, Allocation.Made)
    totals = [
        {
            "codes": dict(one.codes), "amount": one.amount.amount,
            "retained": one.retained.amount, "currency": one.amount.currency, "lines": one.lines,
        }
        for one in event.totals
    ]  # fmt: skip
    return (
        event.originator_id, recorded.agency, recorded.position, event.until, event.timestamp,
        event.maker, Jsonb(totals),
    )  # fmt: skip


def _parts(recorded: Recorded) -> Iterable[tuple[object, ...]]:
    event = recorded.event
    if isinstance(event, Assessment.Allocated):
        for part in event.parts:
            yield (
                event.allocation, event.originator_id, part.line, part.amount.currency,
                part.amount.amount, part.retained.amount,
            )  # fmt: skip
