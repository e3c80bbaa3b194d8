"""Refunds at MoMo: each attempt has an order number of its own, derived from our reference.

1080 says that an attempt failed for good and that another may succeed after about an hour. The
requestId of a final answer only ever repeats it, so another attempt needs another number. Attempts
are numbered from our reference alone, and asked for one after the other: repeating a request finds
again what became of the earlier ones, and no two of them can both have given money back unseen.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from feesvc.intermediary import (
    Pending,
    RefundFailed,
    RefundOrder,
    RefundOutcome,
    Refused,
    Unavailable,
)
from feesvc.intermediary.strict_json import Unreadable
from feesvc_momo.calling import Api
from feesvc_momo.fields import Fields, microseconds
from feesvc_momo.reading import (
    DUPLICATE_ORDER,
    DUPLICATE_REQUEST,
    FAILED,
    NEVER_REFUNDED,
    PAID,
    UNKNOWN_ORDER,
    refund_outcome,
)
from feesvc_momo.signing import QUERY, REFUND

AGAIN_AFTER = timedelta(hours=1)
ATTEMPTS = 4
LEAST, MOST = 1_000, 50_000_000
"""Đồng of one refund. A payment by domestic card gives back no less than 10,000: MoMo says so."""
REFUSED = {
    20: "bad_format",
    21: "amount",
    22: "amount_out_of_range",
    UNKNOWN_ORDER: "unknown_transaction",
    **NEVER_REFUNDED,
}


class Refunding:
    """``by_payment``: refund/query is asked by the payment's order number, not by the refund's."""

    def __init__(self, api: Api, *, by_payment: bool) -> None:
        self._api = api
        self._by_payment = by_payment

    def request(self, order: RefundOrder) -> RefundOutcome:
        if not (order.transaction.isascii() and order.transaction.isdecimal()):
            raise Refused("unknown_transaction")
        if order.amount.currency != "VND" or not LEAST <= order.amount.amount <= MOST:
            raise Refused("amount")
        try:
            return self._request(order)
        except Unreadable as problem:
            raise problem.unavailable() from problem

    def look_up(self, order: RefundOrder) -> RefundOutcome:
        """Found by our own numbers, whether or not an answer ever reached us."""
        try:
            return self._look_up(order)
        except Unreadable as problem:
            raise problem.unavailable() from problem

    def _request(self, order: RefundOrder) -> RefundOutcome:
        for number, name in enumerate(_names(order)):
            answer = self._api.ask("refund", _content(order, name), REFUND)
            if answer.code in (DUPLICATE_REQUEST, DUPLICATE_ORDER):
                return self._look_up(order)
            if answer.code in REFUSED and not number:
                raise Refused(REFUSED[answer.code])
            at = answer.moment("responseTime")
            if answer.code != FAILED:
                return refund_outcome(order.reference, answer, at, again=number > 0)
            if order.asked_at - at < AGAIN_AFTER:
                return _failed_for_now(order)
        return _failed(order, at)

    def _look_up(self, order: RefundOrder) -> RefundOutcome:
        told: RefundOutcome = Pending(reference=order.reference)
        for number, attempt in enumerate(self._attempts(order)):
            at = attempt.moment("createdTime")
            if attempt.whole("resultCode") != FAILED:
                told = refund_outcome(order.reference, attempt, at, again=number > 0)
            else:
                told = _failed(order, at) if number + 1 == ATTEMPTS else _failed_for_now(order)
        return told

    def _attempts(self, order: RefundOrder) -> Iterator[Fields]:
        """Those that MoMo knows, the first one first: one follows only where one failed."""
        known: list[Fields] = []
        for number, name in enumerate(_names(order)):
            if not number or not self._by_payment:
                known = self._ask(order, name, number)
            mine = [attempt for attempt in known if attempt.text("orderId") == name]
            if not mine:
                return
            yield mine[0]
            if mine[0].whole("resultCode") != FAILED:
                return

    def _ask(self, order: RefundOrder, name: str, number: int) -> list[Fields]:
        content = {
            "requestId": f"{order.reference}.r{number}.{microseconds(order.asked_at)}",
            "orderId": order.payment_reference if self._by_payment else name,
            "lang": "vi",
        }
        answer = self._api.ask("refund/query", content, QUERY)
        if answer.code == UNKNOWN_ORDER:
            return []
        if answer.code != PAID:
            raise Unavailable(f"refund/query: answered {answer.code}")
        return list(answer.each("refundTrans"))


def _names(order: RefundOrder) -> Iterator[str]:
    yield order.reference
    yield from (f"{order.reference}.{number}" for number in range(1, ATTEMPTS))


def _content(order: RefundOrder, name: str) -> dict[str, str | int | bool]:
    return {
        "orderId": name,
        "requestId": name,
        "amount": order.amount.amount,
        "transId": int(order.transaction),
        "lang": "vi",
        "description": f"Refund of {order.payment_reference}",
    }


def _failed_for_now(order: RefundOrder) -> Pending:
    return Pending(reference=order.reference, code=str(FAILED))


def _failed(order: RefundOrder, at: datetime) -> RefundFailed:
    return RefundFailed(reference=order.reference, reason="failed_every_time", at=at)
