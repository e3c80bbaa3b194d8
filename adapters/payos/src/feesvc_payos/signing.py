"""payOS signatures: HMAC-SHA256 over ``k=v`` pairs joined by ``&``, keys sorted, nothing escaped.

As nothing is escaped, two messages may have one signature: a callback with ``&`` or ``=`` in a
value is not believed (``is_ambiguous``). Source: payOS's SDKs, see the README.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any

ORDER_FIELDS = ("amount", "cancelUrl", "description", "orderCode", "returnUrl")
EMPTY = (None, "null", "undefined")


def canonical(data: Mapping[str, Any]) -> str:
    """What is signed of ``data``. Raises ``TypeError`` for values that payOS does not sign."""
    return "&".join(f"{name}={_text(data[name])}" for name in sorted(data))


def signature_of_order(key: str, order: Mapping[str, Any]) -> str:
    """Over five fields of a payment request, whatever else it has."""
    return signed(key, canonical({name: order[name] for name in ORDER_FIELDS}))


def signed(key: str, text: str) -> str:
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def is_signed(data: Mapping[str, Any], signature: str, keys: Sequence[str]) -> bool:
    """Whether one of ``keys`` signed ``data``; an empty key signs nothing."""
    try:
        text = canonical(data)
        given = signature.encode("ascii")
        return any(hmac.compare_digest(signed(key, text).encode(), given) for key in keys if key)
    except (TypeError, UnicodeError):
        return False


def is_ambiguous(data: Mapping[str, Any]) -> bool:
    """Whether another message may have the same signature: a value that looks like more fields."""
    texts = [*data, *(value for value in data.values() if isinstance(value, str))]
    return any(mark in text for text in texts for mark in "&=")


def _text(value: Any) -> str:
    if value in EMPTY:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int):
        return str(value)
    if isinstance(value, list):
        rows = [dict(sorted(row.items())) if isinstance(row, dict) else row for row in value]
        return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    raise TypeError(f"payOS signs no {type(value).__name__}")
