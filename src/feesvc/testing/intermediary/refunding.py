"""The contract of refunds: once each, never more than came, and followed to their end."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar

import pytest

from feesvc.intermediary import (
    PaymentOrder,
    Pending,
    Received,
    RefundAccepted,
    Refunded,
    RefundFailed,
    RefundOrder,
    RefundOutcome,
    Refunds,
    Refused,
    Unavailable,
)
from feesvc.money import Money
from feesvc.testing.faults import Fault
from feesvc.testing.intermediary.stage import EPOCH, NOON, Stage, only
from feesvc.testing.intermediary.wires import TROUBLES


class RefundContract(Stage):
    least_refund: ClassVar[int] = 1
    """Minor units of the smallest refund that the intermediary makes."""

    def test_the_whole_is_given_back(self) -> None:
        refund = self.refund_order()
        self.asked(refund)
        self.finished(refund)
        assert self.given_back(refund) == refund.amount

    def test_a_part_is_given_back_and_then_the_rest(self) -> None:
        whole = self.refund_order()
        part = Money(whole.amount.amount // 3, whole.amount.currency)
        first = replace(whole, amount=part, whole=False)
        rest = replace(first, reference=self._reference(901), amount=whole.amount - part, handle="")
        self.finished(self.asked(first))
        self.finished(self.asked(rest))
        assert self.given_back(whole) == whole.amount

    def test_a_repeated_refund_is_made_once(self) -> None:
        whole = self.refund_order()
        part = Money(whole.amount.amount // 4, whole.amount.currency)
        refund = replace(whole, amount=part, whole=False)
        for _ in range(3):
            with suppress(Refused):  # a provider may refuse the repeat; it must not make a second
                self.asked(refund)
        self.finished(refund)
        with suppress(Refused):
            self.asked(refund)
        assert self.given_back(refund) == part

    def test_more_than_what_is_left_is_refused(self) -> None:
        whole = self.refund_order()
        one = Money(1, whole.amount.currency)
        least = Money(self.least_refund, whole.amount.currency)
        with pytest.raises(Refused):
            self.asked(replace(whole, amount=whole.amount + one, whole=False))
        first = replace(whole, reference=self._reference(902), amount=least, whole=False)
        self.asked(first)
        rest = replace(whole, reference=self._reference(903))
        if self._must_wait(rest):
            self.counterpart.finish_refund(first.reference)
            rest = replace(whole, reference=self._reference(904))
            with pytest.raises(Refused):
                self.asked(rest)
        assert self.given_back(whole) in (Money(0, one.currency), least)

    def test_a_refund_of_an_unknown_transfer_is_refused(self) -> None:
        refund = self.refund_order()
        with pytest.raises(Refused):
            self.asked(replace(refund, transaction=refund.transaction + "9", payment_reference="x"))

    def test_an_accepted_refund_waits(self) -> None:
        refund = self.asked(self.refund_order())
        if self.given_back(refund):
            pytest.skip("this intermediary gives back at once")
        assert isinstance(self.refund_stands(refund), (Pending, RefundAccepted))

    def test_a_failed_refund_is_told(self) -> None:
        refund = self.asked(self.refund_order())
        if self.given_back(refund):
            pytest.skip("this intermediary gives back at once")
        self.counterpart.fail_refund(refund.reference)
        for order in (refund, replace(refund, handle="")):
            failed = self.refund_stands(order)
            assert isinstance(failed, RefundFailed)
            assert failed.reference == refund.reference
            assert failed.reason
        assert not self.given_back(refund)

    @pytest.mark.parametrize("paid", [True, False], ids=["paid", "failed"])
    def test_the_end_of_a_refund_is_notified(self, paid: bool) -> None:
        if not self.counterpart.announces_refunds:
            pytest.skip("this intermediary notifies no refunds")
        refund = self.asked(self.refund_order())
        self.notified()
        end = self.counterpart.finish_refund if paid else self.counterpart.fail_refund
        end(refund.reference)
        told = [o for n in self.notified() for o in self.adapter.read_notification(n)]
        assert told == [self.refund_stands(refund)]

    def test_a_refund_that_was_never_asked_has_not_failed(self) -> None:
        assert isinstance(self.refund_stands(self.refund_order()), Pending)

    @pytest.mark.parametrize("trouble", TROUBLES)
    def test_a_refund_without_an_answer_is_neither_made_twice_nor_given_up(
        self, trouble: str
    ) -> None:
        refund = self.refund_order()
        with self.wire.spoiled(TROUBLES[trouble]):
            assert self._uncertain(refund)
            with suppress(Unavailable):
                assert isinstance(self.refund_stands(refund), (Pending, RefundAccepted))
        self._again(refund)

    @pytest.mark.parametrize("fault", [Fault.HANG, Fault.SERVER_ERROR])
    def test_a_lost_answer_to_a_refund_leaves_one_refund(self, fault: Fault) -> None:
        refund = self.refund_order()
        self.counterpart.faults.set(fault, times=1)
        with self.impatient():
            assert self._uncertain(refund)
        self.counterpart.faults.clear()
        self._again(refund)

    def refund_order(self, number: int = 900) -> RefundOrder:
        """A refund of the whole of a payment that has just been made."""
        order, _ = self.paid(self.order())
        self.notified()
        received = only(self.look_up(order))
        assert isinstance(received, Received)
        return self.refund_of(order, received.transaction, number)

    def refund_of(self, order: PaymentOrder, transaction: str, number: int = 900) -> RefundOrder:
        return RefundOrder(
            reference=self._reference(number),
            payment_reference=order.reference,
            payment_placed_at=order.placed_at,
            transaction=transaction,
            transaction_amount=order.amount,
            amount=order.amount,
            whole=True,
            reason="Paid twice",
            placed_at=NOON,
            asked_at=self.clock(),
        )

    def _reference(self, number: int) -> str:
        return self.adapter.reference_for(EPOCH, number, NOON)

    def _refunds(self) -> Refunds:
        assert isinstance(self.adapter, Refunds)
        return self.adapter

    def asked(self, refund: RefundOrder) -> RefundOrder:
        """The refund once asked for, with the handle it was given."""
        outcome = self._refunds().request_refund(refund)
        assert isinstance(outcome, (Pending, RefundAccepted, Refunded)), outcome
        assert outcome.reference == refund.reference
        return replace(refund, handle=getattr(outcome, "handle", ""))

    def refund_stands(self, refund: RefundOrder) -> RefundOutcome:
        """Ask how a refund stands, at a moment of its own."""
        self.clock.advance(timedelta(milliseconds=1))
        return self._refunds().look_up_refund(replace(refund, asked_at=self.clock()))

    def finished(self, refund: RefundOrder) -> None:
        """Bring it to its end, and find that end by looking up, with a handle and without."""
        self.counterpart.finish_refund(refund.reference)
        for order in (refund, replace(refund, handle="")):
            refunded = self.refund_stands(order)
            assert isinstance(refunded, Refunded)
            assert (refunded.reference, refunded.amount) == (refund.reference, refund.amount)
            assert refunded.at.tzinfo is not None

    def given_back(self, refund: RefundOrder) -> Money:
        """By the counterpart's own books."""
        [taken] = self.counterpart.books().values()
        assert taken.refunded.currency == refund.amount.currency
        return taken.refunded

    def _uncertain(self, refund: RefundOrder) -> bool:
        try:
            outcome = self._refunds().request_refund(refund)
        except Unavailable:
            return True
        return isinstance(outcome, Pending)

    def _must_wait(self, refund: RefundOrder) -> bool:
        """Whether it is neither taken nor refused while an earlier one of its transfer is open."""
        try:
            outcome = self._refunds().request_refund(refund)
        except Refused:
            return False
        assert isinstance(outcome, Pending), "more than what is left was taken on"
        return True

    def _again(self, refund: RefundOrder) -> None:
        """After looking it up, asking again leaves one refund whatever became of the first."""
        assert not isinstance(self.refund_stands(refund), RefundFailed)
        with suppress(Refused):
            self.asked(refund)
        self.finished(refund)
        assert self.given_back(refund) == refund.amount
