"""MoMo's settlement of a day as text between semicolons. The layout is ours."""

from __future__ import annotations

from collections.abc import Sequence

from feesvc.testing.settling import Batch, Column, Layout
from feesvc.testing.settling.layouts import (
    amount,
    grouped,
    identity,
    merchant,
    moment,
    original,
    reference,
    transaction,
    withheld,
    word,
)

KINDS = {
    "payment": "SALE", "refund": "REFUND", "refund_reversal": "REFUND_CANCEL",
    "dispute": "CHARGEBACK", "dispute_reversal": "CHARGEBACK_CANCEL", "adjustment": "ADJUSTMENT",
    "fee": "FEE",
}  # fmt: skip
DONG = grouped(".")


def _after(batch: Batch) -> Sequence[Sequence[str]]:
    return (["TOTAL", str(batch.declared_count), DONG(batch.declared_net)], ["END"])


LAYOUT = Layout(
    kinds=frozenset(KINDS),
    delimiter=";",
    after=_after,
    columns=(
        Column("PARTNER_CODE", merchant),
        Column("SETTLEMENT_ID", identity),
        Column("NGAY_GIAO_DICH", moment("%Y-%m-%d %H:%M:%S")),
        Column("LOAI", word(KINDS)),
        Column("TRANS_ID", transaction),
        Column("TRANS_ID_GOC", original),
        Column("SO_HD", reference),
        Column("SO_TIEN", amount("gross", DONG)),
        Column("PHI", withheld("commission", DONG)),
        Column("VAT", withheld("tax", DONG)),
        Column("THUC_NHAN", amount("net", DONG)),
    ),
)
