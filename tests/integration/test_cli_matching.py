"""Rules from the command line: tried on a past period, proposed and refused."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from feesvc.testing.said_and_captured import Said, put_statement
from feesvc.testing.town import Town

pytestmark = pytest.mark.lasting


def say(town: Town, who: str, *words: str) -> subprocess.CompletedProcess[str]:
    token = town.service.issuer.sign(f"{who}.{town.agency}")
    return subprocess.run(
        [sys.executable, "-c", "from feesvc.cli import main; main()", *words],
        capture_output=True, text=True, check=False,
        env={
            "HOME": "/nonexistent", "LC_ALL": "C.UTF-8", "COLUMNS": "250",
            "FEESVC_URL": town.service.url, "FEESVC_TOKEN": token,
        },
    )  # fmt: skip


def document(ran: subprocess.CompletedProcess[str]) -> Any:
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def test_rules_are_tried_on_a_past_period(town: Town, tmp_path: Path) -> None:
    with (
        town.service.working(),
        psycopg.connect(town.service.settings.need_owner_url(), autocommit=True) as db,
    ):
        paid = town.paid("CHARGE")
        put_statement(db, "B-1", [
            Said(name="l1", transaction=paid["transaction"], amount=115_000),
            Said(name="l2", transaction="NOBODY", amount=50_000),
        ], account=UUID(town.account), agency=town.agency)  # fmt: skip
        town.service.await_followers()
        run = ("matching", "run", town.agency, "--account", town.account, "--as-of", "2026-12-20")
        assert document(say(town, "finance", *run, "--json"))["matches"] == 1
        town.service.await_followers()
    days = ("--dry", "--from", "2026-11-01", "--to", "2026-11-30")
    same = say(town, "finance", *run, *days)
    assert same.stdout.splitlines()[:3] == [
        "would match 1, propose 0, 1 conflicts",
        (
            "of 2 lines from 2026-11-01 to 2026-11-30: 1 kept, 0 gained, 0 lost, 0 otherwise, "
            "0 left to a person"
        ),
        "  S03: 1",
    ]
    terms = tmp_path / "terms.json"
    terms.write_text('{"passes": ["reference"]}')
    other = say(town, "finance", *run, *days, "--terms", str(terms))
    told = other.stdout.splitlines()
    assert (
        told[0] == "would match 0, propose 0, 2 conflicts" and "0 kept, 0 gained, 1 lost" in told[1]
    )
    assert told[2].startswith("  line ") and " lost: now capture:" in told[2]
    assert told[2].endswith("; then nothing") and other.returncode == 0
    back = say(town, "finance", *run, "--dry", "--from", "2026-11-30", "--to", "2026-11-01")
    assert back.returncode == 1 and "2026-11-30 to 2026-11-01" in back.stderr


def test_rules_are_proposed_and_refused(town: Town, tmp_path: Path) -> None:
    terms = tmp_path / "terms.json"
    terms.write_text('{"passes": ["reference"]}')
    propose = ("matching", "rules", town.agency, "--propose", str(terms))
    made = document(say(town, "finance", *propose, "--valid-from", "2026-01-01"))
    reject = ("matching", "reject-rules", made["id"], "--number", "1", "--reason", "too_narrow")
    own = say(town, "finance", *reject)
    assert own.returncode == 1 and "do not allow" in own.stderr
    [version] = document(say(town, "approver", *reject))["versions"]
    assert version["state"] == "rejected"
