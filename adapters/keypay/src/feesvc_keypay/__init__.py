"""KeyPay: the classic redirect, and the bridge to the national public-service portal."""

from __future__ import annotations

from feesvc_keypay.bridge import KeyPayBridge
from feesvc_keypay.classic import KeyPay

__all__ = ["KeyPay", "KeyPayBridge"]
