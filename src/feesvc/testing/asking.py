"""A well-formed request to every route of the core, so that a test can spoil each in one way.

Names in ``Things`` stand for what a request is about; the same requests are made about things of
one's own, about another agency's, and about things that do not exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from feesvc.testing.asking_advances import advance_bodies, advance_things
from feesvc.testing.asking_bank import bank_bodies, bank_things
from feesvc.testing.asking_batches import batch_bodies, batch_things
from feesvc.testing.asking_files import file_bodies, file_things
from feesvc.testing.asking_matching import matching_bodies
from feesvc.testing.asking_orders import order_bodies, order_things
from feesvc.testing.finding import found_case
from feesvc.testing.town import CIRCUMSTANCES, RETURN_URL, Town, post, told

DAY = "2030-01-01"
REASON = {"reason": "checked"}
NAMES = {"name_vi": "Tên", "name_en": "Name"}
ITEM = {
    "code": "OTHER", **NAMES, "kind": "charge", "currency": "VND", "citation": "TT 1/2026/TT-BTC",
    "rule": {"rule": "flat", "amount": 10_000}, "effective_from": DAY,
}  # fmt: skip
REDUCTION = {
    "code": "HALF", "items": ["*"], "effect": {"effect": "percent_off", "ppm": 500_000},
    "currency": "VND", "precedence": 1, "effective_from": DAY, "citation": "TT 1/2026/TT-BTC",
}  # fmt: skip
SIGN_IN = {"issuer": "https://issuer.example", "sub": "somebody"}
PERSON = {"name": "Nguyễn Văn An", "phone": "0912345678"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Things:
    """What requests are about, by the names of path parameters and of bodies."""

    agency: str
    account: str
    schedule: str
    portal: str
    assessment: str
    payment: str
    transfer: str
    refund: str
    digest: str
    subject: str
    stream: str
    code: str
    intermediary: str = "somebody"
    arrival: str = "999999999"
    case: str = "0192f0c1-7d2a-4c36-9b1e-5a7b3c9d1e2f"
    reclassification: str = "0192f0c1-7d2a-4c36-9b1e-5a7b3c9d1e2e"
    payment_list: str = "0192f0c1-7d2a-4c36-9b1e-5a7b3c9d1e2d"
    advance: str = "0192f0c1-7d2a-4c36-9b1e-5a7b3c9d1e2c"
    forfeiture: str = "0192f0c1-7d2a-4c36-9b1e-5a7b3c9d1e2b"
    allocation: str = "0192f0c1-7d2a-4c36-9b1e-5a7b3c9d1e2a"
    batch: str = "0192f0c1-7d2a-4c36-9b1e-5a7b3c9d1e29"
    remittance: str = "0192f0c1-7d2a-4c36-9b1e-5a7b3c9d1e28"
    forwarding: str = "0192f0c1-7d2a-4c36-9b1e-5a7b3c9d1e27"
    custody_move: str = "0192f0c1-7d2a-4c36-9b1e-5a7b3c9d1e26"
    cash_deposit: str = "0192f0c1-7d2a-4c36-9b1e-5a7b3c9d1e25"
    budget_claim: str = "0192f0c1-7d2a-4c36-9b1e-5a7b3c9d1e24"
    currency_sale: str = "0192f0c1-7d2a-4c36-9b1e-5a7b3c9d1e23"
    exchange_rate: str = "0192f0c1-7d2a-4c36-9b1e-5a7b3c9d1e22"
    match_rules: str = "0192f0c1-7d2a-4c36-9b1e-5a7b3c9d1e21"
    match_run: str = "0192f0c1-7d2a-4c36-9b1e-5a7b3c9d1e20"
    match: str = "0192f0c1-7d2a-4c36-9b1e-5a7b3c9d1e1f"
    file: str = "0192f0c1-7d2a-4c36-9b1e-5a7b3c9d1e1e"


def missing() -> Things:
    """Nothing of this exists."""
    ids = {name: str(uuid4()) for name in ("account", "schedule", "assessment", "payment")}
    more = {name: str(uuid4()) for name in ("transfer", "refund", "subject", "stream")}
    return Things(agency="Z99", portal="NOBODY", code="9.999999", digest="0" * 64, **ids, **more)


def things_of(town: Town) -> Things:
    """One of each in a town; the refund waits for approval, the schedule for a decision."""
    transfer = town.paid("CHARGE", "FEE")
    wish = {"transfer": transfer["id"], "amount": 1_000, "reason": "withdrawn"}
    refund = told(post(town.portal, "/refunds", wish), 201)
    procedure = {"code": "1.004379", **NAMES}
    told(post(town["administrator"], f"/agencies/{town.agency}/procedures", procedure), 201)
    proposals = f"/fee-schedules/{town.schedule}"
    item = {"proposal": "WAITING", "item": ITEM}
    told(post(town["finance"], f"{proposals}/items", item), 201)
    reduction = {"proposal": "WAITING2", "reduction": REDUCTION}
    told(post(town["finance"], f"{proposals}/reductions", reduction), 201)
    assessment = transfer["placements"][0]["assessment"]
    town.service.client().post(f"/notifications/{town.account}", content=b"forged")
    said = told(town["auditor"].get(f"/merchant-accounts/{town.account}/notifications"))
    return Things(
        agency=town.agency, account=town.account, schedule=town.schedule,
        portal=town.portal_code, assessment=assessment, payment=transfer["payment"],
        transfer=transfer["id"], refund=refund["id"], digest=refund["digest"],
        subject=town.subjects["clerk"], stream=assessment, code="1.004379",
        intermediary=town.stand_in.counterpart.name, arrival=said["notifications"][0]["id"],
        case=found_case(town.service, town.agency, transfer["payment"]), **bank_things(town),
        **advance_things(town), **batch_things(town), **file_things(town),
        **order_things(town, assessment, transfer["id"]),
    )  # fmt: skip


def path_of(template: str, about: Things) -> str:
    """The path below ``/v1`` of a route, about these things."""
    path = template.removeprefix("/v1")
    if "{id}" in path:
        kind = path.partition("/{id}")[0].rpartition("/")[2]
        path = path.replace("{id}", getattr(about, _KINDS.get(kind, "payment")))
    parameters = {
        "agency": about.agency, "account": about.account, "portal": about.portal,
        "subject": about.subject, "stream": about.stream, "code": about.code, "key": "first",
        "proposal": "WAITING2" if "/reductions/" in path else "WAITING",
        "arrival": about.arrival, "name": "2020-01", "batch": about.batch, "number": "1",
        "statement": about.stream,
    }  # fmt: skip
    if "/accounts/{account}/" in template:
        parameters["account"] = "1200"  # of a ledger, not of a merchant
    query = next((asked for ending, asked in _QUERIES.items() if path.endswith(ending)), "")
    return (path + query).format(**parameters)


_QUERIES = {
    "/subjects/{subject}": "?reason=checked",
    "/notifications/{arrival}": "?reason=checked",
    "/files": "?account={account}",
    "/bad-line": "?reason=checked",
    "/trial": "?profile=daily",
    "/intermediaries": "?amount=115000&currency=VND",
}
_KINDS = {
    "assessments": "assessment", "cases": "case", "fee-schedules": "schedule",
    "merchant-accounts": "account", "refunds": "refund", "transfers": "transfer",
    "reclassifications": "reclassification", "payment-lists": "payment_list",
    "advances": "advance", "forfeitures": "forfeiture", "allocations": "allocation",
    "bank-credits": "transfer", "budget-claims": "budget_claim", "cash-deposits": "cash_deposit",
    "currency-sales": "currency_sale", "custody-moves": "custody_move",
    "exchange-rates": "exchange_rate", "files": "file", "forwardings": "forwarding",
    "match-rules": "match_rules", "match-runs": "match_run", "matches": "match",
    "remittances": "remittance",
}  # fmt: skip


def bodies(about: Things) -> Mapping[str, Any]:
    """What each POST says, by the template of its path; None is no body."""
    banking = bank_bodies(about.transfer, about.refund, about.digest, about.assessment)
    ordering = order_bodies(about.digest)
    return {
        **_of_an_agency(about), **_of_its_registries(about), **_of_money(about), **banking,
        **ordering, **advance_bodies(about.assessment, about.digest),
        **matching_bodies(about.account, about.digest),
        **batch_bodies(about.account, about.batch, about.digest),
        **file_bodies(about.account, about.digest, about.case),
    }  # fmt: skip


def _of_an_agency(about: Things) -> Mapping[str, Any]:
    agency = "/v1/agencies/{agency}"
    settings = {"intermediary": about.intermediary, "mode": "test", "currencies": ["VND"]}
    return {
        "/v1/agencies": {"code": f"{about.agency}.1", **NAMES},
        f"{agency}/rename": {**NAMES, "effective_on": DAY},
        f"{agency}/move": {"effective_on": DAY},
        f"{agency}/succeed": {"successor": "Z98", "effective_on": DAY},
        f"{agency}/bank-accounts": {
            "purpose": "collection", "bank": "970436", "number": "1", "currency": "VND",
            "effective_on": DAY,
        },
        f"{agency}/filling-order": {
            "order": ["fee", "charge", "postal", "advance"], "effective_on": DAY,
        },
        f"{agency}/receipt-series": {
            "series": "BI-30T", "form": "01BLP0-001", "effective_on": DAY,
        },
        f"{agency}/merchant-accounts": settings,
        f"{agency}/officers": {**SIGN_IN, "roles": ["clerk"]},
        f"{agency}/officers/{{subject}}/revoke": {"roles": ["clerk"], **REASON},
        f"{agency}/procedures": {"code": "2.001195", **NAMES},
        f"{agency}/procedures/{{code}}/describe": {
            "service_level": "full", "on_national_portal": True, "takes_online_payment": True,
            "effective_on": DAY,
        },
        f"{agency}/fee-schedules": {"document": "TT 2/2026/TT-BTC", "title": "Mức thu"},
        f"{agency}/subjects/search": {"name": "Nguyễn Văn An"},
        **_of_its_periods(about),
    }  # fmt: skip


def _of_its_periods(about: Things) -> Mapping[str, Any]:
    period = "/v1/agencies/{agency}/periods/{name}"
    digest = {"digest": "0" * 64}
    return {
        f"{period}/begin-closing": None,
        f"{period}/withdraw": REASON,
        f"{period}/propose": digest,
        f"{period}/close": digest,
        f"{period}/ask-reopening": REASON,
        f"{period}/refuse-reopening": REASON,
        f"{period}/reopen": None,
    }


def _of_its_registries(about: Things) -> Mapping[str, Any]:
    schedule = "/v1/fee-schedules/{id}"
    withdraw = {"withdrawn_on": DAY, **REASON}
    return {
        "/v1/operators": SIGN_IN,
        "/v1/operators/{subject}/revoke": REASON,
        "/v1/portals": {
            "code": f"{about.portal}-2", "agency": about.agency, "name": "Cổng",
            "agencies": [about.agency], "scopes": [],
        },
        "/v1/portals/{portal}/scopes": {"scopes": ["ledgers:read"]},
        "/v1/portals/{portal}/agencies": {"agencies": [about.agency]},
        "/v1/portals/{portal}/return-urls": {"return_urls": [RETURN_URL]},
        "/v1/portals/{portal}/keys": {"key": "second"},
        "/v1/portals/{portal}/keys/{key}/revoke": None,
        f"{schedule}/items": {"proposal": "NEW", "item": ITEM},
        f"{schedule}/items/{{proposal}}/approve": None,
        f"{schedule}/items/{{proposal}}/reject": REASON,
        f"{schedule}/items/{{proposal}}/withdraw": withdraw,
        f"{schedule}/reductions": {"proposal": "NEW2", "reduction": REDUCTION},
        f"{schedule}/reductions/{{proposal}}/approve": None,
        f"{schedule}/reductions/{{proposal}}/reject": REASON,
        f"{schedule}/reductions/{{proposal}}/withdraw": withdraw,
        "/v1/merchant-accounts/{id}/rekey": {"settings": {}},
        "/v1/merchant-accounts/{id}/close": None,
        "/v1/merchant-accounts/{id}/settlements": {"batch": "B-1"},
        "/v1/merchant-accounts/{id}/settlement-documents": None,
        "/v1/merchant-accounts/{id}/notifications/{arrival}/verification": None,
        "/v1/merchant-accounts/{id}/notifications/erasure": {
            "before": f"{DAY}T00:00:00Z", "reason": "retention",
        },
    }  # fmt: skip


def _of_money(about: Things) -> Mapping[str, Any]:
    share = {"agency": about.agency, "lines": [{"item": "CHARGE"}]}
    amounts = {"lines": {"1": 1_000}, **REASON}
    return {
        "/v1/quotes": {"share": share, "circumstances": CIRCUMSTANCES},
        "/v1/assessments": {
            "dossier": f"{about.agency}-261120-9999", "shares": [share],
            "circumstances": CIRCUMSTANCES, "payer": PERSON,
        },
        "/v1/assessments/{id}/increase": amounts,
        "/v1/assessments/{id}/reduce": amounts,
        "/v1/assessments/{id}/waive": REASON,
        "/v1/assessments/{id}/cancel": REASON,
        "/v1/assessments/{id}/supersede": {"by_notice": "2", **REASON},
        "/v1/payments": {
            "assessments": [about.assessment], "account": about.account, "return_url": RETURN_URL,
        },
        "/v1/payments/{id}/look-up": None,
        "/v1/payments/{id}/cancellation": None,
        "/v1/cases/{id}/assign": {"assignee": about.subject},
        "/v1/cases/{id}/take-up": None,
        "/v1/cases/{id}/inquire": {"inquiry": "TS-1", "due_on": DAY},
        "/v1/cases/{id}/answer": REASON,
        "/v1/cases/{id}/notes": {"text": "Đã gọi"},
        "/v1/cases/{id}/resolve": {"resolution": "explained", **REASON},
        "/v1/cases/{id}/approve": {"digest": about.digest},
        "/v1/cases/{id}/send-back": REASON,
        "/v1/cases/{id}/reopen": REASON,
        "/v1/refunds": {
            "transfer": about.transfer, "amount": 1_000, "payee": PERSON, **REASON,
        },
        "/v1/refunds/{id}/approve": {"digest": about.digest},
        "/v1/refunds/{id}/reject": REASON,
    }  # fmt: skip
