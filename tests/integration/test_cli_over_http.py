"""The command line asks the service over HTTP: sentences, one JSON document, exit codes."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from feesvc.testing.town import Town, post, told

Ran = subprocess.CompletedProcess[str]
Say = Callable[..., Ran]


@pytest.fixture
def feesvc(town: Town, tmp_path: Path) -> Say:
    """Runs the command line of a user with an empty home."""
    environment = {"HOME": str(tmp_path), "LC_ALL": "C.UTF-8", "COLUMNS": "250"}
    environment |= {"FEESVC_URL": town.service.url}

    def say(*words: str, asked: str = "", **more: str) -> Ran:
        return subprocess.run(
            [sys.executable, "-c", "from feesvc.cli import main; main()", *words],
            capture_output=True, text=True, check=False, input=asked,
            env={**environment, **more},
        )  # fmt: skip

    return say


def document(ran: Ran, code: int = 0) -> Any:
    assert ran.returncode == code, ran.stderr
    return json.loads(ran.stdout)


def test_a_person_signs_in_once_and_is_remembered(town: Town, feesvc: Say, tmp_path: Path) -> None:
    issuer = town.service.issuer
    issuer.persons["an"] = "finance.G14"
    stranger = feesvc("agencies", "show", "G14")
    assert stranger.returncode == 1 and "feesvc login" in stranger.stderr

    nobody = feesvc("login", "nobody", "--issuer", issuer.url)
    assert nobody.returncode == 1 and "nobody" in nobody.stderr
    said = document(feesvc("login", "an", "--issuer", issuer.url, "--json"))
    file = Path(said["kept_in"])
    assert file.is_relative_to(tmp_path) and stat.S_IMODE(file.stat().st_mode) == 0o600
    assert said["principal"] == f"person:{town.subjects['finance']}"

    shown = feesvc("agencies", "show", "G14")
    assert shown.returncode == 0 and "Agency G14" in shown.stdout
    foreign = feesvc("agencies", "show", "H26")
    assert foreign.returncode == 1 and foreign.stderr == "feesvc: There is no such thing\n"
    assert feesvc("agencies", "show").returncode == 2
    gone = feesvc("agencies", "show", "G14", FEESVC_URL="http://127.0.0.1:9")
    assert gone.returncode == 1 and "gives no answer" in gone.stderr


def test_refunds_are_decided_and_books_read(town: Town, feesvc: Say) -> None:
    def token(role: str) -> dict[str, str]:
        return {"FEESVC_TOKEN": town.service.issuer.sign(f"{role}.G14")}

    transfer = town.paid("CHARGE")
    wish = {"transfer": transfer["id"], "amount": 15_000, "reason": "withdrawn"}
    first, second = (told(post(town["finance"], "/refunds", wish), 201) for _ in range(2))
    with town.service.working():
        town.service.await_followers()
        listed = document(feesvc("refunds", "list", "G14", "--json", **token("auditor")))
        assert {one["id"] for one in listed["items"]} == {first["id"], second["id"]}

        own = feesvc("refunds", "approve", first["id"], asked="y\n", **token("finance"))
        assert own.returncode == 1 and "do not allow" in own.stderr
        no = feesvc("refunds", "approve", first["id"], asked="n\n", **token("approver"))
        assert no.returncode == 1 and "15,000 VND" in no.stdout
        yes = feesvc("refunds", "approve", first["id"], asked="y\n", **token("approver"))
        assert yes.returncode == 0 and "is approved" in yes.stdout, yes.stderr
        reject = ("refunds", "reject", second["id"], "--reason", "not_due", "--json")
        assert document(feesvc(*reject, **token("approver")))["state"] == "rejected"

        town.service.await_followers()
        balance = ("ledger", "trial-balance", "G14")
        [book] = document(feesvc(*balance, "--json", **token("finance")))["books"]
        assert book["debits"] == book["credits"]
        shown = feesvc(*balance, "--currency", "VND", **token("finance"))
        assert shown.returncode == 0 and "115,000 VND" in shown.stdout
        found = ("payments", "find", "G14", "--amount")
        assert document(feesvc(*found, "115000", "--json", **token("clerk")))["items"]
        none = feesvc(*found, "7", **token("clerk"))
        assert none.returncode == 1 and none.stdout == "no payment is found\n"
        paid = feesvc("payments", "show", transfer["payment"], **token("clerk"))
        assert "is received" in paid.stdout


def test_what_is_installed_is_told_without_a_service() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", "from feesvc.cli import main; main()", "adapters", "--json"],
        capture_output=True, text=True, check=False, env={"PATH": os.environ["PATH"]},
    )  # fmt: skip
    said = document(ran)
    assert {
        "name": "signing_key", "secret": True, "required": True, "default": "",
        "variable": "FEESVC_SANDBOX_SIGNING_KEY", "in_environment": False,
    } in said["sandbox"]["settings"]  # fmt: skip
