"""feesvc-momo: payments and refunds through MoMo's payment gateway (AIO v2)."""

from __future__ import annotations

from feesvc_momo.adapter import Momo

__all__ = ["Momo"]
