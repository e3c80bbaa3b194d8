"""KeyPay's bridge to the national portal: create, detail, callback, and the bill inquiry."""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from importlib.resources import files
from typing import Any, ClassVar

import httpx

from feesvc.intermediary import (
    BillInquiry,
    Checkout,
    Ended,
    Facts,
    Forged,
    Limits,
    NoBill,
    Notification,
    Outcome,
    PaymentOrder,
    Pending,
    Received,
    Refused,
    Reply,
    Setting,
    Unavailable,
    Verdict,
    code_of,
)
from feesvc.intermediary.strict_json import Unreadable
from feesvc_keypay.checksum import DETAIL, PAYMENT, check_sum, verify
from feesvc_keypay.fields import Fields
from feesvc_keypay.receipt import receipt_block

LIMITS = Limits(minimum=1, maximum=10_000_000_000)
GMT7 = timezone(timedelta(hours=7))
PAGE = re.compile("https?://[0-9A-Za-z][!-~]*")
TAKEN = frozenset({Verdict.RECORDED, Verdict.DUPLICATE, Verdict.NOTHING})
NO_BILL: Mapping[NoBill, int] = {"nothing_owed": 0, "unknown_dossier": -1}
PAYABLE = 1
"""``error_code`` of the inquiry: here 1 is the good one."""


