"""MoMo keeps the contract of intermediaries and of refunds, made at once or later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from feesvc.testing.intermediary import IntermediaryContract, RefundContract, Stage
from feesvc_momo import Momo
from feesvc_momo.counterpart import MomoCounterpart


class MomoStage(Stage):
    adapter_class = Momo
    counterpart_class = MomoCounterpart
    wire_reference = r"(?=.{1,50}$)[0-9a-zA-Z]([-_.]*[0-9a-zA-Z]+)*"

    @property
    def momo(self) -> MomoCounterpart:
        return cast("MomoCounterpart", self.counterpart)


class SlowMomo(MomoCounterpart):
    slow_refunds = True


class TestMomo(MomoStage, IntermediaryContract, RefundContract):
    least_refund = 1_000


class TestMomoPayWithMethod(MomoStage, IntermediaryContract, RefundContract):
    """The other page; and refund/query asked by the payment's number."""

    least_refund = 1_000

    def settings(self) -> Mapping[str, str]:
        chosen = {"request_type": "payWithMethod", "refund_query_order": "payment"}
        return {**super().settings(), **chosen}


class TestSlowRefunds(MomoStage, RefundContract):
    """Refunds that the payer's bank takes its time over."""

    counterpart_class = SlowMomo
    least_refund = 1_000
