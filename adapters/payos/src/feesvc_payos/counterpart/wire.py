"""payOS's messages as its other side makes and signs them, sharing no code with the adapter."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from feesvc.testing.books import Books, Order, Taken

CLIENT_ID = "4e1c2b7a-90d5-4f6e-8a3b-2d7c5e9f1a04"
API_KEY = "b81f6d20-3c4e-4a97-95d1-7e0a6c2f8b53"
CHECKSUM_KEY = "6a0f4d8e2b1c9573e8d60a1f4b7c2e95d3086fa17c4b2e9d5f8061a3c7e4b290"
BANK, ACCOUNT, NAME = "970418", "V3CAS5111146929", "SO GIAO THONG VAN TAI"
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
SAMPLE = {
    "orderCode": 123, "amount": 3000, "description": "VQRIO123", "accountNumber": "12345678",
    "reference": "TF230204212323", "transactionDateTime": "2023-02-04 18:25:00",
    "currency": "VND", "paymentLinkId": "124c33293c43417ab7879e14c8d9eb18", "code": "00",
    "desc": "Thành công", "counterAccountBankId": "", "counterAccountBankName": "",
    "counterAccountName": "", "counterAccountNumber": "", "virtualAccountName": "",
    "virtualAccountNumber": "",
}  # fmt: skip
"""What payOS's documents show, and payOS sends to a webhook that is being registered."""


def seal(data: Mapping[str, Any], key: str = CHECKSUM_KEY) -> str:
    """The signature over every field of ``data``, by name."""
    pairs = []
    for name in sorted(data):
        value = data[name]
        if isinstance(value, list):
            rows = [{k: row[k] for k in sorted(row)} if type(row) is dict else row for row in value]
            value = json.dumps(rows, separators=(",", ":"), ensure_ascii=False)
        elif value is None or value in ("null", "undefined"):
            value = ""
        elif isinstance(value, bool | dict | float):
            value = json.dumps(value)
        pairs.append(f"{name}={value}")
    return mac("&".join(pairs), key)


def mac(text: str, key: str = CHECKSUM_KEY) -> str:
    content = text.encode("utf-8", "surrogatepass")
    return hmac.new(key.encode(), content, hashlib.sha256).hexdigest()


def answered(data: Mapping[str, Any]) -> dict[str, Any]:
    return {"code": "00", "desc": "success", "data": data, "signature": seal(data)}


def refused(code: str, desc: str) -> dict[str, Any]:
    return {"code": code, "desc": desc, "data": None, "signature": None}


def link_object(books: Books, order: Order, opened: datetime, now: datetime) -> dict[str, Any]:
    """A payment link as a look-up tells it."""
    with books.lock:
        met = books.met(order)
        cancelled = order.state == "cancelled"
        return {
            "id": order.handle,
            "orderCode": int(order.reference),
            "amount": order.amount.amount,
            "amountPaid": met,
            "amountRemaining": max(0, order.amount.amount - met),
            "status": status_of(order, met, now),
            "createdAt": _iso(opened),
            "transactions": [_transaction(books.taken[each]) for each in order.transactions],
            "canceledAt": _iso(order.ended_at) if cancelled and order.ended_at else None,
            "cancellationReason": "cancelled" if cancelled else None,
        }


def status_of(order: Order, met: int, now: datetime) -> str:
    expired = order.expires_at is not None and now >= order.expires_at
    if order.state == "paid" or met >= order.amount.amount:
        return "PAID"
    if order.state in {"cancelled", "declined"}:
        return {"cancelled": "CANCELLED", "declined": "FAILED"}[order.state]
    if expired:
        return "EXPIRED"
    return "UNDERPAID" if met else "PENDING"


def webhook(url: str, order: Order, taken: Taken) -> Callable[[], httpx.Request]:
    """That one transfer came."""
    data = {
        "orderCode": int(order.reference),
        "amount": taken.amount.amount,
        "description": f"CS{order.handle[:8].upper()} {order.description}",
        "accountNumber": ACCOUNT,
        "reference": taken.transaction,
        "transactionDateTime": taken.at.astimezone(VIETNAM).strftime("%Y-%m-%d %H:%M:%S"),
        "currency": taken.amount.currency,
        "paymentLinkId": order.handle,
        "code": "00",
        "desc": "success",
        **_payer(),
    }
    return lambda: message(url, data)


def message(url: str, data: Mapping[str, Any], key: str = CHECKSUM_KEY) -> httpx.Request:
    content = {"code": "00", "desc": "success", "success": True, "data": data}
    return _posted(url, {**content, "signature": seal(data, key)})


def rephrased(request: httpx.Request, changes: Mapping[str, Any], key: str) -> httpx.Request:
    """The message with other values at these dotted places; signed unless that was changed."""
    content = json.loads(request.read())
    changed = {"signature": ..., **changes}
    for place, value in changed.items():
        *path, last = place.split(".")
        found = content
        for name in path:
            found = found[name]
        if value is None:
            found.pop(last, None)
        else:
            found[last] = value
    if content.get("signature") is ...:
        data = content.get("data")
        content["signature"] = seal(data if isinstance(data, dict) else {}, key)
    return _posted(str(request.url), content)


def _posted(url: str, content: Mapping[str, Any]) -> httpx.Request:
    body = json.dumps(content, separators=(",", ":"), ensure_ascii=False)
    headers = {"content-type": "application/json"}
    return httpx.Request(
        "POST", url, content=body.encode("utf-8", "surrogatepass"), headers=headers
    )


def _transaction(taken: Taken) -> dict[str, Any]:
    return {
        "reference": taken.transaction,
        "amount": taken.amount.amount,
        "accountNumber": ACCOUNT,
        "description": "CHUYEN TIEN & NOP PHI",
        "transactionDateTime": _iso(taken.at),
        **_payer(),
    }


def _payer() -> dict[str, Any]:
    return {
        "counterAccountBankId": "970415",
        "counterAccountBankName": None,
        "counterAccountName": "NGUYEN VAN A",
        "counterAccountNumber": "0011001932418",
        "virtualAccountName": None,
        "virtualAccountNumber": ACCOUNT,
    }


def _iso(moment: datetime) -> str:
    return moment.astimezone(VIETNAM).isoformat(timespec="seconds")
