"""The sandbox's table, written by its counterpart, is read by its profile to the last line."""

from __future__ import annotations

from feesvc.testing.intermediary import SettlementTableContract
from feesvc_sandbox import Sandbox
from feesvc_sandbox.counterpart import SandboxCounterpart


class TestSettlement(SettlementTableContract):
    adapter_class = Sandbox
    counterpart_class = SandboxCounterpart
