"""payOS's list of a day's transfers, which went straight to the merchant. The layout is ours."""

from __future__ import annotations

from collections.abc import Sequence

from feesvc.testing.settling import Batch, Column, Layout
from feesvc.testing.settling.layouts import amount, identity, moment, plain, reference, transaction


def _after(batch: Batch) -> Sequence[Sequence[str]]:
    return (["Tổng", str(batch.declared_count), plain(batch.gross)],)


LAYOUT = Layout(
    after=_after,
    columns=(
        Column("Ngày", identity),
        Column("Thời gian", moment("%Y-%m-%d %H:%M:%S")),
        Column("Mã đơn hàng", reference),
        Column("Mã tham chiếu", transaction),
        Column("Số tiền", amount("gross", plain)),
    ),
)
