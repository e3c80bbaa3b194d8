"""Signatures of ZaloPay v2: HMAC-SHA256, lower-case hex.

Requests are signed with ``key1`` over values joined by ``|``; callbacks with ``key2`` over the text
of their field ``data``, exactly as it was received: it is verified before it is read, and never
written anew.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

from feesvc.intermediary import Forged, Notification
from feesvc.intermediary.strict_json import Unreadable
from feesvc_zalopay.fields import Fields

LONGEST = 16_384
"""Characters of ``data``; ZaloPay says 4,096."""


def sign(key: str, *values: str | int) -> str:
    """The mac of a request."""
    return _hex(key, "|".join(map(str, values)).encode())


def verified(notification: Notification, keys: Sequence[str]) -> Fields:
    """What stands in ``data``, signed by one of ``keys``; raises ``Forged``.

    An empty key signs nothing. ``type`` is not signed, so it is not read.
    """
    if notification.method != "POST":
        raise Forged("not a POST")
    try:
        outer = Fields.of(notification.body)
        told, given = outer.raw("data", LONGEST), outer.text("mac", "[0-9a-f]{64}")
    except Unreadable as problem:
        raise Forged(f"not to be read: {problem}") from problem
    if not any(hmac.compare_digest(_hex(key, told), given) for key in keys if key):
        raise Forged("another mac")
    try:
        return Fields.of(told)
    except Unreadable as problem:
        raise Forged(f"signed, and not to be read: {problem}") from problem


def _hex(key: str, signed: bytes) -> str:
    return hmac.new(key.encode(), signed, hashlib.sha256).hexdigest()
