"""The VNPAY adapter, protocol 2.1.0: computed payment links, notifications, look-ups, refunds."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.resources import files
from typing import ClassVar

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
from feesvc_vnpay import requests
from feesvc_vnpay.calling import Api
from feesvc_vnpay.configuration import SETTINGS, configured
from feesvc_vnpay.fields import CODE, Fields, Unreadable, stamp
from feesvc_vnpay.notification import believed
from feesvc_vnpay.reading import looked_up, refund_stands, told
from feesvc_vnpay.signing import canonical_query, signature

MOST = 9_999_999_999
"""Đồng: ``vnp_Amount`` has twelve digits, two of them for hundredths."""
ANSWERS = {
    Verdict.RECORDED: b'{"RspCode":"00","Message":"Confirm Success"}',
    Verdict.NOTHING: b'{"RspCode":"00","Message":"Confirm Success"}',
    Verdict.UNKNOWN_ORDER: b'{"RspCode":"01","Message":"Order not found"}',
    Verdict.DUPLICATE: b'{"RspCode":"02","Message":"Order already confirmed"}',
    Verdict.WRONG_AMOUNT: b'{"RspCode":"04","Message":"Invalid amount"}',
    Verdict.FORGED: b'{"RspCode":"97","Message":"Invalid signature"}',
    Verdict.TRY_AGAIN: b'{"RspCode":"99","Message":"Unknown error"}',
}
"""VNPAY tries again, at most ten times, five minutes apart, until it hears 00 or 02."""
NO_REFUND = {"03": "wrong_format", "91": "transaction_not_found", "95": "payment_not_successful"}
"""A final no to a refund. 02, 97 and 99 are not: they speak of the account, a key, or anything."""


class Vnpay(Refunds):
    """One merchant account at VNPAY. Safe to use from many threads; keeps no state."""

    facts: ClassVar[Facts] = Facts(
        name_vi="Cổng thanh toán VNPAY",
        name_en="VNPAY payment gateway",
        currencies={"VND": Limits(minimum=1, maximum=MOST)},
        charge_borne_by="agency",
        trust="authoritative",
    )
    settlement_profiles: ClassVar[Mapping[str, str]] = {
        "vnpay-session": files(__package__).joinpath("settlement.toml").read_text("utf-8"),
    }
    settings: ClassVar[tuple[Setting, ...]] = SETTINGS

    def __init__(self, settings: Mapping[str, str], http: httpx.Client) -> None:
        self._account = configured(settings)
        self._api = Api(self._account.api_url, self._account.keys, http)

    def reference_for(self, epoch: str, number: int, placed_at: datetime) -> str:
        """``yyMMdd`` in Việt Nam, the epoch, ``N``, the counter: letters and digits, at most 32.

        The day is that of a refund's request: see ``request_refund``.
        """
        return f"{stamp(placed_at)[2:8]}{epoch}N{number}"

    def request_payment(self, order: PaymentOrder) -> Checkout:
        """Computed and signed here; VNPAY hears of the order when the payer opens it."""
        limits = self.facts.currencies.get(order.amount.currency)
        if limits is None or not limits.minimum <= order.amount.amount <= limits.maximum:
            raise Refused("amount")
        if not 10 <= len(order.return_url) <= 255:
            raise Refused("return_url_length")
        query = canonical_query(requests.payment(self._account, order))
        signed = f"{query}&vnp_SecureHash={signature(self._account.keys[0], query)}"
        return Checkout(url=f"{self._account.pay_url}?{signed}")

    def look_up(self, order: PaymentOrder) -> Sequence[Outcome]:
        answer = self._queried(requests.query(self._account, order))
        if answer is None:
            return (Pending(reference=order.reference),)
        try:
            return (looked_up(answer, order.reference, order.asked_at),)
        except Unreadable as problem:
            raise problem.unavailable() from problem

    def read_notification(self, notification: Notification) -> Sequence[Outcome]:
        message = believed(notification, self._account.keys)
        try:
            return (told(message, self._account.tmn_code, notification.received_at),)
        except Unreadable as problem:
            raise Forged(f"signed, and not to be read: {problem}") from problem

    def acknowledge(self, notification: Notification, verdict: Verdict) -> Reply:
        return Reply(status=200, body=ANSWERS[verdict])

    def request_refund(self, order: RefundOrder) -> RefundOutcome:
        """Asks under a request id that is the refund's own, which VNPAY takes once a day.

        After that day VNPAY would take the same request as a new refund. So it is sent on the day
        of its reference only; later it is ``Unavailable``, for a person to look at.
        """
        if order.amount.currency != "VND" or not 0 < order.amount.amount <= MOST:
            raise Refused("amount")
        if order.transaction_amount < order.amount:
            raise Refused("exceeds")
        if order.reference[:6] != stamp(order.asked_at)[2:8]:
            raise Unavailable("a refund is asked for on the day of its reference only")
        answer = self._api.ask(requests.refund(self._account, order))
        try:
            return self._refund_taken(answer, order)
        except Unreadable as problem:
            raise problem.unavailable() from problem

    def look_up_refund(self, order: RefundOrder) -> RefundOutcome:
        """By the number that VNPAY gave it, or as the order's latest transaction."""
        answer = self._queried(requests.refund_query(self._account, order))
        if answer is None:
            return Pending(reference=order.reference)
        try:
            return refund_stands(answer, order, requests.described(order))
        except Unreadable as problem:
            raise problem.unavailable() from problem

    def _queried(self, request: Mapping[str, str]) -> Fields | None:
        """The answer to ``querydr``; None where VNPAY knows no such order, which ends nothing."""
        answer = self._api.ask(request)
        code = answer.maybe("vnp_ResponseCode")
        if code == "91":
            return None
        if code != "00":
            raise Unavailable(f"querydr: code {code[:2]}")
        return answer

    def _refund_taken(self, answer: Fields, order: RefundOrder) -> RefundOutcome:
        code = answer.text("vnp_ResponseCode", CODE)
        if code in NO_REFUND:
            raise Refused(NO_REFUND[code])
        if code == "94":  # this request again, or another refund of the same payment under way
            return Pending(reference=order.reference)
        if code != "00":
            raise Unavailable(f"refund: code {code}")
        if answer.maybe("vnp_Amount") and answer.amount() != order.amount:
            return Pending(reference=order.reference, code="another_amount")
        number = answer.maybe("vnp_TransactionNo")
        known = re.fullmatch("0*[1-9][0-9]*", number) and number != order.transaction
        return RefundAccepted(reference=order.reference, handle=number if known else "")
