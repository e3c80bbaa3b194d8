"""The platform's messages as its other side makes them, sharing no code with the adapter.

Everything that the public code bases leave open is decided here, and listed in the README.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

import httpx

from feesvc.testing.books import Order, Taken

PARTNER = "DVCQG-DEMO"
SECRET = "dvcqg_secret_7b02c4e19d6f8a35"  # noqa: S105
TOKEN = "dvcqg_token_3e5a90bb17cd2f64"  # noqa: S105
CONFIRM_TYPE, QUERY_TYPE = "CONFIRM", "QUERY"
BANK = "BIDV"
HANOI = timezone(timedelta(hours=7))

INIT_HASHED = (
    "LoaiBanTin", "PhienBan", "MaDoiTac", "MaThamChieu", "SoTien", "LoaiHinhThanhToan",
    "MaKenhThanhToan", "MaThietBi", "NgonNgu", "MaTienTe", "MaNganHang", "ThongTinGiaoDich",
    "ThoiGianGD", "Ip",
)  # fmt: skip
CONFIRM_HASHED = (
    "LoaiBanTin", "MaLoi", "MaDoiTac", "MaThamChieu", "SoTien", "MaTienTe", "MaGiaoDich",
    "MaNganHang", "ThoiGianGD", "ThongTinGiaoDich",
)  # fmt: skip
QUERY_HASHED = ["LoaiBanTin", "PhienBan", "MaDoiTac", "MaThamChieu", "ThoiGianGD"]


def hash_of(message: Mapping[str, Any], names: Sequence[str], secret: str) -> str:
    """A value that is missing counts as empty, one that is no text as Python writes it."""
    said = [str(message.get(name, "")) for name in names]
    return hashlib.sha256("|".join([*said, secret]).encode()).hexdigest()


def at(moment: datetime) -> str:
    return f"{moment.astimezone(HANOI):%Y%m%d%H%M%S}"


def confirm(order: Order, taken: Taken | None, now: datetime) -> dict[str, str]:
    """What the partner is told of a payment that succeeded (00) or did not (99)."""
    money = taken.amount if taken else order.amount
    message = {
        "LoaiBanTin": CONFIRM_TYPE,
        "MaLoi": "00" if taken else "99",
        "MaDoiTac": PARTNER,
        "MaThamChieu": order.reference,
        "SoTien": str(money.amount),
        "MaTienTe": money.currency,
        "MaGiaoDich": taken.transaction if taken else "",
        "MaNganHang": BANK,
        "ThoiGianGD": at(taken.at if taken else now),
        "ThongTinGiaoDich": order.description,
    }
    message["MaXacThuc"] = hash_of(message, CONFIRM_HASHED, SECRET)
    return message | {"MaHoSo": order.handle, "Token": ""}


def confirm_request(url: str, message: Mapping[str, Any]) -> httpx.Request:
    body = json.dumps(dict(message), ensure_ascii=False, separators=(",", ":")).encode()
    headers = {"content-type": "application/json; charset=utf-8"}
    return httpx.Request("POST", url, content=body, headers=headers)


def rephrased(message: httpx.Request, changes: Mapping[str, Any], secret: str) -> httpx.Request:
    """The message with other values in these fields, signed by ``secret``."""
    said: dict[str, Any] = {**json.loads(message.read()), **changes}
    said = {name: value for name, value in said.items() if value is not None}
    said["MaXacThuc"] = hash_of(said, CONFIRM_HASHED, secret)
    return confirm_request(str(message.url), said)


def stands(order: Order | None, taken: Taken | None, reference: str) -> dict[str, Any]:
    """How an order stands, as a query is answered; ``SoTien`` is a number here.

    An order that we never heard of is one that we know no end of.
    """
    said: dict[str, Any] = {
        "MaLoi": "00",
        "MoTaLoi": "Thành công",
        "LoaiBanTin": QUERY_TYPE,
        "MaDoiTac": PARTNER,
        "MaThamChieu": reference,
        "TrangThaiGD": "3",
    }
    if taken:
        said |= {
            "TrangThaiGD": "1",
            "SoTien": taken.amount.amount,
            "MaTienTe": taken.amount.currency,
            "MaGiaoDich": taken.transaction,
            "MaNganHang": BANK,
            "ThoiGianGD": at(taken.at),
        }
    elif order and order.state != "open":
        assert order.ended_at is not None
        said |= {"TrangThaiGD": "4", "ThoiGianGD": at(order.ended_at)}
    return said
