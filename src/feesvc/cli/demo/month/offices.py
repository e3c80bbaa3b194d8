"""Offices: the month's agencies with their people, prices, accounts and the ways files are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from feesvc.cli.demo.month.banks import Teller
from feesvc.cli.demo.month.content import SampleAgency, SampleItem, Till, sample_month
from feesvc.cli.demo.month.saying import Person
from feesvc.domain.portal import SCOPES
from feesvc.testing.banking import Account
from feesvc.testing.counterpart import Counterpart
from feesvc.testing.service import OPERATOR, RunningService

ROLES = {
    "administrator": "administrator", "clerk": "clerk", "finance": "finance",
    "approver": "approver", "second": "approver", "auditor": "auditor",
}  # fmt: skip
"""Who works in each agency, and in which role."""
RETURN_URL = "https://portal.example/return"
LONG_AGO = "2020-01-01"
PORTAL = "MONTH"
STATEMENT_PROFILE = files("feesvc.cli.sample").joinpath("month_statement.toml")


@dataclass
class Office:
    """One agency: its people by name, its accounts at banks by currency."""

    code: str
    sample: SampleAgency
    people: Mapping[str, Person]
    subjects: Mapping[str, str]
    """Its officers' subjects, by name."""
    tellers: dict[str, Teller] = field(default_factory=dict)
    deposits: dict[str, Account] = field(default_factory=dict)
    """Its accounts at the State Treasury, by currency: what goes in there is the Treasury's."""

    def __getitem__(self, name: str) -> Person:
        return self.people[name]


@dataclass(frozen=True, slots=True)
class Desk:
    """A till as the service knows it, and the intermediary behind it."""

    till: Till
    account: str
    counterpart: Counterpart


@dataclass
class Country:
    """Everybody of the month. ``folder`` is where files lie on their way."""

    service: RunningService
    folder: Path
    offices: dict[str, Office]
    desks: list[Desk]
    portal: Person

    def desks_of(self, office: Office) -> list[Desk]:
        return [desk for desk in self.desks if desk.till.agency == office.code]


def founded(service: RunningService, folder: Path, tills: Sequence[Till]) -> Country:
    """Register everything, as an operator, administrators and officers do."""
    operator = _person(service, OPERATOR)
    offices = {one.code: _office(service, operator, one) for one in sample_month().agencies}
    desks = [_desk(service, offices[till.agency], till) for till in tills]
    for office in offices.values():
        _account_files(office, folder)
    return Country(service, folder, offices, desks, _portal(service, operator))


def _person(service: RunningService, name: str) -> Person:
    return Person(
        service.url, lambda: service.issuer.sign(name, at=service.now()), service.client()
    )


def _office(service: RunningService, operator: Person, sample: SampleAgency) -> Office:
    code = sample.code
    names = {"name_vi": f"Cơ quan {code}", "name_en": f"Agency {code}"}
    operator.post("/agencies", {"code": code, **names, "parent": sample.parent or None})
    people, subjects = {}, {}
    for name, role in ROLES.items():
        who = {"issuer": service.issuer.url, "sub": f"{name}.{code}", "roles": [role]}
        subjects[name] = operator.post(f"/agencies/{code}/officers", who)["subject"]
        people[name] = _person(service, f"{name}.{code}")
    office = Office(code, sample, people, subjects)
    series = {"series": "BI-25E", "form": "01BLP0-001", "effective_on": LONG_AGO}
    office["administrator"].post(f"/agencies/{code}/receipt-series", series)
    _prices(office)
    _bank(office, "VND", sample.number, sample.deposit)
    abroad = sample_month().foreign
    if abroad.agency == code:
        _bank(office, abroad.currency, abroad.number, abroad.deposit)
    return office


