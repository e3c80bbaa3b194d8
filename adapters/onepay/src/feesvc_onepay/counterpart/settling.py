"""OnePay's settlement of a day as text between bars, amounts times 100. The layout is ours."""

from __future__ import annotations

from collections.abc import Sequence

from feesvc.money import Money
from feesvc.testing.settling import Batch, Column, Layout
from feesvc.testing.settling.layouts import (
    amount,
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
    "payment": "PURCHASE", "refund": "REFUND", "refund_reversal": "REFUND_REVERSAL",
    "dispute": "CHARGEBACK", "dispute_reversal": "REPRESENTMENT", "adjustment": "ADJUSTMENT",
    "fee": "FEE",
}  # fmt: skip


def hundredths(money: Money) -> str:
    return str(money.amount * 100)


def _after(batch: Batch) -> Sequence[Sequence[str]]:
    return (["TRAILER", str(batch.declared_count), hundredths(batch.declared_net)],)


LAYOUT = Layout(
    kinds=frozenset(KINDS),
    delimiter="|",
    after=_after,
    columns=(
        Column("MERCHANT_ID", merchant),
        Column("BATCH_NO", identity),
        Column("TRAN_DATE", moment("%Y%m%d%H%M%S")),
        Column("TRANSACTION_TYPE", word(KINDS)),
        Column("TRANSACTION_ID", transaction),
        Column("ORIGINAL_ID", original),
        Column("MERCHANT_TRANS_REF", reference),
        Column("AMOUNT", amount("gross", hundredths)),
        Column("FEE", withheld("commission", hundredths)),
        Column("VAT", withheld("tax", hundredths)),
        Column("NET_AMOUNT", amount("net", hundredths)),
    ),
)
