"""The HTTP side of the counterpart: keys, versions, idempotency, and what each URL does."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response

from feesvc_stripe.counterpart import parameters
from feesvc_stripe.counterpart.account import VERSION, Account
from feesvc_stripe.counterpart.expanding import expanded
from feesvc_stripe.counterpart.forms import Field, Nested, Required, decode, read
from feesvc_stripe.counterpart.idempotency import IdempotencyKeys, Kept
from feesvc_stripe.counterpart.listing import page_of
from feesvc_stripe.counterpart.refusals import Refusal, invalid, no_such_url, unauthorised
from feesvc_stripe.counterpart.returning import create_refund
from feesvc_stripe.counterpart.selling import (
    check_session,
    expire_due,
    expire_session,
    open_session,
)
from feesvc_stripe.counterpart.shapes import Shape, a_list

FORM = "application/x-www-form-urlencoded"

COLLECTIONS = {
    "checkout/sessions": "checkout.session",
    "payment_intents": "payment_intent",
    "charges": "charge",
    "refunds": "refund",
    "disputes": "dispute",
    "balance_transactions": "balance_transaction",
    "payouts": "payout",
    "events": "event",
}

Opened = Callable[[Shape], None]
"""Told of every session that was opened."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered, and our reference of the payment that it is about."""

    status: int
    body: bytes
    reference: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self, now: int, number: int, key: str) -> Response:
        headers = {
            "Date": formatdate(now, usegmt=True),
            "Request-Id": f"req_{number:014d}",
            "Stripe-Version": VERSION,
            **({"Idempotency-Key": key} if key else {}),
            **self.headers,
        }
        return Response(self.body, self.status, headers, "application/json")


