"""Sessions at Stripe as they really go: what is sent, what ends them, which answers are final."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import cast
from urllib.parse import parse_qsl

import httpx
import pytest

from feesvc.intermediary import (
    Ended,
    OrderLine,
    Outcome,
    PaymentOrder,
    Pending,
    Received,
    RefundOrder,
    Refused,
    Unavailable,
    code_of,
)
from feesvc.money import MINOR_DIGITS, Money
from feesvc.testing.intermediary import NOON, Stage
from feesvc.testing.intermediary.wires import answering
from feesvc_stripe import Stripe
from feesvc_stripe.amounts import OTHER_UNIT, ZERO_DECIMAL
from feesvc_stripe.counterpart.selling import pay_session
from feesvc_stripe.counterpart.stand_in import StripeCounterpart


class StripeTest(Stage):
    adapter_class = Stripe
    counterpart_class = StripeCounterpart

    @property
    def stripe(self) -> Stripe:
        return cast("Stripe", self.adapter)

    @property
    def stand_in(self) -> StripeCounterpart:
        return cast("StripeCounterpart", self.counterpart)

    def told(self) -> list[Outcome]:
        """Everything that was notified since the last time, in order."""
        return [o for n in self.notified() for o in self.adapter.read_notification(n)]

    def refund_of(self, order: PaymentOrder, transaction: str, amount: int) -> RefundOrder:
        return RefundOrder(
            reference=self.adapter.reference_for("k7f2q9", 900, NOON),
            payment_reference=order.reference,
            payment_placed_at=order.placed_at,
            transaction=transaction,
            transaction_amount=order.amount,
            amount=Money(amount, order.amount.currency),
            whole=Money(amount, order.amount.currency) == order.amount,
            reason="duplicate",
            placed_at=NOON,
            asked_at=NOON,
        )


class TestCheckout(StripeTest):
    def sent(self) -> dict[str, str]:
        return dict(parse_qsl(self.wire.requests[-1].content.decode()))

    def test_the_session_carries_our_reference_and_no_more_of_us_than_it_needs(self) -> None:
        order = self.order()
        self.adapter.request_payment(order)

        assert self.sent() == {
            "mode": "payment",
            "client_reference_id": order.reference,
            "line_items[0][quantity]": "1",
            "line_items[0][price_data][currency]": "vnd",
            "line_items[0][price_data][unit_amount]": "115000",
            "line_items[0][price_data][product_data][name]": "Driving licence",
            "metadata[reference]": order.reference,
            "payment_intent_data[description]": "Driving licence renewal",
            "payment_intent_data[metadata][reference]": order.reference,
            "success_url": order.return_url,
            "cancel_url": order.return_url,
            "expires_at": str(int((NOON + timedelta(minutes=35)).timestamp())),
            "locale": "vi",
            "adaptive_pricing[enabled]": "false",
        }
        headers = self.wire.requests[-1].headers
        assert headers["idempotency-key"] == f"{order.reference}-checkout"
        assert headers["stripe-version"] == "2026-10-28.endive"

    def test_fees_and_charges_stand_in_lines_of_their_own(self) -> None:
        order = self.order(1, 135_000)
        lines = (
            OrderLine(kind="charge", item="L1", name="Lệ phí", amount=Money(115_000, "VND")),
            OrderLine(kind="postal", item="P1", name="Bưu chính", amount=Money(20_000, "VND")),
        )
        self.adapter.request_payment(replace(order, lines=lines))
        assert self.sent()["line_items[1][price_data][unit_amount]"] == "20000"

    def test_lines_that_are_not_the_amount_become_one(self) -> None:
        order = self.order(1, 135_000)
        rest = (replace(order.lines[0], amount=Money(115_000, "VND")),)
        self.adapter.request_payment(replace(order, lines=rest))
        assert self.sent()["line_items[0][price_data][unit_amount]"] == "135000"
        assert self.sent()["line_items[0][price_data][product_data][name]"] == order.description

    def test_dollars_are_sent_in_cents(self) -> None:
        order, transaction = self.paid(self.order(1, 123_456, "USD"))
        [received] = self.adapter.look_up(order)
        assert isinstance(received, Received)
        assert (received.amount, received.transaction) == (Money(123_456, "USD"), transaction)
        assert transaction.startswith("pi_")

    def test_a_currency_that_we_do_not_take_is_refused_before_anything_is_sent(self) -> None:
        with pytest.raises(Refused):
            self.adapter.request_payment(replace(self.order(), amount=Money(5_000, "UGX")))
        assert not self.wire.requests

    def test_our_minor_units_are_stripes(self) -> None:
        for currency in Stripe.facts.currencies:
            assert (MINOR_DIGITS[currency] == 0) == (currency in ZERO_DECIMAL)
            assert currency not in OTHER_UNIT

    def test_the_life_of_a_session_stays_within_stripes_window(self) -> None:
        for minutes in (0, 29, 36, 24 * 60, 72 * 60):
            order = replace(self.order(minutes + 1), expires_at=NOON + timedelta(minutes=minutes))
            assert self.adapter.request_payment(order).url

    def test_a_repeat_that_comes_too_late_for_its_key_opens_no_second_session(self) -> None:
        order = replace(self.order(), expires_at=NOON + timedelta(days=3))
        self.adapter.request_payment(order)
        self.clock.advance(timedelta(hours=24, seconds=1))
        with pytest.raises(Refused):
            self.adapter.request_payment(order)
        assert self.counterpart.checkouts(order.reference) == 1

    def test_a_session_that_expires_is_ended(self) -> None:
        order = self.presented(self.order())
        self.clock.advance(timedelta(minutes=36))
        assert self.told() == [
            Ended(reference=order.reference, reason="expired", at=self.clock.now)
        ]
        [ended] = self.adapter.look_up(order)
        assert isinstance(ended, Ended) and ended.at == NOON + timedelta(minutes=35)

    def test_an_order_that_stripe_never_saw_ends_by_stripes_clock(self) -> None:
        order = self.order()
        assert self.adapter.look_up(order) == (Pending(reference=order.reference),)
        self.clock.advance(timedelta(minutes=36))
        [ended] = self.adapter.look_up(order)
        assert isinstance(ended, Ended) and ended.reason == "never_opened"
        assert self.counterpart.checkouts(order.reference) == 0, "a look-up opens nothing"

    def test_a_lost_handle_is_found_behind_many_others(self) -> None:
        order, transaction = self.paid(self.order())
        for number in range(2, 225):
            self.adapter.request_payment(self.order(number))
        [received] = self.adapter.look_up(replace(order, handle=""))
        assert isinstance(received, Received) and received.transaction == transaction

    def test_a_declined_card_is_not_the_end(self) -> None:
        order = self.presented(self.order())
        self.counterpart.decline(order.reference)
        assert self.told() == [Pending(reference=order.reference)]
        assert self.adapter.look_up(order) == (Pending(reference=order.reference),)
        self.counterpart.pay(order.reference)
        [received] = self.told()
        assert isinstance(received, Received)

    def test_cancelling_needs_no_handle(self) -> None:
        order = replace(self.presented(self.order()), handle="")
        ended = self.stripe.cancel(order)
        assert ended == Ended(reference=order.reference, reason="cancelled", at=NOON)


class TestDelayedMethods(StripeTest):
    """Bank debits and the like: the session completes first, the money comes or fails later."""

    def completed(self, order: PaymentOrder) -> PaymentOrder:
        order = self.presented(order)
        session = self.stand_in.account.find("checkout.session", order.handle)
        session.update(status="complete", url=None)
        self.stand_in.account.open_sessions.pop(order.handle)
        self.stand_in.account.emit("checkout.session.completed", session)
        return order

    def test_a_completed_session_that_is_unpaid_is_pending(self) -> None:
        order = self.completed(self.order())
        assert self.told() == [Pending(reference=order.reference)]
        assert self.adapter.look_up(order) == (Pending(reference=order.reference),)

    def test_the_money_comes(self) -> None:
        order = self.completed(self.order())
        account = self.stand_in.account
        session = account.find("checkout.session", order.handle)
        pay_session(account, session, order.amount.amount)
        self.told()
        account.emit("checkout.session.async_payment_succeeded", session)
        assert self.told() == list(self.adapter.look_up(order))

    def test_the_money_fails(self) -> None:
        order = self.completed(self.order())
        account = self.stand_in.account
        session = account.find("checkout.session", order.handle)
        session["status"] = "open"
        self.counterpart.decline(order.reference)
        session["status"] = "complete"
        self.told()
        account.emit("checkout.session.async_payment_failed", session)
        ended = Ended(reference=order.reference, reason="payment_failed", at=NOON)
        assert self.told() == [ended]
        assert self.adapter.look_up(order) == (ended,)


class TestAnswers(StripeTest):
    @pytest.mark.parametrize(
        ("status", "kind", "final"),
        [
            (400, "invalid_request_error", True),
            (402, "card_error", True),
            (404, "invalid_request_error", True),
            (400, "idempotency_error", False),
            (400, "api_error", False),
            (401, "invalid_request_error", False),
            (403, "invalid_request_error", False),
            (409, "idempotency_error", False),
            (409, "invalid_request_error", False),
            (429, "invalid_request_error", False),
            (500, "api_error", False),
        ],
    )
    def test_only_stripes_own_no_is_final(self, status: int, kind: str, final: bool) -> None:
        body = b'{"error": {"type": "%s", "code": "x", "message": "hush"}}' % kind.encode()
        error: type[Exception] = Refused if final else Unavailable
        with self.wire.spoiled(answering(status, body)):
            with pytest.raises(error) as told:
                self.adapter.request_payment(self.order())
            assert str(told.value) in (code_of(f"{kind} x"), f"Stripe answered {status} {kind} x")
            with pytest.raises(Unavailable):
                self.adapter.look_up(self.order())

    @pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b'{"error": "no"}', b"[]"])
    def test_somebody_elses_no_is_not(self, body: bytes) -> None:
        with self.wire.spoiled(answering(404, body)), pytest.raises(Unavailable):
            self.adapter.request_payment(self.order())

    def test_a_live_key_never_goes_in_the_clear(self) -> None:
        live = {**self.settings(), "secret_key": "sk_live_x", "api_base": "http://api.stripe.com"}
        with pytest.raises(ValueError, match="https"):
            self.connect(live)
        with httpx.Client() as http:
            Stripe({**live, "api_base": ""}, http)
