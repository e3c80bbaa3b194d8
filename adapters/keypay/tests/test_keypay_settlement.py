"""Settlements of KeyPay, written by its counterparts, are read by the profiles to the last line."""

from __future__ import annotations

from feesvc.testing.intermediary import SettlementTableContract
from feesvc_keypay import KeyPay, KeyPayBridge
from feesvc_keypay.counterpart import KeyPayBridgeCounterpart, KeyPayCounterpart


class TestSettlement(SettlementTableContract):
    adapter_class = KeyPay
    counterpart_class = KeyPayCounterpart


class TestBridgeSettlement(SettlementTableContract):
    adapter_class = KeyPayBridge
    counterpart_class = KeyPayBridgeCounterpart
