"""A running service for the roads of worked cases, and where each of them must end."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

import pytest

from feesvc.embedded import Database, Server
from feesvc.plugins import projections
from feesvc.projecting.digesting import digest
from feesvc.projecting.rebuilding import rebuild
from feesvc.projecting.runner import connect
from feesvc.store.following import LogReader
from feesvc.testing.road import Proofs, Road
from feesvc.testing.service import RunningService, running_service

HERE = Path(__file__).parent
CASES: Mapping[str, Any] = tomllib.loads((HERE / "worked_cases.toml").read_text(encoding="utf-8"))
POSTED_AS: Mapping[str, set[str]] = {
    "P02m": {"P02b"},
    "P06u": {"P06", "P09g"},
    "P08n": {"P08n", "-P08"},
    "P18": {"-P06"},
    "P21": {"P06"},
    "P21b": {"P15"},
}
"""Examples of several rules at once, or of a rule the other way: what the journal calls them."""
LEDGER, CASE_LIST = "agency_ledger", "case_list"


@pytest.fixture(scope="module")
def roads(database_server: Server, migrated: str) -> Iterator[RunningService]:
    """One service for all roads of a module, with its worker; each has an agency of its own.

    At the end the ledger of them all is rebuilt, and must be what it was.
    """
    fresh: Database = database_server.create(f"feesvc_roads_{uuid4().hex[:12]}", template=migrated)
    with running_service(fresh) as running:
        with running.working():
            yield running
            running.await_followers()
        before = ledger_digest(fresh)
        with LogReader(fresh.url) as log:
            rebuild(fresh.owner_url, "feesvc_service", projections()[LEDGER], log)
        assert ledger_digest(fresh) == before
    database_server.drop(fresh.name)


def ledger_digest(database: Database) -> str:
    with connect(database.url, LEDGER) as db:
        return digest(db.cursor(), LEDGER)


def rules_of(entries: str) -> set[str]:
    """The rules that a worked case goes by."""
    return {line.split()[0] for line in entries.strip().splitlines()}


class Ends(Protocol):
    def __call__(self, case: str, road: Road, agency: str = "A", short: int = 0) -> None: ...


@pytest.fixture
def ends() -> Ends:
    return _ends


@pytest.fixture
def read() -> Callable[[Road], Proofs]:
    return lambda road: Proofs(road.town, LEDGER, CASE_LIST)


def _ends(case: str, road: Road, agency: str = "A", short: int = 0) -> None:
    """Where the hand says, and with all that must hold of any book.

    ``short``: what the case leaves missing in the accounts: commission that nobody made good, what
    a dispute took away after remittance.
    """
    proofs = Proofs(road.town, LEDGER, CASE_LIST)
    for currency, book in CASES[case][agency].items():
        expected = {int(account): amount for account, amount in book["ends"].items()}
        assert proofs.balances(currency) == expected
        proofs.adds_up(currency)
        posted, worked = proofs.rules(currency), rules_of(book["entries"])
        assert {rule for rule in worked if not posted & POSTED_AS.get(rule, {rule})} == set()
    proofs.covered(short)
