"""Applying: what a batch of events changes of the cases, gathered and written in few statements."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from feesvc.domain import case_events as events
from feesvc.domain.aggregate import Aggregate
from feesvc.domain.case import Case
from feesvc.projecting import Db, Recorded
from feesvc_case_list.statements import statement


@dataclass
class Change:
    """What is new of one case; None where it is as it was."""

    code: str | None = None
    at_risk: int | None = None
    due_on: date | None = None
    state: str | None = None
    state_at: datetime | None = None
    assignee: UUID | None = None
    level: int | None = None
    resolution: str | None = None
    reason: str | None = None
    notes: int = 0

    def go_to(self, state: str, at: datetime) -> None:
        self.state, self.state_at = state, at


@dataclass
class Batch:
    """``states`` are those of cases that stand in the table already."""

    states: Mapping[UUID, str]
    opened: dict[UUID, Recorded] = field(default_factory=dict)
    changes: dict[UUID, Change] = field(default_factory=dict)

    def of(self, recorded: Recorded) -> Change:
        return self.changes.setdefault(recorded.event.originator_id, Change())

    def state_of(self, recorded: Recorded) -> str:
        id = recorded.event.originator_id
        return self.of(recorded).state or self.states.get(id, "open")


def apply(batch: Sequence[Recorded], db: Db) -> None:
    ids = list({recorded.event.originator_id for recorded in batch})
    rows = db.execute(statement("states_of"), [ids]).fetchall()
    gathered = Batch({row["id"]: row["state"] for row in rows})
    for recorded in batch:
        READINGS[type(recorded.event)](gathered, recorded, recorded.event)
    new = [_row(recorded, gathered.changes.pop(id)) for id, recorded in gathered.opened.items()]
    if new:
        with db.copy(statement("copy_cases")) as copy:
            for row in new:
                copy.write_row(row)
    if gathered.changes:
        changed = [(id, *vars(change).values()) for id, change in gathered.changes.items()]
        columns = [list(column) for column in zip(*changed, strict=True)]
        db.execute(statement("change_cases"), columns)


def _row(recorded: Recorded, change: Change) -> tuple[Any, ...]:
    opened = recorded.event
    assert isinstance(opened, events.Opened)
    at_risk = opened.at_risk.amount if change.at_risk is None else change.at_risk
    return (
        opened.originator_id, recorded.agency, recorded.position, change.code or opened.code,
        opened.subject.kind, opened.subject.id, opened.facts.get("intermediary", ""), at_risk,
        opened.at_risk.currency, opened.opened_by, opened.timestamp,
        change.due_on or opened.due_on,
        change.state or "open", change.state_at or opened.timestamp, change.assignee,
        change.level or 0, change.resolution or "", change.reason or "", change.notes,
    )  # fmt: skip


def _opened(batch: Batch, recorded: Recorded, event: events.Opened) -> None:
    batch.opened[event.originator_id] = recorded
    batch.of(recorded)


def _assigned(batch: Batch, recorded: Recorded, event: events.Assigned) -> None:
    change = batch.of(recorded)
    change.assignee = event.assignee
    if batch.state_of(recorded) == "open":
        change.go_to("assigned", event.timestamp)


def _resumed(batch: Batch, recorded: Recorded, event: events.Resumed) -> None:
    batch.of(recorded).go_to("investigating", event.timestamp)


def _inquired(batch: Batch, recorded: Recorded, event: events.Inquired) -> None:
    change = batch.of(recorded)
    change.due_on = event.due_on
    change.go_to("awaiting_counterparty", event.timestamp)


def _noted(batch: Batch, recorded: Recorded, event: events.Noted) -> None:
    batch.of(recorded).notes += 1


def _reassessed(batch: Batch, recorded: Recorded, event: events.Reassessed) -> None:
    change = batch.of(recorded)
    change.code, change.at_risk = event.code, event.at_risk.amount
    change.level, change.due_on = event.level, event.due_on


def _proposed(batch: Batch, recorded: Recorded, event: events.ResolutionProposed) -> None:
    change = batch.of(recorded)
    change.resolution, change.reason = event.resolution, event.reason
    change.go_to("resolution_proposed", event.timestamp)


def _approved(batch: Batch, recorded: Recorded, event: events.ResolutionApproved) -> None:
    batch.of(recorded).go_to("approved", event.timestamp)


def _cleared(batch: Batch, recorded: Recorded, event: events.Cleared) -> None:
    change = batch.of(recorded)
    change.reason = event.reason
    change.go_to("closed", event.timestamp)


def _closed(batch: Batch, recorded: Recorded, event: events.Closed) -> None:
    change = batch.of(recorded)
    change.resolution, change.reason = event.resolution, event.reason
    change.go_to("closed", event.timestamp)


def _reopened(batch: Batch, recorded: Recorded, event: events.Reopened) -> None:
    change = batch.of(recorded)
    change.due_on = event.due_on
    change.go_to("investigating", event.timestamp)


READINGS: Mapping[type[Aggregate.Event], Callable[[Batch, Recorded, Any], None]] = {
    Case.Opened: _opened,
    Case.Assigned: _assigned,
    Case.Resumed: _resumed,
    Case.Inquired: _inquired,
    Case.Noted: _noted,
    Case.Reassessed: _reassessed,
    Case.ResolutionProposed: _proposed,
    Case.ResolutionApproved: _approved,
    Case.Cleared: _cleared,
    Case.Closed: _closed,
    Case.Reopened: _reopened,
}
