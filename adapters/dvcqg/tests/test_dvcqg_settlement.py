"""A list of the platform, written by its counterpart, is read by its profile to the last line."""

from __future__ import annotations

from feesvc.testing.intermediary import SettlementTableContract
from feesvc_dvcqg import Dvcqg
from feesvc_dvcqg.counterpart import DvcqgCounterpart


class TestSettlement(SettlementTableContract):
    adapter_class = Dvcqg
    counterpart_class = DvcqgCounterpart
