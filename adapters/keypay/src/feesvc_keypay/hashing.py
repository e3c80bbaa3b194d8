"""``secure_hash`` of the redirect: the secret, then the values in the order of their names.

Values stand without anything between them and empty ones are skipped, so one hash may fit several
messages, and whoever knows a hash can make that of a longer text. What comes back is a hint.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence

REQUEST = frozenset(
    {
        "command", "country_code", "currency_code", "current_locale", "good_code",
        "merchant_code", "merchant_trans_id", "net_cost", "return_url", "service_code",
        "ship_fee", "tax", "version",
    }
)  # fmt: skip
"""What is signed of a redirect; ``desc_1`` to ``desc_5`` and ``bank_code`` are not."""
RETURNED = frozenset(
    {
        "bank_code", "command", "currency_code", "good_code", "merchant_code",
        "merchant_trans_id", "net_cost", "response_code", "service_code", "ship_fee", "tax",
        "trans_id",
    }
)  # fmt: skip
"""What is signed of what the payer's browser brings back."""


def secure_hash(values: Mapping[str, str], names: frozenset[str], secret: str, told: str) -> str:
    """``told`` is the digest and the case of its hex, as configured: ``md5 upper``."""
    joined = secret + "".join(values.get(name, "") for name in sorted(names))
    digest, _, case = told.partition(" ")
    made = _md5(joined) if digest == "md5" else hashlib.sha256(joined.encode()).hexdigest()
    return made.upper() if case == "upper" else made


def is_signed(values: Mapping[str, str], secrets: Sequence[str], told: str) -> bool:
    """Whether one of ``secrets`` signed what came back. An empty one signs nothing.

    A ``bank_code`` of the word null was none when KeyPay signed.
    """
    given = values.get("secure_hash", "")
    if values.get("bank_code") == "null":
        values = {**values, "bank_code": ""}
    return given.isascii() and any(
        hmac.compare_digest(secure_hash(values, RETURNED, secret, told), given)
        for secret in secrets
        if secret
    )


def query_hash(values: Sequence[str], secret: str, case: str) -> str:
    """MD5 of the values one after the other, the secret last, whatever the redirect uses."""
    made = _md5("".join(values) + secret)
    return made.upper() if case == "upper" else made


def is_answer_signed(parts: Sequence[str], given: str, secrets: Sequence[str]) -> bool:
    """An answer's own hash, in either case of hex: KeyPay's documents are not to be had."""
    return any(
        hmac.compare_digest(query_hash(parts, secret, "lower"), given.lower())
        for secret in secrets
        if secret
    )


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
