"""Refunds that MoMo makes, refuses, takes its time over, or wants to be asked for again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import cast

import httpx
import pytest

from feesvc.intermediary import (
    Pending,
    Refunded,
    RefundFailed,
    RefundOrder,
    RefundOutcome,
    Refunds,
    Refused,
    Unavailable,
)
from feesvc.money import Money
from feesvc.testing.intermediary import RefundContract
from feesvc.testing.intermediary.wires import answering, raising
from feesvc_momo import Momo
from feesvc_momo.counterpart import MomoCounterpart

HOUR = timedelta(hours=1)


class RefundStage(RefundContract):
    adapter_class = Momo
    counterpart_class = MomoCounterpart
    least_refund = 1_000

    @property
    def momo(self) -> MomoCounterpart:
        return cast("MomoCounterpart", self.counterpart)

    def ask(self, refund: RefundOrder) -> RefundOutcome:
        assert isinstance(self.adapter, Refunds)
        return self.adapter.request_refund(replace(refund, asked_at=self.clock()))

    def attempts(self) -> list[str]:
        return list(self.counterpart.ledger.refunds)


class OnceMore(RefundStage):
    """1080: this attempt failed for good, another may succeed after about an hour."""

    def test_a_failed_attempt_is_no_end(self) -> None:
        refund = self.refund_order()
        self.momo.refund_answers = [1080]
        assert self.ask(refund) == Pending(reference=refund.reference, code="1080")
        assert self.refund_stands(refund) == Pending(reference=refund.reference, code="1080")

    def test_it_is_not_tried_again_at_once(self) -> None:
        refund = self.refund_order()
        self.momo.refund_answers = [1080]
        for _ in range(3):
            assert isinstance(self.ask(refund), Pending)
            self.clock.advance(timedelta(minutes=15))
        assert self.attempts() == [refund.reference]

    def test_an_hour_later_it_is_tried_under_another_number_and_given_back_once(self) -> None:
        refund = self.refund_order()
        self.momo.refund_answers = [1080]
        self.ask(refund)
        self.clock.advance(HOUR)
        told = self.ask(refund)
        assert isinstance(told, Refunded) and told.reference == refund.reference
        assert self.attempts() == [refund.reference, f"{refund.reference}.1"]
        for _ in range(3):
            assert self.ask(refund) == told
        stands = self.refund_stands(refund)
        assert isinstance(stands, Refunded) and stands.handle == told.handle
        assert self.given_back(refund) == refund.amount

    def test_a_lost_answer_to_the_second_attempt_makes_no_third(self) -> None:
        refund = self.refund_order()
        self.momo.refund_answers = [1080]
        self.ask(refund)
        self.clock.advance(HOUR)
        with (
            self.wire.spoiled(raising(httpx.ReadTimeout, arrives=True)),
            pytest.raises(Unavailable),
        ):
            self.ask(refund)
        self.clock.advance(5 * HOUR)
        assert isinstance(self.refund_stands(refund), Refunded | Pending)
        assert isinstance(self.ask(refund), Refunded)
        assert self.given_back(refund) == refund.amount
        assert len(self.attempts()) == 2

    def test_after_four_attempts_a_person_decides(self) -> None:
        refund = self.refund_order()
        self.momo.refund_answers = [1080] * 4
        for _ in range(3):
            assert isinstance(self.ask(refund), Pending)
            self.clock.advance(HOUR)
        assert isinstance(self.ask(refund), Pending)
        self.clock.advance(HOUR)
        for told in (self.ask(refund), self.refund_stands(refund)):
            assert isinstance(told, RefundFailed) and told.reason == "failed_every_time"
        assert len(self.attempts()) == 4
        assert not self.given_back(refund)

    def test_a_second_attempt_that_finds_it_refunded_contradicts_the_first(self) -> None:
        refund = self.refund_order()
        self.momo.refund_answers = [1080, 1081]
        self.ask(refund)
        self.clock.advance(HOUR)
        wonder = Pending(reference=refund.reference, code="1081")
        assert self.ask(refund) == wonder == self.refund_stands(refund)


class Refusals(RefundStage):
    @pytest.mark.parametrize(
        ("code", "reason"), [(1081, "already_refunded"), (1088, "not_eligible")]
    )
    def test_a_final_no_is_refused_and_found_again(self, code: int, reason: str) -> None:
        refund = self.refund_order()
        self.momo.refund_answers = [code]
        for _ in range(2):
            with pytest.raises(Refused, match=reason):
                self.ask(refund)
        failed = self.refund_stands(refund)
        assert isinstance(failed, RefundFailed) and failed.reason == reason

    @pytest.mark.parametrize(
        ("code", "reason"),
        [(20, "bad_format"), (21, "amount"), (22, "amount_out_of_range"),
         (42, "unknown_transaction")],
    )  # fmt: skip
    def test_a_wrong_request_is_refused(self, code: int, reason: str) -> None:
        refund = self.refund_order()
        self.momo.api.handlers["refund"] = lambda *_: {"resultCode": code}
        with pytest.raises(Refused, match=reason):
            self.ask(refund)
        assert self.attempts() == []

    @pytest.mark.parametrize("code", [10, 11, 12, 13, 43, 45, 47, 98, 99, 1001, 1006, 9000, 4711])
    def test_any_other_code_is_no_end(self, code: int) -> None:
        refund = self.refund_order()
        self.momo.api.handlers["refund"] = lambda *_: {"resultCode": code}
        assert self.ask(refund) == Pending(reference=refund.reference, code=str(code))

    @pytest.mark.parametrize("code", [1000, 7000, 7002])
    def test_what_is_under_way_is_pending(self, code: int) -> None:
        refund = self.refund_order()
        self.momo.api.handlers["refund"] = lambda *_: {"resultCode": code}
        assert self.ask(refund) == Pending(reference=refund.reference)

    @pytest.mark.parametrize("transaction", ["", "tx_1", "４０８８", "1.5", "-1"])
    def test_a_transaction_that_is_no_number_is_refused_unasked(self, transaction: str) -> None:
        refund = replace(self.refund_order(), transaction=transaction)
        sent = len(self.wire.requests)
        with pytest.raises(Refused, match="unknown_transaction"):
            self.ask(refund)
        assert len(self.wire.requests) == sent

    @pytest.mark.parametrize("amount", [Money(999, "VND"), Money(50_000_001, "VND"),
                                        Money(5_000, "USD")])  # fmt: skip
    def test_an_amount_that_momo_does_not_refund_is_refused_unasked(self, amount: Money) -> None:
        refund = replace(self.refund_order(), amount=amount, whole=False)
        with pytest.raises(Refused, match="amount"):
            self.ask(refund)


class NumberTaken(RefundStage):
    def test_a_forgotten_request_is_looked_up_and_not_made_again(self) -> None:
        refund = self.refund_order()
        first = self.ask(refund)
        self.momo.api.requests.clear()  # the 31 days of a requestId are over
        self.clock.advance(timedelta(days=32))
        again = self.ask(refund)
        assert isinstance(first, Refunded) and isinstance(again, Refunded)
        assert again.handle == first.handle
        assert self.given_back(refund) == refund.amount


class LookUps(RefundStage):
    @pytest.mark.parametrize("code", [10, 13, 20, 40, 7000, 99])
    def test_a_look_up_without_an_answer_is_unavailable(self, code: int) -> None:
        refund = self.refund_order()
        self.ask(refund)
        self.momo.api.handlers["refund/query"] = lambda *_: {"resultCode": code}
        with pytest.raises(Unavailable, match=str(code)):
            self.refund_stands(refund)

    @pytest.mark.parametrize("rows", [None, {}, [1], [{}], [{"orderId": 5}]], ids=str)
    def test_a_list_that_cannot_be_read_is_unavailable(self, rows: object) -> None:
        refund = self.refund_order()
        self.ask(refund)
        answer = {"resultCode": 0, "refundTrans": rows}
        self.momo.api.handlers["refund/query"] = lambda *_: answer
        with pytest.raises(Unavailable):
            self.refund_stands(refund)

    def test_another_refund_in_the_list_is_not_taken_for_ours(self) -> None:
        refund = self.refund_order()
        other = {"orderId": "k7f2q9-901", "amount": 5_000, "resultCode": 0, "transId": 1,
                 "createdTime": 1}  # fmt: skip
        answer = {"resultCode": 0, "refundTrans": [other]}
        self.momo.api.handlers["refund/query"] = lambda *_: answer
        assert self.refund_stands(refund) == Pending(reference=refund.reference)

    def test_an_answer_of_another_question_is_unavailable(self) -> None:
        refund = self.refund_order()
        with self.wire.spoiled(answering(200, b'{"resultCode":0}')), pytest.raises(Unavailable):
            self.refund_stands(refund)


class TestMomoRefunds(OnceMore, Refusals, NumberTaken, LookUps):
    pass


class TestMomoRefundsByPayment(OnceMore):
    """The same where refund/query is asked by the payment's own number."""

    def settings(self) -> Mapping[str, str]:
        return {**super().settings(), "refund_query_order": "payment"}
