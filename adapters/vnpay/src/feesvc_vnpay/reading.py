"""Translates VNPAY's codes into outcomes. Pure; a pair of codes that is not known is pending.

Codes: intermediaries' documents "thanh-toan-pay" and "truy-van-hoan-tien" of VNPAY.
"""

from __future__ import annotations

from datetime import datetime

from feesvc.intermediary import (
    Ended,
    Outcome,
    Pending,
    Received,
    RefundAccepted,
    Refunded,
    RefundFailed,
    RefundOrder,
    RefundOutcome,
    Reversed,
    code_of,
)
from feesvc_vnpay.fields import CODE, MERCHANT, ORDER, Fields, NoWholeDong

DECLINED = {
    "09": "no_internet_banking",
    "10": "authentication_failed",
    "11": "expired",
    "12": "code_12",
    "13": "wrong_otp",
    "24": "cancelled",
    "51": "insufficient_funds",
    "65": "daily_limit",
    "75": "bank_maintenance",
    "79": "code_79",
    "99": "other",
}
"""Response codes of a payment that did not succeed. 07 is not here: there the payer was debited."""
PAYMENT = "01"
REFUNDS = frozenset({"02", "03"})


def told(message: Fields, merchant: str, received_at: datetime) -> Outcome:
    """What a notification says. Success takes both codes; two that disagree decide nothing."""
    reference = message.text("vnp_TxnRef", ORDER)
    code = message.text("vnp_ResponseCode", CODE)
    status = message.text("vnp_TransactionStatus", CODE)
    to = message.text("vnp_TmnCode", MERCHANT)
    if message.maybe("vnp_CurrCode") not in {"", "VND"}:
        return Pending(reference=reference, code="currency")
    try:
        message.amount()
    except NoWholeDong:
        return Pending(reference=reference, code="no_whole_dong")
    if (code, status) == ("00", "00"):
        return _received(message, reference, "" if to == merchant else to)
    if status == "04" and code != "00":
        return _reversed(message, reference, received_at)
    if status == "02" and code in DECLINED:
        at = message.moment_or(received_at)
        return Ended(reference=reference, reason=DECLINED[code], at=at)
    return Pending(reference=reference, code=f"{code}_{status}")


def looked_up(answer: Fields, reference: str, asked_at: datetime) -> Outcome:
    """How a payment stands by the answer to ``querydr``."""
    kind = answer.maybe("vnp_TransactionType")
    status = answer.text("vnp_TransactionStatus", CODE)
    if kind != PAYMENT:
        return Pending(reference=reference, code=code_of(f"type_{kind}_{status}"))
    match status:
        case "00":
            return _received(answer, reference, "")
        case "01":
            return Pending(reference=reference)
        case "02":
            at = answer.moment_or(asked_at)
            return Ended(reference=reference, reason="failed", at=at)
        case "04":
            return _reversed(answer, reference, asked_at)
        case _:
            return Pending(reference=reference, code=f"status_{status}")


def refund_stands(answer: Fields, order: RefundOrder, described: str) -> RefundOutcome:
    """How a refund stands, where the answer is about this very refund; pending where it is not.

    It is ours when it bears the description that we sent, which names our reference, or the number
    that VNPAY gave it.
    """
    if answer.maybe("vnp_TransactionType") not in REFUNDS:
        return Pending(reference=order.reference)
    handle = answer.transaction()
    if answer.maybe("vnp_OrderInfo") != described and handle != order.handle:
        return Pending(reference=order.reference)
    at = answer.moment_or(order.asked_at)
    if at < order.placed_at:
        at = order.asked_at  # the payment's own time: nothing goes back before it is asked for
    match answer.text("vnp_TransactionStatus", CODE):
        case "05":
            return RefundAccepted(reference=order.reference, handle=handle)
        case "06":
            amount = answer.amount()
            return Refunded(reference=order.reference, handle=handle, amount=amount, at=at)
        case "09":
            return RefundFailed(
                reference=order.reference, reason="refused_by_bank", at=at, handle=handle
            )
        case status:
            return Pending(reference=order.reference, code=f"status_{status}")


def _received(message: Fields, reference: str, merchant: str) -> Received:
    return Received(
        reference=reference,
        transaction=message.transaction(),
        amount=message.amount(),
        at=message.moment(),
        merchant=merchant,
    )


def _reversed(message: Fields, reference: str, at: datetime) -> Reversed:
    """The bank debited the payer and VNPAY has not the money: what was counted of it is undone."""
    transaction = message.transaction()
    return Reversed(reference=reference, transaction=transaction, at=at, reason="status_04")
