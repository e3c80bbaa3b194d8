"""payOS: bank transfers to an account that it watches, with a page and a VietQR code per order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.resources import files
from typing import ClassVar

import httpx

from feesvc.intermediary import (
    Cancellations,
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
from feesvc.intermediary.strict_json import Unreadable
from feesvc_payos import order_codes
from feesvc_payos.calling import EXISTS, UNKNOWN, Answer, Api, OtherCode
from feesvc_payos.fields import Fields
from feesvc_payos.reading import is_ours, link_outcomes, told_outcomes
from feesvc_payos.signing import canonical, is_ambiguous, is_signed, signature_of_order, signed

STATUS = {Verdict.FORGED: 400, Verdict.TRY_AGAIN: 503}
"""What is not here is 200: payOS wants any 2xx, whatever became of it."""
SETTINGS = (
    Setting(name="client_id"),
    Setting(name="api_key", secret=True),
    Setting(name="checksum_key", secret=True),
    Setting(name="api_base", required=False, default="https://api-merchant.payos.vn"),
    Setting(name="page_base", required=False, default="https://pay.payos.vn/web/"),
)
DEFAULTS = {setting.name: setting.default for setting in SETTINGS}


class Payos(Cancellations):
    """One payment channel. Safe to use from many threads; keeps no state."""

    facts: ClassVar[Facts] = Facts(
        name_vi="Chuyển khoản qua payOS",
        name_en="Bank transfer through payOS",
        currencies={"VND": Limits(minimum=1, maximum=499_999_999)},
        charge_borne_by="agency",
        trust="hint",
        variable_amount=True,
    )
    settlement_profiles: ClassVar[Mapping[str, str]] = {
        "payos-daily": files(__package__).joinpath("settlement.toml").read_text("utf-8"),
    }
    settings: ClassVar[tuple[Setting, ...]] = SETTINGS

    def __init__(self, settings: Mapping[str, str], http: httpx.Client) -> None:
        for setting in self.settings:
            if setting.required and not settings.get(setting.name):
                raise ValueError(f"payOS needs the setting {setting.name}")
        self._key = settings["checksum_key"]
        self._keys = (self._key, settings.get("checksum_key_previous", ""))
        self._pages = settings.get("page_base") or DEFAULTS["page_base"]
        base = (settings.get("api_base") or DEFAULTS["api_base"]).rstrip("/")
        self._api = Api(base, settings["client_id"], settings["api_key"], self._keys, http)

    def reference_for(self, epoch: str, number: int, placed_at: datetime) -> str:
        return order_codes.written(epoch, number)

    def request_payment(self, order: PaymentOrder) -> Checkout:
        limits = self.facts.currencies.get(order.amount.currency)
        if limits is None or not limits.minimum <= order.amount.amount <= limits.maximum:
            raise Refused("amount")
        opened = self._api.post("/v2/payment-requests", self._wire(order))
        if opened.code == EXISTS:
            return self._opened_before(order)
        link = opened.need()
        try:
            if (str(link.whole("orderCode")), link.whole("amount")) != (
                order.reference, order.amount.amount,
            ):  # fmt: skip
                raise Unreadable("another order")
            return Checkout(
                url=link.text("checkoutUrl", 2_000), qr=link.text("qrCode", 1_000),
                handle=link.text("paymentLinkId", 100),
            )  # fmt: skip
        except Unreadable as problem:
            raise _unavailable(problem) from problem

    def look_up(self, order: PaymentOrder) -> Sequence[Outcome]:
        answer = self._api.get(_path(order))
        if answer.code == UNKNOWN:
            return (Pending(reference=order.reference),)
        return _stands(answer, order)

    def read_notification(self, notification: Notification) -> Sequence[Outcome]:
        if notification.method != "POST":
            raise Forged("not a POST")
        try:
            envelope = Fields.of(notification.body)
            data, signature = envelope.fields("data"), envelope.text("signature", 64)
            if is_ambiguous(data.told):
                raise Forged("a value that may be read as two fields")
            if not is_signed(data.told, signature, self._keys):
                raise Forged("another signature")
            return told_outcomes(data)
        except Unreadable as problem:
            raise Forged(f"not to be read: {problem}") from problem

    def acknowledge(self, notification: Notification, verdict: Verdict) -> Reply:
        status = STATUS.get(verdict, 200)
        return Reply(status=status, body=b'{"success":%s}' % str(status == 200).lower().encode())

    def cancel(self, order: PaymentOrder) -> Outcome:
        reason = {"cancellationReason": "another attempt"}
        content = {**reason, "signature": signed(self._key, canonical(reason))}
        try:
            cancelled = self._api.post(f"{_path(order)}/cancel", content)
        except OtherCode:
            # What is paid or ended cannot be cancelled, and payOS's code for that is not known.
            return self.look_up(order)[0]
        if cancelled.data is None:
            return self.look_up(order)[0]
        return _stands(cancelled, order)[0]

    def _opened_before(self, order: PaymentOrder) -> Checkout:
        """payOS tells the code to scan only once; the page of the same link has it."""
        link = self._api.get(_path(order)).need()
        try:
            if not is_ours(link, order):
                raise Refused("other_content")
            handle = link.text("id", 100)
            return Checkout(url=self._pages + handle, handle=handle)
        except Unreadable as problem:
            raise _unavailable(problem) from problem

    def _wire(self, order: PaymentOrder) -> dict[str, str | int]:
        code = order_codes.code_in(order.reference)
        content: dict[str, str | int] = {
            "orderCode": code,
            "amount": order.amount.amount,
            "description": order_codes.note_of(code),
            "cancelUrl": order.return_url,
            "returnUrl": order.return_url,
            "expiredAt": int(order.expires_at.timestamp()),
        }
        return {**content, "signature": signature_of_order(self._key, content)}


def _stands(answer: Answer, order: PaymentOrder) -> Sequence[Outcome]:
    try:
        return link_outcomes(answer.need(), order)
    except Unreadable as problem:
        raise _unavailable(problem) from problem


def _path(order: PaymentOrder) -> str:
    return f"/v2/payment-requests/{order_codes.code_in(order.reference)}"


def _unavailable(problem: Unreadable) -> Unavailable:
    return Unavailable(f"payOS's answer cannot be read: {problem}")
