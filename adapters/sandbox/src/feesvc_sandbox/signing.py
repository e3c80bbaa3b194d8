"""Signatures: what the sandbox tells us, and the checkout links that need no network.

A notification carries ``sandbox-signature: t=<unix seconds>,v1=<hex>``, HMAC-SHA256 of
``<t>.<body>`` over the raw bytes. A link carries ``signature``, HMAC-SHA256 of its query before it.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from urllib.parse import urlencode

from feesvc.intermediary import Forged, Notification

TOLERANCE = timedelta(minutes=5)
SIGNATURE = re.compile("t=([0-9]{1,12}),v1=([0-9a-f]{64})")


def verify(notification: Notification, keys: Sequence[str]) -> None:
    """Raises ``Forged`` unless one of ``keys`` signed it in time. An empty key signs nothing."""
    given = SIGNATURE.fullmatch(notification.headers.get("sandbox-signature", ""))
    if given is None:
        raise Forged("no signature")
    signed = given[1].encode() + b"." + notification.body
    if not any(hmac.compare_digest(_hex(key, signed), given[2]) for key in keys if key):
        raise Forged("another signature")
    if abs(notification.received_at.timestamp() - int(given[1])) > TOLERANCE.total_seconds():
        raise Forged("signed at another time")


def checkout_link(url: str, key: str, order: Mapping[str, str | int]) -> str:
    """Where the payer pays, computed: the order itself, signed, in a query."""
    query = urlencode(order)
    return f"{url}/pay?{query}&signature={_hex(key, query.encode())}"


def _hex(key: str, signed: bytes) -> str:
    return hmac.new(key.encode(), signed, hashlib.sha256).hexdigest()
