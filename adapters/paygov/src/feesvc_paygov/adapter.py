"""The adapter of PayGov: create through the gateway, and look-ups as the account was told."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.resources import files
from typing import Any, ClassVar

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
    Received,
    Refused,
    Reply,
    Setting,
    Verdict,
    code_of,
)
from feesvc.intermediary.strict_json import Unreadable
from feesvc_paygov.checksum import Rule
from feesvc_paygov.fields import Fields
from feesvc_paygov.gateway import Gateway
from feesvc_paygov.settings import SETTINGS, checked

LIMITS = Limits(minimum=1, maximum=10_000_000_000)
PAGE = re.compile("https?://[0-9A-Za-z][!-~]*")
SUCCESSFUL, FAILED = "SUCCESSFUL", "FAILED"
TAKEN = frozenset({Verdict.RECORDED, Verdict.DUPLICATE, Verdict.NOTHING})


class PayGov:
    """One partner of PayGov. Safe to use from many threads; keeps no state."""

    facts: ClassVar[Facts] = Facts(
        name_vi="PayGov", name_en="PayGov", currencies={"VND": LIMITS},
        charge_borne_by="agency", trust="hint",
    )  # fmt: skip
    settlement_profiles: ClassVar[Mapping[str, str]] = {
        "paygov-daily": files(__package__).joinpath("settlement.toml").read_text("utf-8"),
    }
    settings: ClassVar[tuple[Setting, ...]] = SETTINGS

    def __init__(self, settings: Mapping[str, str], http: httpx.Client) -> None:
        self._told = checked(settings)
        self._rule = Rule(self._told) if self._told["checksum_digest"] else None
        self._gateway = Gateway(self._told, http)

    def reference_for(self, epoch: str, number: int, placed_at: datetime) -> str:
        return f"pg{epoch}{number}"

    def request_payment(self, order: PaymentOrder) -> Checkout:
        if order.amount.currency != "VND":
            raise Refused("currency")
        if not LIMITS.minimum <= order.amount.amount <= LIMITS.maximum:
            raise Refused("amount")
        opened = self._gateway.post(self._told["url"], self._create(order))
        try:
            url = opened.within("data").text("url", 2_000)
            if not PAGE.fullmatch(url):
                raise Unreadable("url")
            return Checkout(url=url)
        except Unreadable as problem:
            raise problem.unavailable() from problem

    def look_up(self, order: PaymentOrder) -> Sequence[Outcome]:
        told = self._told
        asked = {"partnerCode": told["partner_code"], told["query_reference"]: order.reference}
        answer = self._gateway.post(told["query_url"], asked)
        try:
            return (self._stands(answer, order),)
        except Unreadable as problem:
            raise problem.unavailable() from problem

    def read_notification(self, notification: Notification) -> Sequence[Outcome]:
        """Its checksum is checked by PayGov itself; then it names an order, and no more."""
        if notification.method != "POST":
            raise Forged("it is posted")
        try:
            message = Fields.of(notification.body)
            reference = message.text(self._told["notification_reference"])
            said = message.flat()
        except Unreadable as problem:
            raise Forged(str(problem)) from problem
        self._verify(said)
        return (Pending(reference=reference),)

    def acknowledge(self, notification: Notification, verdict: Verdict) -> Reply:
        word = SUCCESSFUL if verdict in TAKEN else FAILED
        said = {"error_code": word, "error_message": word.lower()}
        return Reply(status=200, body=json.dumps(said).encode())

    def _create(self, order: PaymentOrder) -> dict[str, Any]:
        told = self._told
        message: dict[str, Any] = {
            "partnerCode": told["partner_code"],
            "returnUrl": order.return_url,
            "orderId": f"{told['unit_code']}-{order.dossier}-01",
            "amount": order.amount.amount,
            "orderInfo": order.description,
            "requestCode": order.reference,
            "ipAddress": order.payer_ip,
        }
        if self._rule is not None:
            message |= {"accessKey": told["access_key"], "serviceCode": told["service_code"]}
            message["checksum"] = self._rule.of(message)
        return message

    def _stands(self, answer: Fields, order: PaymentOrder) -> Outcome:
        """PayGov's time of a payment is not known: it is that of the look-up which found it."""
        reference, status = order.reference, answer.at(self._told["query_status"])
        named = self._told["query_reference"]
        for about in (answer, answer.above(self._told["query_status"])):
            if about.has(named) and about.code(named) != reference:
                raise Unreadable(f"another {named}")
        if status == self._told["query_paid"]:
            amount = answer.dong(self._told["query_amount"])
            return Received(
                reference=reference, transaction=reference, amount=amount, at=order.asked_at
            )
        if status == self._told["query_failed"]:
            return Ended(reference=reference, reason="failed", at=order.asked_at)
        known = status == self._told["query_pending"]
        return Pending(reference=reference, code="" if known else code_of(f"status_{status}"))

    def _verify(self, said: Mapping[str, Any]) -> None:
        """Raises ``Forged`` where PayGov does not say that these are its own words."""
        answer = self._gateway.post(self._told["checksum_url"], said)
        try:
            word = answer.text("error_code", 50)
        except Unreadable as problem:
            raise problem.unavailable() from problem
        if word != SUCCESSFUL:
            raise Forged("PayGov does not know its own checksum")
