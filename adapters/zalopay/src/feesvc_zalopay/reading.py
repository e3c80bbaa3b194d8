"""Translates ZaloPay's codes into outcomes of payments and refunds. Pure.

Codes and meanings: docs.zalopay.vn, Status codes; zalopay-oss/zalopay-nodejs, specs/zlp.yaml.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from feesvc.intermediary import (
    Ended,
    Outcome,
    PaymentOrder,
    Pending,
    Received,
    RefundAccepted,
    Refunded,
    RefundFailed,
    RefundOrder,
    RefundOutcome,
    Unavailable,
)
from feesvc_zalopay.calling import FAIL, PROCESSING, REQUEST_REFUSED, Answer
from feesvc_zalopay.fields import Fields

NOT_FOUND = -101
WRONG_NUMBER = -92
ENDED = {-54: "expired", -322: "expired", -329: "cancelled"}
FAILED_REFUND = {0: "refund_failed", -13: "too_late", -14: "amount", -32: "not_refundable"}
WAITS_FOR_ZALOPAY = -1
GRACE = timedelta(minutes=15)
"""After an order's end, before another failure than those above counts as its end: until then its
payer may try again (-63: no balance), and a payment made at the last moment may still be told."""


def told_payment(told: Fields, app_id: int) -> Sequence[Outcome]:
    """What a callback tells: money came. One without a transfer (an agreement) is nothing to us."""
    if not told.has("zp_trans_id") and not told.has("amount"):
        return ()
    to = told.whole("app_id")
    return [
        Received(
            reference=told.text("app_trans_id", ".{1,40}"),
            transaction=told.number("zp_trans_id"),
            amount=told.money(),
            at=told.moment("server_time"),
            merchant="" if to == app_id else str(to),
        )
    ]


def payment_outcome(answer: Answer, order: PaymentOrder) -> Outcome:
    """How a look-up says that an order stands; ``Unavailable`` where it says nothing of it."""
    reference, reason = order.reference, answer.reason
    if answer.succeeded:
        at = answer.moment("server_time") if answer.has("server_time") else order.asked_at
        return Received(
            reference=reference, transaction=answer.number("zp_trans_id"),
            amount=answer.money(), at=at,
        )  # fmt: skip
    if reason in REQUEST_REFUSED or reason == WRONG_NUMBER:
        raise Unavailable(f"query: answered {answer.code} {reason}")
    if answer.code == PROCESSING or reason == NOT_FOUND:
        return Pending(reference=reference)
    if answer.code == FAIL and reason in ENDED:
        return Ended(reference=reference, reason=ENDED[reason], at=order.asked_at)
    if answer.code == FAIL and order.asked_at >= order.expires_at + GRACE:
        return Ended(reference=reference, reason=f"failed_{answer.named}", at=order.asked_at)
    return Pending(reference=reference, code=answer.named)


def refund_outcome(answer: Answer, order: RefundOrder) -> RefundOutcome:
    """How a look-up says that a refund stands. It tells neither amount nor time: ours stand in."""
    reference, reason = order.reference, answer.reason
    if answer.succeeded:
        return Refunded(
            reference=reference, handle=order.handle, amount=order.amount, at=order.asked_at
        )
    if reason in REQUEST_REFUSED:
        raise Unavailable(f"query_refund: answered {answer.code} {reason}")
    if answer.code == PROCESSING and answer.sub != WAITS_FOR_ZALOPAY:
        return RefundAccepted(reference=reference, handle=order.handle)
    if answer.code == FAIL and reason == NOT_FOUND:
        return Pending(reference=reference)
    if answer.code == FAIL and answer.sub is not None and reason in FAILED_REFUND:
        return RefundFailed(
            reference=reference, reason=FAILED_REFUND[reason], at=order.asked_at,
            handle=order.handle,
        )  # fmt: skip
    return Pending(reference=reference, code=answer.named)
