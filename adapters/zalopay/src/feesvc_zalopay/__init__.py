"""feesvc-zalopay: payments and refunds through ZaloPay's gateway (v2)."""

from __future__ import annotations

from feesvc_zalopay.adapter import ZaloPay

__all__ = ["ZaloPay"]