class Api:
    """Stripe's API over one account. ``answer`` is safe to call from many threads."""

    def __init__(self, account: Account, secret_key: str, opened: Opened) -> None:
        self._account = account
        self._secret_key = secret_key
        self._opened = opened
        self._keys = IdempotencyKeys()
        self._asked = 0

    def answer(self, request: Request, body: bytes) -> tuple[Response, str]:
        """The answer, and our reference of what it is about, for faults to be made."""
        with self._account.lock:
            self._asked += 1
            key = request.headers.get("idempotency-key", "")
            try:
                expire_due(self._account)
                self._admit(request.headers)
                if request.method == "POST":
                    answer = self._post(request, body, key)
                elif request.method == "GET":
                    answer = self._get(request)
                else:
                    raise no_such_url(request.method, request.url.path)
            except Refusal as refusal:
                answer = _refused(refusal)
            response = answer.response(self._account.now(), self._asked, key)
            return response, answer.reference

    def _admit(self, headers: Headers) -> None:
        given = _key_of(headers.get("authorization", ""))
        if not given:
            raise unauthorised("You did not provide an API key.")
        if given != self._secret_key:
            raise unauthorised(f"Invalid API Key provided: {given[:8]}****{given[-4:]}")
        version = headers.get("stripe-version", VERSION)
        if version != VERSION:
            raise invalid(f"Invalid Stripe API version: {version}")

    def _get(self, request: Request) -> Answer:
        sent = decode(request.url.query.encode())
        path = request.url.path.removeprefix("/v1/")
        if path == "balance":
            read({}, sent)
            return _found(self._balance())
        if path in COLLECTIONS:
            asked = read(parameters.FILTERS[COLLECTIONS[path]], sent)
            listed = page_of(self._account, COLLECTIONS[path], asked, f"/v1/{path}")
            return _found(expanded(self._account, listed, asked.get("expand", ())))
        kind, identifier = self._named(request, path)
        if identifier.endswith("/line_items") and kind == "checkout.session":
            return self._line_items(identifier.removesuffix("/line_items"), sent)
        asked = read(parameters.ONLY_EXPAND, sent)
        shape = self._account.find(kind, identifier)
        answer = expanded(self._account, shape, asked.get("expand", ()))
        return _found(answer, self._account.reference_of(shape))

    def _post(self, request: Request, body: bytes, key: str) -> Answer:
        if body and not request.headers.get("content-type", "").startswith(FORM):
            raise invalid("Invalid request: parameters are form-encoded.")
        sent, path = decode(body), request.url.path
        kept = self._keys.recall(key, path, sent, self._account.now()) if key else None
        if kept is not None:
            return Answer(kept.status, kept.body, kept.reference, {"Idempotent-Replayed": "true"})
        act = self._prepared(request, path.removeprefix("/v1/"), sent)
        try:
            answer = act()
        except Refusal as refusal:
            answer = _refused(refusal)
        if key:
            now = self._account.now()
            kept = Kept(path, sent, answer.status, answer.body, answer.reference, now)
            self._keys.keep(key, kept)
        return answer

    def _prepared(self, request: Request, path: str, sent: Nested) -> Callable[[], Answer]:
        """What is to be done, once everything that was sent has been validated."""
        account = self._account
        if path == "checkout/sessions":
            asked = read(parameters.SESSION, sent)
            check_session(account, asked)
            return lambda: self._open(asked, f"{request.url.scheme}://{request.url.netloc}/c/pay/")
        if path == "refunds":
            asked = read(parameters.REFUND, sent)
            return lambda: self._made(create_refund(account, asked), asked)
        closing = re.fullmatch(r"checkout/sessions/([^/]+)/expire", path)
        if closing is None:
            raise no_such_url("POST", f"/v1/{path}")
        asked = read(parameters.ONLY_EXPAND, sent)
        session = account.find("checkout.session", closing[1])
        return lambda: self._made(expire_session(account, session), asked)

    def _open(self, asked: dict[str, Any], page: str) -> Answer:
        session = open_session(self._account, asked, page)
        self._opened(session)
        return self._made(session, asked)

    def _made(self, shape: Shape, asked: dict[str, Any]) -> Answer:
        answer = expanded(self._account, shape, asked.get("expand", ()))
        return _found(answer, self._account.reference_of(shape))

    def _named(self, request: Request, path: str) -> tuple[str, str]:
        for collection, kind in COLLECTIONS.items():
            if path.startswith(f"{collection}/"):
                return kind, path.removeprefix(f"{collection}/")
        raise no_such_url(request.method, request.url.path)

    def _line_items(self, identifier: str, sent: Nested) -> Answer:
        fields: Mapping[str, Field | Required] = parameters.PAGED
        limit = read(fields, sent).get("limit", 10)
        session = self._account.find("checkout.session", identifier)
        items = self._account.line_items[session["id"]]
        url = f"/v1/checkout/sessions/{identifier}/line_items"
        return _found(a_list(url, items[:limit], has_more=len(items) > limit))

    def _balance(self) -> Shape:
        account = self._account
        waiting = {c: account.waiting_to_be_paid_out(c) for c in account.tariff.flat}
        moves = list(account.listed("balance_transaction"))
        later = [move for move in moves if move["available_on"] > account.now()]

        def sums(amounts: dict[str, int]) -> list[Shape]:
            return [
                {"amount": amount, "currency": currency, "source_types": {"card": amount}}
                for currency, amount in amounts.items()
            ]

        return {
            "object": "balance",
            "available": sums({c: sum(m["net"] for m in found) for c, found in waiting.items()}),
            "connect_reserved": [{"amount": 0, "currency": c} for c in waiting],
            "livemode": False,
            "pending": sums(
                {c: sum(m["net"] for m in later if m["currency"] == c) for c in waiting}
            ),
        }


def _found(shape: Shape, reference: str = "") -> Answer:
    return Answer(200, json.dumps(shape, indent=2, ensure_ascii=False).encode(), reference)


def _refused(refusal: Refusal) -> Answer:
    return Answer(refusal.status, json.dumps({"error": refusal.error}, indent=2).encode())


def _key_of(authorization: str) -> str:
    """A bearer token, or the user name of basic authentication."""
    scheme, _, credentials = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return credentials.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(credentials, validate=True).decode().partition(":")[0]
        except ValueError:
            return ""
    return ""
