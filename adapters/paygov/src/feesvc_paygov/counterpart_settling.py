"""PayGov's settlement of a day as a workbook, with its end marked. The layout is ours."""

from __future__ import annotations

from collections.abc import Sequence

from feesvc.testing.settling import Batch, Column, Layout
from feesvc.testing.settling.layouts import (
    amount,
    identity,
    merchant,
    moment,
    plain,
    reference,
    transaction,
    withheld,
)


def _after(batch: Batch) -> Sequence[Sequence[str]]:
    return (["SUM", str(batch.declared_count), plain(batch.declared_net)], ["<END>"])


LAYOUT = Layout(
    form="xlsx",
    sheet="settlement",
    after=_after,
    columns=(
        Column("partnerCode", merchant),
        Column("batch", identity),
        Column("payDate", moment("%Y-%m-%dT%H:%M:%S")),
        Column("requestCode", reference),
        Column("transactionNo", transaction),
        Column("amount", amount("gross", plain)),
        Column("fee", withheld("commission", plain)),
        Column("vat", withheld("tax", plain)),
        Column("settledAmount", amount("net", plain)),
    ),
)
"""No refund is known of PayGov: every line is a payment."""
