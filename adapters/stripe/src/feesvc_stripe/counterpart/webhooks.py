"""Webhooks as Stripe sends them: which events, and how they are signed.

Written apart from the adapter's reading of signatures; the tests hold both against the SDK.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from feesvc_stripe.counterpart.shapes import Shape

SUBSCRIBED = frozenset({
    "charge.dispute.closed",
    "charge.dispute.created",
    "charge.dispute.funds_reinstated",
    "charge.dispute.funds_withdrawn",
    "charge.refunded",
    "checkout.session.async_payment_failed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.completed",
    "checkout.session.expired",
    "payment_intent.payment_failed",
    "refund.created",
    "refund.failed",
    "refund.updated",
})  # fmt: skip
"""The event types that the webhook endpoint is set up for, as the README says to."""


def webhook(event: Shape, url: str, now: int, secrets: Sequence[str]) -> httpx.Request:
    """One attempt to deliver an event, signed under each secret at its own time (Unix seconds).

    Test events carry a meaningless ``v0`` too, which receivers have to ignore.
    """
    body = json.dumps(event, indent=2).encode()
    signatures = [f"v1={_signed(now, body, secret)}" for secret in secrets]
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Stripe-Signature": ",".join([f"t={now}", *signatures, f"v0={'0' * 64}"]),
        "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
    }
    return httpx.Request("POST", url, headers=headers, content=body)


def rephrased(message: httpx.Request, changes: Mapping[str, Any], secret: str) -> httpx.Request:
    """The message with other values at these dotted places, signed under ``secret`` at its time."""
    event = json.loads(message.read())
    for place, value in changes.items():
        *path, last = place.split(".")
        found = event
        for name in path:
            found = found[name]
        if value is None:
            found.pop(last, None)
        else:
            found[last] = value
    at = message.headers["stripe-signature"].partition(",")[0].removeprefix("t=")
    return webhook(event, str(message.url), int(at), [secret])


def _signed(now: int, body: bytes, secret: str) -> str:
    return hmac.new(secret.encode(), f"{now}.".encode() + body, hashlib.sha256).hexdigest()
