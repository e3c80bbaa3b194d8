"""How an order and its refunds stand at MoMo's other side, as its look-ups say it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from feesvc.testing.books import Books, Returned, Taken
from feesvc_momo.counterpart.wire import milliseconds

CODES = {"open": 1000, "paid": 0, "declined": 1002, "cancelled": 1006}
EXPIRED = 1005
UNDER_WAY = 7002
NOT_ELIGIBLE = 1088


def order_stands(books: Books, reference: str, now: datetime) -> dict[str, Any]:
    """The answer to a query. Raises ``No("unknown_order")``."""
    order = books.order(reference)
    taken = books.taken[order.transactions[-1]] if order.transactions else None
    code, at = CODES[order.state], order.ended_at or now
    if order.state == "open" and order.expires_at is not None and now >= order.expires_at:
        code, at = EXPIRED, order.expires_at
    return {
        "resultCode": code,
        "amount": taken.amount.amount if taken else order.amount.amount,
        "transId": int(taken.transaction) if taken else 0,
        "payType": "qr" if taken else "",
        "extraData": "",
        "refundTrans": attempts(books, reference),
        "lastUpdated": milliseconds(taken.at if taken else at),
    }


def attempts(books: Books, number: str) -> list[dict[str, Any]]:
    """By the number of one attempt at a refund, or of a payment for all that was given back."""
    if number in books.refunds:
        return [_attempt(books.refunds[number])]
    if number not in books.orders:
        return []
    order = books.orders[number]
    listed = [
        _attempt(refund)
        for refund in books.refunds.values()
        if refund.transaction in order.transactions
    ]
    undone = [books.taken[key] for key in order.transactions if books.taken[key].reversed_at]
    return listed + [_undone(taken) for taken in undone]


def _attempt(refund: Returned) -> dict[str, Any]:
    failed = int(refund.reason or NOT_ELIGIBLE)
    return {
        "orderId": refund.reference,
        "amount": refund.amount.amount,
        "resultCode": {"accepted": UNDER_WAY, "paid": 0}.get(refund.state, failed),
        "transId": int(refund.handle),
        "createdTime": milliseconds(refund.at),
    }


def _undone(taken: Taken) -> dict[str, Any]:
    assert taken.reversed_at is not None
    return {
        "orderId": f"MOMO_RV_{taken.transaction}",
        "amount": taken.amount.amount,
        "resultCode": 0,
        "transId": int(taken.transaction) + 5_000_000_000,
        "createdTime": milliseconds(taken.reversed_at),
    }
