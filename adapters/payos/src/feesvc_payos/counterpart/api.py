"""The HTTP API of payOS's other side: 200 with a code, strict about keys, types and signatures."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from feesvc.money import Money
from feesvc.testing.books import No, Order
from feesvc.testing.controls import payment_page
from feesvc_payos.counterpart.wire import (
    ACCOUNT,
    API_KEY,
    BANK,
    CLIENT_ID,
    NAME,
    SAMPLE,
    answered,
    link_object,
    mac,
    message,
    refused,
    seal,
    status_of,
)

if TYPE_CHECKING:
    from feesvc_payos.counterpart import PayosCounterpart

Asked: TypeAlias = Mapping[str, Any]
REFUSALS = {
    "channel": ("214", "Cổng thanh toán không tồn tại hoặc đã tạm dừng"),
    "signature": ("201", "Mã kiểm tra(signature) không hợp lệ"),
    "exists": ("231", "Đơn thanh toán đã tồn tại"),
    "unknown_order": ("101", "Mã thanh toán không tồn tại"),
}
MALFORMED = ("20", "Thông tin truyền lên không đúng.")
NEEDED = {
    "orderCode": int, "amount": int, "description": str, "cancelUrl": str, "returnUrl": str,
    "signature": str,
}  # fmt: skip
NOTE = 9
"""Characters of a description, for an account that is not linked with payOS."""


class Api:
    """Routes of one channel: payment requests, webhook registration, and the page."""

    def __init__(self, counterpart: PayosCounterpart) -> None:
        self._counterpart = counterpart

    def routes(self) -> Sequence[BaseRoute]:
        requests = "/v2/payment-requests"
        return (
            Route(requests, self._guarded(self._create), methods=["POST"]),
            Route(requests + "/{id}", self._guarded(self._get)),
            Route(requests + "/{id}/cancel", self._guarded(self._cancel), methods=["POST"]),
            Route("/confirm-webhook", self._confirm, methods=["POST"]),
            Route("/web/{id}", self._page, methods=["GET", "POST"]),
        )

    def _guarded(
        self, handle: Callable[[str, Asked], dict[str, Any]]
    ) -> Callable[[Request], Awaitable[Response]]:
        async def guarded(request: Request) -> Response:
            reference = self._reference(request.path_params.get("id", ""))
            try:
                _admitted(request)
                asked = _object(await request.body())
                reference = reference or str(asked.get("orderCode", ""))
                said = answered(handle(reference, asked))
            except (No, ValueError, OverflowError, OSError) as problem:
                said = refused(*REFUSALS.get(str(problem), MALFORMED))
            return await self._counterpart.answer(reference, JSONResponse(said))

        return guarded

    def _create(self, reference: str, asked: Asked) -> dict[str, Any]:
        for name, kind in NEEDED.items():
            if type(asked.get(name)) is not kind:
                raise No(name)
        five = ("amount", "cancelUrl", "description", "orderCode", "returnUrl")
        expected = mac("&".join(f"{name}={asked[name]}" for name in five))
        if not hmac.compare_digest(expected, asked["signature"]):
            raise No("signature")
        order, now = self._wanted(asked), self._counterpart.clock()
        with self._counterpart.ledger.lock:
            if order.reference in self._counterpart.ledger.orders:
                raise No("exists")
            self._counterpart.open(order)
        return {
            "bin": BANK,
            "accountNumber": ACCOUNT,
            "accountName": NAME,
            "amount": asked["amount"],
            "description": asked["description"],
            "orderCode": asked["orderCode"],
            "currency": "VND",
            "paymentLinkId": order.handle,
            "status": status_of(order, 0, now),
            "expiredAt": asked.get("expiredAt"),
            "checkoutUrl": f"{self._counterpart.base_url}/web/{order.handle}",
            "qrCode": self._counterpart.code_of(order),
        }

    def _wanted(self, asked: Asked) -> Order:
        code, amount, note = asked["orderCode"], asked["amount"], asked["description"]
        if not 0 < code < 2**53 or not 0 < amount < 10**12 or not 0 < len(note) <= NOTE:
            raise No("malformed")
        expires_at = None
        if asked.get("expiredAt") is not None:
            if type(asked["expiredAt"]) is not int or not 0 < asked["expiredAt"] < 2**31:
                raise No("malformed")
            expires_at = datetime.fromtimestamp(asked["expiredAt"], UTC)
            if expires_at <= self._counterpart.clock():
                raise No("malformed")
        return Order(
            reference=str(code), amount=Money(amount, "VND"), description=note, several=True,
            handle=hashlib.sha256(f"link {code}".encode()).hexdigest()[:32],
            return_url=asked["returnUrl"], expires_at=expires_at,
        )  # fmt: skip

    def _get(self, reference: str, asked: Asked) -> dict[str, Any]:
        return self._link(self._counterpart.ledger.order(reference))

    def _cancel(self, reference: str, asked: Asked) -> dict[str, Any]:
        order, now = self._counterpart.ledger.order(reference), self._counterpart.clock()
        reason = {name: asked[name] for name in asked if name != "signature"}
        if not set(reason) <= {"cancellationReason"}:
            raise No("malformed")
        if "signature" in asked and asked["signature"] != seal(reason):
            raise No("signature")
        with self._counterpart.ledger.lock:
            if order.state != "open":
                raise No("not_open")
            return self._link(self._counterpart.ledger.end(reference, "cancelled", now))

    def _link(self, order: Order) -> dict[str, Any]:
        ours = self._counterpart
        return link_object(ours.ledger, order, ours.opened[order.reference], ours.clock())

    async def _confirm(self, request: Request) -> Response:
        """Tries the webhook with a sample, as payOS does, before it is registered."""
        deliver = self._counterpart.outbox.deliver
        try:
            _admitted(request)
            url = str(_object(await request.body())["webhookUrl"])
            if deliver is None or not url.startswith(("http://", "https://")):
                raise No("malformed")
            reply = await asyncio.to_thread(deliver, message(url, SAMPLE))
            if not reply.is_success:
                raise No("malformed")
        except (No, KeyError, ValueError, httpx.HTTPError) as problem:
            return JSONResponse(refused(*REFUSALS.get(str(problem), MALFORMED)), 400)
        self._counterpart.notify_url = url
        said = {"webhookUrl": url, "accountName": NAME, "accountNumber": ACCOUNT,
                "name": "BIDV", "shortName": "BIDV"}  # fmt: skip
        return JSONResponse(answered(said))

    async def _page(self, request: Request) -> Response:
        reference = self._reference(request.path_params["id"])
        return await payment_page(self._counterpart, request, reference)

    def _reference(self, id: str) -> str:
        """An order is named by its order code or by its link's id."""
        named = [o.reference for o in self._counterpart.ledger.orders.values() if o.handle == id]
        return named[0] if named else id


def _admitted(request: Request) -> None:
    given = (request.headers.get("x-client-id"), request.headers.get("x-api-key"))
    if given != (CLIENT_ID, API_KEY):
        raise No("channel")


def _object(body: bytes) -> dict[str, Any]:
    content = json.loads(body or b"{}")
    if not isinstance(content, dict):
        raise No("malformed")
    return content
