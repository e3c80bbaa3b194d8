"""The HTTP API of the sandbox's other side, strict about who asks and what is asked."""

from __future__ import annotations

import hmac
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from feesvc.money import Money
from feesvc.testing.books import No, Order, Returned
from feesvc.testing.controls import payment_page
from feesvc_sandbox.counterpart.wire import API_KEY, payment_object, refund_object, signed

if TYPE_CHECKING:
    from feesvc_sandbox.counterpart import SandboxCounterpart

STATUS = {"unknown_order": 404, "unknown_batch": 404, "unauthorised": 401, "malformed": 400}
MOST = {"VND": 10_000_000_000, "USD": 100_000_000}
Asked: TypeAlias = Mapping[str, Any]


class Api:
    """Routes for one merchant account: payments, refunds, settlements, and the computed link."""

    def __init__(self, counterpart: SandboxCounterpart) -> None:
        self._counterpart = counterpart

    def routes(self) -> Sequence[BaseRoute]:
        return (
            Route("/payments", self._guarded(self._open), methods=["POST"]),
            Route("/payments/{reference}", self._guarded(self._payment)),
            Route("/payments/{reference}/cancel", self._guarded(self._cancel), methods=["POST"]),
            Route("/refunds", self._guarded(self._ask_refund), methods=["POST"]),
            Route("/refunds/{reference}", self._guarded(self._refund)),
            Route("/settlements", self._guarded(self._settle), methods=["POST"]),
            Route("/settlements/{batch}", self._guarded(self._settlement)),
            Route("/_account", self._account, methods=["POST"]),
            Route("/pay", self._computed_link, methods=["GET", "POST"]),
        )

    def _guarded(
        self, handle: Callable[[Request, Asked], Response]
    ) -> Callable[[Request], Awaitable[Response]]:
        async def guarded(request: Request) -> Response:
            asked: Asked = {}
            try:
                if request.headers.get("authorization") != f"Bearer {API_KEY}":
                    raise No("unauthorised")
                asked = _object(await request.body())
                response = handle(request, asked)
            except (No, ValueError, KeyError, TypeError) as problem:
                word = str(problem) if isinstance(problem, No) else "malformed"
                response = JSONResponse({"error": word}, status_code=STATUS.get(word, 422))
            return await self._counterpart.answer(self._order_of(request, asked), response)

        return guarded

    def _order_of(self, request: Request, asked: Asked) -> str:
        """Whose faults this request meets: a refund's are those of the order it gives back."""
        books = self._counterpart.ledger
        reference = str(request.path_params.get("reference") or asked.get("reference", ""))
        refund = books.refunds.get(reference)
        return books.taken[refund.transaction].reference if refund else reference

    def _open(self, request: Request, asked: Asked) -> Response:
        order = self._opened(asked)
        url = f"{str(request.base_url).rstrip('/')}/checkout/{order.reference}"
        return JSONResponse({"reference": order.reference, "id": order.handle, "url": url})

    def _opened(self, asked: Asked) -> Order:
        amount = Money(asked["amount"], asked["currency"])
        if not 0 < amount.amount <= MOST.get(amount.currency, 0):
            raise No("amount")
        order = Order(
            reference=asked["reference"],
            amount=amount,
            description=asked["description"],
            notify_url=asked["notify_url"],
            return_url=asked["return_url"],
            expires_at=datetime.fromisoformat(asked["expires_at"]),
        )
        return self._counterpart.ledger.open(order)

    def _payment(self, request: Request, asked: Asked) -> Response:
        return self._stands(self._counterpart.ledger.order(request.path_params["reference"]))

    def _cancel(self, request: Request, asked: Asked) -> Response:
        reference = request.path_params["reference"]
        now = self._counterpart.clock()
        return self._stands(self._counterpart.ledger.end(reference, "cancelled", now))

    def _stands(self, order: Order) -> Response:
        now = self._counterpart.clock()
        return JSONResponse(payment_object(self._counterpart.ledger, order, now))

    def _ask_refund(self, request: Request, asked: Asked) -> Response:
        refund = Returned(
            reference=asked["reference"],
            handle=f"re_{asked['reference']}",
            transaction=asked["transaction"],
            amount=Money(asked["amount"], asked["currency"]),
            at=self._counterpart.clock(),
            reason=asked["reason"],
        )
        return JSONResponse(refund_object(self._counterpart.take_refund(refund)))

    def _refund(self, request: Request, asked: Asked) -> Response:
        refund = self._counterpart.ledger.refunds.get(request.path_params["reference"])
        if refund is None:
            raise No("unknown_order")
        return JSONResponse(refund_object(refund))

    def _settle(self, request: Request, asked: Asked) -> Response:
        return JSONResponse({"batch": self._counterpart.settle(asked["currency"])})

    def _settlement(self, request: Request, asked: Asked) -> Response:
        document = self._counterpart.batches.document(request.path_params["batch"])
        return Response(document, media_type="application/x-ndjson")

    async def _account(self, request: Request) -> Response:
        """``{"commission_ppm": 11000}`` changes what is kept of later payments."""
        try:
            commission_ppm = _object(await request.body())["commission_ppm"]
            if type(commission_ppm) is not int or not 0 <= commission_ppm <= 1_000_000:
                raise ValueError("parts per million")
        except (ValueError, KeyError):
            return JSONResponse({"error": "malformed"}, status_code=400)
        self._counterpart.commission_ppm = commission_ppm
        return JSONResponse({"commission_ppm": commission_ppm})

    async def _computed_link(self, request: Request) -> Response:
        """A checkout that was computed without asking us: the signed query is the order."""
        query, _, signature = request.url.query.rpartition("&signature=")
        if not hmac.compare_digest(signed(API_KEY, query.encode()), signature):
            return JSONResponse({"error": "signature"}, status_code=403)
        asked: dict[str, Any] = dict(parse_qsl(query, keep_blank_values=True))
        try:
            order = self._opened({**asked, "amount": int(asked["amount"])})
        except No as problem:
            return JSONResponse({"error": str(problem)}, status_code=422)
        return await payment_page(self._counterpart, request, order.reference)


def _object(body: bytes) -> dict[str, Any]:
    content = json.loads(body or b"{}")
    if not isinstance(content, dict):
        raise ValueError("not an object")
    return content
