"""The stage of the contract: an adapter, its counterpart, a clock that stands still, an inbox."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import httpx
from hypothesis import HealthCheck, settings

from feesvc.intermediary import (
    Checkout,
    Ended,
    Intermediary,
    Notification,
    OrderLine,
    Outcome,
    PaymentOrder,
    Received,
    Reversed,
    Unavailable,
    Verdict,
)
from feesvc.money import Money
from feesvc.testing.counterpart import Counterpart
from feesvc.testing.in_process import InProcessTransport
from feesvc.testing.intermediary.wires import Wire

NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
"""20 November 2026, 12:00 in Việt Nam."""
EPOCH = "k7f2q9"
BASE_URL = "http://counterpart.test"
NOTIFY_URL = "https://fees.test/v1/notifications/a1b2c3"
USUAL = 115_000
"""Minor units: what a driving licence costs, or 1,150 dollars."""
PATIENCE = 30.0
"""Seconds that the adapter's client waits for an answer: a busy machine is not a broken one."""

SAMPLED = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.differing_executors],  # every adapter inherits each test
)


class TestClock:
    """A clock that only tests move."""

    __test__ = False

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> None:
        self.now += by


class Stage:
    """Built anew for every test. The class variables are what an adapter's tests say."""

    adapter_class: ClassVar[type[Intermediary]]
    counterpart_class: ClassVar[type[Counterpart]]
    wire_reference: ClassVar[str]
    """A regular expression for every reference that the intermediary accepts."""
    largest_number: ClassVar[int] = 2**48
    """The largest order number that a reference has room for."""
    tolerance: ClassVar[timedelta | None] = None
    """How old a notification may be, where its format carries a signed time."""
    tells_time: ClassVar[bool] = True
    """Whether its messages say when money came. If not, it came when we were told of it."""
    page_given_once: ClassVar[bool] = False
    """The intermediary opens one checkout per order and tells its page in the first answer only."""
    code_given_once: ClassVar[bool] = False
    """It tells the page each time, and the code to scan in the first answer only."""

    clock: TestClock
    counterpart: Counterpart
    wire: Wire
    http: httpx.Client
    adapter: Intermediary
    inbox: list[Notification]

    def setup_method(self) -> None:
        self.clock = TestClock(NOON)
        self.counterpart = self.counterpart_class(self.clock)
        self.counterpart.notify_url = NOTIFY_URL
        self.wire = Wire(InProcessTransport(self.counterpart.app))
        self.http = httpx.Client(transport=self.wire, timeout=PATIENCE)
        self.adapter = self.connect(self.settings())
        self.inbox = []
        self.verdict = Verdict.RECORDED
        self.counterpart.outbox.deliver = self._receive

    def teardown_method(self) -> None:
        self.http.close()

    # What an adapter's tests may say otherwise

    def settings(self) -> Mapping[str, str]:
        """The merchant account's settings, secrets in plain."""
        return self.counterpart.settings(BASE_URL)

    def other_secret(self, name: str, value: str) -> str:
        """Another value of a secret's form: what comes before the last ``_`` stays."""
        prefix, mark, rest = value.rpartition("_")
        digest = hashlib.sha256(f"another {name}".encode()).hexdigest()
        return prefix + mark + (digest * 4)[: max(len(rest), 16)]

    # What the contract's tests use

    @contextmanager
    def impatient(self) -> Iterator[None]:
        """The adapter's client gives up soon: for what is known to hang."""
        self.http.timeout = httpx.Timeout(0.5)
        try:
            yield
        finally:
            self.http.timeout = httpx.Timeout(PATIENCE)

    def connect(self, settings: Mapping[str, str]) -> Intermediary:
        return self.adapter_class(settings, self.http)

    def order(self, number: int = 1, amount: int | None = None, currency: str = "") -> PaymentOrder:
        currency = currency or next(iter(self.adapter_class.facts.currencies))
        limits = self.adapter_class.facts.currencies[currency]
        if amount is None:
            amount = max(limits.minimum, min(USUAL, limits.maximum))
        money = Money(amount, currency)
        return PaymentOrder(
            reference=self.adapter.reference_for(EPOCH, number, NOON),
            amount=money,
            lines=(OrderLine(kind="charge", item="L1", name="Driving licence", amount=money),),
            description="Driving licence renewal",
            dossier="000.00.01.G14-261120-0001",
            locale="vi",
            payer_ip="203.0.113.7",
            placed_at=NOON,
            expires_at=NOON + timedelta(minutes=15),
            asked_at=NOON,
            return_url="https://portal.test/return",
            notify_url=NOTIFY_URL,
        )

    def presented(self, order: PaymentOrder) -> PaymentOrder:
        """The order once its checkout is open and the payer has seen the page."""
        checkout = self.adapter.request_payment(order)
        self.open_page(checkout)
        return replace(order, handle=checkout.handle)

    def asked_again(self, order: PaymentOrder, by: Intermediary | None = None) -> Checkout | None:
        """The checkout of an order that may be open already; None where its page is lost."""
        self.clock.advance(timedelta(milliseconds=1))
        try:
            return (by or self.adapter).request_payment(replace(order, asked_at=self.clock()))
        except Unavailable:
            assert self.page_given_once, "an order that was opened does not give its page again"
            return None

    def presented_again(self, order: PaymentOrder) -> None:
        """The payer sees the page of an order that may be open already, where it can be had."""
        checkout = self.asked_again(order)
        if checkout is not None:
            self.open_page(checkout)

    def look_up(self, order: PaymentOrder, by: Intermediary | None = None) -> Sequence[Outcome]:
        """Ask how an order stands, at a moment of its own."""
        self.clock.advance(timedelta(milliseconds=1))
        return (by or self.adapter).look_up(replace(order, asked_at=self.clock()))

    def timed(self, outcomes: Sequence[Outcome] | None) -> Sequence[Outcome] | None:
        """The same outcomes, at one time where the intermediary tells none: to be compared."""
        if outcomes is None or self.tells_time:
            return outcomes
        return tuple(
            replace(one, at=NOON) if isinstance(one, Received | Ended | Reversed) else one
            for one in outcomes
        )

    def open_page(self, checkout: Checkout) -> None:
        if checkout.url:
            assert self.http.get(checkout.url).status_code == 200
        if checkout.qr:
            self.counterpart.scan(checkout.qr)

    def paid(self, order: PaymentOrder, amount: int | None = None) -> tuple[PaymentOrder, str]:
        """The order once paid, and the transaction."""
        order = self.presented(order)
        return order, self.counterpart.pay(order.reference, amount)

    def notified(self) -> list[Notification]:
        """What came in since the last time, once everything due was delivered."""
        self.counterpart.outbox.drain()
        came, self.inbox = self.inbox, []
        return came

    def paid_notification(self) -> Notification:
        self.paid(self.order())
        came = self.notified()
        assert came, "a payment was not notified"
        return came[0]

    def rotated(self, *, keep_previous: bool) -> dict[str, str]:
        """The settings with every secret replaced, the old ones kept as previous or not."""
        settings = dict(self.settings())
        for setting in self.adapter_class.settings:
            if setting.secret and settings.get(setting.name):
                old = settings[setting.name]
                settings[setting.name] = self.other_secret(setting.name, old)
                settings.pop(f"{setting.name}_previous", None)
                if keep_previous:
                    settings[f"{setting.name}_previous"] = old
        return settings

    def secrets(self) -> list[str]:
        settings = self.settings()
        names = [s.name for s in self.adapter_class.settings if s.secret]
        names += [f"{name}_previous" for name in names]
        return [settings[name] for name in names if settings.get(name)]

    def _receive(self, request: httpx.Request) -> httpx.Response:
        notification = Notification(
            method=request.method,
            query=request.url.query,
            headers={name.lower(): value for name, value in request.headers.items()},
            body=request.read(),
            received_at=self.clock(),
        )
        self.inbox.append(notification)
        reply = self.adapter.acknowledge(notification, self.verdict)
        headers = {"content-type": reply.media_type}
        return httpx.Response(reply.status, content=reply.body, headers=headers, request=request)


def only(outcomes: object) -> Outcome:
    """The single outcome of a look-up or a notification."""
    assert isinstance(outcomes, (list, tuple)), "outcomes are a list or a tuple"
    assert len(outcomes) == 1, outcomes
    outcome: Outcome = outcomes[0]
    return outcome
