"""``check_sum`` of the bridge: HMAC-SHA256 in hex over values between bars.

Our messages are signed with ``hash_key_1``, what the bridge tells us with ``hash_key_2``. Only
these values are signed: **not** the status.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence

from feesvc.intermediary import Forged, Refused
from feesvc.intermediary.strict_json import Unreadable
from feesvc_keypay.fields import Fields

PAYMENT = (
    "addition_fee", "client_id", "command", "trans_amount", "transaction_id", "version",
)  # fmt: skip
DETAIL = ("client_id", "command", "transaction_id")
BAR = "|"
HEX = re.compile("[0-9a-f]{64}")


def check_sum(values: Sequence[str], key: str) -> str:
    """Lower-case hex. Raises ``Refused`` for a value with a bar in it."""
    if any(BAR in value for value in values):
        raise Refused("bar_in_value")
    return hmac.new(key.encode(), BAR.join(values).encode(), hashlib.sha256).hexdigest()


def verify(fields: Fields, keys: Sequence[str]) -> None:
    """Raises ``Forged`` unless one of ``keys`` signed this payment. An empty one signs none."""
    try:
        values = [fields.text(name) for name in PAYMENT]
        given = fields.text("check_sum", 64)
    except Unreadable as problem:
        raise Forged(f"a field is missing, or not a text: {problem}") from problem
    if any(BAR in value for value in values) or not HEX.fullmatch(given):
        raise Forged("a value that is never sent")
    if not any(hmac.compare_digest(check_sum(values, key), given) for key in keys if key):
        raise Forged("another check_sum")
