"""A settlement of payOS, written by its counterpart, is read by the profile to the last line."""

from __future__ import annotations

from feesvc.testing.intermediary import SettlementTableContract
from feesvc_payos import Payos
from feesvc_payos.counterpart import PayosCounterpart


class TestSettlement(SettlementTableContract):
    adapter_class = Payos
    counterpart_class = PayosCounterpart
