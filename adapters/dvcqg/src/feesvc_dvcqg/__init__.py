"""The payment platform of the national public-service portal (Cổng Dịch vụ công quốc gia)."""

from __future__ import annotations

from feesvc_dvcqg.adapter import Dvcqg

__all__ = ["Dvcqg"]
