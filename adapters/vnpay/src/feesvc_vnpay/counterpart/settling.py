"""VNPAY's settlement of a session as a workbook. The layout is ours: theirs is in no document."""

from __future__ import annotations

from collections.abc import Sequence

from feesvc.testing.settling import Batch, Column, Layout
from feesvc.testing.settling.layouts import (
    amount,
    line_number,
    moment,
    original,
    plain,
    reference,
    transaction,
    withheld,
    word,
)

KINDS = {
    "payment": "Thanh toán", "refund": "Hoàn tiền", "refund_reversal": "Hủy hoàn tiền",
    "dispute": "Tra soát", "dispute_reversal": "Trả lại tra soát", "adjustment": "Điều chỉnh",
    "fee": "Phí khác",
}  # fmt: skip


def _before(batch: Batch) -> Sequence[Sequence[str]]:
    return (
        ["BẢNG KÊ ĐỐI SOÁT GIAO DỊCH"],
        ["Mã website", batch.merchant],
        ["Phiên đối soát", batch.identity],
        ["Ngày đối soát", batch.ends_on.strftime("%d/%m/%Y")],
    )


def _after(batch: Batch) -> Sequence[Sequence[str]]:
    sums = [plain(batch.gross), plain(-batch.commission), plain(-batch.tax)]
    total = ["Tổng cộng", str(batch.declared_count), "", "", "", ""]
    return ([*total, *sums, plain(batch.declared_net)],)


LAYOUT = Layout(
    kinds=frozenset(KINDS),
    form="xlsx",
    sheet="Chi tiet",
    before=_before,
    after=_after,
    columns=(
        Column("STT", line_number),
        Column("THOI_GIAN_GD", moment("%d/%m/%Y %H:%M:%S")),
        Column("LOAI_GD", word(KINDS)),
        Column("MA_GIAO_DICH", transaction),
        Column("MA_GIAO_DICH_GOC", original),
        Column("MA_DON_HANG", reference),
        Column("SO_TIEN", amount("gross", plain)),
        Column("PHI", withheld("commission", plain)),
        Column("THUE_GTGT", withheld("tax", plain)),
        Column("SO_TIEN_THANH_TOAN", amount("net", plain)),
    ),
)
