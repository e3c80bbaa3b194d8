"""What the platform's other side demands of an INIT and of a query before it answers."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from feesvc.testing.books import No
from feesvc_dvcqg.counterpart.wire import (
    INIT_HASHED,
    PARTNER,
    QUERY_HASHED,
    QUERY_TYPE,
    SECRET,
    hash_of,
)

MOST = 10_000_000_000
RECEIPT_NEEDED = (
    "MaDichVu", "MaDVC", "TenDVC", "MaTTHC", "TenTTHC", "MaDonVi", "TenDonVi", "MaHoSo",
    "TKThuHuong", "MaNHThuHuong", "TenTKThuHuong", "MaCoQuanQD", "TenCoQuanQD",
    "NoiDungThanhToan",
)  # fmt: skip
RECEIPT_MAYBE_EMPTY = (
    "MaLoaiHinhThuPhat", "TenLoaiHinhThuPhat", "KhoBac", "NgayQD", "SoQD", "ThoiGianViPham",
    "DiaDiemViPham", "TenNguoiViPham", "TaiKhoanThuNSNN", "HoTenNguoiNop", "SoCMNDNguoiNop",
    "DiaChiNguoiNop", "HuyenNguoiNop", "TinhNguoiNop",
)  # fmt: skip
ROW = {"LoaiPhiLePhi", "MaPhiLePhi", "TenPhiLePhi", "SoTien"}
FIXED = {
    "LoaiBanTin": "INIT", "PhienBan": "1.0.6", "MaDoiTac": PARTNER, "LoaiHinhThanhToan": "PAY",
    "MaKenhThanhToan": "1", "MaThietBi": "1", "NgonNgu": "vi-VN", "MaTienTe": "VND",
    "MaNganHang": "PAYMENT",
}  # fmt: skip


def parsed(body: bytes) -> dict[str, Any]:
    message = json.loads(body)
    if not isinstance(message, dict):
        raise No("malformed")
    return message


def check_init(message: Mapping[str, Any]) -> int:
    """Raises ``No``; returns the amount, in đồng."""
    texts = {name: message[name] for name in (*INIT_HASHED, "MaXacThuc")}
    if set(message) != {*texts, "ThongTinBienLai"} or not _all_texts(texts.values()):
        raise No("malformed")
    _check_hash(message, INIT_HASHED)
    if any(message[name] != value for name, value in FIXED.items()):
        raise No("not_ours")
    _check_moment(message["ThoiGianGD"])
    amount = _amount(message["SoTien"])
    if amount > MOST or not message["MaThamChieu"].isalnum():
        raise No("malformed")
    _check_receipt(message["ThongTinBienLai"], amount)
    return amount


def check_query(message: Mapping[str, Any]) -> None:
    if set(message) != {*QUERY_HASHED, "MaXacThuc"} or not _all_texts(message.values()):
        raise No("malformed")
    _check_hash(message, QUERY_HASHED)
    if (message["LoaiBanTin"], message["MaDoiTac"]) != (QUERY_TYPE, PARTNER):
        raise No("not_ours")
    _check_moment(message["ThoiGianGD"])


def _check_receipt(receipt: Any, amount: int) -> None:
    names = {*RECEIPT_NEEDED, *RECEIPT_MAYBE_EMPTY}
    if not isinstance(receipt, dict) or set(receipt) != {*names, "PhiLePhi", "DSKhoanNop"}:
        raise No("receipt")
    if not _all_texts(receipt[name] for name in names):
        raise No("receipt")
    if not all(receipt[name] for name in RECEIPT_NEEDED) or receipt["MaDichVu"] != "2":
        raise No("receipt")
    if not receipt["MaDVC"].startswith(receipt["MaTTHC"] + "."):
        raise No("receipt")
    rows = receipt["PhiLePhi"]
    if any(set(row) != ROW or row["LoaiPhiLePhi"] not in {"1", "2"} for row in rows):
        raise No("receipt")
    items = receipt["DSKhoanNop"]
    if any(set(item) != {"NoiDung", "SoTien"} or not item["NoiDung"] for item in items):
        raise No("receipt")
    listed = sum(_amount(item["SoTien"]) for item in items)
    if listed != amount or sum(_amount(row["SoTien"]) for row in rows) > amount:
        raise No("receipt_total")


def _check_hash(message: Mapping[str, Any], names: Sequence[str]) -> None:
    if any("|" in message[name] for name in names):
        raise No("malformed")
    if not hmac.compare_digest(hash_of(message, names, SECRET), message["MaXacThuc"]):
        raise No("hash")


def _check_moment(written: str) -> None:
    """A 12-hour clock shows only in the afternoon; what is no moment shows always."""
    if len(written) != 14 or not written.isascii():
        raise No("malformed")
    datetime.strptime(written, "%Y%m%d%H%M%S")  # noqa: DTZ007


def _amount(written: Any) -> int:
    if not isinstance(written, str) or not written.isascii() or not written.isdigit():
        raise No("malformed")
    if written.startswith("0"):
        raise No("malformed")
    return int(written)


def _all_texts(values: Any) -> bool:
    return all(isinstance(value, str) for value in values)
