"""ZaloPay's settlement of a day as text between commas. The layout is ours."""

from __future__ import annotations

from collections.abc import Sequence

from feesvc.testing.settling import Batch, Column, Layout
from feesvc.testing.settling.layouts import (
    amount,
    identity,
    merchant,
    moment,
    original,
    plain,
    reference,
    transaction,
    withheld,
    word,
)

KINDS = {
    "payment": "THANH TOAN", "refund": "HOAN TRA", "refund_reversal": "HUY HOAN TRA",
    "dispute": "KHIEU NAI", "dispute_reversal": "HUY KHIEU NAI", "adjustment": "DIEU CHINH",
    "fee": "PHI DICH VU",
}  # fmt: skip


def _after(batch: Batch) -> Sequence[Sequence[str]]:
    sums = [plain(batch.gross), plain(-batch.commission), plain(-batch.tax)]
    return (["TONG", str(batch.declared_count), *sums, plain(batch.declared_net)],)


LAYOUT = Layout(
    kinds=frozenset(KINDS),
    after=_after,
    columns=(
        Column("APP_ID", merchant),
        Column("KY_DOI_SOAT", identity),
        Column("NGAY_GIAO_DICH", moment("%d/%m/%Y")),
        Column("GIO_GIAO_DICH", moment("%H:%M:%S")),
        Column("HINH_THUC", word(KINDS)),
        Column("MA_GD_MERCHANT", reference),
        Column("MA_GD_ZALOPAY", transaction),
        Column("MA_GD_GOC", original),
        Column("SO_TIEN_GIAO_DICH", amount("gross", plain)),
        Column("PHI_GIAO_DICH", withheld("commission", plain)),
        Column("THUE", withheld("tax", plain)),
        Column("SO_TIEN_THANH_TOAN", amount("net", plain)),
    ),
)
