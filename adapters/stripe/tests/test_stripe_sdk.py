"""The official Stripe SDK as an independent judge: of the counterpart's API and of signatures."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import stripe
import uvicorn

from feesvc.intermediary import Forged, Notification, Received
from feesvc_stripe import Stripe
from feesvc_stripe.counterpart.stand_in import SECRET_KEY, WEBHOOK_SECRET, StripeCounterpart
from feesvc_stripe.signature import TOLERANCE


class Shop:
    """The counterpart on loopback, and the SDK as its client."""

    def __init__(self, counterpart: StripeCounterpart, url: str) -> None:
        self.counterpart = counterpart
        self.url = url
        self.client = self.connect(SECRET_KEY)
        self.webhooks: list[httpx.Request] = []
        counterpart.outbox.deliver = self._receive

    def connect(self, key: str) -> stripe.StripeClient:
        return stripe.StripeClient(key, base_addresses={"api": self.url}, max_network_retries=0)

    def open(self, reference: str = "k7f2q9-1", amount: int = 115_000, key: str = "") -> Any:
        line: Any = {
            "quantity": 1,
            "price_data": {
                "currency": "vnd",
                "unit_amount": amount,
                "product_data": {"name": "Giấy phép lái xe"},
            },
        }
        params: Any = {
            "mode": "payment",
            "client_reference_id": reference,
            "line_items": [line],
            "success_url": "https://portal.test/return",
            "payment_intent_data": {"metadata": {"reference": reference}},
        }
        return self.client.v1.checkout.sessions.create(
            params, {"idempotency_key": key or reference}
        )

    def paid(self, reference: str = "k7f2q9-1", amount: int = 115_000) -> str:
        self.open(reference, amount)
        return self.counterpart.pay(reference)

    def refund(self, transaction: str, amount: int) -> Any:
        params: Any = {"payment_intent": transaction, "amount": amount}
        return self.client.v1.refunds.create(params)

    def webhook(self) -> httpx.Request:
        self.counterpart.outbox.drain()
        return self.webhooks[-1]

    def _receive(self, request: httpx.Request) -> httpx.Response:
        self.webhooks.append(request)
        return httpx.Response(200, request=request)


@pytest.fixture
def shop() -> Iterator[Shop]:
    counterpart = StripeCounterpart(lambda: datetime.now(UTC))
    counterpart.notify_url = "https://fees.test/v1/notifications/a1b2c3"
    server = uvicorn.Server(
        uvicorn.Config(counterpart.app, port=0, log_level="error", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield Shop(counterpart, f"http://127.0.0.1:{port}")
    server.should_exit = server.force_exit = True
    thread.join()


def test_a_session_is_opened_and_read_back(shop: Shop) -> None:
    opened = shop.open()
    found = shop.client.v1.checkout.sessions.retrieve(opened.id, {"expand": ["line_items"]})

    assert (found.status, found.payment_status) == ("open", "unpaid")
    assert (found.amount_total, found.currency) == (115_000, "vnd")
    assert found.client_reference_id == "k7f2q9-1"
    assert found.line_items is not None
    assert [line.description for line in found.line_items.data] == ["Giấy phép lái xe"]
    assert found.expires_at - found.created == timedelta(hours=24).total_seconds()


def test_a_paid_session_has_its_intent_and_its_charge(shop: Shop) -> None:
    transaction = shop.paid()

    expand: Any = {"expand": ["latest_charge.balance_transaction"]}
    intent = shop.client.v1.payment_intents.retrieve(transaction, expand)
    charge: Any = intent.latest_charge
    assert (intent.status, intent.amount_received) == ("succeeded", 115_000)
    assert charge.paid and charge.amount == 115_000
    # 2.9 % and 7,500 VND, and 10 % tax on both
    fees = [(part.type, part.amount) for part in charge.balance_transaction.fee_details]
    assert fees == [("stripe_fee", 10_835), ("tax", 1_084)]
    assert charge.balance_transaction.net == 115_000 - 10_835 - 1_084


def test_a_part_is_refunded_and_never_too_much(shop: Shop) -> None:
    transaction = shop.paid()

    refund = shop.refund(transaction, 15_000)
    assert (refund.status, refund.amount) == ("pending", 15_000)
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded amount"):
        shop.refund(transaction, 100_001)
    shop.refund(transaction, 100_000)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.refund(transaction, 1)
    assert refused.value.code == "charge_already_refunded"


def test_a_key_has_one_answer(shop: Shop) -> None:
    first = shop.open(key="key-1")
    again = shop.open(key="key-1")

    assert again.id == first.id
    assert again.last_response.headers["idempotent-replayed"] == "true"
    assert shop.counterpart.checkouts("k7f2q9-1") == 1
    with pytest.raises(stripe.IdempotencyError):
        shop.open(amount=115_001, key="key-1")


def test_what_failed_validation_leaves_its_key_free(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        shop.open(amount=1, key="key-2")
    assert shop.open(key="key-2").status == "open"


def test_every_page_of_a_payout_is_turned(shop: Shop) -> None:
    for number in range(7):
        shop.paid(f"k7f2q9-{number}")
    batch = shop.counterpart.pay_out("vnd")

    pages = shop.client.v1.balance_transactions.list({"payout": batch, "limit": 3})
    moves = list(pages.auto_paging_iter())
    assert len({move.id for move in moves}) == 8
    assert sum(move.net for move in moves) == 0
    assert shop.client.v1.payouts.retrieve(batch).amount == 7 * (115_000 - 11_919)
    assert [move.type for move in moves].count("payout") == 1


def test_sessions_are_listed_by_when_they_were_opened(shop: Shop) -> None:
    opened = [shop.open(f"k7f2q9-{number}") for number in range(3)]
    since = opened[0].created

    found = shop.client.v1.checkout.sessions.list({"created": {"gte": since}, "limit": 2})
    assert [session.id for session in found.data] == [opened[2].id, opened[1].id]
    assert found.has_more
    assert not shop.client.v1.checkout.sessions.list({"created": {"lt": since}}).data


def test_a_dispute_is_read_with_its_fee(shop: Shop) -> None:
    dispute = shop.counterpart.dispute(shop.paid())

    found = shop.client.v1.disputes.retrieve(dispute)
    assert (found.status, found.amount) == ("needs_response", 115_000)
    assert [move.fee for move in found.balance_transactions] == [380_000]
    shop.counterpart.close_dispute(dispute, won=True)
    found = shop.client.v1.disputes.retrieve(dispute)
    assert found.status == "won"
    assert sum(move.net for move in found.balance_transactions) == -380_000


def test_a_stranger_is_let_nowhere(shop: Shop) -> None:
    with pytest.raises(stripe.AuthenticationError):
        shop.connect("sk_test_another").v1.balance.retrieve()


@pytest.mark.parametrize(
    ("changed", "param"),
    [
        ({"colour": "red"}, "colour"),
        ({"mode": "subscription"}, "mode"),
        ({"success_url": "portal"}, "success_url"),
        ({"expires_at": 12}, "expires_at"),
        ({"line_items": []}, "line_items"),
        ({"locale": "xx"}, "locale"),
        ({"metadata": {"k" * 41: "v"}}, "metadata"),
        ({"payment_intent_data": {"capture": "x"}}, "payment_intent_data[capture]"),
    ],
)
def test_what_is_not_a_parameter_is_refused(
    shop: Shop, changed: dict[str, Any], param: str
) -> None:
    price = {"currency": "vnd", "unit_amount": 115_000, "product_data": {"name": "x"}}
    sound: Any = {
        "mode": "payment",
        "success_url": "https://portal.test/return",
        "line_items": [{"quantity": 1, "price_data": price}],
    }
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.client.v1.checkout.sessions.create(sound | changed)
    assert refused.value.param == param


@pytest.mark.parametrize(("amount", "code"), [(12_999, "small"), (100_000_000, "large")])
def test_an_amount_beyond_the_limits_is_refused(shop: Shop, amount: int, code: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.open(amount=amount)
    assert refused.value.code == f"amount_too_{code}"


def test_our_signature_is_believed(shop: Shop) -> None:
    transaction = shop.paid()
    sent = shop.webhook()
    header = sent.headers["stripe-signature"]

    event = stripe.Webhook.construct_event(sent.content, header, WEBHOOK_SECRET)
    assert event.type == "checkout.session.completed"
    assert event.data.object["payment_intent"] == transaction
    for body, secret in (
        (sent.content.replace(b"115000", b"115001"), WEBHOOK_SECRET),
        (sent.content, "whsec_another"),
    ):
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.Webhook.construct_event(body, header, secret)


def test_our_old_signature_is_not_believed() -> None:
    counterpart = StripeCounterpart(lambda: datetime.now(UTC) - timedelta(seconds=TOLERANCE + 9))
    build = counterpart.announce_nothing()
    counterpart.notify_url = "https://fees.test/"
    assert build is not None
    sent = build()
    header = sent.headers["stripe-signature"]
    with pytest.raises(stripe.SignatureVerificationError, match="tolerance"):
        stripe.Webhook.construct_event(sent.content, header, WEBHOOK_SECRET)


def test_both_secrets_of_a_rotation_are_believed(shop: Shop) -> None:
    shop.counterpart.webhook_secrets = ["whsec_new", WEBHOOK_SECRET]
    shop.paid()
    sent = shop.webhook()
    for secret in shop.counterpart.webhook_secrets:
        header = sent.headers["stripe-signature"]
        assert stripe.Webhook.construct_event(sent.content, header, secret)


def test_the_signature_of_the_sdk_is_believed_by_the_adapter(shop: Shop) -> None:
    transaction = shop.paid()
    body = shop.webhook().content.decode()
    at = datetime.now(UTC)
    header = stripe.WebhookSignature.generate_signature_header(
        body, WEBHOOK_SECRET, int(at.timestamp())
    )
    with httpx.Client() as http:
        adapter = Stripe(shop.counterpart.settings(shop.url), http)
        notification = Notification(
            method="POST",
            query=b"",
            headers={"stripe-signature": header},
            body=body.encode(),
            received_at=at,
        )
        [received] = adapter.read_notification(notification)
        assert isinstance(received, Received) and received.transaction == transaction
        other = stripe.WebhookSignature.generate_signature_header(body, "whsec_another")
        with pytest.raises(Forged):
            adapter.read_notification(
                Notification(
                    method="POST",
                    query=b"",
                    headers={"stripe-signature": other},
                    body=body.encode(),
                    received_at=at,
                )
            )
