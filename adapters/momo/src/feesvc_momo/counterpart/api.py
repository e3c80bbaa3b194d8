"""The HTTP API of MoMo's other side: strict about signatures, requestIds and order numbers."""

from __future__ import annotations

import base64
import hmac
import json
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from feesvc.money import Money
from feesvc.testing.books import No, Order, Returned
from feesvc.testing.controls import payment_page
from feesvc_momo.counterpart.standing import UNDER_WAY, attempts, order_stands
from feesvc_momo.counterpart.wire import ACCESS_KEY, PARTNER, SECRET_KEY, milliseconds, signature

if TYPE_CHECKING:
    from feesvc_momo.counterpart import MomoCounterpart

Asked: TypeAlias = Mapping[str, Any]
Answered: TypeAlias = dict[str, Any]
Handle: TypeAlias = Callable[[Request, Asked], Answered]

CREATED = """accessKey amount extraData ipnUrl orderId orderInfo partnerCode redirectUrl requestId
requestType"""
QUERIED = "accessKey orderId partnerCode requestId"
REFUNDED = "accessKey amount description orderId partnerCode requestId transId"
SIGNED = {"create": CREATED, "query": QUERIED, "refund": REFUNDED, "refund/query": QUERIED}
TYPES = {"captureWallet", "payWithMethod"}
ORDER_ID = re.compile(r"[0-9a-zA-Z][-_.0-9a-zA-Z]{0,62}[0-9a-zA-Z]")
LEAST, MOST = 1_000, 50_000_000
REMEMBERED = timedelta(days=31)
FINAL = {0, 98, 99, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1017, 1026, 1080, 1081, 1088, 2019,
         4001, 4002, 4100}  # fmt: skip
REFUSALS = {"other_content": 41, "unknown_order": 42, "unknown_transaction": 42, "exceeds": 1081}


