"""The payment platform's other side: INIT, query, Confirm, a page, faults. Written by us."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, ClassVar

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from feesvc.money import Money
from feesvc.testing.books import No, Order
from feesvc.testing.counterpart import Counterpart
from feesvc_dvcqg.counterpart import wire
from feesvc_dvcqg.counterpart.checking import check_init, check_query, parsed
from feesvc_dvcqg.counterpart.settling import LAYOUT

STRAIGHT, THROUGH_GATEWAY = "/api", "/lgsp"
"""Behind the gateway, an answer to INIT is a text inside another answer."""


class DvcqgCounterpart(Counterpart):
    """One partner. A Confirm is sent once: that the platform repeats it is said nowhere."""

    name = "dvcqg"
    settles = LAYOUT
    merchant = wire.PARTNER

    words: ClassVar[Mapping[str, str]] = {
        "reference": "MaThamChieu",
        "transaction": "MaGiaoDich",
        "amount": "SoTien",
        "currency": "MaTienTe",
        "merchant": "MaDoiTac",
        "result": "MaLoi",
        "method": "MaNganHang",
        "at": "ThoiGianGD",
        "signature": "MaXacThuc",
    }

    def rephrased(
        self, message: httpx.Request, changes: Mapping[str, Any], settings: Mapping[str, str]
    ) -> httpx.Request:
        return wire.rephrased(message, changes, settings["secret_key"])

    def settings(self, base_url: str) -> Mapping[str, str]:
        return {
            "url": f"{base_url}{STRAIGHT}/init",
            "query_url": f"{base_url}{STRAIGHT}/query",
            "partner_code": wire.PARTNER,
            "secret_key": wire.SECRET,
            "access_token": wire.TOKEN,
            "confirm_type": wire.CONFIRM_TYPE,
            "query_type": wire.QUERY_TYPE,
            "unit_code": "000.00.00.G14",
            "unit_name": "Cục Viễn thông",
            "account_number": "3511.0.1234567.00000",
            "account_bank": "BIDV",
            "account_name": "Cục Viễn thông",
            "procedure_code": "1.004379",
            "procedure_name": "Cấp giấy phép sử dụng tần số",
        }

    def routes(self) -> Sequence[BaseRoute]:
        return (
            Route(f"{STRAIGHT}/init", self._answering(self._init), methods=["POST"]),
            Route(f"{STRAIGHT}/query", self._answering(self._query), methods=["POST"]),
            Route(f"{THROUGH_GATEWAY}/init", self._wrapping(self._init), methods=["POST"]),
            Route(f"{THROUGH_GATEWAY}/query", self._answering(self._query), methods=["POST"]),
        )

    def reverse(self, transaction: str) -> None:
        """Undoes nothing: neither public code base has a word that could tell of it."""

    def announce_payment(self, order: Order) -> Callable[[], httpx.Request]:
        taken = self.ledger.taken[order.transactions[-1]] if order.transactions else None
        message = wire.confirm(order, taken, self.clock())
        return lambda: wire.confirm_request(order.notify_url or self.notify_url, message)

    def announce_nothing(self) -> Callable[[], httpx.Request]:
        """A signed message of a kind that we were not told of."""
        order = Order(reference="dvcother", amount=Money(1, "VND"), description="Thong bao")
        message: dict[str, Any] = wire.confirm(order, None, self.clock()) | {"LoaiBanTin": "OTHER"}
        request = wire.confirm_request(self.notify_url, message)
        return lambda: wire.rephrased(request, {}, wire.SECRET)

    def acknowledged(self, reply: httpx.Response) -> bool:
        try:
            return reply.status_code == 200 and reply.json()["MaLoi"] == "00"
        except (ValueError, KeyError, TypeError):
            return False

    def _init(self, message: Mapping[str, Any], base_url: str) -> dict[str, Any]:
        amount = check_init(message)
        order = self.ledger.open(
            Order(
                reference=message["MaThamChieu"],
                amount=Money(amount, "VND"),
                handle=message["ThongTinBienLai"]["MaHoSo"],
                description=message["ThongTinGiaoDich"],
            )
        )
        url = f"{base_url}/checkout/{order.reference}"
        return {"MaLoi": "00", "MoTaLoi": "Thành công", "UrlThanhToan": url}

    def _query(self, message: Mapping[str, Any], base_url: str) -> dict[str, Any]:
        check_query(message)
        reference = message["MaThamChieu"]
        with self.ledger.lock:
            order = self.ledger.orders.get(reference)
            paid = [self.ledger.taken[one] for one in order.transactions] if order else []
            return wire.stands(order, paid[-1] if paid else None, reference)

    def _answering(
        self, handle: Callable[[Mapping[str, Any], str], dict[str, Any]], *, wrap: bool = False
    ) -> Callable[[Request], Awaitable[Response]]:
        async def answering(request: Request) -> Response:
            if request.headers.get("authorization") != f"Bearer {wire.TOKEN}":
                return JSONResponse({"error_code": "401"}, status_code=401)
            message: dict[str, Any] = {}
            try:
                message = parsed(await request.body())
                said = handle(message, str(request.base_url).rstrip("/"))
            except (No, ValueError, KeyError, TypeError, AttributeError) as problem:
                word = str(problem) if isinstance(problem, No) else "malformed"
                said = {"MaLoi": "99", "MoTaLoi": word}
            if wrap:
                said = {"error_code": "0", "message": json.dumps(said, ensure_ascii=False)}
            reference = str(message.get("MaThamChieu", ""))
            return await self.answer(reference, JSONResponse(said))

        return answering

    def _wrapping(
        self, handle: Callable[[Mapping[str, Any], str], dict[str, Any]]
    ) -> Callable[[Request], Awaitable[Response]]:
        return self._answering(handle, wrap=True)