def _prices(office: Office) -> None:
    """Every item is proposed by one and approved by another."""
    document = {"document": sample_month().citation, "title": "Bảng giá mẫu"}
    at = f"/agencies/{office.code}/fee-schedules"
    schedule = office["finance"].post(at, document)["id"]
    for item in office.sample.items:
        proposed = {"proposal": item.code, "item": _item(item)}
        office["finance"].post(f"/fee-schedules/{schedule}/items", proposed)
        office["approver"].post(f"/fee-schedules/{schedule}/items/{item.code}/approve")


def _item(item: SampleItem) -> dict[str, Any]:
    return {
        "code": item.code, "name_vi": item.name_vi, "name_en": item.name_en, "kind": item.kind,
        "currency": item.currency, "rule": {"rule": "flat", "amount": item.amount},
        "retained_ppm": item.retained_ppm, "budget": item.budget, "effective_from": LONG_AGO,
        "citation": sample_month().citation,
    }  # fmt: skip


def _bank(office: Office, currency: str, number: str, deposit: str) -> None:
    sample = office.sample
    for purpose, account in (("collection", number), ("treasury_deposit", deposit)):
        named = {"purpose": purpose, "currency": currency, "effective_on": LONG_AGO}
        body = {**named, "bank": sample.bank, "number": account}
        office["administrator"].post(f"/agencies/{office.code}/bank-accounts", body)
    known = office["finance"].types("files", "accounts", office.code)["items"]
    id = next(one["id"] for one in known if one["name"] == number)
    kept = Account(bank=sample.bank, number=number, currency=currency)
    office.tellers[currency] = Teller(kept, id, sample.statements)
    office.deposits[currency] = Account(bank=sample.bank, number=deposit, currency=currency)


def _desk(service: RunningService, office: Office, till: Till) -> Desk:
    """A merchant account, its contract's tariff, and how its settlements are read: each by two."""
    stand_in = service.stand_ins[till.name]
    opened = office["administrator"].post(
        f"/agencies/{office.code}/merchant-accounts",
        {
            "intermediary": till.intermediary, "mode": "test",
            "settings": dict(stand_in.settings), "currencies": [till.currency],
        },
    )  # fmt: skip
    stand_in.counterpart.notify_url = opened["notification_url"]
    if stand_in.counterpart.settles is not None:
        _layout(office, opened["id"], till)
    return Desk(till, opened["id"], stand_in.counterpart)


def _layout(office: Office, account: str, till: Till) -> None:
    said = office["finance"].types("file-profiles", "show", office.code, account)
    abroad = sample_month().foreign
    layout = abroad.layout if till.currency == abroad.currency else next(iter(said["starting"]))
    _agree(office, account, "--starting", layout)


def _account_files(office: Office, folder: Path) -> None:
    """A bank whose statements are tables says how; the others' formats say so themselves."""
    for teller in office.tellers.values():
        if teller.form == "delimited":
            profile = folder / f"{office.code}-statement.toml"
            profile.write_text(STATEMENT_PROFILE.read_text("utf-8"), encoding="utf-8")
            _agree(office, teller.id, "--path", profile)


def _agree(office: Office, account: str, *layout: object) -> None:
    words = ("file-profiles", "propose", office.code, account, "--valid-from", LONG_AGO)
    said = office["finance"].types(*words, *layout)
    [version] = said["versions"]
    office["approver"].types(
        "file-profiles", "approve", office.code, account, version["number"],
        "--digest", version["digest"],
    )  # fmt: skip


def _portal(service: RunningService, operator: Person) -> Person:
    operator.post(
        "/portals",
        {
            "code": PORTAL, "agency": sample_month().collector, "name": "Cổng dịch vụ công",
            "agencies": [one.code for one in sample_month().agencies], "scopes": list(SCOPES),
            "return_urls": [RETURN_URL],
        },
    )  # fmt: skip
    key = str(operator.post(f"/portals/{PORTAL}/keys", {"key": "first"})["secret"])
    return Person(service.url, lambda: key, service.client())
