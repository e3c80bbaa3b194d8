"""KeyPay's settlement of a day as text between tabs, for both ways in. The layout is ours."""

from __future__ import annotations

from collections.abc import Sequence

from feesvc.testing.settling import Batch, Column, Layout
from feesvc.testing.settling.layouts import (
    amount,
    identity,
    merchant,
    moment,
    native_id,
    plain,
    withheld,
)


def _after(batch: Batch) -> Sequence[Sequence[str]]:
    return (["total", str(batch.declared_count), plain(batch.gross), plain(batch.declared_net)],)


LAYOUT = Layout(
    delimiter="\t",
    after=_after,
    columns=(
        Column("merchant_code", merchant),
        Column("settlement_code", identity),
        Column("trans_time", moment("%d-%m-%Y %H:%M:%S")),
        Column("merchant_trans_id", native_id),
        Column("net_cost", amount("gross", plain)),
        Column("fee", withheld("commission", plain)),
        Column("fee_tax", withheld("tax", plain)),
        Column("settled", amount("net", plain)),
    ),
)
"""A transfer is named by the merchant's own number, as everywhere at KeyPay."""
