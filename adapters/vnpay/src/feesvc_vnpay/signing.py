"""VNPAY's signatures, protocol 2.1.0: HMAC-SHA512 over an encoded query, or over fields and bars.

Source: sandbox.vnpayment.vn/apis/docs, "thanh-toan-pay" and "truy-van-hoan-tien". The algorithm is
fixed here. MD5 and SHA-256 of ``secret + text`` (protocol 2.0) are not known to this module.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from urllib.parse import quote_plus

UNSIGNED = frozenset({"vnp_SecureHash", "vnp_SecureHashType"})


def canonical_query(parameters: Mapping[str, str]) -> str:
    """Sorted by name, empty values dropped, names and values encoded as PHP's ``urlencode`` does.

    Every separator inside a value is encoded, so one text is one set of parameters.
    """
    return "&".join(
        f"{_encoded(name)}={_encoded(parameters[name])}"
        for name in sorted(parameters)
        if name not in UNSIGNED and parameters[name]
    )


def barred(fields: Mapping[str, str], names: Sequence[str]) -> str:
    """The fields' values in this order between bars; a missing one is an empty segment."""
    return "|".join(fields.get(name, "") for name in names)


def signature(key: str, text: str) -> str:
    """HMAC-SHA512 of the UTF-8 text, 128 lower-case hexadecimal digits."""
    return hmac.new(key.encode(), text.encode(), hashlib.sha512).hexdigest()


def is_signed(given: str, text: str, keys: Sequence[str]) -> bool:
    """Whether one of ``keys`` signed it, in constant time. An empty key signs nothing."""
    said = given.encode("utf-8", "replace")
    return any(hmac.compare_digest(signature(key, text).encode(), said) for key in keys if key)


def _encoded(text: str) -> str:
    # PHP's urlencode leaves letters, digits, "-", "_" and "."; Python's would leave "~" too.
    return quote_plus(text, safe="").replace("~", "%7E")
