"""Judging: whether the month ended as it must, by what the service says and by others' programs."""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import dict_row

from feesvc import plugins
from feesvc.cli.demo.month.living import Month
from feesvc.cli.demo.month.offices import Office
from feesvc.cli.demo.script import script
from feesvc.money import Money, decimal
from feesvc.projecting.digesting import digest
from feesvc.projecting.rebuilding import rebuild
from feesvc.settings import Settings
from feesvc.store.following import LogReader

CLEARING = ("1110", "1200", "1210", "1220", "1230", "1250", "1290", "1295", "2350", "2370")
"""What somebody else holds of ours, or we of somebody else's."""
Balances: TypeAlias = dict[tuple[str, str], int]


def books(office: Office, **asked: str) -> Balances:
    """Its own balances by account and currency, debits less credits, without those at zero."""
    at = f"/agencies/{office.code}/{script().ledger}/trial-balance"
    said = office["auditor"].get(at, units="own", **asked)["books"]
    return {
        (row["account"], book["currency"]): row["balance"]["amount"]
        for book in said for row in book["accounts"] if row["balance"]["amount"]
    }  # fmt: skip


def unfinished(month: Month) -> Iterator[str]:
    """What is not where it belongs after the last day, a sentence each."""
    for office in month.country.offices.values():
        for (account, currency), balance in books(office).items():
            if account in CLEARING and balance:
                carried = _open_items(office, account)[currency]
                named = "open items carry it" if carried == balance else f"items say {carried}"
                yield f"{office.code} {account}: {balance} {currency}; {named}"
        for cover in month.mornings.covers(office):
            if cover["surplus"] < 0:
                yield f"{office.code}: {-cover['surplus']} {cover['currency']} is missing"
        for case in office["finance"].types("cases", "list", office.code)["items"]:
            yield f"{office.code}: case {case['code']} of {case['at_risk']} is {case['state']}"
        for file in office["finance"].types("files", "list", office.code)["items"]:
            if file["state"] != "accepted":
                yield f"{office.code}: a file is {file['state']} {file['verdict']}"


def _open_items(office: Office, account: str) -> dict[str, int]:
    at = f"/agencies/{office.code}/{script().ledger}/open-items"
    sums: dict[str, int] = defaultdict(int)
    for item in office["auditor"].get(at, account=account, units="own", limit=200)["items"]:
        sums[item["amount"]["currency"]] += item["amount"]["amount"]
    return sums


def judged_by_hledger(month: Month, folder: Path) -> tuple[str, list[str]]:
    """What was said of the exported books, and each balance on which hledger does not agree."""
    program = shutil.which("hledger")
    faults = []
    for office in month.country.offices.values():
        file = folder / f"{office.code}.journal"
        office["auditor"].types(
            "ledger", "export", office.code, "journal", "--format", "hledger", "--own", "--file",
            file,
        )  # fmt: skip
        if program is not None:
            wrong = _differences(program, file, books(office))
            faults += [f"{office.code}: {one}" for one in wrong]
    if program is None:
        return "hledger is not installed here: it judged nothing", faults
    return f"hledger accepts {len(month.country.offices)} books", faults


def _differences(program: str, file: Path, ours: Mapping[tuple[str, str], int]) -> Iterator[str]:
    checked = _hledger(program, file, "check", "--strict")
    if checked.returncode:
        yield checked.stderr.strip()
        return
    words = ("balance", "--flat", "--no-total", "-O", "csv", "--layout", "bare")
    theirs = {
        (row["account"].rpartition(":")[2], row["commodity"]): row["balance"]
        for row in csv.DictReader(io.StringIO(_hledger(program, file, *words).stdout))
    }
    said = {at: decimal(Money(amount, at[1])) for at, amount in ours.items()}
    for at in sorted(theirs.keys() | said.keys()):
        if theirs.get(at) != said.get(at):
            yield f"{' '.join(at)} is {said.get(at)}, by hledger {theirs.get(at)}"


def _hledger(program: str, file: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [program, "-f", str(file), *words], capture_output=True, text=True, check=False,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )  # fmt: skip


def replayed(settings: Settings) -> list[str]:
    """Every projection is rebuilt from the first event; each whose rows are others is named.

    The worker must be at rest.
    """
    url, owner = settings.need_database_url(), settings.need_owner_url()
    role = str(conninfo_to_dict(url).get("user") or "")
    faults = []
    with LogReader(url) as log:
        for name, projection in plugins.projections().items():
            before = _digest(owner, name)
            rebuild(owner, role, projection, log, lambda position, head: None)
            if _digest(owner, name) != before:
                faults.append(f"{name}: replay made other rows")
    return faults


def _digest(url: str, schema: str) -> str:
    with psycopg.connect(url, row_factory=dict_row) as connection, connection.cursor() as db:
        made: Any = digest(db, schema)
        return str(made)
