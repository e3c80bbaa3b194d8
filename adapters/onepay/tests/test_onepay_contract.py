"""The OnePay adapter keeps the contract of intermediaries, its notifications being hints."""

from __future__ import annotations

from feesvc.testing.intermediary import IntermediaryContract, Stage
from feesvc_onepay import Onepay
from feesvc_onepay.counterpart import OnepayCounterpart


class OnepayStage(Stage):
    adapter_class = Onepay
    counterpart_class = OnepayCounterpart
    wire_reference = "[0-9A-Za-z]{1,40}"
    tells_time = False


class TestOnepay(OnepayStage, IntermediaryContract):
    def test_no_request_is_sent_for_a_checkout(self) -> None:
        self.adapter.request_payment(self.order())
        assert self.wire.requests == []

    def test_what_it_is_told_books_nothing_by_itself(self) -> None:
        assert self.adapter_class.facts.trust == "hint"
