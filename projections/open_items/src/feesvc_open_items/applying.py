"""Applying: movements as they came, and what is open of each item, gathered and added at once."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from feesvc.domain import case_events
from feesvc.projecting import Db, Recorded
from feesvc_open_items.reading import ENDING, OPENING, Moved, line_of, read
from feesvc_open_items.statements import statement


def apply(batch: Sequence[Recorded], db: Db) -> None:
    movements: list[tuple[object, ...]] = []
    items: dict[tuple[UUID, str], tuple[str, Moved]] = {}
    for recorded in batch:
        for number, one in enumerate(read(recorded)):
            movements.append((recorded.position, number, one.kind, one.id, one.amount))
            _, known = items.get((one.id, one.kind), ("", None))
            items[one.id, one.kind] = (recorded.agency, _gathered(known, one))
        _tell_lines(recorded, db)
    if movements:
        db.execute(statement("add_movements"), _columns(movements))
        rows = [(one.id, one.kind, agency, *one[2:]) for agency, one in items.values()]
        db.execute(statement("add_items"), _columns(rows))


def _tell_lines(recorded: Recorded, db: Db) -> None:
    event = recorded.event
    line = line_of(event) if isinstance(event, case_events.Opened) else None
    if line is not None:
        db.execute(statement("add_line"), {**line._asdict(), "agency": recorded.agency})
    at = {"case": event.originator_id, "position": recorded.position}
    if isinstance(event, OPENING):
        db.execute(statement("open_line"), at)
    elif isinstance(event, ENDING):
        db.execute(statement("end_line"), at)


def _gathered(known: Moved | None, one: Moved) -> Moved:
    """The earliest day and the first reason hold, in batches of any size."""
    if known is None:
        return one
    return known._replace(
        amount=known.amount + one.amount, since=min(known.since, one.since),
        reason=known.reason or one.reason,
    )  # fmt: skip


def _columns(rows: Sequence[tuple[object, ...]]) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)]
