"""The platform's list of a day's payments, for the agency to compare. The layout is ours."""

from __future__ import annotations

from collections.abc import Sequence

from feesvc.testing.settling import Batch, Column, Layout
from feesvc.testing.settling.layouts import (
    amount,
    grouped,
    moment,
    reference,
    transaction,
    withheld,
)

DONG = grouped(",")


def _before(batch: Batch) -> Sequence[Sequence[str]]:
    return (
        ["MaDoiTac", batch.merchant],
        ["MaPhien", batch.identity],
        ["NgayDoiSoat", batch.ends_on.strftime("%Y%m%d")],
    )


def _after(batch: Batch) -> Sequence[Sequence[str]]:
    sums = [DONG(batch.gross), DONG(-batch.commission), DONG(-batch.tax)]
    return (["TongSo", str(batch.declared_count), "", *sums, DONG(batch.declared_net)],)


LAYOUT = Layout(
    before=_before,
    after=_after,
    columns=(
        Column("ThoiGianGD", moment("%Y%m%d%H%M%S")),
        Column("MaThamChieu", reference),
        Column("MaGiaoDich", transaction),
        Column("SoTien", amount("gross", DONG)),
        Column("PhiDichVu", withheld("commission", DONG)),
        Column("Thue", withheld("tax", DONG)),
        Column("SoTienThanhToan", amount("net", DONG)),
    ),
)
"""No refund exists on the platform: every line is a payment."""
