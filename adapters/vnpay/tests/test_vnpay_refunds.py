"""What VNPAY answers to refunds: types, codes, their end, and the day of a request id."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from feesvc.intermediary import (
    Pending,
    RefundAccepted,
    Refunded,
    RefundFailed,
    RefundOrder,
    RefundOutcome,
    Refused,
    Unavailable,
)
from feesvc.money import Money
from feesvc.testing.intermediary import NOON, RefundContract
from feesvc.testing.intermediary.stage import only
from feesvc.testing.intermediary.wires import altering
from feesvc_vnpay import Vnpay
from feesvc_vnpay.counterpart import VnpayCounterpart
from feesvc_vnpay.counterpart.api import rephrased_answer


class TestRefunds(RefundContract):
    """Beside the contract, which it keeps here once more."""

    adapter_class = Vnpay
    counterpart_class = VnpayCounterpart
    wire_reference = "[0-9A-Za-z]{1,32}"

    def sent(self) -> dict[str, str]:
        content: dict[str, str] = json.loads(self.wire.requests[-1].read())
        return content

    def answered_with(self, refund: RefundOrder, **changes: str | None) -> RefundOutcome:
        named = {f"vnp_{name}": value for name, value in changes.items()}
        with self.wire.spoiled(altering(lambda body: rephrased_answer(body, named))):
            return self._refunds().request_refund(refund)

    def stands_with(self, refund: RefundOrder, **changes: str | None) -> RefundOutcome:
        named = {f"vnp_{name}": value for name, value in changes.items()}
        with self.wire.spoiled(altering(lambda body: rephrased_answer(body, named))):
            return self.refund_stands(refund)

    def test_the_whole_is_type_02_and_a_part_is_type_03(self) -> None:
        whole = self.refund_order()
        self.asked(whole)
        assert self.sent()["vnp_TransactionType"] == "02"
        assert self.sent()["vnp_Amount"] == "11500000"
        order, transaction = self.paid(self.order(2))
        part = replace(self.refund_of(order, transaction, 950), whole=False, amount=Money(1, "VND"))
        self.asked(part)
        assert self.sent()["vnp_TransactionType"] == "03"
        assert self.sent()["vnp_Amount"] == "100"

    def test_it_is_followed_from_05_to_06(self) -> None:
        refund = self.asked(self.refund_order())
        accepted = self.refund_stands(refund)
        assert isinstance(accepted, RefundAccepted) and accepted.handle == refund.handle
        self.clock.advance(timedelta(seconds=10))
        self.notified()
        done = self.refund_stands(refund)
        assert isinstance(done, Refunded) and done.at >= refund.placed_at

    def test_a_time_before_it_was_asked_for_is_not_its_own(self) -> None:
        refund = self.asked(self.refund_order())
        self.counterpart.finish_refund(refund.reference)
        done = self.stands_with(refund, PayDate="20261120115959")
        assert isinstance(done, Refunded) and done.at == self.clock()
        done = self.stands_with(refund, PayDate="20261120120001")
        assert isinstance(done, Refunded) and done.at == NOON + timedelta(seconds=1)

    def test_09_is_a_failure(self) -> None:
        refund = self.asked(self.refund_order())
        self.counterpart.fail_refund(refund.reference)
        failed = self.refund_stands(refund)
        assert isinstance(failed, RefundFailed) and failed.reason == "refused_by_bank"

    @pytest.mark.parametrize("status", ["00", "01", "02", "04", "07", "88"])
    def test_a_status_that_is_not_a_refunds_decides_nothing(self, status: str) -> None:
        refund = self.asked(self.refund_order())
        told = self.stands_with(refund, TransactionStatus=status)
        assert told == Pending(reference=refund.reference, code=f"status_{status}")

    @pytest.mark.parametrize(
        ("code", "reason"),
        [("03", "wrong_format"), ("91", "transaction_not_found"), ("95", "payment_not_successful")],
    )
    def test_a_final_no(self, code: str, reason: str) -> None:
        with pytest.raises(Refused, match=reason):
            self.answered_with(self.refund_order(), ResponseCode=code)

    @pytest.mark.parametrize("code", ["02", "97", "99", "42", "01"])
    def test_a_code_that_is_no_answer_is_no_refusal(self, code: str) -> None:
        with pytest.raises(Unavailable):
            self.answered_with(self.refund_order(), ResponseCode=code)

    def test_94_waits_to_be_looked_up(self) -> None:
        refund = self.refund_order()
        told = self.answered_with(refund, ResponseCode="94")
        assert told == Pending(reference=refund.reference)

    def test_an_answer_about_another_amount_is_asked_about(self) -> None:
        refund = self.refund_order()
        told = self.answered_with(refund, Amount="100")
        assert told == Pending(reference=refund.reference, code="another_amount")

    def test_a_refund_without_a_number_has_no_handle(self) -> None:
        refund = self.refund_order()
        for number in ("0", "", None, refund.transaction):
            self.counterpart.ledger.refunds.clear()
            self.clock.advance(timedelta(days=1))
            today = replace(
                refund, asked_at=self.clock(),
                reference=self.adapter.reference_for("k7f2q9", 900, self.clock()),
            )  # fmt: skip
            told = self.answered_with(today, TransactionNo=number)
            assert told == RefundAccepted(reference=today.reference, handle="")

    def test_another_refund_of_the_same_payment_is_not_taken_for_ours(self) -> None:
        whole = self.refund_order()
        other = replace(whole, amount=Money(1_000, "VND"), whole=False)
        self.asked(other)
        ours = replace(other, reference=self._reference(901))
        assert self.refund_stands(ours) == Pending(reference=ours.reference)
        self.counterpart.finish_refund(other.reference)
        assert self.refund_stands(ours) == Pending(reference=ours.reference)

    def test_the_payment_is_not_taken_for_its_refund(self) -> None:
        refund = self.refund_order()
        assert self.refund_stands(refund) == Pending(reference=refund.reference)
        by_number = replace(refund, handle=refund.transaction)
        assert self.refund_stands(by_number) == Pending(reference=refund.reference)

    def test_a_request_id_is_not_used_on_another_day(self) -> None:
        """VNPAY knows request ids for a day: the next day the repeat would be a second refund."""
        refund = self.refund_order()
        part = replace(refund, amount=Money(1_000, "VND"), whole=False)
        self.asked(part)
        self.counterpart.finish_refund(part.reference)
        midnight = NOON + timedelta(hours=12)
        before = len(self.wire.requests)
        with pytest.raises(Unavailable, match="day"):
            self._refunds().request_refund(replace(part, asked_at=midnight, handle=""))
        assert len(self.wire.requests) == before
        told = self._refunds().request_refund(
            replace(part, asked_at=midnight - timedelta(seconds=1), handle="")
        )
        assert isinstance(told, Pending)
        assert self.given_back(part) == part.amount

    def test_another_currency_is_refused(self) -> None:
        refund = self.refund_order()
        with pytest.raises(Refused, match="amount"):
            self._refunds().request_refund(replace(refund, amount=Money(100, "USD")))

    def test_a_payment_that_was_undone_is_not_refunded(self) -> None:
        refund = self.refund_order()
        self.counterpart.reverse(refund.transaction)
        with pytest.raises(Refused, match="payment_not_successful"):
            self._refunds().request_refund(refund)

    def test_a_look_up_of_the_payment_after_a_refund_does_not_end_it(self) -> None:
        self.asked(self.refund_order())
        told = only(self.look_up(self.order()))
        assert told == Pending(reference=self.order().reference, code="type_02_05")
