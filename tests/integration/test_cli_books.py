"""A month closed and its books saved from the command line: sentences, files, exit codes."""

from __future__ import annotations

import csv
import io
import json
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from feesvc.testing.town import Town, post, told

pytestmark = pytest.mark.lasting


def say(town: Town, who: str, *words: str) -> subprocess.CompletedProcess[str]:
    token = town.service.issuer.sign(f"{who}.{town.agency}")
    return subprocess.run(
        [sys.executable, "-c", "from feesvc.cli import main; main()", *words],
        capture_output=True, text=True, check=False, input="y\n",
        env={
            "HOME": "/nonexistent", "LC_ALL": "C.UTF-8", "COLUMNS": "250",
            "FEESVC_URL": town.service.url, "FEESVC_TOKEN": token,
        },
    )  # fmt: skip


def document(ran: subprocess.CompletedProcess[str], code: int = 0) -> Any:
    assert ran.returncode == code, ran.stderr
    return json.loads(ran.stdout)


def test_a_month_is_closed_from_the_command_line_alone(town: Town) -> None:
    line = {
        "batch": "B-1", "native_id": "L-1", "transaction": "tx_1", "gross": 50_000, "net": 50_000,
        "currency": "VND", "at": "2026-10-05T10:00:00+07:00",
    }  # fmt: skip
    told(post(town["finance"], f"/merchant-accounts/{town.account}/settlement-lines", line))
    month = (town.agency, "2026-10")
    with town.service.working():
        early = say(town, "finance", "periods", "sheet", *month)
        assert early.returncode == 1 and "There is no such thing" in early.stderr
        begun = say(town, "finance", "periods", "begin", *month)
        assert begun.stdout == f"{town.agency} 2026-10, 2026-10-01 to 2026-10-31, is closing\n"
        shown = say(town, "auditor", "periods", "sheet", *month)
        red = shown.returncode == 1
        assert "3 roll-forward" in shown.stdout and red == ("RED" in shown.stdout), shown.stderr
        sheet = json.loads(say(town, "auditor", "periods", "sheet", *month, "--json").stdout)
        explain = [
            word
            for item in sheet["items"]
            if item["red"]
            for word in ("--explain", f"{item['item']}={town.subjects['finance']}=asked")
        ]
        bad = say(town, "finance", "periods", "propose", *month, "--explain", "1 files")
        assert bad.returncode == 1 and "is not ITEM=OWNER=REASON" in bad.stderr
        proposed = document(say(town, "finance", "periods", "propose", *month, *explain,
                                "--digest", sheet["digest"], "--json"))  # fmt: skip
        assert proposed["state"] == "proposed" and len(proposed["explanations"]) == len(explain) / 2
        own = say(town, "finance", "periods", "close", *month)
        assert own.returncode == 1 and "do not allow" in own.stderr
        closed = say(town, "approver", "periods", "close", *month)
        assert closed.returncode == 0 and "is closed" in closed.stdout, closed.stderr
        ask = say(town, "finance", "periods", "ask-reopening", *month, "--reason", "late_file")
        assert "is reopening" in ask.stdout
        assert "is open" in say(town, "approver", "periods", "reopen", *month).stdout


def test_books_are_saved_as_papers(town: Town, tmp_path: Path) -> None:
    town.paid("CHARGE")
    with town.service.working():
        town.service.await_followers()
        files = {form: tmp_path / f"book.{form}" for form in ("csv", "xlsx", "hledger")}
        for form, file in files.items():
            ran = say(town, "auditor", "ledger", "export", town.agency, "--format", form,
                      "--file", str(file), "--json")  # fmt: skip
            assert document(ran)["bytes"] == file.stat().st_size > 100
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
        rows = list(csv.DictReader(io.StringIO(files["csv"].read_text("utf-8-sig"))))
        assert sum(int(row["debit_minor"] or 0) for row in rows) == sum(
            int(row["credit_minor"] or 0) for row in rows
        )
        sheet = CalamineWorkbook.from_path(str(files["xlsx"])).get_sheet_by_index(1)
        assert len(sheet.to_python()) == len(rows) + 1
        assert files["hledger"].read_text("utf-8").count("VND") > len(rows)

        again = say(town, "auditor", "ledger", "export", town.agency, "--file", str(files["csv"]))
        assert again.returncode == 1 and "File exists" in again.stderr
        other = str(tmp_path / "other")
        cases = {
            ("open-items", "--format", "hledger"): (1, "no hledger of this"),
            ("statement",): (1, "--account"),
            ("nothing",): (1, "no projection installed"),
            ("journal", "--format", "pdf"): (2, "none of csv, xlsx, hledger"),
            ("statement", "--account", "1"): (1, "there is no account"),
        }
        for words, (code, why) in cases.items():
            ran = say(town, "auditor", "ledger", "export", town.agency, *words, "--file", other)
            assert ran.returncode == code and why in ran.stderr, (words, ran.stderr)
            assert not Path(other).exists()
        ran = say(town, "auditor", "ledger", "export", town.agency, "statement", "--account",
                  "1200", "--file", other)  # fmt: skip
        assert ran.returncode == 0 and "bytes" in ran.stdout
