"""Checking ``Stripe-Signature``: who sent a webhook, and that it is fresh.

The header is ``t=<unix time>,v1=<hex>,…``; the signature is HMAC-SHA256 over ``<t>.<raw body>``
under the endpoint's secret. While a secret is being rolled Stripe sends one ``v1`` per secret.
Source: https://docs.stripe.com/webhooks#verify-manually. Stripe's libraries allow 300 seconds of
age and any future time; we allow 300 seconds either way.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime

from feesvc.intermediary import Forged

TOLERANCE = 300
"""Seconds between the time that was signed and the time of receipt."""


def check_signature(
    header: str, body: bytes, secrets: Sequence[str], received_at: datetime
) -> None:
    """Returns if ``body`` was signed under one of ``secrets`` and recently; else ``Forged``."""
    stamp, signatures = _parts(header)
    expected = [sign(stamp, body, secret) for secret in secrets if secret]
    matches = [hmac.compare_digest(one, given) for one in expected for given in signatures]
    if not any(matches):
        raise Forged("no signature of a known secret")
    if abs(received_at.timestamp() - int(stamp)) > TOLERANCE:
        raise Forged("signed too long ago")


def sign(stamp: bytes, body: bytes, secret: str) -> bytes:
    """The ``v1`` signature in lower-case hexadecimal."""
    return hmac.new(secret.encode(), stamp + b"." + body, hashlib.sha256).hexdigest().encode()


def _parts(header: str) -> tuple[bytes, list[bytes]]:
    stamps, signatures = [], []
    for part in header.split(","):
        name, _, value = part.strip().partition("=")
        if name == "t":
            stamps.append(value)
        elif name == "v1":
            signatures.append(value.encode(errors="replace"))
    if len(stamps) != 1 or not (stamps[0].isascii() and stamps[0].isdigit()):
        raise Forged("no time in the signature")
    if len(stamps[0]) > 12:
        raise Forged("no such time")
    return stamps[0].encode(), signatures
