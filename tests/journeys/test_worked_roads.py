"""The cases worked by hand, played over HTTP: every book must end where the hand says."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from feesvc.embedded import Database, Server
from feesvc.testing.road import Proofs, Road, open_road
from feesvc.testing.service import RunningService, running_service
from feesvc.testing.town import post, told

HERE = Path(__file__).parent
CASES: Mapping[str, Any] = tomllib.loads((HERE / "worked_cases.toml").read_text(encoding="utf-8"))
LEDGER, CASE_LIST, REGISTER = "agency_ledger", "case_list", "payment_register"


@pytest.fixture(scope="module")
def service(database_server: Server, migrated: str) -> Iterator[RunningService]:
    """One service for all of them, with its worker; each case has an agency of its own."""
    fresh: Database = database_server.create("feesvc_worked_roads", template=migrated)
    with running_service(fresh) as running, running.working():
        yield running
    database_server.drop(fresh.name)


def ends(case: str, road: Road, agency: str = "A") -> None:
    """Where the hand says, and with all that must hold of any book."""
    proofs = Proofs(road.town, LEDGER, CASE_LIST)
    for currency, book in CASES[case][agency].items():
        expected = {int(account): amount for account, amount in book["ends"].items()}
        assert proofs.balances(currency) == expected
        proofs.adds_up(currency)
    proofs.covered()


def test_cash_at_the_counter(service: RunningService) -> None:
    road = open_road(service, "A01", "sandbox")
    road.takes_cash(road.town.assessment("CHARGE"), 115_000)
    deposit = road.hands_in()
    road.papers.statement((115_000, f"NOP TIEN MAT {deposit['reference']}"))
    road.allocates()
    road.remits()
    ends("at_the_counter", road)
    assert Proofs(road.town, LEDGER, CASE_LIST).cases() == []


def test_a_forfeited_advance(service: RunningService) -> None:
    road = open_road(service, "A02", "vietqr")
    advance = road.town.assessment("ADVANCE")
    road.transfers_from_bank(road.asks(advance), 300_000)
    road.moves("advance_to_custody", 300_000, "collection", "treasury_custody")
    wish = {"reason": "judgment"}
    asked = told(post(road.town["finance"], f"/advances/{advance['id']}/forfeit", wish), 201)
    road.approved("forfeitures", asked)
    road.remits(source="treasury_custody")
    ends("forfeited", road)
    assert Proofs(road.town, LEDGER, CASE_LIST).cases() == []


def test_reduced_after_part(service: RunningService) -> None:
    road = open_road(service, "A03", "vietqr")
    charge = road.owes("charge", 100_000)
    transfer = road.transfers_from_bank(road.asks(charge), 80_000)
    less = {"lines": {"1": 50_000}, "reason": "reconsidered"}
    told(post(road.town["clerk"], f"/assessments/{charge['id']}/reduce", less))
    assert Proofs(road.town, LEDGER, CASE_LIST).covered()["VND"]["owed"]["credit"] == 30_000
    road.pays_out(road.gives_back(transfer, 30_000))
    ends("reduced_after_part", road)


def test_cancelled_in_flight(service: RunningService) -> None:
    road = open_road(service, "A04", "sandbox")
    charge = road.owes("charge", 80_000)
    payment = road.asks(charge)
    cancel = {"reason": "withdrawn"}
    told(post(road.town["clerk"], f"/assessments/{charge['id']}/cancel", cancel))
    road.paid(payment)
    [refund] = road.proposed(REGISTER)
    road.agrees_to(refund)
    road.returns(refund)
    ends("cancelled_in_flight", road)


def test_set_off(service: RunningService) -> None:
    road = open_road(service, "A05", "vietqr")
    first = road.transfers_from_bank(road.asks(road.owes("charge", 70_000)), 70_000)
    road.allocates()
    road.remits()
    refund = road.gives_back(first, 70_000)
    road.transfers_from_bank(road.asks(road.owes("charge", 100_000)), 100_000)
    road.pays_out(refund)
    road.allocates()
    whole = post(road.town["finance"], f"/agencies/{road.town.agency}/remittances", {})
    assert told(whole, 409)["type"] == "/problems/shortfall"  # what was given back is missing
    sent = road.remits(set_off=True)
    assert (sent["total"]["amount"], sent["paid"]["amount"]) == (100_000, 30_000)
    ends("set_off", road)
