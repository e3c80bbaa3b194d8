"""A settlement of ZaloPay, written by its counterpart, is read by the profile to the last line."""

from __future__ import annotations

from feesvc.testing.intermediary import SettlementTableContract
from feesvc_zalopay import ZaloPay
from feesvc_zalopay.counterpart import ZaloPayCounterpart


class TestSettlement(SettlementTableContract):
    adapter_class = ZaloPay
    counterpart_class = ZaloPayCounterpart
