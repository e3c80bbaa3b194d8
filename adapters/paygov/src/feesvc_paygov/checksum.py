"""The checksum of a request, by a rule that the merchant account is told: none is published."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

KINDS = frozenset({"hmac_sha256", "sha256", "md5"})
FIELDS = frozenset(
    {
        "accessKey", "amount", "ipAddress", "orderId", "orderInfo", "partnerCode", "requestCode",
        "returnUrl", "secret", "serviceCode",
    }
)  # fmt: skip


class Rule:
    """``hmac_sha256`` keys the values with the secret; the others take it as one of the values.

    ``checksum_values`` names what stands in the text, in order: fields of the request, and
    ``secret``. Raises ``ValueError`` for a rule that says something else.
    """

    def __init__(self, told: Mapping[str, str]) -> None:
        self._digest = told["checksum_digest"]
        if self._digest not in KINDS:
            raise ValueError(f"the setting checksum_digest is one of {', '.join(sorted(KINDS))}")
        self._names = [name.strip() for name in told["checksum_values"].split(",")]
        if not set(self._names) <= FIELDS:
            raise ValueError("the setting checksum_values names what no request has")
        if self._digest != "hmac_sha256" and "secret" not in self._names:
            raise ValueError("the setting checksum_values must name the secret")
        self._separator, self._secret = told["checksum_separator"], told["checksum_secret"]

    def of(self, request: Mapping[str, object]) -> str:
        """Lower-case hex."""
        values = {name: str(value) for name, value in request.items()} | {"secret": self._secret}
        text = self._separator.join(values[name] for name in self._names).encode()
        if self._digest == "hmac_sha256":
            return hmac.new(self._secret.encode(), text, hashlib.sha256).hexdigest()
        if self._digest == "md5":
            return hashlib.md5(text, usedforsecurity=False).hexdigest()
        return hashlib.sha256(text).hexdigest()
