"""What OnePay must be told per merchant account, checked once, with an error that names it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from feesvc.intermediary import Setting

SETTINGS = (
    Setting(name="merchant"),
    Setting(name="access_code"),
    Setting(name="hash_key", secret=True),
    Setting(name="pay_url"),
    Setting(name="query_url"),
    Setting(name="query_user"),
    Setting(name="query_password", secret=True),
    Setting(name="server_ip"),
)
HEX = "(?:[0-9A-Fa-f]{2}){16,64}"
IPV4 = r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}"
FORMS = {
    "merchant": "[0-9A-Za-z_]{1,16}",
    "access_code": "[0-9A-Za-z]{1,8}",
    "pay_url": "https?://[!-~]+",
    "query_url": "https?://[!-~]+",
    "query_user": "[0-9A-Za-z._@-]{1,64}",
    "server_ip": IPV4,
}


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """One merchant account. ``keys``: the current one, which signs, then the one before it."""

    merchant: str
    access_code: str
    keys: tuple[str, str] = field(repr=False)
    pay_url: str
    query_url: str
    query_user: str
    query_password: str = field(repr=False)
    server_ip: str


def configured(settings: Mapping[str, str]) -> Configuration:
    """Raises ``ValueError`` naming the setting that is missing or of another form."""
    for setting in SETTINGS:
        if not settings.get(setting.name):
            raise ValueError(f"OnePay needs the setting {setting.name}")
    for name, form in FORMS.items():
        if re.fullmatch(form, settings[name]) is None:
            raise ValueError(f"OnePay's setting {name} is not of the form {form}")
    for name in ("pay_url", "query_url"):
        where = urlsplit(settings[name])
        theirs = re.search(r"(^|\.)onepay\.vn\Z", where.hostname or "")
        if where.query or where.fragment or (theirs and where.scheme == "http"):
            raise ValueError(f"OnePay's setting {name} is an https address without a query")
    if re.search("[&=]", settings["query_password"]):
        raise ValueError("OnePay's setting query_password holds & or =, which cannot be signed")
    keys = (settings["hash_key"], settings.get("hash_key_previous", ""))
    for key in keys:
        if key and re.fullmatch(HEX, key) is None:
            raise ValueError("OnePay's setting hash_key is not 16 or more octets in hexadecimal")
    plain = {name: settings[name] for name in FORMS}
    return Configuration(keys=keys, query_password=settings["query_password"], **plain)
