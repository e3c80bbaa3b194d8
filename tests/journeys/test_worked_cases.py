"""Cases worked by hand: their own arithmetic, held against the worked truth of every rule."""

from __future__ import annotations

import csv
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

HERE = Path(__file__).parent
CASES: Mapping[str, Any] = tomllib.loads((HERE / "worked_cases.toml").read_text(encoding="utf-8"))
RULES = HERE.parent.parent / "projections/agency_ledger/tests/posting_examples.csv"
STANDS_FOR = {1300: {1200}, 1110: {1200}, 2300: {2500, 2510}, 2360: {2500}}
"""Where a capture came as a bank credit, or as cash; an advance, a postal line (DESIGN §7)."""


class Entry(NamedTuple):
    rule: str
    amounts: Mapping[int, int]


class Book(NamedTuple):
    agency: str
    currency: str
    entries: list[Entry]
    ends: Mapping[int, int]


def books(case: str) -> Iterator[Book]:
    """Every book of a case: who, in which currency, what was posted, and how it ends."""
    for agency, of_agency in CASES[case].items():
        if agency == "title":
            continue
        for currency, told in of_agency.items():
            entries = [_entry(line.split()) for line in told["entries"].strip().splitlines()]
            ends = {int(account): amount for account, amount in told["ends"].items()}
            yield Book(agency, currency, entries, ends)


def _entry(words: list[str]) -> Entry:
    pairs = zip(words[1::2], words[2::2], strict=True)
    return Entry(words[0], {int(account): int(amount) for account, amount in pairs})


@pytest.fixture(scope="module")
def worked() -> Mapping[str, set[tuple[int, bool]]]:
    """The accounts of each rule, and whether it debits them."""
    rules: dict[str, set[tuple[int, bool]]] = {}
    with RULES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            rules.setdefault(row["rule"], set()).add((int(row["account"]), bool(row["debit"])))
    return rules


@pytest.mark.parametrize("case", CASES)
def test_a_case_adds_up_as_it_says(case: str, worked: Mapping[str, set[tuple[int, bool]]]) -> None:
    for book in books(case):
        balances: Counter[int] = Counter()
        for entry in book.entries:
            assert sum(entry.amounts.values()) == 0, entry
            for account, amount in entry.amounts.items():
                kinds = {account, *STANDS_FOR.get(account, ())}
                sides = {(kind, amount > 0) for kind in kinds}
                assert sides & worked[entry.rule], (entry, account)
            balances.update(entry.amounts)
        assert {account: left for account, left in balances.items() if left} == book.ends
