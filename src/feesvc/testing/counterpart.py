"""What every counterpart is: a strict, stateful stand-in for one intermediary, with faults.

Written by us, so it proves that an adapter agrees with our reading of the provider's documents, no
more. It is found by entry point, group ``feesvc.counterparts``, under its intermediary's name.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, ClassVar, Literal

import httpx
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from feesvc.money import Money
from feesvc.testing.books import BankCredit, Books, No, Order, Returned, Taken
from feesvc.testing.controls import control_routes
from feesvc.testing.faults import Fault, Faults
from feesvc.testing.outbox import Clock, Outbox
from feesvc.testing.settling import Batch, ContractTariff, Layout, Sessions

HELD_BACK = {Fault.DELAY: timedelta(seconds=30), Fault.REORDER: timedelta(seconds=3)}
UNDONE_AFTER = timedelta(minutes=1)
FOR_EVER = 3600.0


class Counterpart(ABC):
    """Subclasses add a wire format to the engine in ``books``: routes in, notifications out.

    The Python methods below are what tests press instead of buttons; they may be called from any
    thread. ``clock`` is the only time there is.
    """

    name: ClassVar[str]
    """The intermediary's name, as in the entry point."""
    retry_after: ClassVar[Sequence[timedelta]] = ()
    """How long after each unacknowledged notification the provider tries again; empty: never."""
    announces_refunds: ClassVar[bool] = False
    """Whether the end of a refund is notified, or only found by looking up."""
    takes_strangers: ClassVar[bool] = True
    """Whether an order that we never placed can be put into its ledger, and be paid."""
    transaction_form: ClassVar[str] = "tx_{:06d}"
    """How the intermediary names its transfers, by their count."""
    settles: ClassVar[Layout | None] = None
    """How a settlement is written down; None where the money never lies with the intermediary."""
    merchant: ClassVar[str] = ""
    """How it names the merchant in its settlements."""
    tariff = ContractTariff()
    """What a contract lets it keep, for settlements."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.faults = Faults()
        self.ledger = Books(self.transaction_form)
        self.outbox = Outbox(clock, self.retry_after, self.acknowledged)
        self.notify_url = ""
        """Where notifications go when an order names no address of its own."""
        self.sessions = Sessions(
            self.name, self.merchant, lambda: self.books().values(), self.returned, self.charged
        )
        self.app: ASGIApp = Starlette(routes=[*self.routes(), *control_routes(self)])

    # What a subclass says

    @abstractmethod
    def settings(self, base_url: str) -> Mapping[str, str]:
        """The merchant account's settings that make an adapter talk to us at ``base_url``."""

    @abstractmethod
    def routes(self) -> Sequence[BaseRoute]:
        """The intermediary's own API, answered through ``answer``."""

    @abstractmethod
    def announce_payment(self, order: Order) -> Callable[[], httpx.Request] | None:
        """How to say that an order was paid or ended; None where that is never said.

        What it returns makes the message, signed, each time that it is sent.
        """

    def announce_reversal(self, taken: Taken) -> Callable[[], httpx.Request] | None:
        """How to say that a transfer was undone; None where that is never said."""
        return None

    def announce_refund(self, reference: str) -> Callable[[], httpx.Request] | None:
        """How to say that a refund was paid or failed; None where that is never said."""
        return None

    def announce_nothing(self) -> Callable[[], httpx.Request] | None:
        """An authentic message that is nothing to us; None where the format has none."""
        return None

    def acknowledged(self, reply: httpx.Response) -> bool:
        """Whether this answer to a notification ends the provider's attempts."""
        return reply.is_success

    def took(self, reply: httpx.Response) -> bool:
        """Whether this answer says that we took the notification: some end it and say no."""
        return self.acknowledged(reply)

    def fee_of(self, amount: Money) -> Money:
        """What the intermediary keeps of a payment."""
        return Money(0, amount.currency)

    def faults_of(self, order: Order) -> Sequence[Fault]:
        """Faults that this order's own content asks for (documented magic amounts)."""
        return ()

    def goes_smoothly(self, amount: Money) -> bool:
        """Whether an order of this amount asks for nothing out of the ordinary."""
        return not self.faults_of(Order(reference="", amount=amount))

    def code_of(self, order: Order) -> str:
        """What the payment page shows as a QR code; empty where it shows none."""
        return ""

    # What no honest intermediary would say

    words: ClassVar[Mapping[str, str]] = {}
    """Where a payment notification says what, by our word for it: ``reference``, ``transaction``,
    ``amount``, ``currency``, ``merchant``, ``result``, ``status`` (a second code beside the
    result), ``method``, ``at``, ``signature``.

    A place is a parameter's or a field's name, dotted when it stands inside another; a header is
    ``header:name``. Words that this format has not are left out.
    """

    def rephrased(
        self, message: httpx.Request, changes: Mapping[str, Any], settings: Mapping[str, str]
    ) -> httpx.Request:
        """``message`` with other values at these places, signed by ``settings``' keys.

        A place is named as in ``words`` (any other place of the format too); None leaves it out.
        It is authentic whatever it says: the catalogue of wrong notifications is made with it.
        """
        raise NotImplementedError(f"{self.name} cannot rephrase")

    # Its own truth, to compare ledgers with

    def books(self) -> Mapping[str, Taken]:
        """Every transfer by its transaction, as it stands now."""
        return self.ledger.transfers()

    def checkouts(self, reference: str) -> int:
        """How many checkouts were opened for one of our references."""
        return int(reference in self.ledger.orders)

    def credits(self) -> Sequence[BankCredit]:
        """What the agency's bank account was credited with, oldest first: the lines of a statement.

        A line may stand there twice, as on overlapping statements, under one ``native_id``. Empty
        where the intermediary collects the money itself.
        """
        return ()

    def returned(self) -> Sequence[Returned]:
        """Every refund, as it stands now."""
        return list(self.ledger.refunds.values())

    def charged(self, taken: Taken) -> tuple[Money, Money]:
        """What a settlement keeps of a transfer: commission and the tax on it."""
        return self.tariff.of(taken.amount)

    def settle_session(
        self, ends_on: date, starts_on: date | None = None, currency: str = "VND"
    ) -> Batch:
        """Close a session at the end of a day in Việt Nam: all that is in no batch yet."""
        with self.ledger.lock:
            return self.sessions.close(ends_on, starts_on, currency)

    def document(self, batch: Batch) -> bytes:
        """A batch as it is handed over. Raises ``No`` where there is no such document."""
        if self.settles is None:
            raise No("no_settlement")
        return self.settles.document(batch)

    # What a payer, their bank or the intermediary does

    def scan(self, code: str) -> str:
        """The payer scans a checkout's QR code. Raises ``No`` where it cannot be read.

        Where the code is all that there is, the order is known from now on; returns its reference.
        Empty where the intermediary was asked for the checkout, and knows it already.
        """
        return ""

    def pay(self, reference: str, amount: int | None = None, *, late: bool = False) -> str:
        """The payer pays, ``amount`` minor units if not what was asked. Returns the transaction.

        ``late``: the money comes although the order ended or expired. Raises ``No``.
        """
        order = self.ledger.order(reference)
        asked = order.amount.amount
        if amount is None and self._happens(Fault.WRONG_AMOUNT, order):
            amount = max(1, asked - 1)
        money = Money(asked if amount is None else amount, order.amount.currency)
        fee = self.fee_of(money)
        taken = self.ledger.pay(reference, money, fee, self.clock(), late=late)
        self.notify(order, self.announce_payment(order))
        if self._happens(Fault.LATE_REVERSAL, order):
            self.outbox.do(lambda: self.reverse(taken.transaction), UNDONE_AFTER)
        return taken.transaction

    def decline(self, reference: str) -> None:
        """The payer's bank says no."""
        order = self.ledger.end(reference, "declined", self.clock())
        self.notify(order, self.announce_payment(order))

    def cancel(self, reference: str) -> None:
        """The payer walks away."""
        order = self.ledger.end(reference, "cancelled", self.clock())
        self.notify(order, self.announce_payment(order))

    def reverse(self, transaction: str) -> None:
        """A transfer is undone in whole; one that was refunded meanwhile stays."""
        try:
            taken = self.ledger.reverse(transaction, self.clock())
        except No:
            return
        self.notify(self.ledger.order(taken.reference), self.announce_reversal(taken))

    def finish_refund(self, reference: str) -> None:
        """An accepted refund reaches the payer."""
        self._end_refund(reference, paid=True)

    def fail_refund(self, reference: str) -> None:
        """An accepted refund does not reach the payer."""
        self._end_refund(reference, paid=False)

    def mention(self) -> bool:
        """Say something authentic that is nothing to us; False where the format has none."""
        build = self.announce_nothing()
        if build is not None:
            self.outbox.post(build)
        return build is not None

    # What subclasses use

    def notify(self, order: Order, build: Callable[[], httpx.Request] | None) -> None:
        """Send a notification about ``order``, subject to its faults."""
        if build is None or self._happens(Fault.LOSE, order):
            return
        held = [HELD_BACK[fault] for fault in HELD_BACK if self._happens(fault, order)]
        for _ in range(2 if self._happens(Fault.DUPLICATE, order) else 1):
            self.outbox.post(build, max(held, default=timedelta()))

    async def answer(self, reference: str, response: Response) -> Response:
        """``response``, unless a fault of this order spoils it after its effect was made."""
        order = self.ledger.orders.get(reference) or Order(
            reference=reference, amount=Money(0, "VND")
        )
        if self._happens(Fault.HANG, order):
            await asyncio.sleep(FOR_EVER)
        if self._happens(Fault.SERVER_ERROR, order):
            return Response("upstream is not well", status_code=500, media_type="text/plain")
        return response

    def _happens(self, fault: Fault, order: Order) -> bool:
        return self.faults.take(fault, order.reference) or fault in self.faults_of(order)

    def _end_refund(self, reference: str, *, paid: bool) -> None:
        state: Literal["paid", "failed"] = "paid" if paid else "failed"
        if self.ledger.finish_refund(reference, state, self.clock()):
            refund = self.ledger.refunds[reference]
            order = self.ledger.order(self.ledger.taken[refund.transaction].reference)
            self.notify(order, self.announce_refund(reference))
