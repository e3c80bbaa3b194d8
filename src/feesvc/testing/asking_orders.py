"""Well-formed requests to the routes of remittances, forwardings, moves, claims and cash."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from feesvc.testing.asking_bank import LINE

DAY = "2026-11-20"


def order_bodies(digest: str) -> Mapping[str, Any]:
    """What each POST says, by the template of its path."""
    agency, reason, agreed = "/v1/agencies/{agency}", {"reason": "checked"}, {"digest": digest}
    decided = {
        f"/v1/{kind}/{{id}}/{step}": said
        for kind in (
            "remittances",
            "forwardings",
            "custody-moves",
            "budget-claims",
            "currency-sales",
        )
        for step, said in (("approve", agreed), ("reject", reason))
    }
    return {
        **decided,
        f"{agency}/remittances": {},
        "/v1/remittances/{id}/confirm": {
            "number": "KB-1", "confirmed_on": DAY, "lines": [{"codes": {}, "amount": 1_000}],
        },
        f"{agency}/forwardings": {"beneficiary": "Z98"},
        f"{agency}/custody-moves": {"kind": "invoice_paid", "amount": 1_000, **reason},
        f"{agency}/order-debits": LINE,
        f"{agency}/order-credits": LINE,
        "/v1/budget-claims/{id}/repaid": {
            "amount": 1_000, "reference": "FT-2", "booked_on": DAY,
        },
        "/v1/budget-claims/{id}/end": {"way": "refused", "amount": 1_000, **reason},
        "/v1/assessments/{id}/cash": {"desk": "QUAY-1", "slip": "S-1", "amount": 1_000},
        f"{agency}/cash-deposits": {"desk": "QUAY-1"},
        "/v1/cash-deposits/{id}/withdraw": reason,
        f"{agency}/exchange-rates": {
            "foreign": "USD", "rate_ppm": 26_000_000_000, "source": "vcb", "effective_on": DAY,
        },
        "/v1/exchange-rates/{id}/approve": {"rate_ppm": 26_000_000_000, "effective_on": DAY},
        "/v1/assessments/{id}/convert": {},
        f"{agency}/currency-sales": {"amount": 1_000, "currency": "USD", **reason},
        "/v1/currency-sales/{id}/line": {
            "amount": 1_000, "reference": "FT-3", "booked_on": DAY,
        },
    }  # fmt: skip
