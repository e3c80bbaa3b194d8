"""The bridge's other side: create, detail, callbacks with the second key, and inquiries."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, ClassVar

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from feesvc.money import Money
from feesvc.testing.books import No, Order
from feesvc_keypay.counterpart.naming import NamedByReference
from feesvc_keypay.counterpart.settling import LAYOUT

CLIENT = "CLIENT-DEMO"
KEY_1 = "kpb_key1_60d8f1c7a2b94e35"
KEY_2 = "kpb_key2_b7e3045f9d1c8a62"
TOKEN = "kpb_token_f29a6c0d84e7135b"  # noqa: S105
MOST = 10_000_000_000
PAYMENT = (
    "addition_fee", "client_id", "command", "trans_amount", "transaction_id", "version",
)  # fmt: skip
CREATE = {
    *PAYMENT, "description", "locale", "country_code", "currency_code", "environment", "return_url",
    "check_sum",
}  # fmt: skip
FIXED = {
    "client_id": CLIENT, "command": "PAY", "version": "3.0", "locale": "vn", "country_code": "vi",
    "currency_code": "VND", "environment": "1", "addition_fee": "0",
}  # fmt: skip
STATUS = {"paid": 0, "open": 1, "declined": 2, "cancelled": 2}
"""0 is known from the callback; 1 and 2 are ours, which the merchant's settings are told."""


class KeyPayBridgeCounterpart(NamedByReference):
    """One client. A detail stands in ``data``, as that of the same provider's pay-later does."""

    name = "keypay_bridge"
    settles = LAYOUT
    merchant = CLIENT

    words: ClassVar[Mapping[str, str]] = {
        "reference": "transaction_id",
        "transaction": "transaction_code",
        "amount": "trans_amount",
        "merchant": "client_id",
        "signature": "check_sum",
    }
    """``status`` and ``currency_code`` are not among them: nobody signs them, nobody reads them."""

    def rephrased(
        self, message: httpx.Request, changes: Mapping[str, Any], settings: Mapping[str, str]
    ) -> httpx.Request:
        said: dict[str, Any] = {**json.loads(message.read()), **changes}
        said = {name: value for name, value in said.items() if value is not None}
        said["check_sum"] = sum_of(said, PAYMENT, settings["hash_key_2"])
        return posted(str(message.url), said)

    def settings(self, base_url: str) -> Mapping[str, str]:
        return {
            "create_url": f"{base_url}/kpdvcqg/createtransaction",
            "detail_url": f"{base_url}/kpdvcqg/detailtransaction",
            "detail_within": "data",
            "detail_paid": "0",
            "detail_pending": "1",
            "detail_failed": "2",
            "client_id": CLIENT,
            "hash_key_1": KEY_1,
            "hash_key_2": KEY_2,
            "inquiry_token": TOKEN,
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
            Route("/kpdvcqg/createtransaction", self._answering(self._create), methods=["POST"]),
            Route("/kpdvcqg/detailtransaction", self._answering(self._detail), methods=["POST"]),
        )

    def announce_payment(self, order: Order) -> Callable[[], httpx.Request]:
        taken = self.ledger.taken[order.transactions[-1]] if order.transactions else None
        money = taken.amount if taken else order.amount
        said: dict[str, Any] = {
            **FIXED,
            "transaction_id": order.reference,
            "transaction_code": taken.transaction if taken else "",
            "trans_amount": str(money.amount),
            "payment_fee": "0",
            "description": order.description,
            "status": STATUS[order.state],
        }
        said["check_sum"] = sum_of(said, PAYMENT, KEY_2)
        return lambda: posted(order.notify_url or self.notify_url, said)

    def announce_nothing(self) -> Callable[[], httpx.Request]:
        """Signed, and about another client of the same key."""
        said: dict[str, Any] = {
            **FIXED, "client_id": "OTHER", "transaction_id": "1", "transaction_code": "1",
            "trans_amount": "1", "status": 0,
        }  # fmt: skip
        said["check_sum"] = sum_of(said, PAYMENT, KEY_2)
        return lambda: posted(self.notify_url, said)

    def acknowledged(self, reply: httpx.Response) -> bool:
        try:
            return reply.status_code == 200 and reply.json()["return_code"] == 0
        except (ValueError, KeyError, TypeError):
            return False

    # The national portal asks what a dossier owes

    def inquiry(self, dossier: str) -> httpx.Request:
        """The question, as it is sent to ``notify_url`` and ``/inquiry`` behind it."""
        asked = posted(f"{self.notify_url}/inquiry", {"MaHoSo": dossier})
        asked.headers["authorization"] = f"Bearer {TOKEN}"
        return asked

    def told(self, body: bytes) -> str:
        """Take in the answer: the reference of what can now be paid here, or empty."""
        said = json.loads(body)
        if said["error_code"] != 1:
            if said != {"error_code": said["error_code"], "message": []}:
                raise No("malformed")
            return ""
        bill = said["message"]
        if bill["client_id"] != CLIENT or not bill["MaTraCuuTT"].startswith(bill["MaHoSo"]):
            raise No("not_ours")
        order = Order(
            reference=bill["transaction_id"],
            amount=Money(_listed(bill), "VND"),
            description=bill["NoiDungThanhToan"],
        )
        return self.ledger.open(order).reference

    def _create(self, message: Mapping[str, Any], base_url: str) -> dict[str, Any]:
        texts = {name: message[name] for name in CREATE}
        if set(message) != {*texts, "bill_info"} or not _all_texts(texts.values()):
            raise No("malformed")
        if not hmac.compare_digest(sum_of(message, PAYMENT, KEY_1), message["check_sum"]):
            raise No("check_sum")
        if any(message[name] != value for name, value in FIXED.items()):
            raise No("not_ours")
        amount = int(message["trans_amount"])
        if not 0 < amount <= MOST or _listed(message["bill_info"]) != amount:
            raise No("amount")
        order = self.ledger.open(
            Order(
                reference=message["transaction_id"],
                amount=Money(amount, "VND"),
                description=message["description"],
                return_url=message["return_url"],
            )
        )
        return {"error": "0", "payment_url": f"{base_url}/checkout/{order.reference}"}

    def _detail(self, message: Mapping[str, Any], base_url: str) -> dict[str, Any]:
        names = ("client_id", "command", "transaction_id")
        if set(message) != {*names, "check_sum"} or not _all_texts(message.values()):
            raise No("malformed")
        if not hmac.compare_digest(sum_of(message, names, KEY_1), message["check_sum"]):
            raise No("check_sum")
        reference = message["transaction_id"]
        with self.ledger.lock:
            order = self.ledger.orders.get(reference)
            said: dict[str, Any] = {"transaction_id": reference, "status": STATUS["open"]}
            if order:
                said["status"] = STATUS[order.state]
                amounts = [self.ledger.taken[one].amount for one in order.transactions]
                money = amounts[-1] if amounts else order.amount
                said |= {"trans_amount": str(money.amount), "currency_code": money.currency}
        return {"error": "0", "msg": "success", "data": said}

    def _answering(
        self, handle: Callable[[Mapping[str, Any], str], dict[str, Any]]
    ) -> Callable[[Request], Awaitable[Response]]:
        async def answering(request: Request) -> Response:
            message: Any = {}
            try:
                message = json.loads(await request.body())
                said = handle(message, str(request.base_url).rstrip("/"))
            except (No, ValueError, KeyError, TypeError) as problem:
                word = str(problem) if isinstance(problem, No) else "malformed"
                said = {"error": "1", "msg": word}
            reference = str(message.get("transaction_id", "")) if isinstance(message, dict) else ""
            return await self.answer(reference, JSONResponse(said))

        return answering


