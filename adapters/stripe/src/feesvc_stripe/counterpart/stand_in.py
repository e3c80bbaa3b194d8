"""The stand-in for Stripe: its API over one account, a payment page, and signed webhooks."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar

import httpx
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from feesvc.money import Money
from feesvc.testing.books import No, Order, Returned, Taken
from feesvc.testing.controls import payment_page
from feesvc.testing.counterpart import UNDONE_AFTER, Counterpart
from feesvc.testing.faults import Fault
from feesvc.testing.outbox import Clock
from feesvc_stripe.counterpart.account import Account
from feesvc_stripe.counterpart.api import Api
from feesvc_stripe.counterpart.returning import (
    close_dispute,
    create_refund,
    fail_refund,
    finish_refund,
    open_dispute,
    pay_out,
)
from feesvc_stripe.counterpart.selling import decline_session, expire_due, pay_session
from feesvc_stripe.counterpart.settling import CONTRACT, LAYOUT
from feesvc_stripe.counterpart.shapes import Shape
from feesvc_stripe.counterpart.tariff import Tariff
from feesvc_stripe.counterpart.truth import as_time, refunds, transfers
from feesvc_stripe.counterpart.webhooks import SUBSCRIBED, rephrased, webhook

SECRET_KEY = "sk_test_" + hashlib.sha256(b"counterpart of Stripe").hexdigest()
WEBHOOK_SECRET = "whsec_" + hashlib.sha256(b"webhooks of the counterpart").hexdigest()
"""Sample keys: they open nothing but this stand-in."""


class StripeCounterpart(Counterpart):
    """Written by us, and checked by the official SDK. ``tariff`` may be set before first use."""

    name = "stripe"
    settles = LAYOUT
    tariff = CONTRACT
    retry_after: ClassVar[Sequence[timedelta]] = tuple(
        timedelta(minutes=minutes) for minutes in (5, 30, 120, 300, 600, 720, 720, 720, 720)
    )
    """Stripe tries for three days, at growing intervals that it does not publish."""
    announces_refunds = True
    takes_strangers = False  # its account keeps the books, and knows only of its own sessions
    refunds_take: ClassVar[timedelta | None] = timedelta(seconds=10)
    """After what time refunds succeed by themselves; None: only when ``finish_refund`` says so."""

    words: ClassVar[Mapping[str, str]] = {
        "reference": "data.object.client_reference_id",
        "transaction": "data.object.payment_intent",
        "amount": "data.object.amount_total",
        "currency": "data.object.currency",
        "merchant": "account",
        "result": "data.object.payment_status",
        "at": "created",
        "signature": "header:stripe-signature",
    }

    def __init__(self, clock: Clock, tariff: Tariff | None = None) -> None:
        self.account = Account(clock, tariff or Tariff(), self._announced)
        self.webhook_secrets = [WEBHOOK_SECRET]
        """While a secret is rolled there are two, and every webhook is signed under both."""
        self.events: list[Shape] = []
        self._api = Api(self.account, SECRET_KEY, self._opened)
        super().__init__(clock)

    def settings(self, base_url: str) -> Mapping[str, str]:
        secrets = {"secret_key": SECRET_KEY, "webhook_secret": self.webhook_secrets[0]}
        return {**secrets, "api_base": base_url}

    def rephrased(
        self, message: httpx.Request, changes: Mapping[str, Any], settings: Mapping[str, str]
    ) -> httpx.Request:
        return rephrased(message, changes, settings["webhook_secret"])

    def routes(self) -> Sequence[BaseRoute]:
        async def api(request: Request) -> Response:
            response, reference = self._api.answer(request, await request.body())
            return await self.answer(reference, response)

        async def page(request: Request) -> Response:
            return await self._page(request)

        async def payouts(request: Request) -> Response:
            return Response(self.pay_out(request.query_params["currency"]))

        methods = ["GET", "POST", "DELETE", "PUT", "PATCH"]
        return (
            Route("/v1/{rest:path}", api, methods=methods),
            Route("/c/pay/{session}", page, methods=["GET", "POST"]),
            Route("/_payouts", payouts, methods=["POST"]),
        )

    # What a payer, their bank or Stripe does

    def pay(self, reference: str, amount: int | None = None, *, late: bool = False) -> str:
        """Returns the PaymentIntent. ``late`` pays a session that has expired."""
        with self.account.lock:
            order, session = self._order(reference)
            if session["status"] != "open" and not (late and session["status"] == "expired"):
                raise No("not_payable")
            asked = order.amount.amount
            if amount is None and self._happens(Fault.WRONG_AMOUNT, order):
                amount = max(1, asked - 1)
            intent = pay_session(self.account, session, asked if amount is None else amount)
            order.state = "paid"
            order.transactions.append(intent["id"])
        transaction = str(intent["id"])
        if self._happens(Fault.LATE_REVERSAL, order):
            self.outbox.do(lambda: self.reverse(transaction), UNDONE_AFTER)
        return transaction

    def decline(self, reference: str) -> None:
        """The session stays open: the payer may try another card."""
        with self.account.lock:
            _, session = self._order(reference)
            if session["status"] != "open":
                raise No("not_payable")
            decline_session(self.account, session)

    def cancel(self, reference: str) -> None:
        """Stripe tells nobody that a payer walked away: the session stays open until it expires."""
        self._order(reference)

    def reverse(self, transaction: str) -> None:
        """Stripe gives the whole charge back of its own accord; not one that was refunded."""
        with self.account.lock:
            charge = self._charge(transaction)
            if not charge["amount_refunded"]:
                asked = {"charge": charge["id"], "reason": "fraudulent"}
                finish_refund(self.account, create_refund(self.account, asked))

    def finish_refund(self, reference: str) -> None:
        with self.account.lock:
            finish_refund(self.account, self._refund(reference))

    def fail_refund(self, reference: str) -> None:
        with self.account.lock:
            fail_refund(self.account, self._refund(reference))

    def dispute(self, transaction: str, amount: int | None = None, *, inquiry: bool = False) -> str:
        """The payer's bank disputes a charge, or only inquires. Returns the dispute's id."""
        with self.account.lock:
            charge = self._charge(transaction)
            disputed = charge["amount"] if amount is None else amount
            return str(open_dispute(self.account, charge, disputed, inquiry=inquiry)["id"])

    def close_dispute(self, dispute: str, *, won: bool) -> None:
        with self.account.lock:
            close_dispute(self.account, self.account.find("dispute", dispute), won=won)

    def pay_out(self, currency: str) -> str:
        """An automatic payout of all that is available in a currency. Returns its id."""
        with self.account.lock:
            return str(pay_out(self.account, currency.lower())["id"])

    # Its own truth

    def books(self) -> Mapping[str, Taken]:
        """``fee`` is the commission without its tax, ``refunded`` what has reached payers."""
        with self.account.lock:
            return {taken.transaction: taken for taken in transfers(self.account)}

    def returned(self) -> Sequence[Returned]:
        with self.account.lock:
            return list(refunds(self.account))

    def charged(self, taken: Taken) -> tuple[Money, Money]:
        """The report has one column for the commission and its tax."""
        tax = self.account.tariff.tax(taken.fee.amount)
        return taken.fee + Money(tax, taken.fee.currency), Money(0, taken.fee.currency)

    def checkouts(self, reference: str) -> int:
        with self.account.lock:
            sessions = self.account.listed("checkout.session")
            return sum(session["client_reference_id"] == reference for session in sessions)

    # What it says

    def announce_payment(self, order: Order) -> Callable[[], httpx.Request] | None:
        """Events are sent as they happen, by ``_announced``."""
        return None

    def announce_nothing(self) -> Callable[[], httpx.Request] | None:
        """An event that endpoints are often set up for, and that says nothing of a payment."""
        about = {"id": "bps_none", "object": "balance", "available": [], "pending": []}
        return self._webhook(self.account.emit("balance.available", about, reference=""))

    def expire(self) -> None:
        """Close the sessions whose time has passed, as every request to the API does too."""
        with self.account.lock:
            expire_due(self.account)

    def _announced(self, event: Shape, reference: str) -> None:
        self.events.append(event)
        about = event["data"]["object"]
        if event["type"] == "refund.created" and self.refunds_take is not None:
            self.outbox.do(lambda: self._finish(about["id"]), self.refunds_take)
        if event["type"] == "checkout.session.expired" and reference in self.ledger.orders:
            self.ledger.orders[reference].state = "cancelled"
        if event["type"] in SUBSCRIBED:
            order = self.ledger.orders.get(reference) or _no_order(reference)
            self.notify(order, self._webhook(event))

    def _webhook(self, event: Shape) -> Callable[[], httpx.Request]:
        return lambda: webhook(event, self.notify_url, self.account.now(), self.webhook_secrets)

    def _opened(self, session: Shape) -> None:
        reference = self.account.reference_of(session)
        self.ledger.orders[reference] = Order(
            reference=reference,
            amount=Money(session["amount_total"], session["currency"].upper()),
            handle=session["id"],
            description=self.account.line_items[session["id"]][0]["description"],
            return_url=session["success_url"],
            expires_at=as_time(session["expires_at"]),
        )
        lives = timedelta(seconds=session["expires_at"] - self.account.now())
        self.outbox.do(self.expire, lives)

    async def _page(self, request: Request) -> Response:
        with self.account.lock:
            expire_due(self.account)
            session = self.account.known(request.path_params["session"])
            reference = self.account.reference_of(session) if session else ""
        return await payment_page(self, request, reference)

    def _order(self, reference: str) -> tuple[Order, Shape]:
        expire_due(self.account)
        order = self.ledger.order(reference)
        return order, self.account.find("checkout.session", order.handle)

    def _charge(self, transaction: str) -> Shape:
        intent = self.account.find("payment_intent", transaction)
        return self.account.find("charge", intent["latest_charge"])

    def _finish(self, refund: str) -> None:
        with self.account.lock:
            finish_refund(self.account, self.account.find("refund", refund))

    def _refund(self, reference: str) -> Shape:
        for refund in self.account.listed("refund"):
            if refund["metadata"].get("reference") == reference:
                return refund
        raise No("unknown_refund")


def _no_order(reference: str) -> Order:
    return Order(reference=reference, amount=Money(0, "VND"))
