"""OnePay's other side: its payment page, notifications and ``queryDR``. Written by us."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import parse_qsl

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from feesvc.money import Money
from feesvc.testing.books import No, Order
from feesvc.testing.controls import payment_page
from feesvc.testing.counterpart import Counterpart
from feesvc_onepay.counterpart.settling import LAYOUT
from feesvc_onepay.counterpart.wire import (
    ACCESS_CODE,
    HASH,
    KEY,
    MERCHANT,
    QUERY_USER,
    QUERY_WORD,
    rephrased,
    secure_hash,
    written,
)

REFERENCE = "[0-9A-Za-z]{1,40}"
PAY = {
    "vpc_Version": "2",
    "vpc_Command": "pay",
    "vpc_AccessCode": ACCESS_CODE,
    "vpc_Merchant": MERCHANT,
    "vpc_Locale": "vn|en",
    "vpc_Currency": "VND",
    "vpc_MerchTxnRef": REFERENCE,
    "vpc_OrderInfo": "[0-9A-Za-z .,:_-]{1,34}",
    "vpc_Amount": "[1-9][0-9]{0,9}",
    "vpc_ReturnURL": "https?://.{3,242}",
    "vpc_TicketNo": r"[0-9.]{7,15}",
}
QUERY = {
    "vpc_Version": "[12]",
    "vpc_Command": "queryDR",
    "vpc_AccessCode": ACCESS_CODE,
    "vpc_Merchant": MERCHANT,
    "vpc_User": QUERY_USER,
    "vpc_Password": QUERY_WORD,
    "vpc_MerchTxnRef": REFERENCE,
}
CODES = {"open": "100", "paid": "0", "declined": "1", "cancelled": "99"}


class OnepayCounterpart(Counterpart):
    """Says everything once: how often OnePay tries again is not documented."""

    name = "onepay"
    settles = LAYOUT
    merchant = MERCHANT
    transaction_form = "16{:06d}"
    words: ClassVar[Mapping[str, str]] = {
        "reference": "vpc_MerchTxnRef",
        "transaction": "vpc_TransactionNo",
        "amount": "vpc_Amount",
        "currency": "vpc_CurrencyCode",
        "merchant": "vpc_Merchant",
        "result": "vpc_TxnResponseCode",
        "signature": HASH,
    }

    def settings(self, base_url: str) -> Mapping[str, str]:
        return {
            "merchant": MERCHANT,
            "access_code": ACCESS_CODE,
            "hash_key": KEY,
            "pay_url": f"{base_url}/paygate/vpcpay.op",
            "query_url": f"{base_url}/msp/api/v1/vpc/invoices/queries",
            "query_user": QUERY_USER,
            "query_password": QUERY_WORD,
            "server_ip": "203.0.113.10",
        }

    def routes(self) -> Sequence[BaseRoute]:
        return (
            Route("/paygate/vpcpay.op", self._page, methods=["GET", "POST"]),
            Route("/msp/api/v1/vpc/invoices/queries", self._asked, methods=["POST"]),
        )

    def acknowledged(self, reply: httpx.Response) -> bool:
        return reply.status_code == 200 and reply.text.startswith("responsecode=1&")

    def reverse(self, transaction: str) -> None:
        """Nothing: no message of OnePay's that is documented could tell of it."""

    def rephrased(
        self, message: httpx.Request, changes: Mapping[str, Any], settings: Mapping[str, str]
    ) -> httpx.Request:
        return rephrased(message, changes, settings["hash_key"])

    def announce_payment(self, order: Order) -> Callable[[], httpx.Request]:
        said = self._told(order)
        if order.return_url:  # what the browser brings back; it moves nothing at our side
            order.return_url = f"{order.return_url.partition('?vpc_')[0]}?{written(said, KEY)}"
        return lambda: httpx.Request("GET", f"{self.notify_url}?{written(said, KEY)}")

    def _told(self, order: Order) -> dict[str, str]:
        with self.ledger.lock:
            taken = [self.ledger.taken[number] for number in order.transactions][-1:]
            amount = taken[0].amount if taken else order.amount
            return {
                "vpc_Version": "2",
                "vpc_Command": "pay",
                "vpc_Locale": "vn",
                "vpc_CurrencyCode": "VND",
                "vpc_Merchant": MERCHANT,
                "vpc_MerchTxnRef": order.reference,
                "vpc_OrderInfo": order.description,
                "vpc_Amount": f"{amount.amount}00",
                "vpc_TransactionNo": taken[0].transaction if taken else "0",
                "vpc_TxnResponseCode": CODES[order.state],
                "vpc_Message": "Approved" if taken else "Not approved",
            }

    async def _page(self, request: Request) -> Response:
        """The signed query is the order; the first that opens it makes it known."""
        try:
            asked = _checked(request.url.query, PAY)
            order = self.ledger.open(
                Order(
                    reference=asked["vpc_MerchTxnRef"],
                    amount=_whole(asked["vpc_Amount"]),
                    description=asked["vpc_OrderInfo"],
                    return_url=asked["vpc_ReturnURL"],
                )
            )
        except No as problem:
            return JSONResponse({"error": str(problem)}, status_code=400)
        return await payment_page(self, request, order.reference)

    async def _asked(self, request: Request) -> Response:
        """How an order stands: in text, signed. A request that is not ours gets an error page."""
        try:
            asked = _checked((await request.body()).decode("ascii", "replace"), QUERY)
        except No as problem:
            return PlainTextResponse(f"error: {problem}", status_code=400)
        reference = asked["vpc_MerchTxnRef"]
        order = self.ledger.orders.get(reference)
        known = {"vpc_DRExists": "Y", **self._told(order)} if order else {"vpc_DRExists": "N"}
        return await self.answer(reference, PlainTextResponse(written(known, KEY)))


def _checked(text: str, form: Mapping[str, str]) -> dict[str, str]:
    """The parameters of a signed text, each demanded one of its form. Raises ``No``."""
    try:
        pairs = parse_qsl(text, strict_parsing=True, keep_blank_values=True, errors="strict")
    except ValueError as problem:
        raise No("format") from problem
    asked = dict(pairs)
    if len(asked) != len(pairs):
        raise No("format")
    if not hmac.compare_digest(secure_hash(pairs, KEY).encode(), asked.get(HASH, "").encode()):
        raise No("signature")
    if {name for name in asked if name.startswith("vpc_")} != {*form, HASH}:
        raise No("format")
    if not all(re.fullmatch(demanded, asked[name]) for name, demanded in form.items()):
        raise No("format")
    return asked


def _whole(hundredths: str) -> Money:
    if not hundredths.endswith("00"):
        raise No("format")
    return Money(int(hundredths) // 100, "VND")
