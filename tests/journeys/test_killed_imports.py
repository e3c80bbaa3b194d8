"""Killed while files are taken, matched and booked: nothing half booked, lost, or booked twice."""

from __future__ import annotations

import json
import os
import random
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from feesvc.campaigns.database import Durable
from feesvc.campaigns.fleet import Fleet, Victim
from feesvc.testing.file_desk import FileDesk, camt
from feesvc.testing.service import RunningService, new_key, surroundings
from feesvc.testing.serving import address_of, reserved
from feesvc.testing.town import Town, found_town, told

LINES, KNOWN, GROSS = int(os.environ.get("FEESVC_LINES", "150")), 3, 115_000
OF_NOBODY = 1_000
NET = KNOWN * GROSS + (LINES - KNOWN) * OF_NOBODY
KILLS = int(os.environ.get("FEESVC_KILLS", "2"))
STATES = "SELECT leg, state, count(*) FROM feesvc.line GROUP BY 1, 2 ORDER BY 1, 2"


@pytest.mark.slow
def test_files_outlive_kills_of_api_and_worker(tmp_path: Path) -> None:
    seed = int(os.environ.get("FEESVC_SEED", str(time.time_ns() % 10**6)))
    print(f"seed {seed}", file=sys.stderr)
    chance = random.Random(seed)
    listening = reserved()
    url = address_of(listening)
    listening.close()
    with (
        Durable(tmp_path / "postgres") as server,
        surroundings(server.create("killed"), url) as service,
        Fleet(service.settings, tmp_path) as fleet,
    ):
        town = found_town(service, "sandbox")
        desk = FileDesk(town)
        known = [town.paid()["transaction"] for _ in range(KNOWN)]
        files = [(_settlement(known), town.account), (_bank(), desk.bank)]
        for content, account in files:
            loading = threading.Thread(target=_load, args=(town, desk, content, account))
            loading.start()
            _storm(fleet, chance, loading)
        _at_the_end(service, fleet)
        balances = _balances(town)
        fleet.mend()
        assert fleet.ended == []
        assert balances == {
            "1300": NET + 7_000, "2150": -7_000 - (LINES - KNOWN) * OF_NOBODY,
            "2510": -KNOWN * GROSS,
        }, f"seed {seed}"  # fmt: skip
        with psycopg.connect(service.settings.need_database_url()) as db:
            states = db.execute(STATES.encode()).fetchall()
            runs = db.execute("SELECT DISTINCT state FROM feesvc.match_run").fetchall()
            files_kept = db.execute("SELECT state FROM feesvc.source_file").fetchall()
        assert states == [
            ("B", "matched", 1), ("B", "open", 1), ("S", "matched", KNOWN),
            ("S", "placed", LINES - KNOWN),
        ], f"seed {seed}"  # fmt: skip
        assert (runs, files_kept) == ([("concluded",)], [("accepted",), ("accepted",)])


def _storm(fleet: Fleet, chance: random.Random, loading: threading.Thread) -> None:
    """Kill one of them at random moments, while the file is taken and after."""
    for _ in range(KILLS // 2):
        time.sleep(chance.uniform(0.05, 1.5))
        victim: Victim = chance.choice(("api", "worker"))
        fleet.kill(victim)
        time.sleep(chance.uniform(0, 0.3))
        fleet.start(victim)
        fleet.await_ready()
    while loading.is_alive():
        fleet.mend()
        loading.join(0.1)


def _load(town: Town, desk: FileDesk, content: bytes, account: str) -> None:
    """Send and accept a file, as often as it takes; the same request under the same key."""
    key, accepting = new_key(), new_key()
    asked = {"account": account}
    file = _until_told(lambda: town["finance"].post(
        desk.path, content=content, params=asked, headers=key
    ))  # fmt: skip
    _until_told(lambda: town["finance"].post(
        f"{desk.path}/{file['id']}/accept", json={}, headers=accepting
    ))  # fmt: skip


def _until_told(ask: Any) -> Any:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        with suppress(httpx.TransportError):
            answer = ask()
            if answer.status_code < 500 and answer.status_code != 409:
                return told(answer)
        time.sleep(0.1)
    raise TimeoutError("nobody answered")


def _at_the_end(service: RunningService, fleet: Fleet) -> None:
    deadline = time.monotonic() + 180
    while True:
        fleet.mend()
        with suppress(TimeoutError):
            service.await_followers(5)
            return
        if time.monotonic() > deadline:
            raise TimeoutError("not at the end of the log")


def _settlement(known: list[str]) -> bytes:
    names = [*known, *(f"of-nobody-{number}" for number in range(LINES - KNOWN))]
    lines = [
        {
            "kind": "payment", "id": f"L{number}", "transaction": name, "reference": f"R{number}",
            "at": "2026-11-10T03:00:00+00:00", "currency": "VND", "gross": gross, "commission": 0,
            "tax": 0, "net": gross,
        }
        for number, name in enumerate(names)
        for gross in [GROSS if number < KNOWN else OF_NOBODY]
    ]  # fmt: skip
    head = {"batch": "KYS0001", "currency": "VND", "net": NET, "count": LINES}
    return "\n".join(json.dumps(one) for one in (head, *lines)).encode()


def _bank() -> bytes:
    content = camt(1, 0, (NET, "FT1"), (7_000, "FT2")).decode()
    return content.replace("BATCH77X1", "KYS0001", 1).encode()


def _balances(town: Town) -> dict[str, int]:
    path = f"/agencies/{town.agency}/agency_ledger/trial-balance"
    [book] = told(town["finance"].get(path))["books"]
    found = {str(row["account"]): row["balance"]["amount"] for row in book["accounts"]}
    return {account: balance for account, balance in found.items() if balance}
