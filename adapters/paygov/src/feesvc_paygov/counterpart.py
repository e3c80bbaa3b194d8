"""PayGov's other side behind a gateway: create, checksum, a query of our own making. By us."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from feesvc.money import Money
from feesvc.testing.books import No, Order, Taken
from feesvc.testing.counterpart import Counterpart
from feesvc_paygov.counterpart_settling import LAYOUT

PARTNER = "PAYGOV-DEMO"
UNIT = "000.00.01.G14"
AUTH = "pg_auth_4f7d20c9e1b8a635"
TOKEN = "pg_token_a86e3b51f2d09c47"  # noqa: S105
ACCESS = "pg_lgsp_c03f95d7a1e26b48"
KEY = "pg_key_5b8e7c1d0f3a9264"
"""PayGov's own: no merchant has it, which is why PayGov is asked to check."""
CREATE = {
    "partnerCode": str, "returnUrl": str, "orderId": str, "amount": int, "orderInfo": str,
    "requestCode": str, "ipAddress": str,
}  # fmt: skip
STATUS = {"paid": "00", "open": "01", "declined": "02", "cancelled": "02"}


class PayGovCounterpart(Counterpart):
    """One partner, with a token for each call. The query is not PayGov's: its own is not known."""

    name = "paygov"
    settles = LAYOUT
    merchant = PARTNER

    words: ClassVar[Mapping[str, str]] = {
        "reference": "requestCode",
        "transaction": "transactionNo",
        "amount": "amount",
        "result": "errorCode",
        "method": "paygate",
        "signature": "checksum",
    }

    def rephrased(
        self, message: httpx.Request, changes: Mapping[str, Any], settings: Mapping[str, str]
    ) -> httpx.Request:
        """Signed by PayGov's key: the settings hold none. Under another token it is nobody's."""
        said: dict[str, Any] = {**json.loads(message.read()), **changes}
        said = {name: value for name, value in said.items() if value is not None}
        ours = settings.get("token_auth") == AUTH
        return _told(str(message.url), said | {"checksum": _sum(said, KEY if ours else AUTH)})

    def settings(self, base_url: str) -> Mapping[str, str]:
        return {
            "url": f"{base_url}/api/v1/PayGov/paygate",
            "checksum_url": f"{base_url}/api/v1/PayGov/CheckSumUrlReturn",
            "query_url": f"{base_url}/_query",
            "token_url": f"{base_url}/api/v1/Authentication/Token",
            "token_auth": AUTH,
            "lgsp_access_token": ACCESS,
            "partner_code": PARTNER,
            "unit_code": UNIT,
            "notification_reference": "requestCode",
            "query_reference": "requestCode",
            "query_status": "data.status",
            "query_amount": "data.amount",
            "query_paid": "00",
            "query_pending": "01",
            "query_failed": "02",
        }

    def routes(self) -> Sequence[BaseRoute]:
        return (
            Route("/api/v1/Authentication/Token", self._token, methods=["POST"]),
            Route("/api/v1/PayGov/paygate", self._through(self._create), methods=["POST"]),
            Route("/api/v1/PayGov/CheckSumUrlReturn", self._through(self._check), methods=["POST"]),
            Route("/_query", self._through(self._query), methods=["POST"]),
        )

    def announce_payment(self, order: Order) -> Callable[[], httpx.Request]:
        taken = self.ledger.taken[order.transactions[-1]] if order.transactions else None
        money = taken.amount if taken else order.amount
        said: dict[str, Any] = {
            "amount": money.amount,
            "orderId": order.handle,
            "orderInfo": order.description,
            "requestCode": order.reference,
            "transactionNo": taken.transaction if taken else "",
            "payDate": f"{self.clock():%Y%m%d%H%M%S}",
            "errorCode": STATUS[order.state],
            "paygate": "BANK",
            "type": "PAY",
        }
        said["checksum"] = _sum(said, KEY)
        return lambda: _told(order.notify_url or self.notify_url, said)

    def acknowledged(self, reply: httpx.Response) -> bool:
        try:
            return reply.status_code == 200 and reply.json()["error_code"] == "SUCCESSFUL"
        except (ValueError, KeyError, TypeError):
            return False

    # A query tells no number of PayGov's: a transfer is known by the partner's own reference

    def pay(self, reference: str, amount: int | None = None, *, late: bool = False) -> str:
        super().pay(reference, amount, late=late)
        return reference

    def reverse(self, transaction: str) -> None:
        """Undoes nothing: no word of PayGov's is known that could tell of it."""

    def books(self) -> Mapping[str, Taken]:
        return {
            taken.reference: replace(taken, transaction=taken.reference)
            for taken in super().books().values()
        }

    async def _token(self, request: Request) -> Response:
        if request.headers.get("auth") != AUTH or await request.body():
            return JSONResponse({"message": "unauthorised"}, status_code=401)
        token = {"token": TOKEN, "refreshToken": "", "expiryDate": "2999-01-01 00:00:00"}
        return JSONResponse(token)

    def _create(self, said: Mapping[str, Any], base_url: str) -> dict[str, Any]:
        if {name: type(value) for name, value in said.items()} != CREATE:
            raise No("malformed")
        if said["partnerCode"] != PARTNER or not said["orderInfo"].isascii():
            raise No("malformed")
        if not said["orderId"].startswith(f"{UNIT}-") or not said["orderId"].endswith("-01"):
            raise No("order")
        order = self.ledger.open(
            Order(
                reference=said["requestCode"],
                amount=Money(said["amount"], "VND"),
                handle=said["orderId"],
                description=said["orderInfo"],
                return_url=said["returnUrl"],
            )
        )
        return {"data": {"url": f"{base_url}/checkout/{order.reference}"}}

    def _check(self, said: Mapping[str, Any], base_url: str) -> dict[str, Any]:
        given = str(said.get("checksum", ""))
        good = given.isascii() and hmac.compare_digest(_sum(said, KEY), given)
        return {"error_code": "SUCCESSFUL" if good else "FAILED"}

    def _query(self, said: Mapping[str, Any], base_url: str) -> dict[str, Any]:
        if set(said) != {"partnerCode", "requestCode"} or said["partnerCode"] != PARTNER:
            raise No("malformed")
        with self.ledger.lock:
            order = self.ledger.orders.get(said["requestCode"])
            if order is None:
                return {"data": {"status": STATUS["open"], "amount": 0}}
            taken = [self.ledger.taken[one].amount for one in order.transactions]
            money = taken[-1] if taken else order.amount
            return {"data": {"status": STATUS[order.state], "amount": money.amount}}

    def _through(
        self, handle: Callable[[Mapping[str, Any], str], dict[str, Any]]
    ) -> Callable[[Request], Awaitable[Response]]:
        async def through(request: Request) -> Response:
            tokens = (request.headers.get("authorization"), request.headers.get("lgspaccesstoken"))
            if tokens != (f"Bearer {TOKEN}", ACCESS):
                return JSONResponse({"message": "unauthorised"}, status_code=401)
            said: Any = {}
            try:
                said = json.loads(await request.body())
                answer = handle(said, str(request.base_url).rstrip("/"))
            except (No, ValueError, KeyError, TypeError, AttributeError):
                answer = {"error_code": "FAILED"}
            reference = str(said.get("requestCode", "")) if isinstance(said, dict) else ""
            return await self.answer(reference, JSONResponse(answer))

        return through


def _sum(said: Mapping[str, Any], key: str) -> str:
    """PayGov's own rule is not known; over all that is said, so that nothing can be changed."""
    named = {name: said[name] for name in sorted(said) if name != "checksum"}
    text = json.dumps(named, separators=(",", ":"))
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def _told(url: str, said: Mapping[str, Any]) -> httpx.Request:
    body = json.dumps(dict(said), separators=(",", ":")).encode()
    return httpx.Request("POST", url, content=body, headers={"content-type": "application/json"})
