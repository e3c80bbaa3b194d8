"""The VNPAY adapter keeps the contract of intermediaries, by any bank or locked to VNPAY-QR."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast
from urllib.parse import parse_qs, urlsplit

from feesvc.testing.intermediary import IntermediaryContract, RefundContract, Stage
from feesvc_vnpay import Vnpay
from feesvc_vnpay.counterpart import VnpayCounterpart


class VnpayStage(Stage):
    adapter_class = Vnpay
    counterpart_class = VnpayCounterpart
    wire_reference = "[0-9A-Za-z]{1,32}"

    @property
    def vnpay(self) -> VnpayCounterpart:
        return cast("VnpayCounterpart", self.counterpart)


class TestVnpay(VnpayStage, IntermediaryContract, RefundContract):
    def test_no_request_is_sent_for_a_checkout(self) -> None:
        self.adapter.request_payment(self.order())
        assert self.wire.requests == []


class TestVnpayQr(VnpayStage, IntermediaryContract, RefundContract):
    """The same account settings, but every payer is shown VNPAY-QR."""

    def settings(self) -> Mapping[str, str]:
        return {**super().settings(), "bank_code": "VNPAYQR"}

    def test_the_link_asks_for_the_code(self) -> None:
        link = urlsplit(self.adapter.request_payment(self.order()).url)
        assert parse_qs(link.query)["vnp_BankCode"] == ["VNPAYQR"]
