"""The contract of checkouts and look-ups: one checkout per order, and what a look-up may say."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

import pytest

from feesvc.intermediary import (
    Cancellations,
    Ended,
    Pending,
    Received,
    Refused,
    Unavailable,
    code_of,
)
from feesvc.money import Money
from feesvc.testing.faults import Fault
from feesvc.testing.intermediary.stage import Stage, only


class CheckoutContract(Stage):
    """What every intermediary keeps, even one that is never called."""

    def test_a_checkout_leads_somewhere(self) -> None:
        checkout = self.adapter.request_payment(self.order())
        assert checkout.url or checkout.qr
        self.open_page(checkout)

    def test_a_repeated_order_opens_one_checkout(self) -> None:
        order = self.order()
        first = self.adapter.request_payment(order)
        again = self.asked_again(order, self.connect(self.settings()))
        expected = replace(first, qr="") if self.code_given_once else first
        assert again == (None if self.page_given_once else expected)
        self.open_page(first)
        assert self.counterpart.checkouts(order.reference) == 1

    def test_a_repeated_order_opens_one_checkout_when_asked_at_once(self) -> None:
        order = self.order()
        with ThreadPoolExecutor(8) as pool:
            made = list(pool.map(lambda _: self.asked_again(order), range(16)))
        if self.code_given_once:
            made = [again and replace(again, qr="") for again in made]
        [checkout] = set(made) - {None}
        assert checkout is not None
        self.open_page(checkout)
        assert made.count(checkout) == (1 if self.page_given_once else 16)
        assert self.counterpart.checkouts(order.reference) == 1

    def test_an_answer_that_was_lost_is_asked_for_again(self) -> None:
        order = self.order()
        before = self.counterpart.checkouts(order.reference)
        self.counterpart.faults.set(Fault.SERVER_ERROR, times=1)
        with suppress(Unavailable):
            self.adapter.request_payment(order)
        self.counterpart.faults.clear()
        self.presented_again(order)
        assert self.counterpart.checkouts(order.reference) == before + 1

    def test_an_amount_beyond_its_limits_is_refused(self) -> None:
        for currency, limits in self.adapter_class.facts.currencies.items():
            for amount in (limits.minimum - 1, limits.maximum + 1):
                with pytest.raises(Refused) as refused:
                    self.adapter.request_payment(self.order(1, amount, currency))
                assert str(refused.value) == code_of(str(refused.value)), "a refusal is a code"


class LookUpContract(Stage):
    """What an intermediary keeps that can be asked how an order stands."""

    def test_an_order_that_was_never_opened_is_pending(self) -> None:
        assert only(self.look_up(self.order(77))) == Pending(reference=self.order(77).reference)

    def test_an_order_that_waits_for_its_payer_is_pending(self) -> None:
        order = self.presented(self.order())
        assert only(self.look_up(order)) == Pending(reference=order.reference)

    def test_a_paid_order_is_received_to_the_last_unit(self) -> None:
        for number, (currency, limits) in enumerate(self.adapter_class.facts.currencies.items(), 1):
            for step, amount in enumerate((limits.minimum, limits.minimum + 17, limits.maximum)):
                wanted = min(amount, limits.maximum)
                order = self.order(number * 10 + step, wanted, currency)
                order, transaction = self.paid(order)
                received = only(self.look_up(order))
                assert isinstance(received, Received)
                assert received.reference == order.reference
                assert received.transaction
                assert received.amount == Money(wanted, currency)
                assert received.at.tzinfo is not None
                assert transaction in self.counterpart.books()

    def test_a_declined_order_brought_no_money(self) -> None:
        order = self.presented(self.order())
        self.counterpart.decline(order.reference)
        ended = only(self.look_up(order))
        assert isinstance(ended, (Ended, Pending))
        if isinstance(ended, Ended):
            assert ended.reason == code_of(ended.reason), "a reason is a code"

    def test_a_look_up_needs_only_what_was_recorded_before_sending(self) -> None:
        order, _ = self.paid(self.order())
        with_handle = self.look_up(order)
        without = self.look_up(replace(order, handle=""))
        assert self.timed(without) == self.timed(with_handle)

    def test_another_amount_is_read_as_it_is(self) -> None:
        order = self.order()
        order, _ = self.paid(order, order.amount.amount - 1)
        received = only(self.look_up(order))
        assert isinstance(received, Received)
        assert received.amount == order.amount - Money(1, order.amount.currency)

    def test_a_lost_notification_is_made_good_by_a_look_up(self) -> None:
        order = self.presented(self.order())
        self.counterpart.faults.set(Fault.LOSE, order.reference)
        self.counterpart.pay(order.reference)
        assert self.notified() == []
        assert isinstance(only(self.look_up(order)), Received)

    def test_the_payer_can_press_pay_on_the_page(self) -> None:
        order = self.order()
        checkout = self.adapter.request_payment(order)
        if not checkout.url:
            pytest.skip("this checkout is a code to scan")
        self.open_page(checkout)
        pressed = self.http.post(checkout.url, data={"action": "pay"})
        assert pressed.status_code in {200, 303}
        paid = only(self.look_up(replace(order, handle=checkout.handle)))
        assert isinstance(paid, Received) and paid.amount == order.amount


class PaymentContract(CheckoutContract, LookUpContract):
    """Checkouts, and look-ups that tell of their money."""


class CancellationContract(Stage):
    def test_a_cancelled_order_is_ended_and_stays_so(self) -> None:
        order = self.presented(self.order())
        assert isinstance(self.adapter, Cancellations)
        for _ in range(2):
            ended = self.adapter.cancel(order)
            assert isinstance(ended, Ended)
            assert ended.reference == order.reference
        assert isinstance(only(self.look_up(order)), Ended)

    def test_cancelling_what_was_paid_meanwhile_tells_of_the_money(self) -> None:
        order, _ = self.paid(self.order())
        assert isinstance(self.adapter, Cancellations)
        received = self.adapter.cancel(order)
        assert isinstance(received, Received)
        assert received.amount == order.amount
