"""Well-formed requests to the routes of batches and tariffs, and a batch for them to be about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from feesvc.testing.asking_bank import ACCOUNT, DAY
from feesvc.testing.town import Town, post, told

PAYOUT = {
    "account": ACCOUNT, "reference": "FT-9", "amount": 10, "currency": "VND", "booked_on": DAY,
}  # fmt: skip
TERMS = {"currency": "VND", "ppm": 10_000, "valid_from": "2030-01-01"}
DECLARED = {
    "batch": "B-9", "currency": "VND", "gross": 1_000, "net": 1_000, "count": 1, "settled_on": DAY,
}  # fmt: skip


def batch_things(town: Town) -> Mapping[str, str]:
    """A declared batch of which nothing has come, and a tariff that waits for a second person."""
    finance = town["finance"]
    body = {"merchant_account": town.account, **DECLARED}
    batch = told(post(finance, f"/agencies/{town.agency}/batches", body), 201)
    told(post(finance, f"/merchant-accounts/{town.account}/tariff", TERMS), 201)
    return {"batch": batch["id"]}


def batch_bodies(account: str, batch: str, digest: str) -> Mapping[str, Any]:
    """What each POST says, by the template of its path."""
    of, reason = "/v1/agencies/{agency}/batches/{batch}", {"reason": "checked"}
    named = {"account": ACCOUNT, "reference": "FT-9", **reason}
    tariff = "/v1/merchant-accounts/{id}/tariff"
    return {
        "/v1/agencies/{agency}/batches": {"merchant_account": account, **DECLARED, "batch": "B-8"},
        f"{of}/credits": PAYOUT,
        f"{of}/credits/reverse": {**named, "booked_on": DAY},
        f"{of}/credits/undo": named,
        f"{of}/recoveries": PAYOUT,
        f"{of}/carry": None,
        f"{of}/take-up": {
            "source": batch, "amount": 1, "occurred_at": f"{DAY}T10:00:00+07:00",
        },
        f"{of}/pay": PAYOUT,
        f"{of}/to-budget": {"reference": "KB-1", "amount": 1, "booked_on": DAY},
        f"{of}/lines/undo": {"lines": ["L-1"], **reason},
        tariff: {**TERMS, "valid_from": "2031-01-01"},
        f"{tariff}/{{number}}/approve": {"digest": digest},
        f"{tariff}/{{number}}/reject": reason,
        "/v1/merchant-accounts/{id}/commission-invoices": {
            "number": "HD-1", "month": "2026-11", "commission": 1_000, "currency": "VND",
            "issued_on": DAY,
        },
    }  # fmt: skip
