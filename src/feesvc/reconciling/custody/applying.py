"""Applying: loads what a batch of events touches, changes it in memory, writes it back by sets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from feesvc.domain.aggregate import Aggregate
from feesvc.projecting import Db, Recorded
from feesvc.reconciling.custody.books import Books, ClaimRow, Held, LineRow, RefundRow, TransferRow
from feesvc.reconciling.custody.readings import READINGS
from feesvc.reconciling.custody.statements import statement


def apply(batch: Sequence[Recorded], db: Db) -> None:
    books = _load(batch, db)
    for recorded in batch:
        READINGS[type(recorded.event)](books, recorded, recorded.event)
    _save(books, db)


def _load(batch: Sequence[Recorded], db: Db) -> Books:
    books = Books()
    streams = list({recorded.event.originator_id for recorded in batch})
    told = (getattr(recorded.event, "refund", None) for recorded in batch)
    refunds = {id for id in told if id is not None}
    for row in _rows(db, "refunds_of", [*streams, *refunds]):
        refund = books.refunds.setdefault(row["id"], RefundRow(row["method"], {}))
        refund.takes[row["transfer"]] = row["amount"]
    transfers = {id for recorded in batch for id in _transfers(recorded.event)}
    transfers |= {id for refund in books.refunds.values() for id in refund.takes}
    for row in _rows(db, "transfers_of", list(transfers)):
        books.transfers[row["id"]] = TransferRow(row["agency"], row["currency"], row["banked_at"])
    for row in _rows(db, "held_of", list(transfers)):
        held = Held(row["transfer"], row["item"], row["beneficiary"], row["agency"])
        books.held[held] = row["amount"]
    for row in _rows(db, "lines_of", streams):
        books.lines[row["assessment"], row["number"]] = LineRow(
            row["agency"], row["currency"], row["unsplit"], row["unsplit_budget"], row["share"]
        )
    for row in _rows(db, "claims_of", streams):
        books.claims[row["id"]] = ClaimRow(row["agency"], row["currency"], row["amount"])
    return books


def _transfers(event: Aggregate.Event) -> set[UUID]:
    """Every transfer that an event may touch."""
    found = {getattr(event, "transfer", None)}
    if event.TOPIC.startswith("transfer."):
        found.add(event.originator_id)
    for take in (*getattr(event, "takes", ()), *getattr(event, "takings", ())):
        found.add(getattr(take, "transfer", None))
    return {id for id in found if id is not None}


def _rows(db: Db, name: str, ids: Sequence[UUID]) -> list[dict[str, Any]]:
    return db.execute(statement(name), [list(ids)]).fetchall() if ids else []


def _save(books: Books, db: Db) -> None:
    _write(db, "add_sums", [(*key, amount) for key, amount in books.sums.items()])
    _write(
        db, "save_transfers",
        [(id, row.agency, row.currency, row.banked_at) for id, row in books.transfers.items()],
    )  # fmt: skip
    if books.transfers:
        db.execute(statement("drop_held"), [list(books.transfers)])
    _write(
        db, "save_held",
        [
            (*held, books.transfers[held.transfer].currency, amount)
            for held, amount in books.held.items()
            if amount
        ],
    )  # fmt: skip
    if books.lines:
        db.execute(statement("drop_lines"), [list({id for id, _ in books.lines})])
    _write(
        db, "save_lines",
        [
            (*key, row.agency, row.currency, row.unsplit, row.unsplit_budget, row.share)
            for key, row in books.lines.items()
            if row.unsplit or row.share
        ],
    )  # fmt: skip
    _write(
        db, "save_refunds",
        [
            (id, transfer, row.method, amount)
            for id, row in books.refunds.items()
            for transfer, amount in row.takes.items()
        ],
    )  # fmt: skip
    _write(
        db, "save_claims",
        [(id, row.agency, row.currency, row.left) for id, row in books.claims.items()],
    )  # fmt: skip


def _write(db: Db, name: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """The columns of these rows, as one array each."""
    if rows:
        db.execute(statement(name), [list(column) for column in zip(*rows, strict=True)])
