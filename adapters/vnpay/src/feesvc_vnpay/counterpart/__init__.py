"""VNPAY's other side: its payment page, notifications, ``querydr`` and refunds. Written by us."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

import httpx
from starlette.routing import BaseRoute

from feesvc.testing.books import Order, Returned, Taken
from feesvc.testing.counterpart import Counterpart
from feesvc_vnpay.counterpart.api import STATUS, Api
from feesvc_vnpay.counterpart.settling import LAYOUT
from feesvc_vnpay.counterpart.wire import (
    HASH_KEY,
    TMN_CODE,
    hanoi_time,
    notification,
    rephrased,
    signed_query,
)

REFUND_TAKES = timedelta(seconds=10)
DECLINED = {"declined": "51", "cancelled": "24"}


class VnpayCounterpart(Counterpart):
    """An order's ``handle`` in the books is the ``vnp_CreateDate`` that it was sent with."""

    name = "vnpay"
    settles = LAYOUT
    merchant = TMN_CODE
    retry_after = (timedelta(minutes=5),) * 10
    transaction_form = "14{:06d}"
    words: ClassVar[Mapping[str, str]] = {
        "reference": "vnp_TxnRef",
        "transaction": "vnp_TransactionNo",
        "amount": "vnp_Amount",
        "merchant": "vnp_TmnCode",
        "result": "vnp_ResponseCode",
        "status": "vnp_TransactionStatus",
        "method": "vnp_BankCode",
        "at": "vnp_PayDate",
        "signature": "vnp_SecureHash",
    }

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._api = Api(self)
        super().__init__(clock)

    def settings(self, base_url: str) -> Mapping[str, str]:
        return {
            "tmn_code": TMN_CODE,
            "hash_secret": HASH_KEY,
            "pay_url": f"{base_url}/paymentv2/vpcpay.html",
            "api_url": f"{base_url}/merchant_webapi/api/transaction",
            "server_ip": "203.0.113.10",
            "order_type": "other",
            "refund_user": "feesvc",
        }

    def routes(self) -> Sequence[BaseRoute]:
        return self._api.routes()

    def acknowledged(self, reply: httpx.Response) -> bool:
        """Only RspCode 00 and 02 end it."""
        try:
            said = json.loads(reply.content)
        except ValueError:
            return False
        return reply.status_code == 200 and isinstance(said, dict) and said.get("RspCode") in {
            "00", "02",
        }  # fmt: skip

    def rephrased(
        self, message: httpx.Request, changes: Mapping[str, Any], settings: Mapping[str, str]
    ) -> httpx.Request:
        return rephrased(message, changes, settings["hash_secret"])

    def take_refund(self, refund: Returned) -> Returned:
        """Accept a refund; the bank has it ten seconds later. Raises ``No``."""
        accepted = self.ledger.refund(refund)
        self.outbox.do(lambda: self.finish_refund(refund.reference), REFUND_TAKES)
        return accepted

    def payment_fields(self, order: Order) -> dict[str, str]:
        """How a payment stands, in the words that notifications and look-ups share."""
        told = {
            "vnp_Amount": str(order.amount.amount * 100),
            "vnp_BankCode": "VNPAY",
            "vnp_TransactionNo": "0",
            "vnp_TransactionStatus": STATUS[order.state],
            "vnp_OrderInfo": order.description,
        }
        if order.transactions:
            taken = self.ledger.taken[order.transactions[-1]]
            told |= {
                "vnp_Amount": str(taken.amount.amount * 100),
                "vnp_BankCode": "NCB",
                "vnp_PayDate": hanoi_time(taken.at),
                "vnp_TransactionNo": taken.transaction,
                "vnp_TransactionStatus": "04" if taken.reversed_at else "00",
            }
        elif order.ended_at is not None:
            told["vnp_PayDate"] = hanoi_time(order.ended_at)
        return told

    def announce_payment(self, order: Order) -> Callable[[], httpx.Request]:
        parameters = self._told(order, DECLINED.get(order.state, "00"))
        if order.return_url:  # what the browser brings back; it moves nothing at our side
            base = order.return_url.partition("?vnp_")[0]
            order.return_url = f"{base}?{signed_query(parameters, HASH_KEY)}"
        return lambda: notification(self.notify_url, parameters, HASH_KEY)

    def announce_reversal(self, taken: Taken) -> Callable[[], httpx.Request]:
        parameters = self._told(self.ledger.order(taken.reference), "99")
        return lambda: notification(self.notify_url, parameters, HASH_KEY)

    def _told(self, order: Order, code: str) -> dict[str, str]:
        with self.ledger.lock:
            told = self.payment_fields(order)
        if order.transactions:
            told |= {"vnp_BankTranNo": f"VNP{order.transactions[-1]}", "vnp_CardType": "ATM"}
        return {
            **told,
            "vnp_ResponseCode": code,
            "vnp_TmnCode": TMN_CODE,
            "vnp_TxnRef": order.reference,
        }
