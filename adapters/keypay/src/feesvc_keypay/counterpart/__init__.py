"""KeyPay's other sides: the classic redirect and the bridge. Written by us."""

from __future__ import annotations

from feesvc_keypay.counterpart.bridge import KeyPayBridgeCounterpart
from feesvc_keypay.counterpart.classic import KeyPayCounterpart

__all__ = ["KeyPayBridgeCounterpart", "KeyPayCounterpart"]
