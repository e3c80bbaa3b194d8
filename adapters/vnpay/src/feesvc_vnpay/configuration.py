"""What VNPAY must be told per merchant account, checked once, with an error that names it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from feesvc.intermediary import Setting

SETTINGS = (
    Setting(name="tmn_code"),
    Setting(name="hash_secret", secret=True),
    Setting(name="pay_url"),
    Setting(name="api_url"),
    Setting(name="server_ip"),
    Setting(name="order_type"),
    Setting(name="refund_user"),
    Setting(name="bank_code", required=False),
)
FORMS = {
    "tmn_code": "[0-9A-Za-z]{8}",
    "pay_url": r"https?://[!-~]+",
    "api_url": r"https?://[!-~]+",
    "server_ip": "[0-9A-Fa-f.:]{7,45}",
    "order_type": "[0-9A-Za-z]{1,100}",
    "refund_user": "[0-9A-Za-z._@-]{1,245}",
    "bank_code": "|[0-9A-Za-z]{3,20}",
}
"""As VNPAY's documents have them; what stands nowhere in them is as narrow as it can be."""


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """One merchant account. ``keys``: the current one, which signs, then the one before it."""

    tmn_code: str
    keys: tuple[str, str] = field(repr=False)
    pay_url: str
    api_url: str
    server_ip: str
    order_type: str
    refund_user: str
    bank_code: str


def configured(settings: Mapping[str, str]) -> Configuration:
    """Raises ``ValueError`` naming the setting that is missing or of another form."""
    for setting in SETTINGS:
        if setting.required and not settings.get(setting.name):
            raise ValueError(f"VNPAY needs the setting {setting.name}")
    plain = {name: settings.get(name, "") for name in FORMS}
    for name, form in FORMS.items():
        if re.fullmatch(form, plain[name]) is None:
            raise ValueError(f"VNPAY's setting {name} is not of the form {form}")
    for name in ("pay_url", "api_url"):
        where = urlsplit(plain[name])
        if where.query or where.fragment or (_is_theirs(where.hostname) and where.scheme == "http"):
            raise ValueError(f"VNPAY's setting {name} is an https address without a query")
    keys = (settings["hash_secret"], settings.get("hash_secret_previous", ""))
    return Configuration(keys=keys, **plain)


def _is_theirs(host: str | None) -> bool:
    return bool(re.search(r"(^|\.)(vnpay|vnpayment)\.vn$", host or ""))
