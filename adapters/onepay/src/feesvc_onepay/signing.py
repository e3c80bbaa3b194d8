"""OnePay's signature: HMAC-SHA256 under a key written in hexadecimal, over raw ``name=value&…``.

The values are not encoded, so one text may be split in two ways. Therefore no value with ``&`` or
``=`` is signed here or believed, and what a notification says is a hint only.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence

SIGNATURE = "vpc_SecureHash"
SIGNED = ("vpc_", "user_")
"""What the signature covers: parameters whose names begin so."""
AMBIGUOUS = re.compile("[&=]")


def canonical(parameters: Mapping[str, str]) -> str:
    """Sorted by name, empty values and the signature left out, nothing encoded."""
    return "&".join(
        f"{name}={parameters[name]}"
        for name in sorted(parameters)
        if name.startswith(SIGNED) and name != SIGNATURE and parameters[name]
    )


def signature(key: str, text: str) -> str:
    """64 upper-case hexadecimal digits. ``key`` is hexadecimal."""
    return hmac.new(bytes.fromhex(key), text.encode(), hashlib.sha256).hexdigest().upper()


def is_signed(given: str, text: str, keys: Sequence[str]) -> bool:
    """Whether one of ``keys`` signed it, in constant time. An empty key signs nothing."""
    said = given.encode("utf-8", "replace")
    return any(hmac.compare_digest(signature(key, text).encode(), said) for key in keys if key)
