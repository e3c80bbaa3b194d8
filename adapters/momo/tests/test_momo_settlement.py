"""A settlement of MoMo, written by its counterpart, is read by the profile to the last line."""

from __future__ import annotations

from feesvc.testing.intermediary import SettlementTableContract
from feesvc_momo import Momo
from feesvc_momo.counterpart import MomoCounterpart


class TestSettlement(SettlementTableContract):
    adapter_class = Momo
    counterpart_class = MomoCounterpart
