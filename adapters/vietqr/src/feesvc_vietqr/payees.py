"""Who is paid: the fields of a code that name the agency's account, from its settings."""

from __future__ import annotations

import re
from collections.abc import Mapping

from feesvc.intermediary import Setting
from feesvc_vietqr.codes import Unreadable, read, read_template, template

NAPAS = "A000000727"
VNPAY = "A000000775"
ACCOUNT, MERCHANT = "38", "26"
SERVICES = {"account": "QRIBFTTA", "card": "QRIBFTTC"}
OF_THE_PAYEE = (ACCOUNT, MERCHANT, "52", "59", "60")

FORMS = {
    "scheme": "napas|vnpay",
    "bank_bin": "[0-9]{6}",
    "account": "[0-9A-Za-z]{1,19}",
    "service": "account|card",
    "merchant_id": "[0-9A-Za-z-]{1,30}",
    "mcc": "[0-9]{4}",
    "merchant_name": "[ -~]{1,25}",
    "city": "[ -~]{1,15}",
    "terminal": "[ -~]{1,25}",
    "static_code": "[ -~]{1,512}",
}
"""What each setting may hold; lengths are EMVCo's."""
NEEDED = {
    "napas": ("bank_bin", "account"),
    "vnpay": ("merchant_id", "mcc", "merchant_name", "city"),
}
USUAL = {"scheme": "napas", "service": "account"}
SETTINGS = tuple(Setting(name=name, required=False, default=USUAL.get(name, "")) for name in FORMS)


def payee_of(settings: Mapping[str, str]) -> dict[str, str]:
    """The fields that name the payee. Raises ``ValueError`` that names the setting at fault."""
    for name, value in settings.items():
        if value and not re.fullmatch(FORMS.get(name, ".*"), value):
            raise ValueError(f"the setting {name} is not of the form {FORMS[name]}")
    if settings.get("static_code"):
        return _copied(settings)
    scheme = settings.get("scheme") or "napas"
    for name in NEEDED[scheme]:
        if not settings.get(name):
            raise ValueError(f"the scheme {scheme} needs the setting {name}")
    wanted = {"52": "mcc", "59": "merchant_name", "60": "city"}
    fields = {tag: settings[name] for tag, name in wanted.items() if settings.get(name)}
    if scheme == "vnpay":
        fields[MERCHANT] = template({"00": VNPAY, "01": settings["merchant_id"]})
        return fields
    account = template({"00": settings["bank_bin"], "01": settings["account"]})
    service = SERVICES[settings.get("service") or "account"]
    fields[ACCOUNT] = template({"00": NAPAS, "01": account, "02": service})
    return fields


def _copied(settings: Mapping[str, str]) -> dict[str, str]:
    """From the code that the agency's bank issued, checked to the last character."""
    others = [n for n in FORMS if n not in {"static_code", "terminal", "scheme", "service"}]
    for name in others:
        if settings.get(name):
            raise ValueError(f"the setting {name} says again what static_code says")
    try:
        fields = read(settings["static_code"])
        payees = [tag for tag in (ACCOUNT, MERCHANT) if tag in fields]
        issuers = [read_template(fields[tag]).get("00") for tag in payees]
    except Unreadable as problem:
        raise ValueError(f"the setting static_code cannot be read: {problem}") from problem
    if issuers not in ([NAPAS], [VNPAY]):
        raise ValueError("the setting static_code names no account of NAPAS and no VNPAY merchant")
    if (fields.get("53"), fields.get("58")) != ("704", "VN"):
        raise ValueError("the setting static_code is not for payments in đồng in Việt Nam")
    return {tag: fields[tag] for tag in OF_THE_PAYEE if tag in fields}
