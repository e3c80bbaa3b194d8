"""The sandbox's settlement of a session as a plain table, beside its documents in JSON."""

from __future__ import annotations

from collections.abc import Sequence

from feesvc.money import decimal
from feesvc.testing.settling import Batch, Column, Layout
from feesvc.testing.settling.layouts import (
    amount,
    currency,
    identity,
    line_number,
    merchant,
    moment,
    native_id,
    original,
    reference,
    transaction,
    word,
)

KINDS = {
    kind: kind
    for kind in (
        "payment", "refund", "refund_reversal", "dispute", "dispute_reversal", "adjustment", "fee",
        "tax", "reserve_hold", "reserve_release", "carry_in", "carry_out", "payout",
    )
}  # fmt: skip


def _after(batch: Batch) -> Sequence[Sequence[str]]:
    sums = [decimal(batch.gross), decimal(batch.commission), decimal(batch.tax)]
    return (["total", str(batch.declared_count), *sums, decimal(batch.declared_net)],)


LAYOUT = Layout(
    kinds=frozenset(KINDS),
    after=_after,
    columns=(
        Column("line", line_number),
        Column("merchant", merchant),
        Column("batch", identity),
        Column("at", moment("%Y-%m-%d %H:%M:%S")),
        Column("kind", word(KINDS)),
        Column("id", native_id),
        Column("transaction", transaction),
        Column("original", original),
        Column("reference", reference),
        Column("currency", currency),
        Column("gross", amount("gross", decimal)),
        Column("commission", amount("commission", decimal)),
        Column("tax", amount("tax", decimal)),
        Column("net", amount("net", decimal)),
    ),
)
