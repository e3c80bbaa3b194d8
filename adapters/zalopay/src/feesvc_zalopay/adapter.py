"""The ZaloPay adapter: one merchant account (an app) at ZaloPay's v2 gateway."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from importlib.resources import files
from typing import ClassVar, NoReturn
from urllib.parse import urlsplit

import httpx

from feesvc.intermediary import (
    Checkout,
    Ended,
    Facts,
    Forged,
    Limits,
    Notification,
    Outcome,
    PaymentOrder,
    Pending,
    RefundAccepted,
    RefundOrder,
    RefundOutcome,
    Refunds,
    Refused,
    Reply,
    Setting,
    Unavailable,
    Verdict,
)
from feesvc.intermediary.strict_json import Unreadable
from feesvc_zalopay.calling import PROCESSING, REQUEST_REFUSED, Answer, Api
from feesvc_zalopay.fields import milliseconds
from feesvc_zalopay.reading import NOT_FOUND, payment_outcome, refund_outcome, told_payment
from feesvc_zalopay.signing import verified

VIETNAM = timezone(timedelta(hours=7))
BAD_REQUEST = -401
DUPLICATE_ORDER, DUPLICATE_REFUND = -68, -23
REFUSED_REFUND = {
    -13: "too_late",
    -14: "amount",
    -24: "bad_reference",
    -25: "bad_reference",
    -26: "bad_reference",
    -101: "unknown_transaction",
    BAD_REQUEST: "bad_request",
}
"""Nothing was given back, and asking again will not help."""
DATED = (-24, -25, -26)
"""Refusals of a reference, which bears the day on which it may first be used."""
SHORTEST, LONGEST = 300, 2_592_000
"""Seconds that ZaloPay lets an order live."""
REPLIES = {
    Verdict.RECORDED: (1, "recorded"),
    Verdict.DUPLICATE: (2, "duplicate"),
    Verdict.NOTHING: (1, "nothing to us"),
    Verdict.WRONG_AMOUNT: (1, "recorded, another amount"),
    Verdict.UNKNOWN_ORDER: (3, "unknown order"),
    Verdict.FORGED: (-1, "mac not equal"),
    Verdict.TRY_AGAIN: (0, "try again"),
}
"""1 and 2 end the callback, 0 brings it again (three times at most), any other ends it as failed.
A wrong amount is recorded too: trying again would not mend it."""


class ZaloPay(Refunds):
    """Safe to use from many threads; keeps no state."""

    facts: ClassVar[Facts] = Facts(
        name_vi="Ví ZaloPay",
        name_en="ZaloPay wallet",
        currencies={"VND": Limits(minimum=1, maximum=1_000_000_000)},
        charge_borne_by="agency",
        trust="authoritative",
    )
    settlement_profiles: ClassVar[Mapping[str, str]] = {
        "zalopay-daily": files(__package__).joinpath("settlement.toml").read_text("utf-8"),
    }
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting(name="url"),
        Setting(name="app_id"),
        Setting(name="key1", secret=True),
        Setting(name="key2", secret=True),
        Setting(name="app_user", required=False, default="feesvc"),
        Setting(name="minimum", required=False),
        Setting(name="maximum", required=False),
    )

    def __init__(self, settings: Mapping[str, str], http: httpx.Client) -> None:
        for setting in self.settings:
            if setting.required and not settings.get(setting.name):
                raise ValueError(f"ZaloPay needs the setting {setting.name}")
        self._app_user = settings.get("app_user") or "feesvc"
        bounds = self.facts.currencies["VND"]
        self._limits = Limits(
            minimum=_number(settings, "minimum", bounds.minimum),
            maximum=_number(settings, "maximum", bounds.maximum),
        )
        app_id = _number(settings, "app_id", 0)
        self._api = Api(_base(settings["url"]), app_id, settings["key1"], http)
        self._keys = (settings["key2"], settings.get("key2_previous", ""))

    def reference_for(self, epoch: str, number: int, placed_at: datetime) -> str:
        """The day is Việt Nam's: ZaloPay reconciles by it."""
        return f"{placed_at.astimezone(VIETNAM):%y%m%d}_{epoch}_{number}"

    def request_payment(self, order: PaymentOrder) -> Checkout:
        amount = order.amount.amount
        if order.amount.currency != "VND" or not self._within(amount):
            raise Refused("amount")
        try:
            answer = self._open(order)
            if answer.reason in (DUPLICATE_ORDER, BAD_REQUEST):
                self._not_opened(order, answer.reason)
            if not answer.succeeded:
                raise Unavailable(f"create: answered {answer.code} {answer.reason}")
            url = answer.text("order_url", "https?://.{1,2000}")
            qr = answer.text("qr_code", ".{1,1000}") if answer.has("qr_code") else ""
        except Unreadable as problem:
            raise problem.unavailable() from problem
        return Checkout(url=url, qr=qr)

    def look_up(self, order: PaymentOrder) -> Sequence[Outcome]:
        try:
            return [payment_outcome(self._api.query(order.reference), order)]
        except Unreadable as problem:
            raise problem.unavailable() from problem

    def read_notification(self, notification: Notification) -> Sequence[Outcome]:
        told = verified(notification, self._keys)
        try:
            return told_payment(told, self._api.app_id)
        except Unreadable as problem:
            raise Forged(f"signed, and not to be read: {problem}") from problem

    def acknowledge(self, notification: Notification, verdict: Verdict) -> Reply:
        code, message = REPLIES[verdict]
        body = {"return_code": code, "return_message": message}
        return Reply(status=200, body=json.dumps(body).encode())

    def request_refund(self, order: RefundOrder) -> RefundOutcome:
        if not (order.transaction.isascii() and order.transaction.isdecimal()):
            raise Refused("unknown_transaction")
        if order.amount.currency != "VND":
            raise Refused("amount")
        try:
            return self._refund(order)
        except Unreadable as problem:
            raise problem.unavailable() from problem

    def look_up_refund(self, order: RefundOrder) -> RefundOutcome:
        try:
            return self._look_up_refund(order)
        except Unreadable as problem:
            raise problem.unavailable() from problem

    def _within(self, amount: int) -> bool:
        return self._limits.minimum <= amount <= self._limits.maximum

    def _open(self, order: PaymentOrder) -> Answer:
        """The same request each time: its time is when the order was placed."""
        reference, amount, at = order.reference, order.amount.amount, milliseconds(order.placed_at)
        embed_data, item = json.dumps({"redirecturl": order.return_url}), "[]"
        lives = (order.expires_at - order.placed_at) // timedelta(seconds=1)
        content: dict[str, str | int] = {
            "app_user": self._app_user,
            "app_trans_id": reference,
            "app_time": at,
            "expire_duration_seconds": min(max(lives, SHORTEST), LONGEST),
            "amount": amount,
            "item": item,
            "embed_data": embed_data,
            "description": order.description,
            "bank_code": "",
            "callback_url": order.notify_url,
        }
        signed = (reference, self._app_user, amount, at, embed_data, item)
        return self._api.ask("create", content, *signed)

    def _not_opened(self, order: PaymentOrder, reason: int) -> NoReturn:
        """ZaloPay has this order already, or will not have it.

        It tells the page of an order only once, so a page whose answer was lost stays lost. A
        second order could be paid beside the first: none is opened while that is possible.
        """
        state = self._api.query(order.reference)
        if reason == BAD_REQUEST and state.reason == NOT_FOUND:
            raise Refused("bad_request")
        if isinstance(payment_outcome(state, order), Ended):
            raise Refused("order_ended")
        raise Unavailable(f"create: answered {reason}, the order is open and its page is lost")

    def _refund(self, order: RefundOrder) -> RefundOutcome:
        answer = self._ask_refund(order)
        reason = answer.reason
        if reason == DUPLICATE_REFUND or reason in REFUSED_REFUND:
            # Refused may be the repeat of one that was taken on: that one's state is the truth.
            stands = self._look_up_refund(order)
            if reason == DUPLICATE_REFUND or stands != Pending(reference=order.reference):
                return stands
            if (
                reason in DATED
                and order.reference[:6] != f"{order.asked_at.astimezone(VIETNAM):%y%m%d}"
            ):
                # Its day is over: it may have been taken on just before midnight, unseen until now.
                raise Unavailable(f"refund: answered {reason} on another day than its own")
            raise Refused(REFUSED_REFUND[reason])
        if reason in REQUEST_REFUSED:
            raise Unavailable(f"refund: answered {answer.code} {reason}")
        if answer.succeeded or answer.code == PROCESSING:
            # Also a success: refunds are worked off later, and a look-up tells of their end.
            handle = answer.number("refund_id") if answer.has("refund_id") else ""
            return RefundAccepted(reference=order.reference, handle=handle)
        return Pending(reference=order.reference, code=answer.named)

    def _look_up_refund(self, order: RefundOrder) -> RefundOutcome:
        name, at = self._refund_name(order), milliseconds(order.asked_at)
        content: dict[str, str | int] = {"m_refund_id": name, "timestamp": at}
        return refund_outcome(self._api.ask("query_refund", content, name, at), order)

    def _ask_refund(self, order: RefundOrder) -> Answer:
        transaction, amount = order.transaction, order.amount.amount
        at, description = milliseconds(order.asked_at), f"Refund of {order.payment_reference}"
        content: dict[str, str | int] = {
            "m_refund_id": self._refund_name(order),
            "zp_trans_id": transaction,
            "amount": amount,
            "timestamp": at,
            "description": description,
        }
        return self._api.ask("refund", content, transaction, amount, description, at)

    def _refund_name(self, order: RefundOrder) -> str:
        """``yyMMdd_appid_…``, from our reference alone."""
        day, _, rest = order.reference.partition("_")
        return f"{day}_{self._api.app_id}_{rest}"


def _number(settings: Mapping[str, str], name: str, without: int) -> int:
    value = settings.get(name, "")
    if not value and without:
        return without
    if not (value.isascii() and value.isdecimal() and 0 < int(value) < 10**12):
        raise ValueError(f"ZaloPay's setting {name} is a whole number")
    return int(value)


def _base(url: str) -> str:
    """ZaloPay's answers are not signed: from ZaloPay itself nothing is taken but over TLS."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    theirs = host == "zalopay.vn" or host.endswith(".zalopay.vn")
    if parts.scheme not in ("https", "http") or (parts.scheme == "http" and theirs):
        raise ValueError("ZaloPay's setting url starts with https://")
    return url.rstrip("/")
