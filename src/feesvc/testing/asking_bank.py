"""Well-formed requests to the routes of bank lines, suspense and payouts, and their things."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from feesvc.testing.town import Town, post, told

DAY = "2026-11-20"
ACCOUNT = {"bank": "970436", "number": "0011004455667"}
LINE = {
    "account": ACCOUNT, "reference": "FT-1", "amount": 5_000, "currency": "VND", "booked_on": DAY,
    "narrative": "nop tien",
}  # fmt: skip
SETTLED = {
    "batch": "B-1", "native_id": "L-1", "transaction": "unheard-of", "gross": 90_000,
    "net": 90_000, "currency": "VND", "at": f"{DAY}T10:00:00+07:00",
}  # fmt: skip
PAYEE = {"bank": "970415", "number": "10203040", "holder": "NGUYEN VAN AN"}


def bank_things(town: Town) -> Mapping[str, str]:
    """A reclassification that waits, and a list that was drawn; by the names of ``Things``."""
    named = {**ACCOUNT, "purpose": "collection", "currency": "VND", "effective_on": "2020-01-01"}
    told(post(town["administrator"], f"/agencies/{town.agency}/bank-accounts", named))
    credits = f"/agencies/{town.agency}/bank-credits"
    money = told(post(town["finance"], credits, {**LINE, "reference": "FT-0"}), 201)["transfer"]
    asked = {"item": {"transfer": money}, "amount": 1_000, "reason": "known"}
    waiting = told(post(town["finance"], "/suspense/credit", asked), 201)
    wish = {
        "transfer": money, "amount": 2_000, "reason": "theirs", "method": "bank_transfer",
        "payee": {"refund_account": PAYEE},
    }  # fmt: skip
    refund = told(post(town["finance"], "/refunds", wish), 201)
    payee = told(town["approver"].get(f"/refunds/{refund['id']}/payee"))
    agreed = {"digest": refund["digest"], "payee": payee["digest"], "acknowledge_name": True}
    told(post(town["approver"], f"/refunds/{refund['id']}/approve", agreed), 200)
    drawing = {"account": ACCOUNT, "currency": "VND", "refunds": [refund["id"]]}
    drawn = told(post(town["finance"], f"/agencies/{town.agency}/payment-lists", drawing), 201)
    return {"reclassification": waiting["id"], "payment_list": drawn["id"]}


def bank_bodies(transfer: str, refund: str, digest: str, assessment: str) -> Mapping[str, Any]:
    """What each POST says, by the template of its path."""
    agency, reason = "/v1/agencies/{agency}", {"reason": "checked"}
    moved = {"item": {"transfer": transfer}, **reason}
    return {
        f"{agency}/duty-terms": {
            "duty": "remittance", "every": "month", "within": 5, "effective_on": "2031-01-01",
        },
        f"{agency}/approval-limit": {
            "limit": {"amount": 1_000, "currency": "VND"}, "effective_on": "2030-01-01",
        },
        f"{agency}/bank-credits": LINE,
        f"{agency}/bank-credits/{{id}}/reverse": {"booked_on": DAY, **reason},
        f"{agency}/bank-debits": LINE,
        f"{agency}/payment-lists": {"account": ACCOUNT, "currency": "VND", "refunds": [refund]},
        "/v1/merchant-accounts/{id}/settlement-lines": SETTLED,
        "/v1/suspense/apply": {**moved, "assessment": assessment},
        "/v1/suspense/hold": {**moved, "agency": "Z98"},
        "/v1/suspense/credit": moved,
        "/v1/suspense/disclaim": moved,
        "/v1/reclassifications/{id}/approve": {"digest": digest},
        "/v1/reclassifications/{id}/reject": reason,
        "/v1/refunds/{id}/payee": {"account": PAYEE},
        "/v1/refunds/{id}/payee/confirm": {"digest": digest},
        "/v1/refunds/{id}/reissue": {"method": "bank_transfer"},
        "/v1/payment-lists/{id}/refusals": {
            "reference": "PL7F3K2A00000012001", "refused_on": DAY, **reason,
        },
    }  # fmt: skip
