"""A settlement of OnePay, written by its counterpart, is read by the profile to the last line."""

from __future__ import annotations

from feesvc.testing.intermediary import SettlementTableContract
from feesvc_onepay import Onepay
from feesvc_onepay.counterpart import OnepayCounterpart


class TestSettlement(SettlementTableContract):
    adapter_class = Onepay
    counterpart_class = OnepayCounterpart
