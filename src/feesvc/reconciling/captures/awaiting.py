"""What banks are still to credit or debit: batches, and orders of remitting and forwarding."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeAlias
from uuid import UUID

from feesvc.domain import batch_events as batches
from feesvc.domain.aggregate import Aggregate, Recorded
from feesvc.domain.batch import Batch as SettlementBatch
from feesvc.domain.custody_move import CustodyMove
from feesvc.domain.forwarding import Forwarding
from feesvc.domain.remittance import Remittance
from feesvc.money import Money
from feesvc.reconciling.captures.rows import Awaited, Batch
from feesvc.reconciling.keys import keys

Reading: TypeAlias = Callable[[Batch, Recorded, Any], None]
SOME_ACCOUNT = UUID(int=0)
"""An order names the account by its number; which of the agency's it is, the bank's line tells."""
COMES = frozenset({"retained_back", "whole_from_retained", "whole_from_estimate"})
"""Moves between own accounts that are booked where the money comes."""


def _declared(batch: Batch, recorded: Recorded, event: batches.Declared) -> None:
    known = batch.awaited.get(event.originator_id)
    row = Awaited(
        id=event.originator_id, agency=recorded.agency, account=event.origin.account, kind="batch",
        keys=keys([event.origin.batch]), amount=event.net.amount,
        done=known.done if known else 0, currency=event.net.currency, on_day=event.settled_on,
        position=recorded.position,
    )  # fmt: skip
    batch.awaited[row.id] = row
    _close(row)


def _credited(batch: Batch, recorded: Recorded, event: batches.Credited) -> None:
    _came(batch, event.originator_id, event.amount.amount + event.short.amount, event.charge.amount)


def _uncredited(
    batch: Batch, recorded: Recorded, event: batches.CreditReversed | batches.CreditUndone
) -> None:
    left = event.amount.amount + event.short.amount
    _came(batch, event.originator_id, -left, -event.charge.amount)


def _carried_over(
    batch: Batch, recorded: Recorded, event: batches.CarriedOver | batches.PaidByUs
) -> None:
    _came(batch, event.originator_id, -event.amount.amount, 0)


def _to_budget(batch: Batch, recorded: Recorded, event: batches.ToBudget) -> None:
    _came(batch, event.originator_id, event.amount.amount, 0)


def _came(batch: Batch, id: UUID, amount: int, charge: int) -> None:
    row = batch.awaited.get(id)
    if row is not None:
        row.done += amount + charge
        _close(row)


def _close(row: Awaited) -> None:
    row.state = "done" if row.done == row.amount else "open"


def _drawn(batch: Batch, recorded: Recorded, event: Remittance.Drawn | Forwarding.Drawn) -> None:
    kind = "remittance" if isinstance(event, Remittance.Drawn) else "forwarding"
    paid = Money(-event.total.amount, event.total.currency)
    _ordered(batch, recorded, kind, event.reference, paid, event.execute_on)


def _requested(batch: Batch, recorded: Recorded, event: CustodyMove.Requested) -> None:
    sign = 1 if event.kind in COMES else -1
    amount = Money(sign * event.amount.amount, event.amount.currency)
    day = event.timestamp.date()
    _ordered(batch, recorded, "custody_move", event.reference, amount, day)


def _ordered(
    batch: Batch, recorded: Recorded, kind: str, reference: str, amount: Money, day: date
) -> None:
    id = recorded.event.originator_id
    batch.awaited[id] = Awaited(
        id=id, agency=recorded.agency, account=SOME_ACCOUNT, kind=kind, keys=keys([reference]),
        amount=amount.amount, currency=amount.currency, on_day=day, state="asked",
        position=recorded.position,
    )  # fmt: skip


def _approved(batch: Batch, recorded: Recorded, event: Remittance.Approved) -> None:
    """What set-offs leave of a remittance is what the bank is to pay."""
    row = batch.awaited.get(event.originator_id)
    if row is not None:
        row.amount, row.state = -event.amount.amount, "open"


def _to(state: str) -> Reading:
    def read(batch: Batch, recorded: Recorded, event: Aggregate.Event) -> None:
        row = batch.awaited.get(event.originator_id)
        if row is not None:
            row.state = state
            row.done = row.amount if state == "done" else 0

    return read


READINGS: Mapping[type[Aggregate.Event], Reading] = {
    SettlementBatch.Declared: _declared,
    SettlementBatch.Credited: _credited,
    SettlementBatch.CreditReversed: _uncredited,
    SettlementBatch.CreditUndone: _uncredited,
    SettlementBatch.CarriedOver: _carried_over,
    SettlementBatch.PaidByUs: _carried_over,
    SettlementBatch.ToBudget: _to_budget,
    Remittance.Drawn: _drawn,
    Remittance.Approved: _approved,
    Remittance.Rejected: _to("ended"),
    Remittance.Debited: _to("done"),
    Remittance.Returned: _to("ended"),
    Forwarding.Drawn: _drawn,
    Forwarding.Approved: _to("open"),
    Forwarding.Rejected: _to("ended"),
    Forwarding.Debited: _to("done"),
    Forwarding.Returned: _to("ended"),
    CustodyMove.Requested: _requested,
    CustodyMove.Approved: _to("open"),
    CustodyMove.Rejected: _to("ended"),
    CustodyMove.Booked: _to("done"),
}
