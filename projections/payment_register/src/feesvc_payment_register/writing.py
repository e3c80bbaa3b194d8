"""Writing a batch: new rows by COPY, changes by one statement per table, states at the end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from feesvc.projecting import Db
from feesvc_payment_register.batch import Batch, TransferChange
from feesvc_payment_register.statements import statement

AMOUNT = 4
"""Of a refund's row."""


def write(batch: Batch, db: Db) -> None:
    """A handful of statements, however many events the batch holds."""
    changed = Changed(batch)
    _copy_new(batch, db)
    _run(db, "add_dossiers", sorted(batch.dossiers))
    _run(db, "change_attempts", [(id, *attempt) for id, attempt in batch.attempts.items()])
    _run(db, "change_assessments", [
        (id, c.total, c.collected, c.state, c.state_at)
        for id, c in batch.assessment_changes.items()
    ])  # fmt: skip
    _run(db, "number_receipts", [(id, *receipt) for id, receipt in batch.receipts.items()])
    _run(db, "change_transfers", [
        (id, c.on_lines, c.credit, c.suspense, c.paying, c.disputed, c.lost, c.reversed,
         c.disclaimed, c.batch, c.amount)
        for id, c in batch.transfer_changes.items()
    ])  # fmt: skip
    _run(db, "change_buckets", [
        (*key, bucket.reason, bucket.amount, bucket.since)
        for key, bucket in batch.buckets.items()
    ])  # fmt: skip
    _run(db, "change_refunds", [
        (id, c.state, c.state_at, c.checker, c.reference, c.method, c.by_treasury)
        for id, c in batch.refund_changes.items()
    ])  # fmt: skip
    _run(db, "change_reclassifications", [
        (id, *change) for id, change in batch.reclassified.items()
    ])  # fmt: skip
    changed.follow(db)


class Changed:
    """What changed in a way that others follow: refunds their transfers, all of it payments."""

    def __init__(self, batch: Batch) -> None:
        self.payments = list(batch.attempts)
        self.transfers = [*batch.transfers, *batch.transfer_changes]
        self.refunds = list(batch.refund_changes)
        self.assessments = [
            id for id, change in batch.assessment_changes.items() if change.state is not None
        ]

    def follow(self, db: Db) -> None:
        if self.refunds:
            db.execute(statement("follow_refunds"), {"refunds": self.refunds})
        if self.payments or self.transfers or self.refunds or self.assessments:
            db.execute(statement("follow_money"), vars(self))


def _copy_new(batch: Batch, db: Db) -> None:
    """Takes the changes of what is new out of the batch: they go in with the row."""
    _copy(db, "copy_payments", (
        (id, *row, *attempt, attempt[0])
        for id, row in batch.payments.items()
        for attempt in (batch.attempts.pop(id),)
    ))  # fmt: skip
    _copy(db, "copy_asked", batch.asked)
    _copy(db, "copy_assessments", (
        (id, *row, c.total, c.collected, c.state, c.state_at)
        for id, row in batch.assessments.items()
        for c in (batch.assessment_changes.pop(id),)
    ))  # fmt: skip
    _copy(db, "copy_transfers", (
        (id, *row, c.batch or "", c.on_lines, c.credit, c.suspense, c.paying, c.disputed, c.lost,
         c.reversed, c.disclaimed)
        for id, row in batch.transfers.items()
        for c in (batch.transfer_changes.pop(id, TransferChange()),)
    ))  # fmt: skip
    _copy(db, "copy_reclassifications", (
        (id, *row, *batch.reclassified.pop(id)) for id, row in batch.reclassifications.items()
    ))  # fmt: skip
    _copy(db, "copy_refunds", (
        (id, *row, c.checker or "", c.reference or "", c.method, c.by_treasury,
         "paid" if c.by_treasury == row[AMOUNT] else c.state, c.state_at)
        for id, row in batch.refunds.items()
        for c in (batch.refund_changes.pop(id),)
    ))  # fmt: skip
    _copy(db, "copy_taken", batch.taken)
    _copy(db, "copy_payment_lists", batch.payment_lists)


def _copy(db: Db, name: str, rows: Iterable[Sequence[Any]]) -> None:
    rows = list(rows)
    if rows:
        with db.copy(statement(name)) as copy:
            for row in rows:
                copy.write_row(row)


def _run(db: Db, name: str, rows: Sequence[Sequence[Any]]) -> None:
    """Run a statement over rows, handed over as one array per column."""
    if rows:
        db.execute(statement(name), [list(column) for column in zip(*rows, strict=True)])
