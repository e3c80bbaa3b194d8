"""Money that leaves Stripe again: refunds, reversals, disputes and payouts."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Literal, TypeAlias, cast

import pytest

from feesvc.intermediary import (
    Disputed,
    Outcome,
    PaymentOrder,
    Pending,
    Profile,
    Received,
    RefundAccepted,
    RefundFailed,
    RefundOrder,
    Reversed,
    SettlementLine,
)
from feesvc.money import Money
from feesvc.testing.intermediary import NOON, Stage
from feesvc_stripe import Stripe
from feesvc_stripe.counterpart.stand_in import StripeCounterpart

Ending: TypeAlias = Literal["opened", "won", "lost"]


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


class TestRefundsAndReversals(StripeTest):
    def test_a_refund_that_succeeded_can_still_come_back(self) -> None:
        order, transaction = self.paid(self.order())
        refund = self.refund_of(order, transaction, 15_000)
        accepted = self.stripe.request_refund(refund)
        assert isinstance(accepted, RefundAccepted) and accepted.handle.startswith("re_")
        self.counterpart.finish_refund(refund.reference)
        self.told()
        self.counterpart.fail_refund(refund.reference)

        assert self.told() == [
            RefundFailed(
                reference=refund.reference,
                reason="expired_or_canceled_card",
                at=NOON,
                handle=accepted.handle,
                returned=True,
            )
        ]

    def test_stripes_own_refund_of_the_whole_is_a_reversal(self) -> None:
        order, transaction = self.paid(self.order())
        self.told()
        self.counterpart.reverse(transaction)

        assert self.told() == [Pending(reference=order.reference, code="charge_refunded")], (
            "look it up"
        )
        received, reversed_ = self.adapter.look_up(order)
        assert isinstance(received, Received)
        assert reversed_ == Reversed(
            reference=order.reference, transaction=transaction, at=NOON, reason="fraudulent"
        )

    def test_our_own_refund_of_the_whole_is_none(self) -> None:
        order, transaction = self.paid(self.order())
        refund = self.refund_of(order, transaction, order.amount.amount)
        self.stripe.request_refund(refund)
        self.counterpart.finish_refund(refund.reference)
        [received] = self.adapter.look_up(order)
        assert isinstance(received, Received)

    def test_a_refund_that_the_payer_has_to_help_with_is_accepted(self) -> None:
        order, transaction = self.paid(self.order())
        refund = self.refund_of(order, transaction, 15_000)
        self.stripe.request_refund(refund)
        [kept] = self.stand_in.account.listed("refund")
        for status, kind in (("requires_action", RefundAccepted), ("unheard-of", Pending)):
            kept["status"] = status
            assert isinstance(self.stripe.look_up_refund(refund), kind)
        kept["status"] = "canceled"
        failed = self.stripe.look_up_refund(refund)
        assert isinstance(failed, RefundFailed) and failed.reason == "canceled" and failed.returned


class TestDisputes(StripeTest):
    def disputed(self, stage: Ending, transaction: str, dispute: str) -> Disputed:
        return Disputed(
            dispute=dispute,
            transaction=transaction,
            stage=stage,
            amount=Money(115_000, "VND"),
            at=NOON,
            fee=Money(380_000, "VND"),
        )

    @pytest.mark.parametrize(("won", "stage", "times"), [(True, "won", 2), (False, "lost", 1)])
    def test_a_dispute_is_told_from_its_opening_to_its_end(
        self, won: bool, stage: Ending, times: int
    ) -> None:
        _, transaction = self.paid(self.order())
        self.told()
        dispute = self.stand_in.dispute(transaction)
        assert self.told() == [self.disputed("opened", transaction, dispute)] * 2
        self.stand_in.close_dispute(dispute, won=won)
        assert self.told() == [self.disputed(stage, transaction, dispute)] * times

    def test_an_inquiry_takes_no_money(self) -> None:
        _, transaction = self.paid(self.order())
        self.told()
        dispute = self.stand_in.dispute(transaction, inquiry=True)
        self.stand_in.close_dispute(dispute, won=False)
        assert self.told() == []


class TestSettlement(StripeTest):
    def settled(self) -> Sequence[SettlementLine]:
        document = self.stripe.fetch_settlement(self.stand_in.pay_out("vnd"))
        settlement = self.stripe.read_settlement(io.BytesIO(document), Profile())
        return tuple(settlement.lines)

    def test_everything_that_moved_has_its_line(self) -> None:
        order, transaction = self.paid(self.order(1, 2_000_000))
        refund = self.refund_of(order, transaction, 15_000)
        self.stripe.request_refund(refund)
        self.counterpart.fail_refund(refund.reference)
        dispute = self.stand_in.dispute(transaction, 100_000)
        self.stand_in.close_dispute(dispute, won=True)

        lines = self.settled()
        # 2.9 % and 7,500 VND, and 10 % tax on both
        assert [(line.kind, line.gross.amount, line.commission.amount, line.tax.amount)
                for line in reversed(lines)] == [
            ("payment", 2_000_000, -65_500, -6_550),
            ("refund", -15_000, 0, 0),
            ("refund_reversal", 15_000, 0, 0),
            ("dispute", -100_000, -380_000, 0),
            ("dispute_reversal", 100_000, 0, 0),
            ("payout", -1_547_950, 0, 0),
        ]  # fmt: skip
        assert {line.transaction for line in lines[1:]} == {transaction}
        by_kind = {line.kind: line.reference for line in lines}
        assert by_kind["payment"] == order.reference
        assert by_kind["refund"] == by_kind["refund_reversal"] == refund.reference

    def test_what_was_paid_out_is_not_paid_out_again(self) -> None:
        self.paid(self.order(1))
        assert len(self.settled()) == 2
        self.paid(self.order(2))
        assert len(self.settled()) == 2

    def test_a_payout_of_many_pages_is_read_whole(self) -> None:
        for number in range(1, 131):
            self.paid(self.order(number))
        assert len(self.settled()) == 131
