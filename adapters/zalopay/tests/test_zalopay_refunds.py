"""Refunds that ZaloPay takes on, refuses, knows already, or does not end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import httpx
import pytest

from feesvc.intermediary import (
    Pending,
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
from feesvc.testing.intermediary import RefundContract
from feesvc.testing.intermediary.wires import raising
from feesvc_zalopay import ZaloPay
from feesvc_zalopay.counterpart import ZaloPayCounterpart

NO_ANSWER = (-402, -403, -405, 406, -429, -500, -999)
REFUSED = {-13: "too_late", -14: "amount", -24: "bad_reference", -25: "bad_reference",
           -26: "bad_reference", -101: "unknown_transaction", -401: "bad_request"}  # fmt: skip
FAILED = {0: "refund_failed", -13: "too_late", -14: "amount", -32: "not_refundable"}


class TestZaloPayRefunds(RefundContract):
    adapter_class = ZaloPay
    counterpart_class = ZaloPayCounterpart
    page_given_once = True

    def ask(self, refund: RefundOrder) -> RefundOutcome:
        assert isinstance(self.adapter, Refunds)
        return self.adapter.request_refund(replace(refund, asked_at=self.clock()))

    def answers(self, operation: str, code: int, sub: int | None = None, **more: Any) -> None:
        answer = {"return_code": code, "sub_return_code": sub, **more}
        zalopay = cast("ZaloPayCounterpart", self.counterpart)
        zalopay.api.handlers[operation] = lambda *_: answer

    def test_its_number_holds_the_day_and_the_app(self) -> None:
        self.ask(self.refund_order())
        assert list(self.counterpart.ledger.refunds) == ["261120_2553_k7f2q9_900"]

    @pytest.mark.parametrize(("code", "sub"), [(1, 1), (1, None), (3, 2), (3, None), (3, -1)])
    def test_what_is_taken_on_waits_for_its_end(self, code: int, sub: int | None) -> None:
        refund = self.refund_order()
        self.answers("refund", code, sub, refund_id=55)
        taken = RefundAccepted(reference=refund.reference, handle="55")
        assert self.ask(refund) == taken

    @pytest.mark.parametrize("sub", [-24, -25, -26])
    def test_a_reference_refused_after_its_day_decides_nothing(self, sub: int) -> None:
        refund = self.refund_order()
        self.answers("refund", 2, sub)
        self.answers("query_refund", 2, -101)
        with pytest.raises(Refused):
            self.ask(refund)
        self.clock.advance(timedelta(hours=12))  # midnight in Vietnam is over
        with pytest.raises(Unavailable):
            self.ask(refund)

    def test_without_a_number_of_its_own_it_has_no_handle(self) -> None:
        refund = self.refund_order()
        self.answers("refund", 3)
        assert self.ask(refund) == RefundAccepted(reference=refund.reference)

    @pytest.mark.parametrize("number", [0, "x", 1.5, [], -1])
    def test_a_number_of_another_form_is_no_answer(self, number: object) -> None:
        refund = self.refund_order()
        self.answers("refund", 3, refund_id=number)
        with pytest.raises(Unavailable):
            self.ask(refund)

    @pytest.mark.parametrize("sub", REFUSED)
    def test_what_is_not_taken_on_is_refused(self, sub: int) -> None:
        refund = self.refund_order()
        for code, said in ((2, sub), (sub, None)):
            self.answers("refund", code, said)
            with pytest.raises(Refused, match=REFUSED[sub]):
                self.ask(refund)

    @pytest.mark.parametrize("sub", [*REFUSED, -23])
    def test_a_repeat_that_is_refused_tells_of_the_first(self, sub: int) -> None:
        refund = self.refund_order()
        self.ask(refund)
        self.answers("refund", 2, sub)
        assert isinstance(self.ask(refund), RefundAccepted)
        self.counterpart.finish_refund(refund.reference)
        assert isinstance(self.ask(refund), Refunded)

    def test_a_repeat_on_another_day_is_not_a_second_refund(self) -> None:
        refund = self.refund_order()
        self.ask(refund)
        self.clock.advance(timedelta(days=1))
        assert isinstance(self.ask(refund), RefundAccepted)
        assert len(self.counterpart.ledger.refunds) == 1

    def test_a_first_request_on_another_day_gives_nothing_back(self) -> None:
        refund = self.refund_order()
        self.clock.advance(timedelta(days=1))
        with pytest.raises(Unavailable, match="another day"):
            self.ask(refund)
        assert not self.counterpart.ledger.refunds

    @pytest.mark.parametrize("code", NO_ANSWER)
    def test_what_is_wrong_with_the_system_is_no_answer(self, code: int) -> None:
        refund = self.refund_order()
        for said in ((code, None), (2, code)):
            self.answers("refund", *said)
            with pytest.raises(Unavailable, match=str(code)):
                self.ask(refund)
            self.answers("query_refund", *said)
            with pytest.raises(Unavailable, match=str(code)):
                self.refund_stands(refund)

    @pytest.mark.parametrize(
        ("code", "sub", "name"),
        [(2, -1, "2_1"), (2, 0, "2_0"), (2, None, "2"), (2, -32, "2_32"), (7, None, "7"),
         (1, -14, "1_14")],
    )  # fmt: skip
    def test_any_other_code_is_pending_and_named(
        self, code: int, sub: int | None, name: str
    ) -> None:
        refund = self.refund_order()
        self.answers("refund", code, sub)
        assert self.ask(refund) == Pending(reference=refund.reference, code=name)

    @pytest.mark.parametrize("sub", FAILED)
    def test_a_failure_is_told(self, sub: int) -> None:
        refund = self.asked(self.refund_order())
        self.answers("query_refund", 2, sub)
        failed = self.refund_stands(refund)
        assert isinstance(failed, RefundFailed) and failed.reason == FAILED[sub]

    @pytest.mark.parametrize(
        ("code", "sub", "name"),
        [(2, -101, ""), (2, None, "2"), (2, 1, "2_1"), (2, -5, "2_5"), (3, -1, "3_1"),
         (9, None, "9"), (1, -101, "1_101"), (1, 2, "1_2")],
    )  # fmt: skip
    def test_any_other_look_up_is_pending(self, code: int, sub: int | None, name: str) -> None:
        refund = self.asked(self.refund_order())
        self.answers("query_refund", code, sub)
        assert self.refund_stands(refund) == Pending(reference=refund.reference, code=name)

    @pytest.mark.parametrize("sub", [None, 0, 2, 3])
    def test_what_is_under_way_is_accepted(self, sub: int | None) -> None:
        refund = self.asked(self.refund_order())
        self.answers("query_refund", 3, sub)
        stands = self.refund_stands(refund)
        assert stands == RefundAccepted(reference=refund.reference, handle=refund.handle)

    def test_a_lost_answer_is_found_again(self) -> None:
        refund = self.refund_order()
        with (
            self.wire.spoiled(raising(httpx.ReadTimeout, arrives=True)),
            pytest.raises(Unavailable),
        ):
            self.ask(refund)
        assert isinstance(self.refund_stands(refund), RefundAccepted)
        assert isinstance(self.ask(refund), RefundAccepted)
        assert len(self.counterpart.ledger.refunds) == 1

    @pytest.mark.parametrize("transaction", ["", "tx_1", "２６１", "1.5", "-1"])
    def test_a_transaction_that_is_no_number_is_refused_unasked(self, transaction: str) -> None:
        refund = replace(self.refund_order(), transaction=transaction)
        sent = len(self.wire.requests)
        with pytest.raises(Refused, match="unknown_transaction"):
            self.ask(refund)
        assert len(self.wire.requests) == sent

    def test_another_currency_is_refused_unasked(self) -> None:
        refund = replace(self.refund_order(), amount=Money(5_000, "USD"), whole=False)
        with pytest.raises(Refused, match="amount"):
            self.ask(refund)
