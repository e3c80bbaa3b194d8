"""The sandbox's other side: a payment page, notifications, settlements, faults. Written by us."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

import httpx
from starlette.routing import BaseRoute

from feesvc.money import Money, share
from feesvc.testing.books import No, Order, Returned, Taken
from feesvc.testing.counterpart import Counterpart
from feesvc.testing.faults import Fault
from feesvc_sandbox.counterpart.api import Api
from feesvc_sandbox.counterpart.batches import Batches
from feesvc_sandbox.counterpart.settling import LAYOUT
from feesvc_sandbox.counterpart.wire import (
    API_KEY,
    MERCHANT,
    SIGNING_KEY,
    message,
    payment_object,
    refund_object,
    rephrased,
)

MAGIC = {
    901: Fault.DELAY,
    902: Fault.LOSE,
    903: Fault.DUPLICATE,
    904: Fault.WRONG_AMOUNT,
    905: Fault.LATE_REVERSAL,
    906: Fault.REORDER,
    907: Fault.SERVER_ERROR,
    908: Fault.HANG,
}
"""Faults by the last three digits of an amount in đồng, for as long as the order lives."""
DECLINED = 910
REFUND_FAILS = 911
REFUND_TAKES = timedelta(seconds=10)


class SandboxCounterpart(Counterpart):
    """Keeps ``commission_ppm`` parts per million of each payment: none unless told."""

    name = "sandbox"
    settles = LAYOUT
    merchant = MERCHANT
    retry_after = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10))
    announces_refunds = True

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.commission_ppm = 0
        self.batches = Batches()
        super().__init__(clock)

    words: ClassVar[Mapping[str, str]] = {
        "reference": "payment.reference",
        "transaction": "payment.transfers.transaction",
        "amount": "payment.transfers.amount",
        "currency": "payment.transfers.currency",
        "merchant": "payment.merchant",
        "result": "payment.status",
        "at": "payment.transfers.at",
        "signature": "header:sandbox-signature",
    }

    def rephrased(
        self, message: httpx.Request, changes: Mapping[str, Any], settings: Mapping[str, str]
    ) -> httpx.Request:
        return rephrased(message, changes, settings["signing_key"])

    def settings(self, base_url: str) -> Mapping[str, str]:
        return {
            "url": base_url,
            "merchant": MERCHANT,
            "api_key": API_KEY,
            "signing_key": SIGNING_KEY,
        }

    def routes(self) -> Sequence[BaseRoute]:
        return Api(self).routes()

    def fee_of(self, amount: Money) -> Money:
        return Money(share(amount.amount, self.commission_ppm), amount.currency)

    def faults_of(self, order: Order) -> Sequence[Fault]:
        fault = MAGIC.get(_magic(order.amount))
        return () if fault is None else (fault,)

    def goes_smoothly(self, amount: Money) -> bool:
        return _magic(amount) not in {*MAGIC, DECLINED, REFUND_FAILS}

    def pay(self, reference: str, amount: int | None = None, *, late: bool = False) -> str:
        if _magic(self.ledger.order(reference).amount) == DECLINED:
            self.decline(reference)
            raise No("declined")
        return super().pay(reference, amount, late=late)

    def take_refund(self, refund: Returned) -> Returned:
        """Accept a refund, once per reference; its end comes ten seconds later. Raises ``No``."""
        accepted = self.ledger.refund(refund)
        if accepted is refund:
            fails = _magic(self.ledger.taken[refund.transaction].amount) == REFUND_FAILS
            end = self.fail_refund if fails else self.finish_refund
            self.outbox.do(lambda: end(refund.reference), REFUND_TAKES)
        return accepted

    def settle(self, currency: str = "VND") -> str:
        """Put everything in ``currency`` that was not settled yet in a batch; returns its name."""
        with self.ledger.lock:
            return self.batches.close(self.ledger, currency, self.clock())

    def announce_payment(self, order: Order) -> Callable[[], httpx.Request]:
        kind = "payment.paid" if order.state == "paid" else "payment.ended"
        return self._message(
            kind, order, "payment", payment_object(self.ledger, order, self.clock())
        )

    def announce_reversal(self, taken: Taken) -> Callable[[], httpx.Request]:
        order = self.ledger.order(taken.reference)
        payment = payment_object(self.ledger, order, self.clock())
        return self._message("payment.reversed", order, "payment", payment)

    def announce_refund(self, reference: str) -> Callable[[], httpx.Request]:
        refund = self.ledger.refunds[reference]
        order = self.ledger.order(self.ledger.taken[refund.transaction].reference)
        return self._message(f"refund.{refund.state}", order, "refund", refund_object(refund))

    def announce_nothing(self) -> Callable[[], httpx.Request]:
        return message(
            self.clock, self.notify_url, {"type": "account.updated", "merchant": MERCHANT}
        )

    def _message(
        self, kind: str, order: Order, name: str, content: object
    ) -> Callable[[], httpx.Request]:
        """The body is what was true now; the signature's time is each attempt's own."""
        url = order.notify_url or self.notify_url
        return message(self.clock, url, {"type": kind, name: content})


def _magic(amount: Money) -> int:
    return amount.amount % 1000 if amount.currency == "VND" else 0
