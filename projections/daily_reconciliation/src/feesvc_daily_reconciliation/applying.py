"""Applying: items by what is first known of them, movements by COPY, cases about them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from feesvc.domain import case_events as cases
from feesvc.domain import transfer_events as transfers
from feesvc.domain.aggregate import Aggregate
from feesvc.domain.case import Case
from feesvc.projecting import Db, Recorded
from feesvc_daily_reconciliation.reading import READINGS, Moved, read
from feesvc_daily_reconciliation.statements import statement

FINDINGS: tuple[type[Aggregate.Event], ...] = (
    Case.Opened, Case.Reassessed, Case.Reopened, Case.Cleared, Case.Closed,
)  # fmt: skip
EVENTS: tuple[type[Aggregate.Event], ...] = (*READINGS, *FINDINGS)


def apply(batch: Sequence[Recorded], db: Db) -> None:
    lines = _lines(batch, db)
    moved = [
        (recorded, one)
        for recorded in batch
        if type(recorded.event) in READINGS
        for one in read(recorded, lines)
    ]
    _save_items(moved, db)
    _save_movements(moved, db)
    for recorded in batch:
        if isinstance(recorded.event, FINDINGS):
            _find(recorded, db)


def _lines(batch: Sequence[Recorded], db: Db) -> dict[tuple[UUID, str], UUID]:
    """Which refund a settlement line was of, for lines that are unsettled here."""
    new = {
        (r.event.batch_id, r.event.line): r.event.refund
        for r in batch
        if isinstance(r.event, transfers.RefundSettled)
    }
    if new:
        rows = [(batch_id, line, refund) for (batch_id, line), refund in new.items()]
        db.execute(statement("save_lines"), [list(column) for column in zip(*rows, strict=True)])
    undone = [
        r.event.batch_id
        for r in batch
        if isinstance(r.event, transfers.Unsettled) and r.event.kind == "refund"
    ]
    if not undone:
        return new
    found = db.execute(statement("lines"), [undone]).fetchall()
    return {(row["batch"], row["line"]): row["refund"] for row in found}


def _save_items(moved: Sequence[tuple[Recorded, Moved]], db: Db) -> None:
    """The earliest day holds, whichever side was heard of first."""
    items: dict[tuple[UUID, str], tuple[str, str, str]] = {}
    days: dict[tuple[UUID, str], date] = {}
    for recorded, one in moved:
        if one.currency:
            key = (one.id, one.kind)
            items.setdefault(key, (recorded.agency, one.currency, one.intermediary))
            days[key] = min(days.get(key, one.day), one.day)
    if items:
        rows = [(*key, *row, days[key]) for key, row in sorted(items.items())]
        db.execute(statement("save_items"), [list(column) for column in zip(*rows, strict=True)])


def _save_movements(moved: Sequence[tuple[Recorded, Moved]], db: Db) -> None:
    """Those of items alone: what the bank has of other transfers is not of this sheet."""
    if not moved:
        return
    rows: list[tuple[object, ...]] = []
    position = number = 0
    for recorded, one in moved:
        number = number + 1 if recorded.position == position else 0
        position = recorded.position
        rows.append((position, number, one.kind, one.id, *one[5:]))
    db.execute(statement("add_movements"), [list(column) for column in zip(*rows, strict=True)])


def _find(recorded: Recorded, db: Db) -> None:
    event = recorded.event
    if isinstance(event, cases.Opened):
        db.execute(
            statement("open_finding"),
            [event.originator_id, recorded.position, _explained(event), event.code],
        )
    elif isinstance(event, cases.Reopened):
        db.execute(statement("reopen_finding"), [recorded.position, event.originator_id])
    elif isinstance(event, cases.Reassessed):
        db.execute(statement("name_finding"), [event.code, event.originator_id])
    else:
        db.execute(statement("close_finding"), [recorded.position, event.originator_id])


def _explained(event: cases.Opened) -> UUID:
    """What the case is about; of a line that came near one thing of ours, that thing."""
    name, _, id = event.facts.get("candidates", "").partition(":")
    if event.subject.kind == "line" and name == "capture" and " " not in id:
        return UUID(id)
    return event.subject.id
