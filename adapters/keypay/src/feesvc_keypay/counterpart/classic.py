"""The classic KeyPay's other side: the redirect, the browser's way back, the bill's status."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode

import httpx
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from feesvc.money import Money
from feesvc.testing.books import No, Order
from feesvc.testing.controls import payment_page
from feesvc_keypay.counterpart.naming import NamedByReference
from feesvc_keypay.counterpart.settling import LAYOUT

MERCHANT = "898989"
SECRET = "kp_secret_19c2d07fb3a4e586"  # noqa: S105
SERVICE = "720"
REDIRECT = (
    "command", "country_code", "currency_code", "current_locale", "good_code", "merchant_code",
    "merchant_trans_id", "net_cost", "return_url", "service_code", "ship_fee", "tax", "version",
)  # fmt: skip
UNSIGNED = (
    "bank_code", "internal_bank", "desc_1", "desc_2", "desc_3", "desc_4", "desc_5",
    "xml_description",
)  # fmt: skip
BACK = (
    "bank_code", "command", "currency_code", "good_code", "merchant_code", "merchant_trans_id",
    "net_cost", "response_code", "service_code", "ship_fee", "tax", "trans_id",
)  # fmt: skip
"""In the order of their names, as the redirect's."""
CODES = {"paid": "00", "declined": "17", "cancelled": "18", "open": "24"}


class KeyPayCounterpart(NamedByReference):
    """One merchant. ``told`` is digest and case of the hex; the status is always MD5, lower case.

    The payment page takes exactly what the redirect asks, and a transaction number once.
    """

    name = "keypay"
    settles = LAYOUT
    merchant = MERCHANT
    told = "md5 upper"

    words: ClassVar[Mapping[str, str]] = {
        "reference": "merchant_trans_id",
        "transaction": "trans_id",
        "amount": "net_cost",
        "currency": "currency_code",
        "merchant": "merchant_code",
        "result": "response_code",
        "method": "bank_code",
        "signature": "secure_hash",
    }

    def rephrased(
        self, message: httpx.Request, changes: Mapping[str, Any], settings: Mapping[str, str]
    ) -> httpx.Request:
        said: dict[str, Any] = dict(parse_qsl(message.url.query.decode(), keep_blank_values=True))
        said |= changes
        values = {name: str(value) for name, value in said.items() if value is not None}
        told = f"{settings.get('digest', 'md5')} {settings['hex_case']}"
        values["secure_hash"] = hash_of(values, BACK, settings["secret_key"], told)
        return brought_back(str(message.url).partition("?")[0], values)

    def settings(self, base_url: str) -> Mapping[str, str]:
        digest, _, case = self.told.partition(" ")
        return {
            "url": f"{base_url}/process",
            "query_url": f"{base_url}/resources/generic/QuerryBillStatus",
            "merchant_code": MERCHANT,
            "secret_key": SECRET,
            "digest": digest,
            "hex_case": case,
            "service_code": SERVICE,
        }

    def routes(self) -> Sequence[BaseRoute]:
        return (
            Route("/process", self._process, methods=["GET", "POST"]),
            Route("/resources/generic/QuerryBillStatus", self._status),
        )

    def pay(self, reference: str, amount: int | None = None, *, late: bool = False) -> str:
        asked = self.ledger.order(reference).amount.amount
        if amount not in {None, asked}:
            raise No("amount")
        return super().pay(reference, asked, late=late)

    def announce_payment(self, order: Order) -> Callable[[], httpx.Request]:
        """The portal passes on what the payer's browser brought back."""
        values = {
            "bank_code": "VCB" if order.state == "paid" else "null",
            "command": "pay",
            "currency_code": "704",
            "good_code": order.handle,
            "merchant_code": MERCHANT,
            "merchant_trans_id": order.reference,
            "net_cost": str(order.amount.amount),
            "response_code": CODES[order.state],
            "service_code": SERVICE,
            "ship_fee": "0",
            "tax": "0",
            "trans_id": f"KP{len(self.ledger.orders):08d}",
        }
        values["secure_hash"] = hash_of(values, BACK, SECRET, self.told)
        values["desc_1"] = order.description
        return lambda: brought_back(order.notify_url or self.notify_url, values)

    def announce_nothing(self) -> Callable[[], httpx.Request]:
        """Signed, and about another merchant of the same key."""
        values = {"merchant_code": "111111", "merchant_trans_id": "1", "response_code": "00"}
        values["secure_hash"] = hash_of(values, BACK, SECRET, self.told)
        return lambda: brought_back(self.notify_url, values)

    async def _process(self, request: Request) -> Response:
        """Where the payer is sent: the signed query is the order."""
        pairs = parse_qsl(request.url.query, keep_blank_values=True)
        values = dict(pairs)
        try:
            order = self._opened(values, len(pairs))
        except (No, ValueError, KeyError) as problem:
            return PlainTextResponse(str(problem), status_code=422)
        return await payment_page(self, request, order.reference)

    def _opened(self, values: Mapping[str, str], count: int) -> Order:
        if set(values) != {*REDIRECT, *UNSIGNED, "secure_hash"} or count != len(values):
            raise No("malformed")
        if not hmac.compare_digest(
            hash_of(values, REDIRECT, SECRET, self.told), values["secure_hash"]
        ):
            raise No("02")
        fixed = {
            "merchant_code": MERCHANT, "service_code": SERVICE, "command": "pay",
            "version": "1.0", "currency_code": "704", "country_code": "+84", "ship_fee": "0",
            "tax": "0",
        }  # fmt: skip
        if any(values[name] != value for name, value in fixed.items()):
            raise No("31")
        if values["current_locale"] not in {"vn", "en"} or not values["net_cost"].isdigit():
            raise No("33")
        amount = int(values["net_cost"])
        if not 1_000 <= amount <= 1_000_000_000:
            raise No("11")
        return self.ledger.open(
            Order(
                reference=values["merchant_trans_id"],
                amount=Money(amount, "VND"),
                handle=values["good_code"],
                description=values["desc_1"],
                return_url=values["return_url"],
            )
        )

    async def _status(self, request: Request) -> Response:
        """``<number>|<code>|<MD5 of both and the key>``, as a public code base takes it apart."""
        asked = request.query_params
        reference = asked.get("merchant_trans_id", "")
        said = [reference, asked.get("good_code", ""), asked.get("trans_id", "")]
        joined = "".join([*said, asked.get("merchant_code", ""), SECRET])
        order = self.ledger.orders.get(reference)
        if asked.get("merchant_code") != MERCHANT:
            code = "01"
        elif md5(joined) != asked.get("secure_hash"):
            code = "02"
        else:
            code = CODES[order.state if order else "open"]
        number = "010" if code == "00" else "011"
        answer = f"{number}|{code}|{md5(number + code + SECRET)}"
        return await self.answer(reference, PlainTextResponse(answer))


def hash_of(values: Mapping[str, str], names: Sequence[str], secret: str, told: str) -> str:
    """A bank that is the word null was none when it was signed."""
    digest, _, case = told.partition(" ")
    said = [values.get(name, "") for name in names]
    if names is BACK and values.get("bank_code") == "null":
        said.remove("null")
    joined = (secret + "".join(said)).encode()
    made = hashlib.new(digest, joined, usedforsecurity=False).hexdigest()
    return made.upper() if case == "upper" else made


def md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def brought_back(url: str, values: Mapping[str, str]) -> httpx.Request:
    return httpx.Request("GET", f"{url}?{urlencode(values)}")