class KeyPayBridge(BillInquiry):
    """One client of the bridge. Safe to use from many threads; keeps no state."""

    facts: ClassVar[Facts] = Facts(
        name_vi="KeyPay qua Cổng Dịch vụ công quốc gia",
        name_en="KeyPay through the national public service portal",
        currencies={"VND": LIMITS},
        charge_borne_by="agency",
        trust="hint",
    )
    settlement_profiles: ClassVar[Mapping[str, str]] = {
        "keypay-bridge-daily": files(__package__)
        .joinpath("bridge_settlement.toml")
        .read_text("utf-8"),
    }
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting(name="create_url"),
        Setting(name="detail_url"),
        Setting(name="detail_paid"),
        Setting(name="client_id"),
        Setting(name="hash_key_1", secret=True),
        Setting(name="hash_key_2", secret=True),
        Setting(name="detail_failed", required=False),
        Setting(name="detail_pending", required=False),
        Setting(name="detail_within", required=False),
        Setting(name="inquiry_token", secret=True, required=False),
        Setting(name="command", required=False, default="PAY"),
        Setting(name="version", required=False, default="3.0"),
        Setting(name="locale", required=False, default="vn"),
        Setting(name="country_code", required=False, default="vi"),
        Setting(name="environment", required=False, default="1"),
        # What stands on the receipt.
        Setting(name="unit_code"),
        Setting(name="unit_name"),
        Setting(name="account_number"),
        Setting(name="account_bank"),
        Setting(name="account_name"),
        Setting(name="procedure_code"),
        Setting(name="procedure_name"),
        Setting(name="service_suffix", required=False, default=".01"),
        Setting(name="service_name", required=False),
        Setting(name="fee_row", required=False, default="1"),
        Setting(name="charge_row", required=False, default="2"),
        Setting(name="payer_name", required=False),
        Setting(name="payer_number", required=False),
        Setting(name="payer_address", required=False),
    )

    def __init__(self, settings: Mapping[str, str], http: httpx.Client) -> None:
        for setting in self.settings:
            if setting.required and not settings.get(setting.name):
                raise ValueError(f"KeyPay's bridge needs the setting {setting.name}")
        if settings["hash_key_1"] == settings["hash_key_2"]:
            raise ValueError("hash_key_1 and hash_key_2 are two keys, not one")
        self._told = {s.name: settings.get(s.name) or s.default for s in self.settings}
        self._keys = (settings["hash_key_2"], settings.get("hash_key_2_previous", ""))
        tokens = (self._told["inquiry_token"], settings.get("inquiry_token_previous", ""))
        self._inquirers = [f"Bearer {token}".encode() for token in tokens if token]
        self._http = http

    def reference_for(self, epoch: str, number: int, placed_at: datetime) -> str:
        return f"kp{epoch}{number}"

    def request_payment(self, order: PaymentOrder) -> Checkout:
        if order.amount.currency != "VND":
            raise Refused("currency")
        if not LIMITS.minimum <= order.amount.amount <= LIMITS.maximum:
            raise Refused("amount")
        message = self._create(order)
        message["check_sum"] = check_sum(
            [str(message[name]) for name in PAYMENT], self._told["hash_key_1"]
        )
        opened = self._posted(self._told["create_url"], message)
        try:
            if opened.code("error") != "0":
                raise Unavailable(f"the bridge answered error {opened.code('error')}")
            url = opened.text("payment_url", 2_000)
            if not PAGE.fullmatch(url):
                raise Unreadable("payment_url")
            return Checkout(url=url)
        except Unreadable as problem:
            raise problem.unavailable() from problem

    def look_up(self, order: PaymentOrder) -> Sequence[Outcome]:
        message = {
            "client_id": self._told["client_id"],
            "transaction_id": order.reference,
            "command": self._told["command"],
        }
        message["check_sum"] = check_sum(
            [message[name] for name in DETAIL], self._told["hash_key_1"]
        )
        answer = self._posted(self._told["detail_url"], message)
        try:
            return (self._stands(answer, order),)
        except Unreadable as problem:
            raise problem.unavailable() from problem

    def read_notification(self, notification: Notification) -> Sequence[Outcome]:
        """It names the order. The status is not signed, so nothing is made of it."""
        message = self._read(notification)
        verify(message, self._keys)
        try:
            message.own_number("transaction_code")
        except Unreadable as problem:
            raise Forged(f"signed, and not to be read: {problem}") from problem
        if message.text("client_id") != self._told["client_id"]:
            return ()
        return (Pending(reference=message.text("transaction_id")),)

    def acknowledge(self, notification: Notification, verdict: Verdict) -> Reply:
        taken = verdict in TAKEN
        return _said(
            {"return_code": 0 if taken else -1, "return_msg": "success" if taken else "error"}
        )

    def read_inquiry(self, notification: Notification) -> str:
        """Believed by its token alone: public code answers this question to anybody."""
        given = notification.headers.get("authorization", "").encode()
        if not any(hmac.compare_digest(given, known) for known in self._inquirers):
            raise Forged("nobody that we answer")
        try:
            return self._read(notification).text("MaHoSo", 50)
        except Unreadable as problem:
            raise Forged(f"no dossier: {problem}") from problem

    def answer_inquiry(self, notification: Notification, bill: PaymentOrder | NoBill) -> Reply:
        if not isinstance(bill, PaymentOrder):
            return _said({"error_code": NO_BILL[bill], "message": []})
        at = f"{bill.placed_at.astimezone(GMT7):%Y%m%d%H%M%S}"
        named = {
            "transaction_id": bill.reference,
            "client_id": self._told["client_id"],
            "MaTraCuuTT": f"{bill.dossier}{at}",
        }
        return _said({"error_code": PAYABLE, "message": named | receipt_block(bill, self._told)})

    def _create(self, order: PaymentOrder) -> dict[str, Any]:
        told = self._told
        return {
            "client_id": told["client_id"],
            "transaction_id": order.reference,
            "trans_amount": str(order.amount.amount),
            "command": told["command"],
            "version": told["version"],
            "description": order.description,
            "locale": told["locale"],
            "country_code": told["country_code"],
            "currency_code": order.amount.currency,
            "environment": told["environment"],
            # Postage stands within trans_amount: whether the fee is added to it is not known.
            "addition_fee": "0",
            "return_url": order.return_url,
            "bill_info": receipt_block(order, told),
        }

    def _stands(self, answer: Fields, order: PaymentOrder) -> Outcome:
        reference = order.reference
        if answer.code("error") != "0":
            return Pending(reference=reference, code=code_of(f"error_{answer.code('error')}"))
        detail = answer.within(self._told["detail_within"])
        if detail.has("transaction_id") and detail.text("transaction_id") != reference:
            raise Unreadable("another transaction_id")
        status = detail.code("status")
        if status == self._told["detail_paid"]:
            amount = detail.dong("trans_amount")
            return Received(
                reference=reference, transaction=reference, amount=amount, at=order.asked_at
            )
        if status == self._told["detail_failed"]:
            return Ended(reference=reference, reason="failed", at=order.asked_at)
        known = status == self._told["detail_pending"]
        return Pending(reference=reference, code="" if known else code_of(f"status_{status}"))

    def _posted(self, url: str, message: Mapping[str, Any]) -> Fields:
        try:
            answer = self._http.post(url, json=dict(message))
        except httpx.HTTPError as problem:
            raise Unavailable(f"the bridge: {type(problem).__name__}") from problem
        if answer.status_code != httpx.codes.OK:
            raise Unavailable(f"the bridge answered {answer.status_code}")
        try:
            return Fields.of(answer.content)
        except Unreadable as problem:
            raise problem.unavailable() from problem

    def _read(self, notification: Notification) -> Fields:
        if notification.method != "POST":
            raise Forged("it is posted")
        try:
            return Fields.of(notification.body)
        except Unreadable as problem:
            raise Forged(str(problem)) from problem


def _said(message: Mapping[str, Any]) -> Reply:
    return Reply(status=200, body=json.dumps(dict(message), ensure_ascii=False).encode())
