"""MoMo's messages as its other side makes them, sharing no code with the adapter."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import httpx

PARTNER = "MOMO"
ACCESS_KEY = "F8BBA842ECF85"
SECRET_KEY = "K951B6PE1waDMi640xX08PD3vg6EkVlz"  # noqa: S105 - published for everybody
"""The public credentials of MoMo's sandbox (momo-wallet/payment, samples)."""

NOTIFIED = """accessKey amount extraData message orderId orderInfo orderType partnerCode payType
requestId responseTime resultCode transId"""
MESSAGES = {
    0: "Giao dịch thành công.",
    1000: "Giao dịch đã được khởi tạo, chờ người dùng xác nhận thanh toán.",
    1002: "Giao dịch bị từ chối do nhà phát hành tài khoản thanh toán.",
    1005: "Giao dịch thất bại do url hoặc QR code đã hết hạn.",
    1006: "Giao dịch bị từ chối bởi người dùng.",
}


def signature(names: str, content: Mapping[str, Any], access: str, secret: str) -> str:
    """Over the values as they stand, unencoded, names in alphabetical order."""
    said = {**content, "accessKey": access}
    text = "&".join(f"{name}={_plain(said.get(name))}" for name in sorted(names.split()))
    return hmac.new(secret.encode(), text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def notification(url: str, content: Mapping[str, Any], access: str, secret: str) -> httpx.Request:
    """An IPN: JSON with its signature among the fields."""
    signed = {**content, "signature": signature(NOTIFIED, content, access, secret)}
    body = json.dumps(signed, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace")
    headers = {"content-type": "application/json; charset=UTF-8"}
    return httpx.Request("POST", url, content=body, headers=headers)


def rephrased(
    message: httpx.Request, changes: Mapping[str, Any], settings: Mapping[str, str]
) -> httpx.Request:
    """The IPN with other values in these fields, signed by ``settings``' keys."""
    content = {**json.loads(message.read()), **changes}
    content = {name: value for name, value in content.items() if value is not None}
    content.pop("signature", None)
    url = str(message.url)
    return notification(url, content, settings["access_key"], settings["secret_key"])


def milliseconds(at: datetime) -> int:
    return int(at.timestamp()) * 1000 + at.microsecond // 1000


def _plain(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)