class Wrong(Exception):
    """The request is refused with a resultCode."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


@dataclass(slots=True)
class Remembered:
    """The answer to a requestId; None until the first request of it has one."""

    at: datetime
    answer: Answered | None = None


class Api:
    """Routes for one merchant account."""

    def __init__(self, counterpart: MomoCounterpart) -> None:
        self._counterpart = counterpart
        self.requests: dict[str, Remembered] = {}
        """By requestId, for 31 days. Forgetting one makes its repeat a new request."""
        self._request_of: dict[str, str] = {}
        self.handlers: dict[str, Handle] = {
            "create": self._create,
            "query": self._query,
            "refund": self._refund,
            "refund/query": self._query_refund,
        }
        """What answers each operation; a test may put something else in its place."""

    def routes(self) -> Sequence[BaseRoute]:
        return (
            *(
                Route(f"/v2/gateway/api/{name}", self._guarded(name), methods=["POST"])
                for name in self.handlers
            ),
            Route("/v2/gateway/pay", self._page, methods=["GET", "POST"]),
        )

    def request_of(self, reference: str) -> str:
        """The requestId under which an order was opened."""
        return self._request_of[reference]

    def _guarded(self, operation: str) -> Callable[[Request], Awaitable[Response]]:
        async def guarded(request: Request) -> Response:
            asked: Asked = {}
            try:
                asked = _object(await request.body())
                _check(request, asked, SIGNED[operation])
                answer = self._once(
                    asked["requestId"], lambda: self.handlers[operation](request, asked)
                )
            except Wrong as wrong:
                answer = {"resultCode": wrong.code}
            now = self._counterpart.clock()
            echo = {name: asked.get(name) for name in ("partnerCode", "orderId", "requestId")}
            said = {"message": f"resultCode {answer['resultCode']}",
                    "responseTime": milliseconds(now)}  # fmt: skip
            status = 400 if 10 <= answer["resultCode"] <= 47 else 200
            response = JSONResponse({**echo, **said, **answer}, status_code=status)
            return await self._counterpart.answer(self._order_of(asked), response)

        return guarded

    def _once(self, request_id: str, act: Callable[[], Answered]) -> Answered:
        """A final answer is given again; a request that has none yet is never made twice."""
        now = self._counterpart.clock()
        with self._counterpart.ledger.lock:
            known = self.requests.get(request_id)
            if known is not None and now - known.at < REMEMBERED:
                if known.answer is None:
                    raise Wrong(40)
                return known.answer
            kept = self.requests[request_id] = Remembered(now)
            try:
                answer = {"responseTime": milliseconds(now), **act()}
            except No as no:
                answer = {"resultCode": REFUSALS[str(no)], "responseTime": milliseconds(now)}
            if answer["resultCode"] in FINAL:
                kept.answer = answer
            return answer

    def _order_of(self, asked: Asked) -> str:
        """Whose faults this request meets: a refund's are those of the order it gives back."""
        books = self._counterpart.ledger
        refund = books.refunds.get(str(asked.get("orderId")))
        return books.taken[refund.transaction].reference if refund else str(asked.get("orderId"))

    def _create(self, request: Request, asked: Asked) -> Answered:
        books = self._counterpart.ledger
        reference = asked["orderId"]
        if reference in books.orders or reference in books.refunds:
            raise Wrong(41)
        if asked["requestType"] not in TYPES or type(asked.get("orderExpireTime")) is not int:
            raise Wrong(20)
        now = self._counterpart.clock()
        order = Order(
            reference=reference,
            amount=_amount(asked),
            description=asked["orderInfo"],
            notify_url=asked["ipnUrl"],
            return_url=asked["redirectUrl"],
            expires_at=now + timedelta(minutes=asked["orderExpireTime"]),
        )
        books.open(order)
        self._request_of[reference] = asked["requestId"]
        token = base64.b64encode(f"{PARTNER}|{reference}".encode()).decode()
        base = str(request.base_url).rstrip("/")
        return {
            "resultCode": 0,
            "amount": order.amount.amount,
            "payUrl": f"{base}/v2/gateway/pay?t={token}",
            "qrCodeUrl": f"{base}/v2/gateway/app?isScanQr=true&t={token}",
        }

    def _query(self, request: Request, asked: Asked) -> Answered:
        now = self._counterpart.clock()
        return order_stands(self._counterpart.ledger, asked["orderId"], now)

    def _refund(self, request: Request, asked: Asked) -> Answered:
        counterpart = self._counterpart
        books, reference = counterpart.ledger, asked["orderId"]
        if reference in books.orders or reference in books.refunds:
            raise Wrong(41)
        if type(asked["transId"]) is not int or not isinstance(asked["description"], str):
            raise Wrong(20)
        refund = Returned(
            reference=reference,
            handle=str(9_000_000_000 + len(books.refunds)),
            transaction=str(asked["transId"]),
            amount=_amount(asked),
            at=counterpart.clock(),
        )
        code = counterpart.refund_answers.pop(0) if counterpart.refund_answers else 0
        counterpart.take_refund(refund, code)
        if counterpart.slow_refunds and not code:
            code = UNDER_WAY
        return {"resultCode": code, "amount": refund.amount.amount, "transId": int(refund.handle)}

    def _query_refund(self, request: Request, asked: Asked) -> Answered:
        """By the number of a refund, or of a payment for all its refunds."""
        found = attempts(self._counterpart.ledger, asked["orderId"])
        if not found:
            raise Wrong(42)
        return {"resultCode": 0, "refundTrans": found}

    async def _page(self, request: Request) -> Response:
        try:
            token = base64.b64decode(request.query_params["t"], validate=True).decode()
            reference = token.removeprefix(f"{PARTNER}|")
        except (KeyError, ValueError):
            return JSONResponse({"error": "unknown_order"}, status_code=404)
        return await payment_page(self._counterpart, request, reference)


def _check(request: Request, asked: Asked, names: str) -> None:
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise Wrong(20)
    needed = {*names.split(), "lang", "signature"} - {"accessKey"}
    if not needed <= asked.keys():
        raise Wrong(20)
    if "accessKey" in asked or asked["partnerCode"] != PARTNER:
        raise Wrong(13)
    expected = signature(names, asked, ACCESS_KEY, SECRET_KEY)
    if not hmac.compare_digest(expected.encode(), str(asked["signature"]).encode()):
        raise Wrong(13)
    if not ORDER_ID.fullmatch(str(asked["orderId"])) or not 0 < len(str(asked["requestId"])) <= 50:
        raise Wrong(20)


def _amount(asked: Asked) -> Money:
    if type(asked["amount"]) is not int:
        raise Wrong(20)
    if not LEAST <= asked["amount"] <= MOST:
        raise Wrong(22)
    return Money(asked["amount"], "VND")


def _object(body: bytes) -> Asked:
    try:
        content = json.loads(body)
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise Wrong(20)
    return content
