"""The HTTP API of ZaloPay's other side: strict about macs, numbers and times."""

from __future__ import annotations

import base64
import hmac
import json
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, TypeAlias

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from feesvc.money import Money
from feesvc.testing.books import No, Order, Returned
from feesvc.testing.controls import payment_page
from feesvc_zalopay.counterpart.wire import APP_ID, KEY1, mac, milliseconds

if TYPE_CHECKING:
    from feesvc_zalopay.counterpart import ZaloPayCounterpart

Asked: TypeAlias = Mapping[str, Any]
Answered: TypeAlias = dict[str, Any]
Handle: TypeAlias = Callable[[Request, Asked], Answered]

SIGNED = {
    "create": "app_id app_trans_id app_user amount app_time embed_data item",
    "query": "app_id app_trans_id key1",
    "refund": "app_id zp_trans_id amount description timestamp",
    "query_refund": "app_id m_refund_id timestamp",
}
VIETNAM = timezone(timedelta(hours=7))
SKEW = timedelta(minutes=15)
REFUND_ID = re.compile(r"([0-9]{6})_([0-9]+)_([0-9A-Za-z_]+)")
LONGEST_ID, LONGEST_REFUND_ID = 40, 45
REFUSALS = {"unknown_transaction": -101, "exceeds": -14, "other_content": -23}


class Wrong(Exception):
    """The request is refused: return_code 2 and a sub_return_code."""

    def __init__(self, sub: int) -> None:
        super().__init__(str(sub))
        self.sub = sub