def sum_of(message: Mapping[str, Any], names: Sequence[str], key: str) -> str:
    """A value that is missing counts as empty, one that is no text as Python writes it."""
    joined = "|".join(str(message.get(name, "")) for name in names)
    return hmac.new(key.encode(), joined.encode(), hashlib.sha256).hexdigest()


def posted(url: str, message: Mapping[str, Any]) -> httpx.Request:
    body = json.dumps(dict(message), ensure_ascii=False, separators=(",", ":")).encode()
    return httpx.Request("POST", url, content=body, headers={"content-type": "application/json"})


def _listed(bill: Mapping[str, Any]) -> int:
    """What the items of a bill add up to; fees and charges are no more than that."""
    rows = bill["PhiLePhi"]
    if any(row["LoaiPhiLePhi"] not in {"1", "2"} or not row["TenPhiLePhi"] for row in rows):
        raise No("bill")
    needed = ("MaDVC", "MaTTHC", "MaDonVi", "TenDonVi", "MaHoSo", "TKThuHuong", "MaNHThuHuong")
    if bill["MaDichVu"] != "2" or not all(bill[name] for name in needed):
        raise No("bill")
    whole = sum(int(item["SoTien"]) for item in bill["DSKhoanNop"])
    if sum(int(row["SoTien"]) for row in rows) > whole:
        raise No("bill")
    return whole


def _all_texts(values: Any) -> bool:
    return all(isinstance(value, str) for value in values)
