"""MoMo's other side: the AIO v2 gateway, a payment page, notifications, faults. Written by us."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

import httpx
from starlette.routing import BaseRoute

from feesvc.testing.books import Order, Returned
from feesvc.testing.counterpart import Counterpart
from feesvc_momo.counterpart.api import Api
from feesvc_momo.counterpart.settling import LAYOUT
from feesvc_momo.counterpart.standing import CODES
from feesvc_momo.counterpart.wire import (
    ACCESS_KEY,
    MESSAGES,
    PARTNER,
    SECRET_KEY,
    milliseconds,
    notification,
    rephrased,
)


class MomoCounterpart(Counterpart):
    """MoMo does not publish whether a notification is sent again: here it is sent once.

    Refunds are made at once, as MoMo answers them. ``slow_refunds`` leaves them at 7002 until they
    are finished or failed; ``refund_answers`` holds what the next attempts end with instead.
    """

    name = "momo"
    settles = LAYOUT
    merchant = PARTNER
    transaction_form = "4088{:06d}"
    slow_refunds: ClassVar[bool] = False

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.refund_answers: list[int] = []
        self.api = Api(self)
        super().__init__(clock)

    words: ClassVar[Mapping[str, str]] = {
        "reference": "orderId",
        "transaction": "transId",
        "amount": "amount",
        "merchant": "partnerCode",
        "result": "resultCode",
        "method": "payType",
        "at": "responseTime",
        "signature": "signature",
    }

    def rephrased(
        self, message: httpx.Request, changes: Mapping[str, Any], settings: Mapping[str, str]
    ) -> httpx.Request:
        return rephrased(message, changes, settings)

    def settings(self, base_url: str) -> Mapping[str, str]:
        return {
            "url": base_url,
            "partner_code": PARTNER,
            "access_key": ACCESS_KEY,
            "secret_key": SECRET_KEY,
        }

    def routes(self) -> Sequence[BaseRoute]:
        return self.api.routes()

    def take_refund(self, refund: Returned, code: int) -> None:
        """Keep an attempt at a refund that ended with ``code``. Raises ``No``."""
        with self.ledger.lock:
            self.ledger.refund(refund)
            if code == 0 and not self.slow_refunds:
                self.finish_refund(refund.reference)
            elif code:
                self.fail_refund(refund.reference)
                refund.reason = str(code)

    def announce_payment(self, order: Order) -> Callable[[], httpx.Request]:
        """A failure is told too: every process that is completed is notified."""
        code = CODES[order.state]
        taken = self.ledger.taken[order.transactions[-1]] if code == 0 else None
        content = {
            "partnerCode": PARTNER,
            "orderId": order.reference,
            "requestId": self.api.request_of(order.reference),
            "amount": taken.amount.amount if taken else order.amount.amount,
            "orderInfo": order.description,
            "orderType": "momo_wallet",
            "transId": int(taken.transaction) if taken else 0,
            "resultCode": code,
            "message": MESSAGES[code],
            "payType": "qr" if taken else "",
            "responseTime": milliseconds(taken.at if taken else self.clock()),
            "extraData": "",
        }
        url = order.notify_url or self.notify_url
        return lambda: notification(url, content, ACCESS_KEY, SECRET_KEY)