class Api:
    """Routes for one app."""

    def __init__(self, counterpart: ZaloPayCounterpart) -> None:
        self._counterpart = counterpart
        self.opened: dict[str, Asked] = {}
        """What each order was opened with."""
        self.handlers: dict[str, Handle] = {
            "create": self._create,
            "query": self._query,
            "refund": self._refund,
            "query_refund": self._query_refund,
        }
        """What answers each operation; a test may put something else in its place."""

    def routes(self) -> Sequence[BaseRoute]:
        return (
            *(
                Route(f"/v2/{name}", self._guarded(name), methods=["POST"])
                for name in self.handlers
            ),
            Route("/openinapp", self._page, methods=["GET", "POST"]),
        )

    def _guarded(self, operation: str) -> Callable[[Request], Awaitable[Response]]:
        async def guarded(request: Request) -> Response:
            asked: Asked = {}
            try:
                asked = _object(await request.body())
                _check(asked, SIGNED[operation])
                with self._counterpart.ledger.lock:
                    answer = self.handlers[operation](request, asked)
            except (Wrong, No) as problem:
                sub = problem.sub if isinstance(problem, Wrong) else REFUSALS[str(problem)]
                answer = _failed(sub)
            except (KeyError, TypeError, ValueError):
                answer = _failed(-401)
            return await self._counterpart.answer(self._order_of(asked), JSONResponse(answer))

        return guarded

    def _order_of(self, asked: Asked) -> str:
        """Whose faults this request meets: a refund's are those of the order it gives back."""
        books = self._counterpart.ledger
        refund = books.refunds.get(str(asked.get("m_refund_id")))
        if refund is not None:
            return books.taken[refund.transaction].reference
        return str(asked.get("app_trans_id"))

    def _create(self, request: Request, asked: Asked) -> Answered:
        books, now = self._counterpart.ledger, self._counterpart.clock()
        reference = asked["app_trans_id"]
        if reference in books.orders:
            raise Wrong(-68)
        lives = asked.get("expire_duration_seconds", 900)
        embedded = json.loads(asked["embed_data"])
        if (
            not reference.startswith(f"{now.astimezone(VIETNAM):%y%m%d}")
            or len(reference) > LONGEST_ID
            or not isinstance(json.loads(asked["item"]), list)
            or not 0 < len(asked["app_user"]) <= 50
            or not 0 < len(asked["description"]) <= 256
            or type(lives) is not int
            or not 300 <= lives <= 2_592_000
        ):
            raise Wrong(-401)
        _near(asked["app_time"], now, -401)
        books.open(
            Order(
                reference=reference,
                amount=_amount(asked, -401),
                description=asked["description"],
                notify_url=asked["callback_url"],
                return_url=embedded.get("redirecturl", ""),
                expires_at=now + timedelta(seconds=lives),
            )
        )
        self.opened[reference] = asked
        token = base64.urlsafe_b64encode(reference.encode()).decode()
        return {
            **_succeeded(),
            "order_url": f"{str(request.base_url).rstrip('/')}/openinapp?order={token}",
            "zp_trans_token": f"AC{len(books.orders):08d}",
        }

    def _query(self, request: Request, asked: Asked) -> Answered:
        books, now = self._counterpart.ledger, self._counterpart.clock()
        order = books.orders.get(asked["app_trans_id"])
        if order is None:
            raise Wrong(-101)
        if order.state == "paid":
            taken = books.taken[order.transactions[-1]]
            return {
                **_succeeded(),
                "is_processing": False,
                "amount": taken.amount.amount,
                "zp_trans_id": int(taken.transaction),
                "server_time": milliseconds(taken.at),
                "discount_amount": 0,
            }
        if order.state == "open" and (order.expires_at is None or now < order.expires_at):
            return {"return_code": 3, "return_message": "Giao dịch chưa được thực hiện",
                    "sub_return_code": 0, "sub_return_message": "", "is_processing": False,
                    "amount": 0, "zp_trans_id": 0}  # fmt: skip
        return _failed({"declined": -217, "cancelled": -329}.get(order.state, -54))

    def _refund(self, request: Request, asked: Asked) -> Answered:
        books, now = self._counterpart.ledger, self._counterpart.clock()
        name = asked["m_refund_id"]
        form = REFUND_ID.fullmatch(name)
        if form is None or len(name) > LONGEST_REFUND_ID or len(asked["description"]) > 100:
            raise Wrong(-24)
        if name in books.refunds:
            raise Wrong(-23)
        if form[2] != str(APP_ID):
            raise Wrong(-26)
        if form[1] != f"{now.astimezone(VIETNAM):%y%m%d}":
            raise Wrong(-25)
        _near(asked["timestamp"], now, -13)
        handle = str(len(books.refunds) + 1)
        books.refund(
            Returned(
                reference=name, handle=handle, transaction=str(asked["zp_trans_id"]),
                amount=_amount(asked, -14), at=now,
            )
        )  # fmt: skip
        return {"return_code": 3, "return_message": "Giao dịch đang refund!", "sub_return_code": 2,
                "sub_return_message": "", "refund_id": int(handle)}  # fmt: skip

    def _query_refund(self, request: Request, asked: Asked) -> Answered:
        refund = self._counterpart.ledger.refunds.get(asked["m_refund_id"])
        _near(asked["timestamp"], self._counterpart.clock(), -401)
        if refund is None:
            raise Wrong(-101)
        if refund.state == "paid":
            return _succeeded()
        if refund.state == "failed":
            return _failed(0)
        return {"return_code": 3, "return_message": "", "sub_return_code": 2}

    async def _page(self, request: Request) -> Response:
        try:
            reference = base64.urlsafe_b64decode(request.query_params["order"]).decode()
        except (KeyError, ValueError):
            return JSONResponse({"error": "unknown_order"}, status_code=404)
        return await payment_page(self._counterpart, request, reference)


def _check(asked: Asked, names: str) -> None:
    if asked["app_id"] != APP_ID:
        raise Wrong(-402)
    text = "|".join(str({**asked, "key1": KEY1}[name]) for name in names.split())
    if not hmac.compare_digest(mac(KEY1, text).encode(), str(asked["mac"]).encode()):
        raise Wrong(-402)


def _amount(asked: Asked, sub: int) -> Money:
    if type(asked["amount"]) is not int or asked["amount"] <= 0:
        raise Wrong(sub)
    return Money(asked["amount"], "VND")


def _near(at: Any, now: datetime, sub: int) -> None:
    if type(at) is not int or abs(milliseconds(now) - at) > SKEW // timedelta(milliseconds=1):
        raise Wrong(sub)


def _succeeded() -> Answered:
    return {"return_code": 1, "return_message": "Giao dịch thành công",
            "sub_return_code": 1, "sub_return_message": "Giao dịch thành công"}  # fmt: skip


def _failed(sub: int) -> Answered:
    return {"return_code": 2, "return_message": "Giao dịch thất bại",
            "sub_return_code": sub, "sub_return_message": ""}  # fmt: skip


def _object(body: bytes) -> Asked:
    content = json.loads(body)
    if not isinstance(content, dict):
        raise Wrong(-401)
    return content
