"""A settlement of VNPAY, written by its counterpart, is read by the profile to the last line."""

from __future__ import annotations

from feesvc.testing.intermediary import SettlementTableContract
from feesvc_vnpay import Vnpay
from feesvc_vnpay.counterpart import VnpayCounterpart


class TestSettlement(SettlementTableContract):
    adapter_class = Vnpay
    counterpart_class = VnpayCounterpart
