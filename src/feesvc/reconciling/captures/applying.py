"""Applying: what a batch of events changes of the captures, read and written in few statements."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias
from uuid import UUID, uuid5

from feesvc.domain import transfer_events as transfers
from feesvc.domain.aggregate import Aggregate
from feesvc.domain.payment_list import PaymentList
from feesvc.domain.refund import Refund
from feesvc.domain.transfer import Transfer
from feesvc.domain.transfer_standing import RESTATED
from feesvc.projecting import Db, Recorded
from feesvc.reconciling.captures import awaiting
from feesvc.reconciling.captures.rows import Awaited, Batch, Capture, awaited_of, capture_of
from feesvc.reconciling.captures.statements import statement
from feesvc.reconciling.keys import key, keys

Reading: TypeAlias = Callable[[Batch, Recorded, Any], None]


def apply(batch: Sequence[Recorded], db: Db) -> None:
    ids = list({id for recorded in batch for id in _touched(recorded.event)})
    of = [
        recorded.event.originator_id for recorded in batch
        if isinstance(recorded.event, transfers.DisputeSettled | transfers.Unsettled)
    ]  # fmt: skip
    captures = map(capture_of, db.execute(statement("captures_of"), [ids, of]).fetchall())
    awaited = map(awaited_of, db.execute(statement("awaited_of"), [ids]).fetchall())
    rows = Batch({row.id: row for row in captures}, {row.id: row for row in awaited})
    for recorded in batch:
        READINGS[type(recorded.event)](rows, recorded, recorded.event)
    _write(db, "captures", rows.captures, rows.stood)
    _write(db, "awaited", rows.awaited, rows.stood)


def _write(db: Db, table: str, rows: Mapping[UUID, object], stood: frozenset[UUID]) -> None:
    if stood:
        db.execute(statement(f"drop_{table}"), [[id for id in rows if id in stood]])
    if rows:
        with db.copy(statement(f"copy_{table}")) as copy:
            for row in rows.values():
                copy.write_row(list(vars(row).values()))


def _touched(event: Aggregate.Event) -> Sequence[UUID]:
    """The rows that an event may change."""
    if isinstance(event, transfers.Disputed | transfers.DisputeWon):
        return dispute_id(event.originator_id, event.dispute), won_id(event)
    if isinstance(event, transfers.RefundSettled):
        return [event.refund]
    if isinstance(event, PaymentList.Drawn):
        return [entry.refund for entry in event.entries]
    if isinstance(event, Refund.Returned):
        return event.originator_id, returned_id(event)
    return [event.originator_id]


def dispute_id(transfer: UUID, dispute: str) -> UUID:
    """A dispute has no stream of its own: its name within its transfer is what it is."""
    return uuid5(transfer, f"dispute {dispute}")


def won_id(event: Any) -> UUID:
    return uuid5(dispute_id(event.originator_id, event.dispute), "won")


def returned_id(event: Refund.Returned) -> UUID:
    return uuid5(event.originator_id, f"returned {event.reference}")


def _received(batch: Batch, recorded: Recorded, event: transfers.Received) -> None:
    if event.origin.via == "intermediary":
        batch.captures[event.originator_id] = Capture(
            id=event.originator_id, agency=recorded.agency, account=event.origin.account,
            kind="payment", transfer=event.originator_id, transaction=key(event.origin.transaction),
            reference=key(event.reference), amount=event.amount.amount,
            currency=event.amount.currency, occurred_at=event.occurred_at, state="open",
            position=recorded.position,
        )  # fmt: skip


def _told_again(batch: Batch, recorded: Recorded, event: transfers.ToldAgain) -> None:
    row = batch.captures.get(event.originator_id)
    if row is not None:
        row.amount, row.occurred_at, row.state = event.amount.amount, event.occurred_at, "open"
        row.transaction, row.reference = key(event.origin.transaction), key(event.reference)


def _settled(batch: Batch, recorded: Recorded, event: transfers.Settled) -> None:
    batch.tell(event.originator_id, "settled")


def _refund_settled(batch: Batch, recorded: Recorded, event: transfers.RefundSettled) -> None:
    """A refund that came back into a batch is a row of its own, which only its line settles."""
    if event.net.amount < 0:
        batch.tell(event.refund, "settled")


def _reversed(batch: Batch, recorded: Recorded, event: transfers.Reversed) -> None:
    """What only a restated file had told is no capture, and no line is held against it."""
    batch.tell(event.originator_id, "reversed")
    row = batch.captures.get(event.originator_id)
    if row is not None and event.reason == RESTATED:
        row.transaction = row.reference = ""


def _disclaimed(batch: Batch, recorded: Recorded, event: transfers.Disclaimed) -> None:
    row = batch.captures.get(event.originator_id)
    if row is not None:
        row.amount -= sum(take.amount.amount for take in event.takes)
        row.state = row.state if row.amount else "ended"


def _disputed(batch: Batch, recorded: Recorded, event: transfers.Disputed) -> None:
    if event.origin.via == "intermediary":
        id = dispute_id(event.originator_id, event.dispute)
        batch.captures[id] = _of_transfer(recorded, event, id, "dispute", -event.amount.amount)


def _won(batch: Batch, recorded: Recorded, event: transfers.DisputeWon) -> None:
    if event.origin.via == "intermediary":
        id = won_id(event)
        row = _of_transfer(recorded, event, id, "dispute_reversal", event.amount.amount)
        batch.captures[id] = row


def _of_transfer(
    recorded: Recorded, event: transfers.Disputed | transfers.DisputeWon, id: UUID, kind: str,
    amount: int,
) -> Capture:  # fmt: skip
    return Capture(
        id=id, agency=recorded.agency, account=event.origin.account, kind=kind,
        transfer=event.originator_id, transaction=key(event.dispute),
        original=key(event.origin.transaction), amount=amount, currency=event.amount.currency,
        occurred_at=event.occurred_at, state="open", position=recorded.position,
    )  # fmt: skip


def _requested(batch: Batch, recorded: Recorded, event: Refund.Requested) -> None:
    """A line may tell of it once it was instructed; until then nobody should have paid it."""
    first = event.takes[0]
    if first.origin.via == "intermediary":
        batch.captures[event.originator_id] = Capture(
            id=event.originator_id, agency=recorded.agency, account=first.origin.account,
            kind="refund", transfer=first.transfer, refund=event.originator_id,
            original=key(first.origin.transaction), amount=-event.amount.amount,
            currency=event.amount.currency, occurred_at=event.timestamp, state="asked",
            position=recorded.position,
        )  # fmt: skip


def _instructed(batch: Batch, recorded: Recorded, event: Refund.Instructed) -> None:
    row = batch.captures.get(event.originator_id)
    if row is not None:
        through = event.method == "intermediary"
        row.state = "open" if through else "ended"
        row.reference, row.transaction = key(event.reference) if through else "", ""
        row.occurred_at = event.timestamp


def _accepted(batch: Batch, recorded: Recorded, event: Refund.Accepted | Refund.Paid) -> None:
    row = batch.captures.get(event.originator_id)
    if row is not None and row.state != "ended":
        row.transaction = key(event.handle) or row.transaction


def _paid(batch: Batch, recorded: Recorded, event: Refund.Paid) -> None:
    _accepted(batch, recorded, event)
    _debited(batch, event.originator_id, "done")


def _failed(batch: Batch, recorded: Recorded, event: Refund.Failed | Refund.Rejected) -> None:
    batch.tell(event.originator_id, "ended")
    _debited(batch, event.originator_id, "ended")


def _returned(batch: Batch, recorded: Recorded, event: Refund.Returned) -> None:
    """It comes back as a line of its own; that it had gone out stays for its own line to tell."""
    row = batch.captures.get(event.originator_id)
    if row is not None and row.state != "ended":
        id = returned_id(event)
        batch.captures[id] = Capture(
            id=id, agency=row.agency, account=row.account, kind="refund_reversal",
            transfer=row.transfer, refund=row.refund, transaction=row.transaction,
            reference=row.reference, original=row.original, amount=event.amount.amount,
            currency=row.currency, occurred_at=event.occurred_at, state="open",
            position=recorded.position,
        )  # fmt: skip


def _drawn(batch: Batch, recorded: Recorded, event: PaymentList.Drawn) -> None:
    for entry in event.entries:
        batch.awaited[entry.refund] = Awaited(
            id=entry.refund, agency=recorded.agency, account=event.account, kind="refund",
            keys=keys([entry.reference]), amount=-entry.amount.amount,
            currency=entry.amount.currency, on_day=event.execute_on, position=recorded.position,
        )  # fmt: skip


def _debited(batch: Batch, id: UUID, state: str) -> None:
    row = batch.awaited.get(id)
    if row is not None:
        row.state = state
        row.done = row.amount if state == "done" else 0


def _dispute_settled(batch: Batch, recorded: Recorded, event: transfers.DisputeSettled) -> None:
    if event.dispute:
        batch.tell(_of_dispute(event), "settled")
    else:
        _turn(batch, event, "dispute", "open", "settled")


def _of_dispute(event: transfers.DisputeSettled | transfers.Unsettled) -> UUID:
    return dispute_id(event.originator_id, event.dispute) if event.net.amount < 0 else won_id(event)


def _unsettled(batch: Batch, recorded: Recorded, event: transfers.Unsettled) -> None:
    if event.kind == "payment":
        batch.tell(event.originator_id, "open")
    elif event.dispute:
        batch.tell(_of_dispute(event), "open")
    elif event.refund and event.net.amount < 0:
        batch.tell(event.refund, "open")
    else:
        _turn(batch, event, event.kind, "settled", "open")


def _turn(
    batch: Batch, event: transfers.DisputeSettled | transfers.Unsettled, kind: str, was: str,
    state: str,
) -> None:  # fmt: skip
    """Of what a transfer has of this kind and direction the first one that was so."""
    kind = kind if event.net.amount < 0 else f"{kind}_reversal"
    rows = [
        row for row in batch.captures.values()
        if (row.transfer, row.kind, row.state) == (event.originator_id, kind, was)
    ]  # fmt: skip
    if rows:
        min(rows, key=lambda row: (row.position, str(row.id))).state = state


READINGS: Mapping[type[Aggregate.Event], Reading] = {
    **awaiting.READINGS,
    Transfer.Unsettled: _unsettled,
    Transfer.RefundSettled: _refund_settled,
    Transfer.DisputeSettled: _dispute_settled,
    Transfer.Received: _received,
    Transfer.ToldAgain: _told_again,
    Transfer.Settled: _settled,
    Transfer.Reversed: _reversed,
    Transfer.Disclaimed: _disclaimed,
    Transfer.Disputed: _disputed,
    Transfer.DisputeWon: _won,
    Refund.Requested: _requested,
    Refund.Rejected: _failed,
    Refund.Instructed: _instructed,
    Refund.Accepted: _accepted,
    Refund.Paid: _paid,
    Refund.Failed: _failed,
    Refund.Returned: _returned,
    PaymentList.Drawn: _drawn,
}
