"""A settlement of PayGov, written by its counterpart, is read by the profile to the last line."""

from __future__ import annotations

from feesvc.testing.intermediary import SettlementTableContract
from feesvc_paygov import PayGov
from feesvc_paygov.counterpart import PayGovCounterpart


class TestSettlement(SettlementTableContract):
    adapter_class = PayGov
    counterpart_class = PayGovCounterpart
