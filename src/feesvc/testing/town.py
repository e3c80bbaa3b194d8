"""Towns: an agency with all that it needs to take a payment, set up over HTTP like any other."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx

from feesvc.testing.service import OPERATOR, RunningService, StandIn, new_key

ROLES = ("administrator", "clerk", "finance", "approver", "auditor")
SCOPES = [
    "assessments:read", "assessments:write", "payments:read", "payments:write", "refunds:read",
    "refunds:write", "ledgers:read",
]  # fmt: skip
ITEMS: Mapping[str, tuple[str, int, int]] = {
    "CHARGE": ("charge", 115_000, 0),
    "FEE": ("fee", 100_000, 900_000),
    "ADVANCE": ("advance", 300_000, 0),
}
"""Kind, full amount in đồng and retained share of each item that a town charges."""
RETURN_URL = "https://portal.example/return"
CIRCUMSTANCES = {"channel": "online", "submitted_on": "2026-11-20"}


class Unexpected(AssertionError):
    """An answer that the story did not expect."""


def told(response: httpx.Response, *statuses: int) -> Any:
    """The body of an answer with one of these statuses; 2xx when none is named."""
    if response.status_code not in statuses and (statuses or not response.is_success):
        asked = f"{response.request.method} {response.url.path}"
        raise Unexpected(f"{asked}: {response.status_code} {response.text}")
    return response.json()


def post(client: httpx.Client, path: str, body: Any = None, *, key: str = "") -> httpx.Response:
    """Ask once, under a key of its own unless one is given."""
    headers = {"Idempotency-Key": key} if key else new_key()
    return client.post(path, json=body, headers=headers)


@dataclass
class Town:
    """One agency, one portal, one officer for each role, one merchant account."""

    service: RunningService
    agency: str
    stand_in: StandIn
    account: str
    schedule: str
    key: str
    """The portal's credential."""
    portal_code: str
    portal: httpx.Client
    officers: Mapping[str, httpx.Client]
    subjects: Mapping[str, str]
    _count: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def __getitem__(self, role: str) -> httpx.Client:
        return self.officers[role]

    def raising(self, *items: str, dossier: str = "", **more: Any) -> dict[str, Any]:
        """A request to raise what a new dossier owes; every item once."""
        lines = [{"item": item} for item in items or ("CHARGE",)]
        return {
            "dossier": dossier or f"{self.agency}-261120-{next(self._count):04d}",
            "shares": [{"agency": self.agency, "lines": lines}],
            "circumstances": CIRCUMSTANCES,
            **more,
        }

    def assessment(self, *items: str, **more: Any) -> dict[str, Any]:
        """Raise what a new dossier owes; gives the assessment."""
        said = told(post(self.portal, "/assessments", self.raising(*items, **more)), 201)
        found: dict[str, Any] = said["assessments"][0]
        return found

    def paying(self, *assessments: str) -> dict[str, Any]:
        """A request for a payment."""
        return {"assessments": assessments, "account": self.account, "return_url": RETURN_URL}

    def payment(self, *assessments: str) -> dict[str, Any]:
        """Ask for a payment, as often as it takes; gives it presented."""
        found: dict[str, Any] = told(post(self.portal, "/payments", self.paying(*assessments)), 201)
        return found

    def paid(self, *items: str) -> dict[str, Any]:
        """Raise, pay in full, be notified; gives the transfer as finance staff see it."""
        payment = self.payment(self.assessment(*items)["id"])
        return self.receive(payment)

    def receive(self, payment: Mapping[str, Any], amount: int | None = None) -> dict[str, Any]:
        """The payer pays, and we learn of it; gives the transfer."""
        transaction = self.stand_in.counterpart.pay(payment["reference"], amount)
        told(post(self.portal, f"/payments/{payment['id']}/look-up"))
        return self.transfer(transaction)

    def transfer(self, transaction: str) -> dict[str, Any]:
        """How a transfer stands, by its transaction at the intermediary."""
        id = self.service.ids().transfer(UUID(self.account), transaction)
        found: dict[str, Any] = told(self["finance"].get(f"/transfers/{id}"))
        return found


def found_town(
    service: RunningService, intermediary: str, agency: str = "G14", portal: str = "PORTAL"
) -> Town:
    """Set up an agency that charges ``ITEMS``, and a portal that acts for it.

    Officers sign in as ``<role>.<agency>``.
    """
    stand_in = service.stand_ins[intermediary]
    officers = {role: service.person(f"{role}.{agency}") for role in ROLES}
    with service.person(OPERATOR) as operator:
        names = {"name_vi": f"Cơ quan {agency}", "name_en": f"Agency {agency}"}
        told(post(operator, "/agencies", {"code": agency, **names}), 201)
        subjects = {}
        for role in ROLES:
            who = {"issuer": service.issuer.url, "sub": f"{role}.{agency}", "roles": [role]}
            appointed = told(post(operator, f"/agencies/{agency}/officers", who), 201)
            subjects[role] = appointed["subject"]
    account = _account(officers["administrator"], agency, intermediary, stand_in)
    schedule = _schedule(officers, agency)
    key = _portal(officers["administrator"], agency, portal)
    client = service.client(key)
    return Town(
        service, agency, stand_in, account, schedule, key, portal, client, officers, subjects
    )


def _account(administrator: httpx.Client, agency: str, intermediary: str, stand_in: StandIn) -> str:
    asked = {
        "intermediary": intermediary,
        "mode": "test",
        "settings": dict(stand_in.settings),
        "currencies": ["VND"],
    }
    opened = told(post(administrator, f"/agencies/{agency}/merchant-accounts", asked), 201)
    series = {"series": "BI-26T", "form": "01BLP0-001", "effective_on": "2020-01-01"}
    told(post(administrator, f"/agencies/{agency}/receipt-series", series), 201)
    return str(opened["id"])


def _schedule(officers: Mapping[str, httpx.Client], agency: str) -> str:
    document = {"document": "TT 1/2026/TT-BTC", "title": "Mức thu"}
    opened = told(post(officers["finance"], f"/agencies/{agency}/fee-schedules", document), 201)
    items = f"/fee-schedules/{opened['id']}/items"
    for code, (kind, amount, retained_ppm) in ITEMS.items():
        item = {
            "code": code, "name_vi": code, "name_en": code, "kind": kind, "currency": "VND",
            "rule": {"rule": "flat", "amount": amount}, "effective_from": "2020-01-01",
            "retained_ppm": retained_ppm, "citation": "TT 1/2026/TT-BTC",
        }  # fmt: skip
        told(post(officers["finance"], items, {"proposal": code, "item": item}), 201)
        told(post(officers["approver"], f"{items}/{code}/approve"), 200)
    return str(opened["id"])


def _portal(administrator: httpx.Client, agency: str, portal: str) -> str:
    asked = {
        "code": portal, "agency": agency, "name": "Cổng", "agencies": [agency], "scopes": SCOPES,
        "return_urls": [RETURN_URL],
    }  # fmt: skip
    told(post(administrator, "/portals", asked), 201)
    issued = told(post(administrator, f"/portals/{portal}/keys", {"key": "first"}), 201)
    return str(issued["secret"])
