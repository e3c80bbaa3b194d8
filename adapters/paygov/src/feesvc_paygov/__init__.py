"""PayGov through a provincial gateway (LGSP): what of it is known, and no guess."""

from __future__ import annotations

from feesvc_paygov.adapter import PayGov

__all__ = ["PayGov"]
