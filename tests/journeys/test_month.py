"""Some days of the demo's month: from captures to closed, remitted and replayed books."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from feesvc.cli.demo.month.content import days, dossiers, sample_month, tills
from feesvc.cli.demo.month.saying import Person
from feesvc.cli.demo.month.showing import Ended, lived
from feesvc.embedded import Server
from feesvc.testing.world import stand_ins, with_counterparts

pytestmark = pytest.mark.slow
SEED, DAYS, EACH = 2026, 2, 1


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("month")


@pytest.fixture(scope="module")
def typed() -> set[tuple[object, ...]]:
    """The commands that people of the month typed: the first two words of each."""
    return set()


@pytest.fixture(scope="module")
def ended(
    database_server: Server, migrated: str, folder: Path, typed: set[tuple[object, ...]]
) -> Iterator[Ended]:
    """What a month of two days came to."""
    fresh = database_server.create("feesvc_month", template=migrated)
    types = Person.types

    def watched(person: Person, *words: object, **more: Any) -> Any:
        typed.add(words[:2])
        return types(person, *words, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Person, "types", watched)
        yield lived(fresh, folder, DAYS, EACH, SEED, print)
    database_server.drop(fresh.name)


def test_every_installed_intermediary_takes_money_for_one_of_three_agencies() -> None:
    found = tills(with_counterparts(), ())
    assert {till.intermediary for till in found} == set(stand_ins())
    assert {till.agency for till in found} == {one.code for one in sample_month().agencies}
    assert len(sample_month().agencies) == 3


def test_the_same_seed_brings_the_same_days_and_another_seed_others() -> None:
    found = tills(with_counterparts(), ())
    [first, second] = days(2)
    assert second == sample_month().last_day == first + timedelta(days=1)
    assert list(dossiers(first, found, 3, 1)) == list(dossiers(first, found, 3, 1))
    assert list(dossiers(first, found, 3, 1)) != list(dossiers(first, found, 3, 2))


def test_the_month_is_remitted_and_closed_and_nothing_is_left_open(ended: Ended) -> None:
    assert ended.faults == []
    assert ended.said["months"] == 3
    assert min(ended.said[what] for what in (
        "remittances", "forwardings", "whole_from_estimate", "retained_to_deposit",
        "refunds by bank transfer",
    )) > 0  # fmt: skip
    assert not any(code in what for what in ended.said for code in ("F01", "G03", "T08"))
    assert ended.red == {}
    for accounts in ended.books.values():
        assert sum(amount for name, amount in accounts.items() if name.endswith("VND")) == 0


@pytest.mark.skipif(shutil.which("hledger") is None, reason="hledger is not installed here")
def test_hledger_accepts_the_exported_books_and_agrees(ended: Ended) -> None:
    assert ended.hledger == "hledger accepts 3 books"


def test_what_the_readme_says_that_people_type_is_what_they_typed(
    ended: Ended, typed: set[tuple[object, ...]]
) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    [walk] = re.findall(r"morning by morning .*?```sh\n(.*?)```", readme, re.DOTALL)
    told = [tuple(line.split()[1:3]) for line in walk.splitlines() if line]
    assert len(told) > 10
    assert [words for words in told if words not in typed] == []


def table(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as opened:
        return list(csv.DictReader(opened, strict=True))


def sheet(file: Path) -> list[dict[str, Any]]:
    """The rows of all sheets after the first, which says what the paper is."""
    book = CalamineWorkbook.from_path(str(file))
    about, *tables = (book.get_sheet_by_name(name).to_python() for name in book.sheet_names)
    assert about[0][0] == "table"
    return [
        dict(zip(map(str, lines[0]), line, strict=True)) for lines in tables for line in lines[1:]
    ]


def same(cell: object, told: str) -> bool:
    if isinstance(cell, float):
        return cell == float(told)
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10] == told
    return cell == told.removeprefix("'")


def test_every_paper_of_the_month_is_opened_and_read_back(ended: Ended, folder: Path) -> None:
    """A workbook says what the CSV says, a journal what hledger's form of it says."""
    papers = [folder / name for name in ended.papers]
    assert {file.suffix for file in papers} == {".csv", ".xlsx", ".journal", ".xml"}
    assert len(papers) == len(set(papers)) > 100
    lengths = {}
    for file in (one for one in papers if one.suffix == ".csv"):
        rows = table(file)
        lengths[file.stem] = len(rows)
        book = file.with_suffix(".xlsx")
        if book in papers:
            lines = sheet(book)
            assert len(lines) == len(rows), file.stem
            wrong = [
                f"{file.stem} {name}: {line[name]!r}, {row[name]!r}"
                for line, row in zip(lines, rows, strict=True) for name in line
                if not same(line[name], row[name])
            ]  # fmt: skip
            assert not wrong
    for code, balances in ended.books.items():
        journal = table(folder / f"{code}-agency_ledger-journal.csv")
        assert sum(int(one["debit_minor"] or 0) - int(one["credit_minor"] or 0) for one in journal
                   if one["currency"] == "VND") == 0  # fmt: skip
        told = (folder / f"{code}-agency_ledger-journal.journal").read_text("utf-8")
        positions = re.findall(r"^\d{4}-\d\d-\d\d\S* \* \((\S+)\)", told, re.MULTILINE)
        assert sorted(positions) == sorted({one["position"] for one in journal})
        assert lengths[f"{code}-agency_ledger-trial-balance"] >= len(balances) > 0
        assert lengths[f"{code}-remittances-list"] > 0
        assert lengths[f"{code}-payment_register-payments"] > 0
