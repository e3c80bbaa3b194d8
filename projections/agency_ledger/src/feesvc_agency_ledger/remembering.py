"""What the ledger keeps of earlier events because later ones rest on it, in sets."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from feesvc.domain.agency import Agency
from feesvc.domain.assessment import Assessment
from feesvc.projecting import Db, Recorded
from feesvc_agency_ledger.movements import Approval, Taken
from feesvc_agency_ledger.rules import LATEST, InForce
from feesvc_agency_ledger.statements import copy_rows, statement


def load_rules(db: Db, position: int) -> InForce:
    """The rules in force; the latest version comes into force at ``position`` when it is new here.

    The very first version holds from the start of the log.
    """
    rows = db.execute(statement("rules_in_force")).fetchall()
    since = {row["version"]: row["since"] for row in rows}
    if LATEST not in since:
        since[LATEST] = position if since else 1
        db.execute(statement("add_rules"), [LATEST, since[LATEST]])
    return InForce(since)


def load_items(db: Db, assessments: Collection[UUID]) -> dict[tuple[UUID, int], str]:
    """The fee item of every line of these assessments."""
    if not assessments:
        return {}
    rows = db.execute(statement("fee_lines"), [list(assessments)], binary=True).fetchall()
    return {(row["assessment"], row["line"]): row["item"] for row in rows}


def load_approvals(db: Db, refunds: Collection[UUID]) -> dict[UUID, Approval]:
    """How these refunds are paid, and from what."""
    if not refunds:
        return {}
    rows = db.execute(statement("approvals"), [list(refunds)]).fetchall()
    return {row["refund"]: Approval(row["method"], _taken(row["taken"])) for row in rows}


def save_approvals(db: Db, approvals: Mapping[UUID, Approval]) -> None:
    if approvals:
        refunds = list(approvals)
        methods = [approval.method for approval in approvals.values()]
        taken = [json.dumps(approval.taken, default=str) for approval in approvals.values()]
        db.execute(statement("save_approvals"), [refunds, methods, taken])


def save_fee_lines(db: Db, raised: Sequence[Recorded]) -> None:
    """The lines of new assessments, and what their items are called now."""
    lines: list[tuple[object, ...]] = []
    items: dict[tuple[str, str], tuple[str, str, str]] = {}
    for recorded in raised:
        event = recorded.event
        assert isinstance(event, Assessment.Raised)
        for line in event.lines:
            key = (event.originator_id, line.number, line.item, event.dossier, event.notice)
            lines.append(key)
            items[recorded.agency, line.item] = (line.kind, line.name_vi, line.name_en)
    copy_rows(db, "copy_fee_lines", lines)
    if items:
        rows = [(*key, *names) for key, names in items.items()]
        db.execute(
            statement("save_fee_items"), [list(column) for column in zip(*rows, strict=True)]
        )


def save_units(db: Db, moved: Sequence[Recorded]) -> None:
    """Where agencies stand in the tree."""
    rows: list[tuple[object, ...]] = []
    for recorded in moved:
        event = recorded.event
        if isinstance(event, Agency.Registered):
            since = date.min  # as the agency has it: until it is moved, on whatever day
        else:
            assert isinstance(event, Agency.Moved)
            since = event.effective_on
        rows.append((recorded.agency, since, recorded.position, event.parent))
    copy_rows(db, "copy_units", rows)


def _taken(taken: Sequence[Sequence[Any]]) -> tuple[Taken, ...]:
    return tuple(
        Taken(UUID(transfer), UUID(payment) if payment else None, intermediary, amount)
        for transfer, payment, intermediary, amount in taken
    )
