"""Papers of the ledger say what its answers say, and no spreadsheet can be made to run them."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from fastapi.testclient import TestClient
from python_calamine import CalamineWorkbook

from feesvc.embedded import Database
from feesvc.money import Money, exact
from feesvc.testing.money_events import (
    FEE,
    OWN,
    credit,
    fee_line,
    line,
    placed,
    raised,
    raised_lines,
)
from feesvc.testing.reading import at, reading
from feesvc_agency_ledger import AgencyLedger

EVENTS = [
    at(raised_lines(fee_line(FEE, 100_000, item="=1+1"), assessment="A1"), "2026-01-10"),
    at(placed(line(60_000), credit(5_000)), "2026-01-31", known="2026-02-02"),
    at(raised(FEE, 50_000, assessment="A2"), "2026-08-15"),
]
LISTS = {"journal": "entries", "accounts/1200/statement": "lines", "open-items": "items"}


def rows(client: TestClient, path: str, **query: Any) -> list[dict[str, str]]:
    answer = client.get(path, params={"format": "csv", **query})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["Feesvc-Projection-Lag"] == "0", "the service's own headers are kept"
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def minor(row: dict[str, str]) -> int:
    return int(row["debit_minor"] or 0) - int(row["credit_minor"] or 0)


def sheets(client: TestClient, path: str, **query: Any) -> list[list[list[Any]]]:
    answer = client.get(path, params={"format": "xlsx", **query})
    assert answer.status_code == 200, answer.text
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    return [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]


def test_a_journal_as_csv_is_the_journal(database: Database) -> None:
    with reading(database, AgencyLedger(), EVENTS, OWN) as client:
        told = rows(client, "journal")
        entries = client.get("journal").json()["entries"]
        said = [
            (entry["position"], line["account"], line["amount"]["amount"])
            for entry in entries
            for line in entry["lines"]
        ]
        assert [(row["position"], row["account"], minor(row)) for row in told] == said
        for row in told:
            for side in ("debit", "credit"):
                if row[side]:
                    assert exact(row[side], row["currency"]).amount == int(row[f"{side}_minor"])
        assert told[0]["effective_on (Asia/Ho_Chi_Minh)"] == "2026-01-10"
        assert {row["item"] for row in told} == {"'=1+1", "", "fee-1"}


def test_a_statement_as_csv_opens_runs_and_closes(database: Database) -> None:
    with reading(database, AgencyLedger(), EVENTS, OWN) as client:
        told = rows(client, "accounts/2900/statement", period="2026-Q3")
        assert [(row["row"], row["balance"]) for row in told] == [
            ("opening", "-40000"), ("posting", "-90000"), ("closing", "-90000"),
        ]  # fmt: skip


def test_reports_and_open_items_as_csv(database: Database) -> None:
    with reading(database, AgencyLedger(), EVENTS, OWN) as client:
        trial = {row["account"]: row for row in rows(client, "trial-balance")}
        assert trial["2900"]["balance"] == "-90000" and trial["1200"]["debits"] == "65000"
        assert sum(int(row["balance_minor"]) for row in trial.values()) == 0
        assert [(r["item"], r["open"]) for r in rows(client, "collection")] == [
            ("'=1+1", "40000"), ("fee-1", "50000"),
        ]  # fmt: skip
        items = rows(client, "open-items", account="1100")
        assert [(r["notice"], r["amount"]) for r in items] == [("A1", "40000"), ("A2", "50000")]


def test_no_limit_cuts_a_paper(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feesvc_agency_ledger.papers.PAGE", 1)
    with reading(database, AgencyLedger(), EVENTS, OWN) as client:
        assert len({row["position"] for row in rows(client, "journal", limit=1)}) == 3
        assert len(rows(client, "open-items")) == len(client.get("open-items").json()["items"])
        told = rows(client, "accounts/1100/statement")
        assert [row["row"] for row in told].count("opening") == 1
        assert [row["row"] for row in told].count("closing") == 1
        assert len(told) == 2 + len(client.get("accounts/1100/statement").json()["lines"])


@pytest.mark.parametrize("path", [*LISTS, "trial-balance", "collection", "late-entries"])
def test_a_workbook_says_what_the_csv_says(database: Database, path: str) -> None:
    with reading(database, AgencyLedger(), EVENTS, OWN) as client:
        about, *tables = sheets(client, path)
        assert ["zone", "Asia/Ho_Chi_Minh"] in about and ["agency", OWN] in about
        told = rows(client, path)
        ((heading, *lines),) = tables
        assert len(lines) == len(told)
        for line, row in zip(lines, told, strict=True):
            for name, cell in zip(heading, line, strict=True):
                if isinstance(cell, float):
                    assert cell == int(row[name]), name
                elif isinstance(cell, str):
                    assert cell == row[name].removeprefix("'"), "a text needs no apostrophe here"
                else:
                    assert cell.isoformat() == row[name], name


def test_the_form_is_asked_for_by_accept_as_well(database: Database) -> None:
    with reading(database, AgencyLedger(), EVENTS, OWN) as client:
        for accept, kind in (
            ("text/csv", "text/csv"), ("application/json", "application/json"),
            ("*/*", "application/json"), ("text/html, text/x-hledger;q=0.9", "text/x-hledger"),
        ):  # fmt: skip
            answer = client.get("journal", headers={"Accept": accept})
            assert answer.headers["content-type"].startswith(kind)
        answer = client.get("journal", headers={"Accept": "text/csv"}, params={"format": "json"})
        assert answer.headers["content-type"] == "application/json"


def test_a_form_that_there_is_not_is_refused(database: Database) -> None:
    with reading(database, AgencyLedger(), EVENTS, OWN) as client:
        assert client.get("collection", params={"format": "hledger"}).status_code == 422
        assert client.get("journal", params={"format": "pdf"}).status_code == 422
        bad = client.get(
            "accounts/1200/statement", params={"format": "csv", "cursor": "", "as_of": "x"}
        )
        assert bad.status_code == 422


def test_an_amount_beyond_what_a_spreadsheet_keeps_is_a_text(database: Database) -> None:
    much = 10**15 + 1
    with reading(database, AgencyLedger(), [at(raised(FEE, much), "2026-01-10")], OWN) as client:
        (_, (heading, first, *_)) = sheets(client, "trial-balance")
        assert dict(zip(heading, first, strict=True))["balance"] == str(Money(much, "VND").amount)


def test_the_national_chart_is_told_for_a_day(database: Database) -> None:
    with reading(database, AgencyLedger(), [], OWN) as client:
        said = client.get("national-chart", params={"as_of": "2026"}).json()
        assert said["circular"] == "TT 24/2024/TT-BTC" and said["verified"] is False
