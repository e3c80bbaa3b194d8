"""VNPAY's payment page and its API ``querydr`` and ``refund``, strict about all that is asked."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from feesvc.money import Money
from feesvc.testing.books import No, Order, Returned
from feesvc.testing.controls import payment_page
from feesvc_vnpay.counterpart import forms
from feesvc_vnpay.counterpart.wire import (
    HASH_KEY,
    TMN_CODE,
    decode,
    hanoi_time,
    pipe,
    signed_query,
)

if TYPE_CHECKING:
    from feesvc_vnpay.counterpart import VnpayCounterpart

CODES = {
    "tmn_code": ("02", "Invalid TmnCode"),
    "format": ("03", "Invalid format"),
    "unknown_order": ("91", "Transaction not found"),
    "unknown_transaction": ("91", "Transaction not found"),
    "repeated": ("94", "Duplicate request"),
    "under_way": ("94", "A refund of this transaction is being processed"),
    "exceeds": ("95", "Transaction cannot be refunded"),
    "not_paid": ("95", "Transaction was not successful"),
    "signature": ("97", "Invalid signature"),
}
NOT_SIGNED = {"02", "97"}
"""Where VNPAY does not know whose key to answer with."""
STATUS = {"open": "01", "paid": "00", "declined": "02", "cancelled": "02"}
REFUND_STATUS = {"accepted": "05", "paid": "06", "failed": "09"}


class Api:
    """One merchant's view of VNPAY."""

    def __init__(self, counterpart: VnpayCounterpart) -> None:
        self._counterpart = counterpart
        self._requests: set[tuple[str, str]] = set()

    def routes(self) -> Sequence[BaseRoute]:
        return (
            Route("/paymentv2/vpcpay.html", self._page, methods=["GET", "POST"]),
            Route("/merchant_webapi/api/transaction", self._asked, methods=["POST"]),
        )

    async def _page(self, request: Request) -> Response:
        """The signed query is the order; the first that opens it makes it known."""
        try:
            reference = self._opened(request.url.query)
        except (No, ValueError) as problem:
            code, message = CODES.get(str(problem), ("99", str(problem)))
            return JSONResponse({"code": code, "message": message}, status_code=400)
        return await payment_page(self._counterpart, request, reference)

    def _opened(self, query: str) -> str:
        asked = {}
        for pair in query.split("&"):
            name, _, value = pair.partition("=")
            if name in asked:
                raise No("format")
            asked[name] = decode(value)
        if asked.get("vnp_TmnCode") != TMN_CODE:
            raise No("tmn_code")
        given = asked.pop("vnp_SecureHash", "")
        signature = signed_query(asked, HASH_KEY).rpartition("=")[2]
        if not hmac.compare_digest(signature, given.lower()):
            raise No("signature")
        forms.check(asked, forms.PAY)
        order = Order(
            reference=asked["vnp_TxnRef"],
            amount=Money(int(asked["vnp_Amount"]) // 100, "VND"),
            handle=asked["vnp_CreateDate"],
            description=asked["vnp_OrderInfo"],
            return_url=asked["vnp_ReturnUrl"],
            expires_at=forms.moment(asked["vnp_ExpireDate"]),
        )
        known = self._counterpart.ledger.open(order)
        if known.handle != order.handle or known.description != order.description:
            raise No("other_content")
        return order.reference

    async def _asked(self, request: Request) -> Response:
        asked: dict[str, Any] = {}
        try:
            asked = _object(await request.body())
            answer = self._answer(asked)
        except No as problem:
            code, message = CODES[str(problem)]
            answer = {"vnp_ResponseCode": code, "vnp_Message": message}
        reference = asked.get("vnp_TxnRef")
        response = JSONResponse(self._signed(asked, answer))
        return await self._counterpart.answer(
            reference if isinstance(reference, str) else "", response
        )

    def _answer(self, asked: dict[str, Any]) -> dict[str, str]:
        refund = asked.get("vnp_Command") == "refund"
        forms.check(asked, forms.REFUND if refund else forms.QUERY)
        if asked["vnp_TmnCode"] != TMN_CODE:
            raise No("tmn_code")
        order = forms.REFUND_ORDER if refund else forms.QUERY_ORDER
        given = str(asked.get("vnp_SecureHash", "")).lower()
        if not hmac.compare_digest(pipe(asked, order, HASH_KEY).encode(), given.encode()):
            raise No("signature")
        request_id = (hanoi_time(self._counterpart.clock())[:8], asked["vnp_RequestId"])
        with self._counterpart.ledger.lock:
            if request_id in self._requests:
                raise No("repeated")
            paid = self._order(asked)
            answer = self._refund(asked, paid) if refund else self._stands(asked, paid)
            self._requests.add(request_id)
        return {"vnp_ResponseCode": "00", "vnp_Message": "Success", **answer}

    def _order(self, asked: dict[str, Any]) -> Order:
        order = self._counterpart.ledger.order(asked["vnp_TxnRef"])
        if order.handle != asked["vnp_TransactionDate"]:
            raise No("unknown_order")
        return order

    def _stands(self, asked: dict[str, Any], order: Order) -> dict[str, str]:
        """The transaction that is asked for by its number, or the latest of the order."""
        ledger = self._counterpart.ledger
        refunds = [r for r in ledger.refunds.values() if r.transaction in order.transactions]
        number = asked.get("vnp_TransactionNo")
        if number is None:
            return self._refunded(refunds[-1]) if refunds else self._payment(order)
        for refund in refunds:
            if refund.handle == number:
                return self._refunded(refund)
        if number in order.transactions:
            return self._payment(order)
        raise No("unknown_order")

    def _payment(self, order: Order) -> dict[str, str]:
        told = self._counterpart.payment_fields(order)
        return {**told, "vnp_TransactionType": "01"}

    def _refunded(self, refund: Returned) -> dict[str, str]:
        whole = refund.amount == self._counterpart.ledger.taken[refund.transaction].amount
        return {
            "vnp_Amount": str(refund.amount.amount * 100),
            "vnp_BankCode": "NCB",
            "vnp_PayDate": hanoi_time(refund.at),
            "vnp_TransactionNo": refund.handle,
            "vnp_TransactionType": "02" if whole else "03",
            "vnp_TransactionStatus": REFUND_STATUS[refund.state],
            "vnp_OrderInfo": refund.reason,
        }

    def _refund(self, asked: dict[str, Any], order: Order) -> dict[str, str]:
        ledger = self._counterpart.ledger
        if not order.transactions:
            raise No("not_paid")
        transaction = order.transactions[-1]
        if asked["vnp_TransactionNo"].strip("0") and asked["vnp_TransactionNo"] != transaction:
            raise No("unknown_transaction")
        taken = ledger.taken[transaction]
        if taken.reversed_at is not None:
            raise No("not_paid")
        if any(r.transaction == transaction and r.state == "accepted"
               for r in ledger.refunds.values()):  # fmt: skip
            raise No("under_way")
        amount = Money(int(asked["vnp_Amount"]) // 100, "VND")
        if asked["vnp_TransactionType"] == "02" and (amount != taken.amount or taken.refunded):
            raise No("exceeds")
        return self._refunded(
            self._counterpart.take_refund(
                Returned(
                    reference=asked["vnp_RequestId"],
                    handle=str(25_000_001 + len(ledger.refunds)),
                    transaction=transaction,
                    amount=amount,
                    at=self._counterpart.clock(),
                    reason=asked["vnp_OrderInfo"],
                )
            )
        )

    def _signed(self, asked: dict[str, Any], answer: dict[str, str]) -> dict[str, str]:
        said = {
            "vnp_ResponseId": f"{len(self._requests):032x}",
            "vnp_Command": str(asked.get("vnp_Command", "")),
            "vnp_TmnCode": str(asked.get("vnp_TmnCode", "")),
            "vnp_TxnRef": str(asked.get("vnp_TxnRef", "")),
            **answer,
        }
        if answer["vnp_ResponseCode"] in NOT_SIGNED:
            return said
        return {**said, "vnp_SecureHash": _signature(said)}


def rephrased_answer(body: bytes, changes: Mapping[str, str | None]) -> bytes:
    """An answer of ours with other values, signed all the same; None leaves a field out."""
    answer = {**json.loads(body), **changes}
    said = {name: value for name, value in answer.items() if value is not None}
    return json.dumps({**said, "vnp_SecureHash": _signature(said)}).encode()


def _signature(said: Mapping[str, str]) -> str:
    refund = said.get("vnp_Command") == "refund"
    order = forms.REFUND_ANSWER_ORDER if refund else forms.QUERY_ANSWER_ORDER
    return pipe(said, order, HASH_KEY)


def _object(body: bytes) -> dict[str, Any]:
    try:
        content = json.loads(body)
    except ValueError as problem:
        raise No("format") from problem
    if not isinstance(content, dict):
        raise No("format")
    return content
