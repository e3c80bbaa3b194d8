"""The sandbox intermediary: moves no money, and does all that an intermediary can do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.resources import files
from typing import BinaryIO, ClassVar

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
    Profile,
    RefundOrder,
    RefundOutcome,
    Refunds,
    Refused,
    Reply,
    Setting,
    Settlement,
    SettlementFeed,
    SettlementFiles,
    Verdict,
)
from feesvc.intermediary.strict_json import Unreadable
from feesvc_sandbox.calling import Api
from feesvc_sandbox.fields import Fields
from feesvc_sandbox.reading import payment_outcomes, refund_outcome, told_outcomes
from feesvc_sandbox.settlement import read_settlement
from feesvc_sandbox.signing import checkout_link, verify

STATUS = {Verdict.FORGED: 400, Verdict.UNKNOWN_ORDER: 404, Verdict.TRY_AGAIN: 503}
"""What is not here is 200: a wrong amount was recorded too, trying again would not mend it."""


class Sandbox(Refunds, Cancellations, SettlementFiles, SettlementFeed):
    """One merchant account at the sandbox. Safe to use from many threads; keeps no state."""

    facts: ClassVar[Facts] = Facts(
        name_vi="Thanh toán thử nghiệm",
        name_en="Test payments",
        currencies={
            "VND": Limits(minimum=1, maximum=10_000_000_000),
            "USD": Limits(minimum=1, maximum=100_000_000),
        },
        charge_borne_by="agency",
        trust="authoritative",
    )
    settlement_profiles: ClassVar[Mapping[str, str]] = {
        "sandbox-table": files(__package__).joinpath("settlement.toml").read_text("utf-8"),
    }
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting(name="url"),
        Setting(name="merchant"),
        Setting(name="api_key", secret=True),
        Setting(name="signing_key", secret=True),
        Setting(name="offline", required=False, default="no"),
    )

    def __init__(self, settings: Mapping[str, str], http: httpx.Client) -> None:
        for setting in self.settings:
            if setting.required and not settings.get(setting.name):
                raise ValueError(f"the sandbox needs the setting {setting.name}")
        self._url = settings["url"].rstrip("/")
        self._merchant = settings["merchant"]
        self._api_key = settings["api_key"]
        self._keys = (settings["signing_key"], settings.get("signing_key_previous", ""))
        self._offline = settings.get("offline", "no") == "yes"
        self._api = Api(self._url, self._api_key, http)

    def reference_for(self, epoch: str, number: int, placed_at: datetime) -> str:
        return f"SBX-{epoch}-{number}"

    def request_payment(self, order: PaymentOrder) -> Checkout:
        limits = self.facts.currencies.get(order.amount.currency)
        if limits is None or not limits.minimum <= order.amount.amount <= limits.maximum:
            raise Refused("amount")
        if self._offline:
            return Checkout(url=checkout_link(self._url, self._api_key, _wire(order)))
        opened = self._api.post("/payments", _wire(order))
        try:
            if opened.text("reference") != order.reference:
                raise Unreadable("another order")
            return Checkout(url=opened.text("url", longest=2_000), handle=opened.text("id"))
        except Unreadable as problem:
            raise problem.unavailable() from problem

    def look_up(self, order: PaymentOrder) -> Sequence[Outcome]:
        payment = self._api.get(f"/payments/{order.reference}")
        if payment is None:
            return (Pending(reference=order.reference),)
        return self._payment(payment, order)

    def read_notification(self, notification: Notification) -> Sequence[Outcome]:
        verify(notification, self._keys)
        try:
            return told_outcomes(Fields.of(notification.body), self._merchant)
        except Unreadable as problem:
            raise Forged(f"signed, and not to be read: {problem}") from problem

    def acknowledge(self, notification: Notification, verdict: Verdict) -> Reply:
        body = f'{{"verdict":"{verdict.value}"}}'.encode()
        return Reply(status=STATUS.get(verdict, 200), body=body)

    def cancel(self, order: PaymentOrder) -> Outcome:
        return self._payment(self._api.post(f"/payments/{order.reference}/cancel", {}), order)[0]

    def request_refund(self, order: RefundOrder) -> RefundOutcome:
        return self._refund(self._api.post("/refunds", _wire_refund(order)), order)

    def look_up_refund(self, order: RefundOrder) -> RefundOutcome:
        refund = self._api.get(f"/refunds/{order.reference}")
        if refund is None:
            return Pending(reference=order.reference)
        return self._refund(refund, order)

    def read_settlement(self, document: BinaryIO, profile: Profile) -> Settlement:
        return read_settlement(document)

    def fetch_settlement(self, batch: str) -> bytes:
        return self._api.fetch(f"/settlements/{batch}")

    def _payment(self, payment: Fields, order: PaymentOrder) -> Sequence[Outcome]:
        try:
            if payment.text("reference") != order.reference:
                raise Unreadable("another order")
            return payment_outcomes(payment, self._merchant)
        except Unreadable as problem:
            raise problem.unavailable() from problem

    def _refund(self, refund: Fields, order: RefundOrder) -> RefundOutcome:
        try:
            if refund.text("reference") != order.reference:
                raise Unreadable("another refund")
            return refund_outcome(refund)
        except Unreadable as problem:
            raise problem.unavailable() from problem


def _wire(order: PaymentOrder) -> dict[str, str | int]:
    return {
        "reference": order.reference,
        "amount": order.amount.amount,
        "currency": order.amount.currency,
        "description": order.description,
        "expires_at": order.expires_at.isoformat(),
        "return_url": order.return_url,
        "notify_url": order.notify_url,
    }


def _wire_refund(order: RefundOrder) -> dict[str, str | int]:
    return {
        "reference": order.reference,
        "transaction": order.transaction,
        "amount": order.amount.amount,
        "currency": order.amount.currency,
        "reason": order.reason,
    }
