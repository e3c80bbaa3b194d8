"""Signatures of MoMo AIO v2: HMAC-SHA256 over ``name=value&…``, names in alphabetical order.

Values stand raw, without URL encoding, so a value that holds ``&`` or ``=`` could be read as
another field: two notifications with one signature. What we are sent is therefore refused when a
value holds either, and nothing that a citizen typed is ever sent to come back in one.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from feesvc.intermediary import Forged, Notification
from feesvc.intermediary.strict_json import Unreadable
from feesvc_momo.fields import Fields

CREATE = ("accessKey", "amount", "extraData", "ipnUrl", "orderId", "orderInfo", "partnerCode",
          "redirectUrl", "requestId", "requestType")  # fmt: skip
NOTIFICATION = ("accessKey", "amount", "extraData", "message", "orderId", "orderInfo", "orderType",
                "partnerCode", "payType", "requestId", "responseTime", "resultCode",
                "transId")  # fmt: skip
QUERY = ("accessKey", "orderId", "partnerCode", "requestId")
REFUND = ("accessKey", "amount", "description", "orderId", "partnerCode", "requestId",
          "transId")  # fmt: skip

ORDER = r"[0-9A-Za-z]([-_.0-9A-Za-z]{0,62}[0-9A-Za-z])?"
"""What MoMo publishes as ``^[0-9a-zA-Z]([-_.]*[0-9a-zA-Z]+)*$``, read without backtracking."""
PLAIN = r"[^&=]{0,500}"
FORMS = {
    "extraData": r"[0-9A-Za-z+/]{0,1000}={0,2}",
    "message": PLAIN,
    "orderId": ORDER,
    "orderInfo": PLAIN,
    "orderType": r"[0-9A-Za-z_]{0,50}",
    "partnerCode": r"[0-9A-Za-z_.-]{1,50}",
    "payType": r"[0-9A-Za-z_]{0,50}",
    "requestId": r"[0-9A-Za-z_.-]{1,50}",
}
"""The form of each signed text. ``extraData`` is base64: its ``=`` can only stand at the end."""
WHOLE = ("amount", "responseTime", "resultCode", "transId")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Keys:
    """An access key, which is signed and never sent, and the secret that signs."""

    access: str
    secret: str

    def sign(self, names: Sequence[str], values: Mapping[str, str | int]) -> str:
        """Lower-case hex over these names, in this order; ``accessKey`` is ours."""
        known = {**values, "accessKey": self.access}
        raw = "&".join(f"{name}={known[name]}" for name in names)
        return hmac.new(self.secret.encode(), raw.encode(), hashlib.sha256).hexdigest()


def verified(notification: Notification, keys: Sequence[Keys]) -> Fields:
    """The notification's fields, signed by one of ``keys``; raises ``Forged``.

    Whatever stands in it unsigned must not be read.
    """
    if notification.method != "POST":
        raise Forged("not a POST")
    try:
        fields = Fields.of(notification.body)
        given = fields.text("signature", "[0-9a-f]{64}")
        values: dict[str, str | int] = {name: fields.whole(name) for name in WHOLE}
        values |= {name: fields.text(name, form) for name, form in FORMS.items()}
    except Unreadable as problem:
        raise Forged(f"not to be read: {problem}") from problem
    expected = [one.sign(NOTIFICATION, values) for one in keys]
    if not any(hmac.compare_digest(one, given) for one in expected):
        raise Forged("another signature")
    return fields
