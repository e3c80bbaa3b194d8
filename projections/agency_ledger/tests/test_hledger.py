"""The exported book, added up again by programs that are not ours."""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from beancount import loader
from beancount.core import realization
from fastapi.testclient import TestClient

from feesvc.domain.aggregate import Recorded
from feesvc.embedded import Database
from feesvc.money import Money, decimal
from feesvc.testing.money_events import (
    COLLECTOR,
    FEE,
    OWN,
    collected,
    credit,
    disputed,
    line,
    lost,
    placed,
    raised,
    settled,
    suspense,
)
from feesvc.testing.reading import at, reading
from feesvc_agency_ledger import AgencyLedger

HLEDGER = shutil.which("hledger")
DATED = re.compile(r"(\d{4}-\d\d-\d\d)(?:=\d{4}-\d\d-\d\d)? \* (.*)")
POSTING = re.compile(
    r"    ([a-z]+):(\d+)  (-?[\d.]+) ([A-Z]{3})(?: = (-?[\d.]+) [A-Z]{3})?(?:  ;.*)?"
)
ROOTS = {
    "assets": "Assets", "liabilities": "Liabilities", "equity": "Equity", "income": "Income",
    "expenses": "Expenses",
}  # fmt: skip


def story() -> list[Recorded]:
    return [
        at(raised(FEE, 100_000), "2026-01-10"),
        at(placed(line(60_000)), "2026-01-31", known="2026-02-02"),
        at(raised(FEE, 50_000, assessment="A2"), "2026-02-15"),
        at(placed(line(40_000), credit(5_000), transfer="T2"), "2026-03-30", known="2026-04-01"),
        at(placed(suspense(7_000), transfer="T3"), "2026-03-31"),
        at(settled(commission=1_100, tax=110), "2026-04-01"),
        at(raised(FEE, 9_000, assessment="A3", agency=COLLECTOR), "2026-04-02"),
        at(collected(5_000, collector=COLLECTOR), "2026-04-03"),
        at(disputed(60_000, fee=5_000), "2026-04-05"),
        at(lost(line(60_000, due=True)), "2026-04-06"),
    ]


def book(client: TestClient, **query: str) -> str:
    answer = client.get("journal", params={"format": "hledger", **query})
    assert answer.status_code == 200, answer.text
    return answer.content.decode()


def balances(client: TestClient, **query: str) -> dict[tuple[str, str], str]:
    """What our own trial balance says, by account and currency; nothing that is zero."""
    said = client.get("trial-balance", params=query).json()
    return {
        (row["account"], of["currency"]): decimal(Money(row["balance"]["amount"], of["currency"]))
        for of in said["books"]
        for row in of["accounts"]
        if row["balance"]["amount"]
    }


SPANS: list[dict[str, str]] = [
    {}, {"period": "2026-Q2"}, {"period": "2026-02"}, {"as_of": "2026-03-30"},
    {"known_at": "feesvc-4"}, {"units": "own"},
]  # fmt: skip


@pytest.mark.skipif(HLEDGER is None, reason="hledger is not installed here: it judges nothing")
@pytest.mark.parametrize("query", SPANS)
def test_hledger_accepts_the_book_and_agrees_on_every_balance(
    database: Database, tmp_path: Path, query: dict[str, str]
) -> None:
    with reading(database, AgencyLedger(), story(), OWN) as client:
        file = tmp_path / "book.journal"
        file.write_text(book(client, **query), encoding="utf-8")
        _hledger(file, "check", "--strict")
        told = _hledger(file, "balance", "--flat", "--no-total", "-O", "csv", "--layout", "bare")
        found = {
            (row["account"].rpartition(":")[2], row["commodity"]): row["balance"]
            for row in csv.DictReader(io.StringIO(told))
        }
        assert found == balances(client, **query)


def _hledger(file: Path, *words: str) -> str:
    assert HLEDGER
    done = subprocess.run(
        [HLEDGER, "-f", str(file), *words], capture_output=True, text=True, check=False,
        env={"LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("query", SPANS)
def test_beancount_agrees_on_every_balance_and_assertion(
    database: Database, query: dict[str, str]
) -> None:
    """Read line by line into beancount's own syntax, which adds up and checks on its own."""
    with reading(database, AgencyLedger(), story(), OWN) as client:
        entries, errors, _ = loader.load_string(_in_beancount(book(client, **query)))
        assert errors == []
        found: dict[tuple[str, str], str] = {}
        tree = realization.realize(entries)  # type: ignore[no-untyped-call]
        for account in realization.iter_children(tree):  # type: ignore[no-untyped-call]
            for position in account.balance:
                key = (account.account.rpartition(":")[2], position.units.currency)
                found[key] = str(position.units.number)
        ours = balances(client, **query)
        assert {key: Decimal(number) for key, number in found.items()} == {
            key: Decimal(number) for key, number in ours.items()
        }


def test_a_changed_amount_is_noticed_by_the_judge(database: Database) -> None:
    with reading(database, AgencyLedger(), story(), OWN) as client:
        changed = book(client).replace("60000 VND", "60001 VND", 1)
        _, errors, _ = loader.load_string(_in_beancount(changed))
        assert errors


def _in_beancount(text: str) -> str:
    """Every line of a journal is of a known shape; one that is not fails here."""
    lines: list[str] = []
    asserted: list[str] = []
    day = ""
    for told in text.splitlines():
        if dated := DATED.fullmatch(told):
            day = dated[1]
            lines.append(f"{day} * {_quoted(dated[2])}")
        elif posting := POSTING.fullmatch(told):
            account = f"{ROOTS[posting[1]]}:{posting[2]}"
            lines.append(f"  {account}  {posting[3]} {posting[4]}")
            if posting[5] and not Decimal(posting[3]):
                after = date.fromordinal(date.fromisoformat(day).toordinal() + 1)
                asserted.append(f"{after} balance {account}  {posting[5]} {posting[4]}")
        elif opened := re.fullmatch(r"account ([a-z]+):(\d+)(?:  ; type: [A-Z])?", told):
            if opened[1] in ROOTS:
                lines.append(f"2000-01-01 open {ROOTS[opened[1]]}:{opened[2]}")
        else:
            assert not told or re.match(r" *;|commodity 1000\.0* [A-Z]{3}$", told), told
            lines.append(f";{told}" if told else "")
    assert asserted, "no balance is asserted"
    return "\n".join((*lines, *asserted, ""))


def _quoted(text: str) -> str:
    return '"' + text.replace('"', "'") + '"'


def test_every_transaction_tells_both_days_and_its_position(database: Database) -> None:
    with reading(database, AgencyLedger(), story(), OWN) as client:
        text = book(client)
        assert "2026-01-31=2026-02-02 * (feesvc-2) P06  ; agency:G14, rules:1\n" in text
        assert "commodity 1000. VND\n" in text
        opening = book(client, period="2026-Q2").partition("opening balances\n")[2]
        assert opening.startswith("    assets:1100  50000 VND = 50000 VND\n")


def test_an_empty_book_is_a_journal_as_well(database: Database) -> None:
    with reading(database, AgencyLedger(), [], OWN) as client:
        said: Any = book(client)
        assert "account assets:1200" in said and " * " not in said
