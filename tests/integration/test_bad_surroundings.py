"""Surroundings that fail: a mistyped database URL, a database that goes away and comes back."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from psycopg.conninfo import conninfo_to_dict

from feesvc.embedded import Database
from feesvc.testing.counterpart import Counterpart
from feesvc.testing.proxy import CuttingProxy
from feesvc.testing.service import RunningService, running_service
from feesvc.testing.town import Town, found_town, post, told

FEESVC = str(Path(sys.executable).with_name("feesvc"))
ELSEWHERE = "postgresql://feesvc_service:hush@127.0.0.1:1/feesvc"


def variables(**more: str) -> dict[str, str]:
    key = base64.b64encode(os.urandom(32)).decode()
    return {"LC_ALL": "C.UTF-8", "FEESVC_PEOPLE_KEY": "env:KEY", "KEY": key, **more}


def feesvc(command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [FEESVC, command], env=variables(**environment), capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip


MISTYPED = (
    "",
    "feesvc",
    "mysql://feesvc_service:hush@127.0.0.1/feesvc",
    "postgres//feesvc_service:hush@127.0.0.1/feesvc",
    "postgresql://feesvc_service:hush@127.0.0.1:543210/feesvc",
    "postgresql://feesvc_service:hu#sh@127.0.0.1/feesvc",
    "postgresql://feesvc_service:hush@127.0.0.1/feesvc?sslmood=off",
    "postgresql://feesvc_service:hush@no-such-host.invalid/feesvc",
)


IN_TURN = """
import contextlib, io, json, os, sys
from feesvc.cli import main
sys.argv = ["feesvc", "migrate"]
for url in json.load(sys.stdin):
    os.environ["FEESVC_DATABASE_URL"] = url
    with contextlib.redirect_stdout(io.StringIO()) as out:
        with contextlib.redirect_stderr(io.StringIO()) as err:
            code = None
            try:
                main()
            except SystemExit as end:
                code = end.code
    print(json.dumps([url, code, out.getvalue(), err.getvalue()]))
"""


def test_a_mistyped_database_url_is_named_in_one_line(database: Database) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", IN_TURN], input=json.dumps(MISTYPED), text=True, timeout=60,
        env=variables(FEESVC_OWNER_URL=database.owner_url), capture_output=True, check=True,
    )  # fmt: skip
    for url, code, out, err in map(json.loads, ran.stdout.splitlines()):
        assert (code, out) == (1, ""), url
        assert is_named(err), url
    assert ran.stdout.count("\n") == len(MISTYPED)


@pytest.mark.parametrize("command", ["migrate", "serve", "work"])
def test_a_database_that_is_nowhere_is_named_in_one_line(command: str, database: Database) -> None:
    told = {"FEESVC_DATABASE_URL": ELSEWHERE, "FEESVC_OWNER_URL": database.owner_url}
    ran = feesvc(command, **told)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert is_named(ran.stderr)


def is_named(said: str) -> bool:
    named = said.startswith("feesvc: FEESVC_DATABASE_URL")
    return named and said.count("\n") == 1 and "hush" not in said


@pytest.mark.parametrize("command", ["serve", "work"])
def test_a_database_of_another_name_is_named_in_one_line(command: str, database: Database) -> None:
    url = database.url.replace(database.name, "nowhere")
    ran = feesvc(command, FEESVC_DATABASE_URL=url)
    assert ran.returncode == 1
    assert ran.stderr.startswith("feesvc: FEESVC_DATABASE_URL: no database nowhere")
    assert ran.stderr.count("\n") == 1


def test_a_mistyped_owner_url_is_named_in_one_line(database: Database) -> None:
    ran = feesvc("migrate", FEESVC_DATABASE_URL=database.url, FEESVC_OWNER_URL=ELSEWHERE)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.startswith("feesvc: FEESVC_OWNER_URL: no database feesvc at 127.0.0.1:1")
    assert ran.stderr.count("\n") == 1


def test_a_database_that_is_not_migrated_is_said(bare_database: Database) -> None:
    for command in ("serve", "work"):
        ran = feesvc(command, FEESVC_DATABASE_URL=bare_database.url)
        assert ran.returncode == 1
        assert "feesvc migrate" in ran.stderr
        assert ran.stderr.count("\n") == 1


@pytest.mark.slow
def test_a_database_that_goes_away_is_said_and_all_goes_on_when_it_is_back(
    database: Database,
) -> None:
    proxy = CuttingProxy(database.url)
    where = conninfo_to_dict(proxy.url)
    place = f"{where['user']}@127.0.0.1:{where['port']}/{where['dbname']}"
    url = f"postgresql://{place}?sslmode=disable&gssencmode=disable"
    try:
        with running_service(replace(database, url=url)) as service:
            town = found_town(service, "sandbox")
            with service.working():
                _goes_away_and_comes_back(service, town, proxy)
    finally:
        proxy.close()


def _goes_away_and_comes_back(service: RunningService, town: Town, proxy: CuttingProxy) -> None:
    payment = town.payment(town.assessment("CHARGE")["id"])
    wanted = town.raising("FEE")
    counterpart = town.stand_in.counterpart
    asked: dict[str, Callable[[], httpx.Response]] = {
        "read": lambda: town.portal.get(f"/payments/{payment['id']}"),
        "write": lambda: post(town.portal, "/assessments", wanted, key="again"),
        "person": lambda: town["finance"].get(f"/agencies/{town.agency}"),
        "ready": lambda: httpx.get(f"{service.url}/readyz", timeout=60),
        "alive": lambda: httpx.get(f"{service.url}/livez", timeout=60),
        "heard": lambda: heard(counterpart, payment["reference"]),
    }
    service.await_followers()  # a worker that finds no database when it starts does not start
    proxy.cut("", "lose", times=10**9)
    with ThreadPoolExecutor() as pool:
        waiting = {name: pool.submit(ask) for name, ask in asked.items()}
        answers = {name: answer.result() for name, answer in waiting.items()}
    proxy.cut("", times=0)
    assert answers.pop("alive").status_code == 200
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(
        answers, 503
    )
    for name in ("read", "write", "person"):
        said = answers[name]
        assert said.headers["Content-Type"] == "application/problem+json"
        assert int(said.headers["Retry-After"]) >= 1
        assert "127.0.0.1" not in said.text

    assert told(post(town.portal, "/assessments", wanted, key="again"), 201)
    assert httpx.get(f"{service.url}/readyz", timeout=60).status_code == 200
    counterpart.notify(
        counterpart.ledger.order(payment["reference"]),
        counterpart.announce_payment(counterpart.ledger.order(payment["reference"])),
    )
    service.await_followers()
    assert told(town.portal.get(f"/payments/{payment['id']}"))["paid"]


def heard(counterpart: Counterpart, reference: str) -> httpx.Response:
    """The payer pays; gives our answer to the first notification of it."""
    before = len(counterpart.outbox.replies)
    counterpart.pay(reference)
    deadline = time.monotonic() + 60
    while len(counterpart.outbox.replies) == before and time.monotonic() < deadline:
        time.sleep(0.05)
    return counterpart.outbox.replies[before]
