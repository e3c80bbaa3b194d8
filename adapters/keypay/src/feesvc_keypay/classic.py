"""The classic KeyPay: a signed redirect, what the browser brings back, and the bill's status."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.resources import files
from typing import ClassVar
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx

from feesvc.intermediary import (
    Checkout,
    Facts,
    Forged,
    Limits,
    Notification,
    Outcome,
    PaymentOrder,
    Pending,
    Refused,
    Reply,
    Setting,
    Unavailable,
    Verdict,
)
from feesvc_keypay.codes import outcome_of
from feesvc_keypay.hashing import (
    REQUEST,
    is_answer_signed,
    is_signed,
    query_hash,
    secure_hash,
)

LIMITS = Limits(minimum=1_000, maximum=1_000_000_000)
"""Đồng. Less than 1,000 fails, a public code base remarks; the upper bound is ours."""
STATUS = {Verdict.FORGED: 400, Verdict.UNKNOWN_ORDER: 404, Verdict.TRY_AGAIN: 503}
ANSWER = re.compile(r"([^|\s]{0,100})\|([0-9]{2})\|([0-9A-Fa-f]{32})\s*")
LOCALES = {"vi": "vn", "en": "en"}
MOST_FIELDS = 40


class KeyPay:
    """One merchant at KeyPay. Safe to use from many threads; keeps no state."""

    facts: ClassVar[Facts] = Facts(
        name_vi="KeyPay", name_en="KeyPay", currencies={"VND": LIMITS},
        charge_borne_by="agency", trust="hint",
    )  # fmt: skip
    settlement_profiles: ClassVar[Mapping[str, str]] = {
        "keypay-daily": files(__package__).joinpath("settlement.toml").read_text("utf-8"),
    }
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting(name="url"),
        Setting(name="query_url"),
        Setting(name="merchant_code"),
        Setting(name="secret_key", secret=True),
        Setting(name="hex_case"),
        Setting(name="service_code"),
        Setting(name="digest", required=False, default="md5"),
        Setting(name="query_hex_case", required=False, default="lower"),
        Setting(name="version", required=False, default="1.0"),
        Setting(name="command", required=False, default="pay"),
        Setting(name="currency_code", required=False, default="704"),
        Setting(name="country_code", required=False, default="+84"),
        Setting(name="internal_bank", required=False),
    )

    def __init__(self, settings: Mapping[str, str], http: httpx.Client) -> None:
        for setting in self.settings:
            if setting.required and not settings.get(setting.name):
                raise ValueError(f"KeyPay needs the setting {setting.name}")
        told = {s.name: settings.get(s.name) or s.default for s in self.settings}
        for name, known in (
            ("digest", {"md5", "sha256"}),
            ("hex_case", {"upper", "lower"}),
            ("query_hex_case", {"upper", "lower"}),
        ):
            if told[name] not in known:
                raise ValueError(f"the setting {name} is one of {', '.join(sorted(known))}")
        host = urlsplit(told["query_url"]).hostname or ""
        if f".{host}".endswith(".keypay.vn") and not told["query_url"].startswith("https://"):
            raise ValueError("the setting query_url starts with https://: answers name no order")
        self._told = told
        self._hash = f"{told['digest']} {told['hex_case']}"
        self._secrets = (settings["secret_key"], settings.get("secret_key_previous", ""))
        self._http = http

    def reference_for(self, epoch: str, number: int, placed_at: datetime) -> str:
        """Ends with a letter: a digit of the amount behind it cannot be counted to it."""
        return f"kp{epoch}{number}x"

    def request_payment(self, order: PaymentOrder) -> Checkout:
        """Computed and signed here: no request is sent."""
        if order.amount.currency != "VND":
            raise Refused("currency")
        if not LIMITS.minimum <= order.amount.amount <= LIMITS.maximum:
            raise Refused("amount")
        values = self._redirect(order)
        values["secure_hash"] = secure_hash(values, REQUEST, self._secrets[0], self._hash)
        return Checkout(url=f"{self._told['url']}?{urlencode(values)}")

    def look_up(self, order: PaymentOrder) -> Sequence[Outcome]:
        """``QuerryBillStatus``, without ``trans_id``: KeyPay's own number is not ours to know."""
        merchant, good = self._told["merchant_code"], order.reference
        said = [order.reference, good, "", merchant]
        asked = {
            "merchant_code": merchant,
            "good_code": good,
            "merchant_trans_id": order.reference,
            "secure_hash": query_hash(said, self._secrets[0], self._told["query_hex_case"]),
        }
        return (outcome_of(self._asked(asked), order),)

    def read_notification(self, notification: Notification) -> Sequence[Outcome]:
        """What the browser brought back names the order, and that is all we take from it."""
        values = _parameters(notification)
        if not is_signed(values, self._secrets, self._hash):
            raise Forged("another secure_hash")
        if values.get("merchant_code") != self._told["merchant_code"]:
            return ()
        reference = values.get("merchant_trans_id", "")
        if not reference or not values.get("response_code"):
            raise Forged("signed, and not to be read")
        return (Pending(reference=reference),)

    def acknowledge(self, notification: Notification, verdict: Verdict) -> Reply:
        """For the portal that passed it on: KeyPay itself waits for no answer."""
        body = f'{{"verdict":"{verdict.value}"}}'.encode()
        return Reply(status=STATUS.get(verdict, 200), body=body)

    def _redirect(self, order: PaymentOrder) -> dict[str, str]:
        told = self._told
        return {
            "merchant_code": told["merchant_code"],
            "merchant_trans_id": order.reference,
            "good_code": order.reference,
            # Postage stands within net_cost: whether ship_fee is added to it is not known.
            "net_cost": str(order.amount.amount),
            "ship_fee": "0",
            "tax": "0",
            "bank_code": "",
            "service_code": told["service_code"],
            "version": told["version"],
            "command": told["command"],
            "currency_code": told["currency_code"],
            "current_locale": LOCALES[order.locale],
            "country_code": told["country_code"],
            "return_url": order.return_url,
            "internal_bank": told["internal_bank"],
            "desc_1": order.description,
            **dict.fromkeys(("desc_2", "desc_3", "desc_4", "desc_5"), ""),
            "xml_description": order.description,
        }

    def _asked(self, asked: Mapping[str, str]) -> str:
        """The code in ``<word>|<code>|<hash>``; raises ``Unavailable``."""
        try:
            answer = self._http.get(self._told["query_url"], params=dict(asked))
        except httpx.HTTPError as problem:
            raise Unavailable(f"KeyPay: {type(problem).__name__}") from problem
        if answer.status_code != httpx.codes.OK:
            raise Unavailable(f"KeyPay answered {answer.status_code}")
        try:
            parts = ANSWER.fullmatch(answer.content.decode("ascii"))
        except UnicodeDecodeError:
            parts = None
        if parts is None:
            raise Unavailable("KeyPay's answer cannot be read")
        if not is_answer_signed(parts.group(1, 2), parts[3], self._secrets):
            raise Unavailable("KeyPay's answer is not signed with our key")
        return parts[2]


def _parameters(notification: Notification) -> dict[str, str]:
    """In the query of a GET or the form of a POST, each once; raises ``Forged``."""
    posted = notification.method == "POST"
    raw, other = notification.query, notification.body
    if posted:
        raw, other = other, raw
    try:
        pairs = parse_qsl(
            raw.decode("ascii"), keep_blank_values=True, strict_parsing=True, errors="strict",
            max_num_fields=MOST_FIELDS,
        )  # fmt: skip
    except ValueError as problem:
        raise Forged("not parameters") from problem
    values = dict(pairs)
    if other or len(values) != len(pairs):
        raise Forged("said twice")
    if not all(value.isprintable() for value in values.values()):
        raise Forged("a value that is never sent")
    return values
