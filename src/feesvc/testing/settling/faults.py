"""Faults of settlement documents: each makes of a right batch one that is wrong in one way.

Totals follow the movements unless the fault is that they do not, so only what is planted is wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from feesvc.money import Money
from feesvc.testing.settling.batches import Batch
from feesvc.testing.settling.layouts import Layout
from feesvc.testing.settling.movements import ContractTariff, Movement


def changed(batch: Batch, native_id: str, change: Callable[[Movement], Movement]) -> Batch:
    """One movement is written otherwise. Raises ``KeyError`` where there is no such movement."""
    if native_id not in {one.native_id for one in batch.movements}:
        raise KeyError(native_id)
    return batch.having(
        change(one) if one.native_id == native_id else one for one in batch.movements
    )


def missing(batch: Batch, native_id: str) -> tuple[Batch, Movement]:
    """A movement is left out; gives it too: it may come in a later session, or never."""
    [left_out] = [one for one in batch.movements if one.native_id == native_id]
    return batch.having(one for one in batch.movements if one is not left_out), left_out


def added(batch: Batch, *movements: Movement) -> Batch:
    """Movements of another session, or of nobody, stand there too."""
    return batch.having((*batch.movements, *movements))


def stranger(native_id: str, amount: Money, at: datetime, reference: str = "") -> Movement:
    """A payment that the merchant never heard of, without commission."""
    nothing = Money(0, amount.currency)
    return Movement(
        kind="payment", native_id=native_id, transaction=native_id, original="",
        reference=reference or f"X{native_id}", gross=amount, commission=nothing, tax=nothing,
        at=at,
    )  # fmt: skip


def by_contract(one: Movement, tariff: ContractTariff | None = None) -> Movement:
    """Of a payment as much is withheld as the contract says."""
    commission, tax = (tariff or ContractTariff()).of(one.gross)
    return replace(one, commission=-commission, tax=-tax)


def unknown_refund(native_id: str, of: Movement, amount: Money) -> Movement:
    """A refund that nobody approved, of a payment that there is."""
    nothing = Money(0, amount.currency)
    return Movement(
        kind="refund", native_id=native_id, transaction=native_id, original=of.transaction,
        reference=f"R{native_id}", gross=-amount, commission=nothing, tax=nothing, at=of.at,
    )  # fmt: skip


def turned(one: Movement) -> Movement:
    """The payment stands there as money that goes out."""
    return replace(
        one, kind="dispute", gross=-one.gross, commission=-one.commission, tax=-one.tax,
        original=one.transaction,
    )  # fmt: skip


def twin(batch: Batch, native_id: str) -> Batch:
    """The very same line stands there twice."""
    [one] = [one for one in batch.movements if one.native_id == native_id]
    at = batch.movements.index(one) + 1
    return batch.having((*batch.movements[:at], one, *batch.movements[at:]))


def of_amount(gross: int) -> Callable[[Movement], Movement]:
    """The payment is of another amount, its commission unchanged."""
    return lambda one: replace(one, gross=Money(gross, one.gross.currency))


def in_currency(currency: str) -> Callable[[Movement], Movement]:
    """The same figures, said to be of another currency."""

    def change(one: Movement) -> Movement:
        return replace(
            one,
            gross=Money(one.gross.amount, currency),
            commission=Money(one.commission.amount, currency),
            tax=Money(one.tax.amount, currency),
        )

    return change


def off_tariff(by: int) -> Callable[[Movement], Movement]:
    """The intermediary keeps so many minor units more than its contract says."""
    return lambda one: replace(one, commission=one.commission - Money(by, one.commission.currency))


def damaged(one: Movement) -> Movement:
    """One character of each number is read wrong: by a letter that stands in no number."""
    return replace(
        one,
        native_id=f"Q{one.native_id[1:]}",
        transaction=f"Q{one.transaction[1:]}",
        reference=f"{one.reference[:-1]}Q",
    )


def for_merchant(batch: Batch, merchant: str) -> Batch:
    return replace(batch, merchant=merchant)


def claiming(batch: Batch, *, count: int = 0, net: int = 0) -> Batch:
    """The document declares so much more than it holds."""
    declared = batch.declared_net + Money(net, batch.currency)
    return replace(batch, claimed_count=batch.declared_count + count, claimed_net=declared)


def truncated(layout: Layout, batch: Batch) -> bytes:
    """The document ends in the middle of its lines: nothing of it is damaged, its end is gone."""
    tail = len(list(layout.after(batch))) + len(batch.movements) // 2
    whole = list(layout.rows(batch))
    return layout.written(whole[: len(whole) - max(tail, 1)])


def with_column(layout: Layout, batch: Batch, title: str) -> bytes:
    """The table has a column that it never had."""
    rows = [list(row) for row in layout.rows(batch)]
    heading = next(i for i, row in enumerate(rows) if row == [c.title for c in layout.columns])
    last = heading + len(batch.movements)
    for at in range(heading, last + 1):
        rows[at].append(title if at == heading else "0")
    return layout.written(rows)


def with_cell(layout: Layout, batch: Batch, line: int, column: int, text: str) -> bytes:
    """One cell of one line says this instead: a garbled amount, 30 February."""
    rows = [list(row) for row in layout.rows(batch)]
    heading = next(i for i, row in enumerate(rows) if row == [c.title for c in layout.columns])
    rows[heading + line][column] = text
    return layout.written(rows)
