"""ZaloPay keeps the contract of intermediaries and of refunds."""

from __future__ import annotations

from typing import cast

from feesvc.testing.intermediary import IntermediaryContract, RefundContract, Stage
from feesvc_zalopay import ZaloPay
from feesvc_zalopay.counterpart import ZaloPayCounterpart


class ZaloPayStage(Stage):
    adapter_class = ZaloPay
    counterpart_class = ZaloPayCounterpart
    wire_reference = r"(?=.{1,40}$)2[0-9]{5}_[0-9a-z_]+"
    page_given_once = True

    @property
    def zalopay(self) -> ZaloPayCounterpart:
        return cast("ZaloPayCounterpart", self.counterpart)


class TestZaloPay(ZaloPayStage, IntermediaryContract, RefundContract):
    pass
