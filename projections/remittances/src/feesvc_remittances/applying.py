"""Applying: lines and movements by sets, remittances one by one: there are few."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from feesvc.domain import assessment_events as events
from feesvc.domain.aggregate import Aggregate, Recorded
from feesvc.domain.assessment import Assessment
from feesvc.domain.remittance import Remittance
from feesvc.projecting import Db
from feesvc_remittances.reading import (
    NO_ITEM,
    READINGS,
    Line,
    Lines,
    Moved,
    codes_of,
    day_of,
    lines_of,
    read,
)
from feesvc_remittances.statements import statement

STATES: dict[type[Aggregate.Event], str] = {
    Remittance.Approved: "approved",
    Remittance.Rejected: "rejected",
    Remittance.Debited: "debited",
    Remittance.Confirmed: "confirmed",
    Remittance.Returned: "returned",
}
EVENTS: tuple[type[Aggregate.Event], ...] = (
    Assessment.Raised, *READINGS, Remittance.Drawn, *STATES,
)  # fmt: skip


def apply(batch: Sequence[Recorded], db: Db) -> None:
    lines = _lines(batch, db)
    moved: list[tuple[Recorded, Moved]] = []
    for recorded in batch:
        event: Any = recorded.event
        if type(event) in READINGS:
            moved += ((recorded, one) for one in read(recorded, lines))
        elif isinstance(event, Remittance.Drawn):
            _draw(recorded, event, db)
        elif type(event) in STATES:
            moved += ((recorded, one) for one in _follow(event, db))
    if moved:
        db.execute(statement("add_movements"), _columns(list(_rows(moved))))


def _lines(batch: Sequence[Recorded], db: Db) -> Lines:
    new: dict[tuple[UUID, int], Line] = {}
    for recorded in batch:
        if isinstance(recorded.event, events.Raised):
            new |= lines_of(recorded.event)
    if new:
        rows = [(assessment, number, *line) for (assessment, number), line in new.items()]
        db.execute(statement("save_lines"), _columns(rows))
    wanted = {
        recorded.event.originator_id for recorded in batch if type(recorded.event) in READINGS
    } - {assessment for assessment, _ in new}
    if wanted:
        for row in db.execute(statement("lines"), [list(wanted)]):
            line = Line(row["kind"], row["item"], row["name_vi"], row["codes"])
            new[row["assessment"], row["line"]] = line
    return new


def _rows(moved: Sequence[tuple[Recorded, Moved]]) -> Iterator[tuple[object, ...]]:
    position = number = 0
    for recorded, one in moved:
        number = number + 1 if recorded.position == position else 0
        position = recorded.position
        yield position, number, recorded.agency, one.currency, one.day, *one.line, *one[3:]


def _draw(recorded: Recorded, event: Any, db: Db) -> None:
    entries = [{"codes": dict(one.codes), "amount": one.amount.amount} for one in event.entries]
    set_off = sum(one.amount.amount for one in event.set_off)
    db.execute(
        statement("draw"),
        [
            event.originator_id, recorded.agency, event.total.currency, recorded.position,
            event.reference, event.total.amount, set_off, event.execute_on, json.dumps(entries),
            day_of(event),
        ],
    )  # fmt: skip


def _follow(event: Any, db: Db) -> Iterator[Moved]:
    """A remittance's next state, and what its debit, return or confirmation moves by codes."""
    day = day_of(event)
    proof = getattr(event, "number", "")
    change = [STATES[type(event)], day, proof, proof, getattr(event, "agrees", None)]
    db.execute(statement("change"), [*change, event.originator_id])
    if isinstance(event, Remittance.Debited | Remittance.Returned):
        drawn = db.execute(statement("drawn"), [event.originator_id]).fetchone()
        assert drawn is not None
        sign = 1 if isinstance(event, Remittance.Debited) else -1
        for entry in drawn["entries"]:
            line = NO_ITEM._replace(codes=codes_of(entry["codes"]))
            yield Moved(line, drawn["currency"], day, debited=sign * entry["amount"])
    elif isinstance(event, Remittance.Confirmed):
        for told in event.lines:
            line = NO_ITEM._replace(codes=codes_of(told.codes))
            yield Moved(line, told.amount.currency, day, confirmed=told.amount.amount)


def _columns(rows: Sequence[tuple[object, ...]]) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)]
