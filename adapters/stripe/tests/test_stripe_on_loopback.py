"""The counterpart over sockets with its own clock and webhooks, as a demo runs it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from queue import Queue

import httpx
import pytest
import uvicorn

from feesvc.intermediary import (
    Ended,
    Notification,
    OrderLine,
    Outcome,
    PaymentOrder,
    Received,
    RefundAccepted,
    Refunded,
    RefundOrder,
    Unavailable,
)
from feesvc.money import Money
from feesvc_stripe import Stripe
from feesvc_stripe.counterpart.stand_in import StripeCounterpart


class HastyCounterpart(StripeCounterpart):
    refunds_take = timedelta(milliseconds=50)


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Road:
    """An adapter, its counterpart on loopback, and what was notified."""

    adapter: Stripe
    counterpart: StripeCounterpart
    http: httpx.Client
    notified: Queue[Notification]

    def told(self) -> tuple[Outcome, ...]:
        return tuple(self.adapter.read_notification(self.notified.get(timeout=5)))


@pytest.fixture
def road() -> Iterator[Road]:
    counterpart = HastyCounterpart(now)
    counterpart.notify_url = "https://fees.test/v1/notifications/a1b2c3"
    notified: Queue[Notification] = Queue()

    def deliver(request: httpx.Request) -> httpx.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        body = request.read()
        notified.put(
            Notification(method="POST", query=b"", headers=headers, body=body, received_at=now())
        )
        return httpx.Response(200)

    counterpart.outbox.deliver = deliver
    server = uvicorn.Server(
        uvicorn.Config(counterpart.app, port=0, log_level="error", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    with counterpart.outbox.running(interval=0.01), httpx.Client(timeout=0.5) as http:
        yield Road(Stripe(counterpart.settings(url), http), counterpart, http, notified)
    server.should_exit = server.force_exit = True
    thread.join()


def order(placed_at: datetime) -> PaymentOrder:
    money = Money(115_000, "VND")
    return PaymentOrder(
        reference="k7f2q9-1",
        amount=money,
        lines=(OrderLine(kind="charge", item="L1", name="Lệ phí", amount=money),),
        description="Driving licence renewal",
        dossier="000.00.01.G14-261120-0001",
        locale="vi",
        payer_ip="203.0.113.7",
        placed_at=placed_at,
        expires_at=placed_at + timedelta(minutes=15),
        asked_at=placed_at,
        return_url="https://portal.test/return",
        notify_url="",
    )


def test_a_payer_pays_on_the_page_and_is_given_back(road: Road) -> None:
    wanted = order(now())
    checkout = road.adapter.request_payment(wanted)
    assert "115,000 VND" in road.http.get(checkout.url).text
    pressed = road.http.post(checkout.url, data={"action": "pay"})
    assert (pressed.status_code, pressed.headers["location"]) == (303, wanted.return_url)

    [received] = road.told()
    assert isinstance(received, Received)
    assert (received.reference, received.amount) == (wanted.reference, wanted.amount)
    refund = RefundOrder(
        reference="k7f2q9-2",
        payment_reference=wanted.reference,
        payment_placed_at=wanted.placed_at,
        transaction=received.transaction,
        transaction_amount=wanted.amount,
        amount=Money(15_000, "VND"),
        whole=False,
        reason="duplicate",
        placed_at=now(),
        asked_at=now(),
    )
    assert isinstance(road.adapter.request_refund(refund), RefundAccepted)
    outcomes = [outcome for _ in range(3) for outcome in road.told()]
    assert isinstance(outcomes[0], RefundAccepted)
    assert isinstance(outcomes[1], Refunded) and outcomes[1].amount == refund.amount
    assert len(outcomes) == 2, "what we asked for ourselves is not told twice"


def test_a_fault_of_the_page_is_made(road: Road) -> None:
    wanted = order(now())
    checkout = road.adapter.request_payment(wanted)
    road.http.post(checkout.url, data={"action": "pay", "fault": "wrong_amount"})
    [received] = road.told()
    assert isinstance(received, Received) and received.amount == Money(114_999, "VND")
    assert road.http.post(checkout.url, data={"action": "pay"}).status_code == 409

    faults = httpx.URL(checkout.url).copy_with(path="/_faults")
    road.http.post(faults, json={"fault": "hang", "order": wanted.reference, "times": 1})
    with pytest.raises(Unavailable):
        road.adapter.look_up(wanted)
    assert isinstance(road.adapter.look_up(wanted)[0], Received)


def test_an_old_order_that_was_never_opened_has_ended(road: Road) -> None:
    [ended] = road.adapter.look_up(order(now() - timedelta(hours=2)))
    assert isinstance(ended, Ended) and ended.reason == "never_opened"
