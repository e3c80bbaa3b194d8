"""The OnePay adapter: computed payment links, notifications as hints, signed look-ups."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.resources import files
from typing import ClassVar
from urllib.parse import urlencode

import httpx

from feesvc.intermediary import (
    Checkout,
    Facts,
    Forged,
    Limits,
    Notification,
    Outcome,
    PaymentOrder,
    Refused,
    Reply,
    Setting,
    Unavailable,
    Verdict,
)
from feesvc_onepay.configuration import IPV4, SETTINGS, configured
from feesvc_onepay.parsing import Unreadable, believed, hundredths
from feesvc_onepay.reading import looked_up, told
from feesvc_onepay.signing import AMBIGUOUS, SIGNATURE, canonical, signature

VERSION = "2"
MOST = 99_999_999
"""Đồng: ``vpc_Amount`` has ten digits, two of them for hundredths."""
LOCALES = {"vi": "vn", "en": "en"}
CONFIRMED = b"responsecode=1&desc=confirm-success"
NOT_CONFIRMED = b"responsecode=0&desc=confirm-fail"


class Onepay:
    """One merchant account at OnePay. Safe to use from many threads; keeps no state."""

    facts: ClassVar[Facts] = Facts(
        name_vi="Cổng thanh toán OnePay",
        name_en="OnePay payment gateway",
        currencies={"VND": Limits(minimum=1, maximum=MOST)},
        charge_borne_by="agency",
        trust="hint",
    )
    settlement_profiles: ClassVar[Mapping[str, str]] = {
        "onepay-daily": files(__package__).joinpath("settlement.toml").read_text("utf-8"),
    }
    settings: ClassVar[tuple[Setting, ...]] = SETTINGS

    def __init__(self, settings: Mapping[str, str], http: httpx.Client) -> None:
        self._account = configured(settings)
        self._http = http

    def reference_for(self, epoch: str, number: int, placed_at: datetime) -> str:
        """Letters and digits only, at most 40: nothing that could split what is signed."""
        return f"{epoch}N{number}"

    def request_payment(self, order: PaymentOrder) -> Checkout:
        """Computed and signed here; OnePay hears of the order when the payer opens it."""
        limits = self.facts.currencies.get(order.amount.currency)
        if limits is None or not limits.minimum <= order.amount.amount <= limits.maximum:
            raise Refused("amount")
        if len(order.return_url) > 250:
            raise Refused("return_url_length")
        parameters = self._payment(order)
        if any(AMBIGUOUS.search(value) for value in parameters.values()):
            raise Refused("ambiguous_to_sign")
        sent = {**parameters, "AgainLink": order.return_url, "Title": parameters["vpc_OrderInfo"]}
        return Checkout(url=f"{self._account.pay_url}?{urlencode(self._signed(sent))}")

    def look_up(self, order: PaymentOrder) -> Sequence[Outcome]:
        asked = {
            "vpc_Version": VERSION,
            "vpc_Command": "queryDR",
            "vpc_AccessCode": self._account.access_code,
            "vpc_Merchant": self._account.merchant,
            "vpc_User": self._account.query_user,
            "vpc_Password": self._account.query_password,
            "vpc_MerchTxnRef": order.reference,
        }
        try:
            # In the body, never in the address: addresses are logged, and this holds a password.
            answer = self._http.post(self._account.query_url, data=self._signed(asked))
        except httpx.HTTPError as problem:
            raise Unavailable(f"queryDR: {type(problem).__name__}") from problem
        if answer.status_code != httpx.codes.OK:
            raise Unavailable(f"queryDR: answered {answer.status_code}")
        try:
            message = believed(answer.content.strip(), self._account.keys)
            return (looked_up(message, order.reference, self._account.merchant, order.asked_at),)
        except Unreadable as problem:
            raise Unavailable(f"OnePay's answer cannot be relied on: {problem}") from problem

    def read_notification(self, notification: Notification) -> Sequence[Outcome]:
        """A hint: authentic by a signature that can be read in two ways, so look it up."""
        if notification.method != "GET" or notification.body:
            raise Forged("not a GET")
        try:
            message = believed(notification.query, self._account.keys)
            return (told(message, self._account.merchant, notification.received_at),)
        except Unreadable as problem:
            raise Forged(str(problem)) from problem

    def acknowledge(self, notification: Notification, verdict: Verdict) -> Reply:
        """Received, or not: these are all the words that OnePay has."""
        again = verdict in {Verdict.FORGED, Verdict.TRY_AGAIN}
        body = NOT_CONFIRMED if again else CONFIRMED
        return Reply(status=200, body=body, media_type="text/plain")

    def _payment(self, order: PaymentOrder) -> dict[str, str]:
        payer_ip = re.fullmatch(IPV4, order.payer_ip)
        return {
            "vpc_Version": VERSION,
            "vpc_Command": "pay",
            "vpc_AccessCode": self._account.access_code,
            "vpc_Merchant": self._account.merchant,
            "vpc_Locale": LOCALES[order.locale],
            "vpc_Currency": "VND",
            "vpc_MerchTxnRef": order.reference,
            "vpc_OrderInfo": order.description[:34].strip() or order.reference,
            "vpc_Amount": hundredths(order.amount),
            "vpc_ReturnURL": order.return_url,
            "vpc_TicketNo": order.payer_ip if payer_ip else self._account.server_ip,
        }

    def _signed(self, parameters: Mapping[str, str]) -> dict[str, str]:
        return {**parameters, SIGNATURE: signature(self._account.keys[0], canonical(parameters))}
