"""payOS's official SDK and its examples as judges: of our signatures, and of the counterpart."""

from __future__ import annotations

import json
from binascii import crc_hqx
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import payos  # type: ignore[import-untyped]
import pytest
from payos.types.v2 import CreatePaymentLinkRequest  # type: ignore[import-untyped]

from feesvc.testing.in_process import InProcessTransport
from feesvc_payos.counterpart import PayosCounterpart
from feesvc_payos.counterpart.wire import API_KEY, CHECKSUM_KEY, CLIENT_ID, SAMPLE, seal
from feesvc_payos.signing import canonical, is_signed, signature_of_order, signed

VECTORS: list[dict[str, Any]] = json.loads(
    Path(__file__).with_name("vectors.json").read_text("utf-8")
)["vectors"]
BODIES = [vector for vector in VECTORS if vector["kind"] == "body"]
ORDERS = [vector for vector in VECTORS if vector["kind"] == "create-payment-link"]
NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
CODE = 2**40 + 7


def test_there_is_something_to_judge_by() -> None:
    assert (len(BODIES), len(ORDERS)) == (5, 1)


@pytest.mark.parametrize("vector", BODIES, ids=lambda vector: str(vector["id"]))
def test_a_body_is_signed_as_payos_signs_it(vector: dict[str, Any]) -> None:
    data, key = vector["input"], vector["secret"]
    assert canonical(data) == vector["canonical"]
    assert signed(key, canonical(data)) == seal(data, key) == vector["expected"]
    assert is_signed(data, vector["expected"], ("", "another", key))
    assert not is_signed(data, vector["expected"], ("", "another"))
    assert not is_signed(data, vector["expected"].upper(), (key,))
    assert not is_signed({**data, "orderCode": 1}, vector["expected"], (key,))


@pytest.mark.parametrize("vector", ORDERS, ids=lambda vector: str(vector["id"]))
def test_an_order_is_signed_as_payos_signs_it(vector: dict[str, Any]) -> None:
    assert signature_of_order(vector["secret"], vector["input"]) == vector["expected"]


def test_the_sdk_signs_what_we_sign() -> None:
    crypto = payos.PayOS("a", "b", "c").crypto
    for data in (
        SAMPLE,
        {"b": True, "a": None, "c": "null", "d": [], "e": [{"z": 1, "a": None}, "x"], "f": "ố"},
    ):
        assert crypto.create_signature_from_object(dict(data), "key") == seal(data, "key")
        assert signed("key", canonical(data)) == seal(data, "key")


class Channel:
    """The counterpart, the SDK as its client, and what its webhooks said."""

    def __init__(self) -> None:
        self.now = NOON
        self.webhooks: list[bytes] = []
        self.counterpart = PayosCounterpart(lambda: self.now)
        self.counterpart.settings("http://payos.test")
        self.counterpart.notify_url = "https://fees.test/v1/notifications/a1"
        self.counterpart.outbox.deliver = self._receive
        self.http = httpx.Client(transport=InProcessTransport(self.counterpart.app))
        self.status = 200
        self.client = self.connect()

    def connect(self, client_id: str = CLIENT_ID, key: str = CHECKSUM_KEY) -> payos.PayOS:
        return payos.PayOS(
            client_id, API_KEY, key, base_url="http://payos.test", max_retries=0,
            http_client=self.http,
        )  # fmt: skip

    def asked(self, amount: int = 115_000, **more: Any) -> CreatePaymentLinkRequest:
        wanted = {"order_code": CODE, "amount": amount, "description": "LP2N9C",
                  "cancel_url": "https://portal.test/c?a=1&b=2",
                  "return_url": "https://portal.test/r", **more}  # fmt: skip
        return CreatePaymentLinkRequest(**wanted)

    def _receive(self, request: httpx.Request) -> httpx.Response:
        self.webhooks.append(request.read())
        return httpx.Response(self.status, request=request)


@pytest.fixture
def channel() -> Iterator[Channel]:
    opened = Channel()
    yield opened
    opened.http.close()


