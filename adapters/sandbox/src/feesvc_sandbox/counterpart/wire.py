"""The sandbox's messages as its other side makes them, sharing no code with the adapter."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import httpx

from feesvc.testing.books import Books, Order, Returned, Taken

MERCHANT = "M-SANDBOX"
API_KEY = "sbx_api_5c1f0e7a9b3d4286"
SIGNING_KEY = "sbx_sign_d40b7c6e2f915a83"


def signed(key: str, content: bytes) -> str:
    """HMAC-SHA256, lower-case hex."""
    return hmac.new(key.encode(), content, hashlib.sha256).hexdigest()


def message(
    clock: Callable[[], datetime], url: str, content: Mapping[str, object]
) -> Callable[[], httpx.Request]:
    """A notification, signed anew each time that it is sent."""
    body = json.dumps(content, separators=(",", ":")).encode()

    def build() -> httpx.Request:
        at = str(int(clock().timestamp()))
        signature = signed(SIGNING_KEY, at.encode() + b"." + body)
        headers = {
            "content-type": "application/json",
            "sandbox-signature": f"t={at},v1={signature}",
        }
        return httpx.Request("POST", url, content=body, headers=headers)

    return build


def rephrased(message: httpx.Request, changes: Mapping[str, Any], key: str) -> httpx.Request:
    """The message with other values at these dotted places, signed by ``key`` at its own time."""
    content = json.loads(message.read())
    for place, value in changes.items():
        *path, last = place.split(".")
        found = content
        for name in path:
            found = found[name][0] if isinstance(found[name], list) else found[name]
        if value is None:
            found.pop(last, None)
        else:
            found[last] = value
    body = json.dumps(content, separators=(",", ":")).encode()
    at = message.headers["sandbox-signature"].partition(",")[0].removeprefix("t=")
    signature = signed(key, at.encode() + b"." + body)
    headers = {**message.headers, "sandbox-signature": f"t={at},v1={signature}"}
    headers.pop("content-length", None)
    return httpx.Request(message.method, message.url, content=body, headers=headers)


def payment_object(books: Books, order: Order, now: datetime) -> dict[str, Any]:
    """How an order stands at ``now``, as a look-up and a notification say it."""
    with books.lock:
        state, ended_at = str(order.state), order.ended_at
        if state == "open" and order.expires_at is not None and now >= order.expires_at:
            state, ended_at = "expired", order.expires_at
        transfers = [_transfer(books.taken[transaction]) for transaction in order.transactions]
        return {
            "merchant": MERCHANT,
            "reference": order.reference,
            "status": state,
            "amount": order.amount.amount,
            "currency": order.amount.currency,
            "ended_at": ended_at.isoformat() if ended_at else None,
            "transfers": transfers,
        }


def _transfer(taken: Taken) -> dict[str, Any]:
    return {
        "transaction": taken.transaction,
        "amount": taken.amount.amount,
        "currency": taken.amount.currency,
        "at": taken.at.isoformat(),
        "reversed_at": taken.reversed_at.isoformat() if taken.reversed_at else None,
        "reason": "payer_bank" if taken.reversed_at else None,
    }


def refund_object(refund: Returned) -> dict[str, Any]:
    """How a refund stands; ``reason`` says why it failed."""
    return {
        "reference": refund.reference,
        "id": refund.handle,
        "transaction": refund.transaction,
        "status": refund.state,
        "amount": refund.amount.amount,
        "currency": refund.amount.currency,
        "at": refund.at.isoformat(),
        "reason": "account_closed" if refund.state == "failed" else None,
    }
