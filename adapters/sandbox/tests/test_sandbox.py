"""The sandbox keeps the contract of intermediaries, its checkout asked for or computed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import cast

import httpx
import pytest

from feesvc.intermediary import (
    Ended,
    Forged,
    Notification,
    Pending,
    Received,
    RefundFailed,
    Reversed,
    Unavailable,
)
from feesvc.money import Money
from feesvc.testing.books import No
from feesvc.testing.intermediary import (
    CancellationContract,
    IntermediaryContract,
    RefundContract,
    SettlementContract,
    Stage,
)
from feesvc_sandbox import Sandbox
from feesvc_sandbox.counterpart import SandboxCounterpart
from feesvc_sandbox.counterpart.wire import SIGNING_KEY, signed


class SandboxStage(Stage):
    adapter_class = Sandbox
    counterpart_class = SandboxCounterpart
    wire_reference = r"SBX-[0-9a-z]{6}-[0-9]{1,15}"
    tolerance = timedelta(minutes=5)

    @property
    def sandbox(self) -> SandboxCounterpart:
        return cast("SandboxCounterpart", self.counterpart)

    def settled(self) -> tuple[str, bytes]:
        batch = self.sandbox.settle()
        return batch, self.sandbox.batches.document(batch)


class TestSandbox(
    SandboxStage, IntermediaryContract, RefundContract, CancellationContract, SettlementContract
):
    def test_a_commission_shows_in_the_settlement(self) -> None:
        account = self.http.post(
            "http://counterpart.test/_account", json={"commission_ppm": 11_000}
        )
        assert account.status_code == 200
        self.paid(self.order(1, 115_000))
        _, [line] = self.read_document(self.settled()[1])
        assert line.commission == Money(-1_265, "VND")
        assert line.net == Money(113_735, "VND")

    def test_a_refund_and_a_reversal_have_their_lines(self) -> None:
        refund = self.refund_order()
        self.asked(refund)
        self.clock.advance(timedelta(seconds=10))
        self.notified()
        _, transaction = self.paid(self.order(2))
        self.counterpart.reverse(transaction)
        settlement, lines = self.read_document(self.settled()[1])
        assert [line.kind for line in lines] == ["payment", "payment", "adjustment", "refund"]
        assert settlement.net == Money(0, "VND")
        assert self.read_document(self.settled()[1])[1] == []


class TestSandboxOffline(SandboxStage, IntermediaryContract, RefundContract,
                         CancellationContract, SettlementContract):  # fmt: skip
    """The same with a computed checkout link: the request itself touches no network."""

    def settings(self) -> Mapping[str, str]:
        return {**super().settings(), "offline": "yes"}

    def test_no_request_is_sent_for_a_checkout(self) -> None:
        self.adapter.request_payment(self.order())
        assert self.wire.requests == []

    def test_a_link_that_was_changed_opens_nothing(self) -> None:
        url = self.adapter.request_payment(self.order()).url
        assert self.http.get(url.replace("115000", "1")).status_code == 403


class TestSignedNonsense(SandboxStage):
    """What the sandbox would never sign is neither money nor a crash."""

    @pytest.mark.parametrize(
        "field",
        [
            '"amount":"115000"', '"amount":115000.0', '"amount":-1', '"amount":0', '"amount":true',
            '"amount":1e999', '"amount":[115000]', '"amount":1,"amount":115000', '"at":"now"',
            '"at":"2026-11-20T12:00:00"', '"currency":"vnd"', '"transaction":"a\\u0000"',
            '"transaction":""', '"transaction":{}',
        ],
    )  # fmt: skip
    def test_a_field_of_another_form_is_not_believed(self, field: str) -> None:
        self.paid(self.order())
        [genuine] = self.notified()
        name = field.split(":", maxsplit=1)[0]
        value = name.encode() + rb':("[^"]*"|[0-9]+)'
        body = re.sub(value, lambda _: field.encode(), genuine.body)
        assert self.adapter.read_notification(self.signed(genuine, genuine.body))
        with pytest.raises(Forged):
            self.adapter.read_notification(self.signed(genuine, body))

    @pytest.mark.parametrize("body", [b"", b"[]", b"{", b"[" * 100_000, b"\xff", b'{"type":1}'])
    def test_a_body_of_another_form_is_not_believed(self, body: bytes) -> None:
        self.paid(self.order())
        [genuine] = self.notified()
        with pytest.raises(Forged):
            self.adapter.read_notification(self.signed(genuine, body))

    def signed(self, genuine: Notification, body: bytes) -> Notification:
        at = int(self.clock().timestamp())
        signature = signed(SIGNING_KEY, f"{at}.".encode() + body)
        headers = {"sandbox-signature": f"t={at},v1={signature}"}
        return replace(genuine, body=body, headers=headers)


class TestMagicAmounts(SandboxStage):
    def test_901_comes_half_a_minute_later(self) -> None:
        self.paid(self.order(1, 100_901))
        assert self.notified() == []
        self.clock.advance(timedelta(seconds=30))
        assert len(self.notified()) == 1

    def test_902_never_comes(self) -> None:
        order, _ = self.paid(self.order(1, 100_902))
        self.clock.advance(timedelta(days=9))
        assert self.notified() == []
        assert isinstance(self.adapter.look_up(order)[0], Received)

    def test_903_comes_twice(self) -> None:
        self.paid(self.order(1, 100_903))
        assert len(self.notified()) == 2

    def test_904_takes_less(self) -> None:
        order, _ = self.paid(self.order(1, 100_904))
        received = self.adapter.look_up(order)[0]
        assert isinstance(received, Received) and received.amount == Money(100_903, "VND")

    def test_905_is_reversed_a_minute_later(self) -> None:
        order, transaction = self.paid(self.order(1, 100_905))
        self.notified()
        self.clock.advance(timedelta(minutes=1))
        [notification] = self.notified()
        [undone] = self.adapter.read_notification(notification)
        assert isinstance(undone, Reversed) and undone.transaction == transaction
        assert self.adapter.look_up(order)[1] == undone
        assert self.counterpart.books()[transaction].reversed_at == self.clock()

    def test_906_is_overtaken(self) -> None:
        slow, _ = self.paid(self.order(1, 100_906))
        quick, _ = self.paid(self.order(2))
        came = self.notified()
        self.clock.advance(timedelta(seconds=3))
        came += self.notified()
        told = [outcome for n in came for outcome in self.adapter.read_notification(n)]
        assert [cast("Received", one).reference for one in told] == [
            quick.reference,
            slow.reference,
        ]

    @pytest.mark.parametrize("amount", [100_907, 100_908], ids=["500", "hang"])
    def test_907_and_908_take_effect_and_are_not_answered(self, amount: int) -> None:
        order = self.order(1, amount)
        with self.impatient(), pytest.raises(Unavailable, match=r"500|ReadTimeout"):
            self.adapter.request_payment(order)
        assert self.counterpart.checkouts(order.reference) == 1

    def test_910_is_declined(self) -> None:
        order = self.presented(self.order(1, 100_910))
        with pytest.raises(No, match="declined"):
            self.counterpart.pay(order.reference)
        assert isinstance(self.adapter.look_up(order)[0], Ended)

    def test_what_is_not_paid_in_time_expires(self) -> None:
        order = self.presented(self.order())
        assert isinstance(self.adapter.look_up(order)[0], Pending)
        self.clock.advance(timedelta(minutes=15))
        ended = self.adapter.look_up(order)[0]
        assert isinstance(ended, Ended) and ended.at == order.expires_at


class TestMagicRefunds(SandboxStage, RefundContract):
    def test_every_other_amount_goes_smoothly(self) -> None:
        amounts = {last: Money(100_000 + last, "VND") for last in range(1000)}
        stand_in = SandboxCounterpart(self.clock)
        rough = {last for last, money in amounts.items() if not stand_in.goes_smoothly(money)}
        assert rough == {901, 902, 903, 904, 905, 906, 907, 908, 910, 911}

    def test_911_is_not_refunded(self) -> None:
        order, transaction = self.paid(self.order(1, 100_911))
        refund = self.asked(self.refund_of(order, transaction))
        self.clock.advance(timedelta(seconds=10))
        self.notified()
        assert isinstance(self.refund_stands(refund), RefundFailed)


class TestPaymentPage(SandboxStage):
    def test_faults_are_set_listed_and_healed_over_http(self) -> None:
        url = "http://counterpart.test/_faults"
        wanted = {"fault": "lose", "order": "", "times": 1}
        assert self.http.post(url, json=wanted).json() == [wanted]
        assert self.http.post(url, json={"fault": "flood"}).status_code == 422
        assert self.http.request("DELETE", url).json() == []

    def test_the_page_shows_the_order_and_does_what_is_pressed(self) -> None:
        for number, (action, state) in enumerate(
            {"pay": "paid", "decline": "declined", "cancel": "cancelled"}.items(), 1
        ):
            checkout = self.adapter.request_payment(self.order(number))
            page = self.http.get(checkout.url).text
            assert "115,000 VND" in page and self.order(number).reference in page
            form = {"action": action, "amount": "115000", "fault": "duplicate"}
            done = self.http.post(checkout.url, data=form, headers={"accept": "application/json"})
            assert done.json()["state"] == state
            assert len(self.notified()) == 2

    def test_the_books_can_be_read_over_http(self) -> None:
        _, transaction = self.paid(self.order())
        books = self.http.get("http://counterpart.test/_books").json()
        assert books[transaction]["amount"] == {"amount": 115_000, "currency": "VND"}

    def test_a_stranger_is_answered_401(self) -> None:
        answer = httpx.Client(transport=self.wire).get("http://counterpart.test/payments/x")
        assert (answer.status_code, answer.json()) == (401, {"error": "unauthorised"})
