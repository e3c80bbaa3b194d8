"""The order of the hashed values, held against strings that were put together by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from feesvc_dvcqg.counterpart.wire import CONFIRM_HASHED, INIT_HASHED, QUERY_HASHED, hash_of
from feesvc_dvcqg.signing import CONFIRM, INIT, QUERY, canonical, signed

VECTORS = json.loads((Path(__file__).parent / "vectors" / "dvcqg.json").read_text("utf-8"))
MESSAGES = {
    "init": (INIT, INIT_HASHED),
    "confirm": (CONFIRM, CONFIRM_HASHED),
    "query": (QUERY, QUERY_HASHED),
}
FIELDS = {
    "init": {
        "Ip": "203.0.113.10", "ThoiGianGD": "20261121101500", "ThongTinGiaoDich": "Thanh toan phi",
        "MaNganHang": "PAYMENT", "MaTienTe": "VND", "NgonNgu": "vi-VN", "MaThietBi": "1",
        "MaKenhThanhToan": "1", "LoaiHinhThanhToan": "PAY", "SoTien": "115000",
        "MaThamChieu": "dvcG221900012026112100120261121101500", "MaDoiTac": "DVCQG-DEMO",
        "PhienBan": "1.0.6", "LoaiBanTin": "INIT",
    },
    "confirm": {
        "LoaiBanTin": "CONFIRM", "MaLoi": "00", "MaDoiTac": "DVCQG-DEMO",
        "MaThamChieu": "dvcG221900012026112100120261121101500", "SoTien": "115000",
        "MaTienTe": "VND", "MaGiaoDich": "GD0001", "MaNganHang": "BIDV",
        "ThongTinGiaoDich": "Thanh toan phi", "ThoiGianGD": "20261121101730",
    },
    "query": {
        "LoaiBanTin": "QUERY", "PhienBan": "1.0.6", "MaDoiTac": "DVCQG-DEMO",
        "MaThamChieu": "dvcG221900012026112100120261121101500", "ThoiGianGD": "20261121104500",
    },
}  # fmt: skip


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda vector: vector["id"])
def test_both_sides_hash_the_values_in_the_order_of_the_vector(vector: dict[str, str]) -> None:
    ours, theirs = MESSAGES[vector["kind"]]
    fields = FIELDS[vector["kind"]]
    secret = vector["canonical"].rpartition("|")[2]
    values = [fields[name] for name in ours]
    assert canonical(values, secret) == vector["canonical"]
    assert signed(values, secret) == vector["expected"]
    assert hash_of(fields, theirs, secret) == vector["expected"]


def test_every_kind_of_message_has_another_number_of_values() -> None:
    assert len({len(ours) for ours, _ in MESSAGES.values()}) == len(MESSAGES)