def test_the_sdk_opens_reads_and_cancels_a_link(channel: Channel) -> None:
    requests = channel.client.payment_requests
    made = requests.create(channel.asked())
    assert (made.order_code, made.amount, made.status) == (CODE, 115_000, "PENDING")
    assert made.payment_link_id in made.checkout_url
    code, crc = made.qr_code[:-4], made.qr_code[-4:]
    assert code.startswith("000201010212") and f"{crc_hqx(code.encode(), 0xFFFF):04X}" == crc
    for name in (CODE, made.payment_link_id):
        link = requests.get(name)
        assert (link.id, link.status, link.transactions) == (made.payment_link_id, "PENDING", [])
    cancelled = requests.cancel(CODE, "the payer has gone")
    assert (cancelled.status, requests.get(CODE).status) == ("CANCELLED", "CANCELLED")
    with pytest.raises(payos.APIError):
        requests.cancel(CODE)


def test_the_sdk_reads_several_transfers(channel: Channel) -> None:
    channel.client.payment_requests.create(channel.asked())
    first = channel.counterpart.pay(str(CODE), 15_000)
    link = channel.client.payment_requests.get(CODE)
    assert (link.status, link.amount_paid, link.amount_remaining) == ("UNDERPAID", 15_000, 100_000)
    second = channel.counterpart.pay(str(CODE))
    link = channel.client.payment_requests.get(CODE)
    assert (link.status, link.amount_paid, link.amount_remaining) == ("PAID", 115_000, 0)
    assert [each.reference for each in link.transactions] == [first, second]


def test_the_sdk_believes_our_webhooks(channel: Channel) -> None:
    channel.client.payment_requests.create(channel.asked())
    transaction = channel.counterpart.pay(str(CODE))
    channel.counterpart.outbox.drain()
    [body] = channel.webhooks
    data = channel.client.webhooks.verify(body)
    assert (data.order_code, data.amount, data.reference) == (CODE, 115_000, transaction)
    with pytest.raises(payos.WebhookError):
        channel.client.webhooks.verify(body.replace(b"115000", b"115001"))


def test_the_sdk_registers_a_webhook_that_answers(channel: Channel) -> None:
    url = "https://fees.test/v1/notifications/b2"
    assert channel.client.webhooks.confirm(url).webhook_url == url
    assert channel.client.webhooks.verify(channel.webhooks[-1]).order_code == 123
    assert channel.counterpart.notify_url == url
    channel.status = 500
    with pytest.raises(payos.WebhookError):
        channel.client.webhooks.confirm("https://fees.test/v1/notifications/c3")
    assert channel.counterpart.notify_url == url


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"description": "ten letters"}, "20"),
        ({"amount": 0}, "20"),
        ({"order_code": 2**53}, "20"),
        ({"order_code": 0}, "20"),
        ({"expired_at": int((NOON - timedelta(seconds=1)).timestamp())}, "20"),
        ({"expired_at": 2**31}, "20"),
    ],
    ids=str,
)
def test_the_counterpart_refuses_what_payos_would(
    channel: Channel, more: dict[str, Any], code: str
) -> None:
    with pytest.raises(payos.APIError) as refused:
        channel.client.payment_requests.create(channel.asked(**more))
    assert refused.value.error_code == code
    assert channel.counterpart.ledger.orders == {}


def test_the_counterpart_knows_its_channel_and_its_orders(channel: Channel) -> None:
    requests = channel.client.payment_requests
    for client, code in (
        (channel.connect(key="another"), "201"),
        (channel.connect(client_id="another"), "214"),
    ):
        with pytest.raises(payos.APIError) as refused:
            client.payment_requests.create(channel.asked())
        assert refused.value.error_code == code
    with pytest.raises(payos.APIError) as unknown:
        requests.get(CODE)
    assert unknown.value.error_code == "101"
    requests.create(channel.asked())
    with pytest.raises(payos.APIError) as again:
        requests.create(channel.asked())
    assert again.value.error_code == "231"
    with pytest.raises(payos.InvalidSignatureError):
        channel.connect(key="another").payment_requests.get(CODE)
