"""The worker keeps ledgers in step, runs the processes, says what stopped, and stops in order."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import ClassVar
from urllib.error import HTTPError
from urllib.request import urlopen
from uuid import UUID, uuid4

import psycopg
import pytest
from fastapi import APIRouter

from feesvc import metrics, plugins
from feesvc.assembly import open_house, prepare_database
from feesvc.cli.work import answering
from feesvc.domain.agency import Agency
from feesvc.domain.aggregate import Aggregate, Recorded
from feesvc.domain.assessment import Assessment
from feesvc.domain.receipt import Receipt
from feesvc.domain.receipt_series import ReceiptSeries
from feesvc.embedded import Database
from feesvc.money import Money
from feesvc.projecting import Db, OpenDb
from feesvc.settings import Settings, load
from feesvc.store import Command, Store
from feesvc.store.following import LogReader
from feesvc.testing.scenario import NOON
from feesvc.worker import work

KEY = "c2FtcGxlLXBlb3BsZS1rZXktMzItYnl0ZXMtbG9uZyE="
"""A sample: 32 bytes in base64."""
PEOPLE = {"FEESVC_PEOPLE_KEY": "env:SAMPLE_PEOPLE_KEY", "SAMPLE_PEOPLE_KEY": KEY}


class Codes:
    """A projection of agencies' codes, which cannot stand one of them."""

    name: ClassVar[str] = "codes"
    version: ClassVar[int] = 1
    events: ClassVar[tuple[type[Aggregate.Event], ...]] = (Agency.Registered,)
    schema: ClassVar[str] = "CREATE TABLE code (code text PRIMARY KEY)"
    unbearable: ClassVar[str] = ""

    def apply(self, batch: Sequence[Recorded], db: Db) -> None:
        for recorded in batch:
            if recorded.agency == self.unbearable:
                raise ValueError("unbearable")
            db.execute("INSERT INTO code VALUES (%s)", [recorded.agency])

    def routes(self, open_db: OpenDb) -> APIRouter:
        return APIRouter()


class OtherCodes(Codes):
    name: ClassVar[str] = "other_codes"
    unbearable: ClassVar[str] = "G01"


@pytest.fixture
def told(database: Database, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("SAMPLE_PEOPLE_KEY", KEY)
    installed = {"codes": Codes(), "other_codes": OtherCodes()}
    monkeypatch.setattr(plugins, "projections", lambda: installed)
    monkeypatch.setattr(plugins, "intermediaries", dict)
    prepare_database(database.owner_url, "feesvc_service")
    return load(
        database_url=database.url, people_key="env:SAMPLE_PEOPLE_KEY", worker_poll_seconds=0.05
    )


async def keep(store: Store, *aggregates: Aggregate) -> None:
    events = [(a.agency, event) for a in aggregates for event in a.news]
    await store.append(Command(id=uuid4(), principal="test", actor="test", events=events))


async def register(told: Settings, *codes: str) -> None:
    async with open_house(told) as house:
        for code in codes:
            id = house.store.ids.agency(code)
            await keep(house.store, Agency.register(id, code, code, code, "", NOON))


def codes(told: Settings, schema: str) -> list[str]:
    with psycopg.connect(told.need_database_url()) as connection:
        search = "SELECT set_config('search_path', %s, false)"
        connection.execute(search, [schema])
        return [row[0] for row in connection.execute("SELECT code FROM code ORDER BY code")]


def until(ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not ready():
        assert time.monotonic() < deadline, "nothing happened"
        time.sleep(0.05)


class Working:
    """A worker in a thread of its own; ``code`` is its exit code."""

    def __init__(self, told: Settings) -> None:
        self.stopping = threading.Event()
        self.code: int | None = None
        self._thread = threading.Thread(target=self._work, args=[told])
        self._thread.start()

    def _work(self, told: Settings) -> None:
        self.code = work(told, self.stopping)

    def close(self) -> None:
        self.stopping.set()
        self._thread.join(30)


def test_it_refuses_to_start_when_nothing_is_installed(
    told: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plugins, "projections", dict)
    with pytest.raises(plugins.NotInstalled, match="all-packages"):
        work(told)


def test_ledgers_follow_and_what_stopped_is_told(told: Settings) -> None:
    asyncio.run(register(told, "G14"))
    with closing(Working(told)) as working:
        until(lambda: codes(told, "codes") == ["G14"] == codes(told, "other_codes"))
        asyncio.run(register(told, "G01", "G22"))
        until(lambda: codes(told, "codes") == ["G01", "G14", "G22"])
        until(lambda: b'feesvc_stopped{kind="projection",name="other_codes"} 1' in metrics.page())
        assert codes(told, "other_codes") == ["G14"]
        assert working.code is None

    assert working.code == 1


async def settle(told: Settings, count: int) -> None:
    """An agency with a receipt series, and assessments of nothing, settled at once."""
    async with open_house(told) as house:
        ids = house.store.ids
        agency = Agency.register(ids.agency("G14"), "G14", "G14", "G14", "", NOON)
        agency.choose_receipt_series("S", NOON.date(), NOON)
        series = ReceiptSeries.open(ids.receipt_series("G14", "S"), "G14", "S", "F", 1, NOON)
        await keep(house.store, agency, series)
        for number in range(count):
            await keep(house.store, settled(ids.assessment("G14", f"G14-{number}", "1")))


def test_a_settled_assessment_gets_its_number(told: Settings) -> None:
    asyncio.run(settle(told, 1))
    with closing(Working(told)) as working, LogReader(told.need_database_url()) as log:
        until(lambda: bool(log.read(0, 1, ["receipt.numbered"])))
        [numbered] = log.read(0, 10, ["receipt.numbered"])
        [paid] = log.read(0, 10, ["assessment.paid"])

    assert numbered.actor == "process:receipts"
    assert numbered.cause == f"feesvc-{paid.position}"
    assert working.code == 0


@pytest.mark.parametrize("told_by", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_in_order_when_told_to(told: Settings, told_by: signal.Signals) -> None:
    with process(told) as worker:
        worker.send_signal(told_by)
        # Its projections are those that are installed, which this database knows nothing of.
        said, _ = worker.communicate(timeout=30)  # read meanwhile: it says more than a pipe holds
        assert worker.returncode == 1
        assert "worker.stopped" in said


def test_killed_again_and_again_it_numbers_each_receipt_once(told: Settings) -> None:
    count, chance = 300, random.Random(20261120)
    asyncio.run(settle(told, count))
    with LogReader(told.need_database_url()) as log:
        for _ in range(4):
            with process(told) as worker:
                time.sleep(chance.uniform(0, 0.3))
                worker.kill()
        with closing(Working(told)):
            until(lambda: len(log.read(0, 1000, ["receipt.numbered"])) >= count)
        numbered = [recorded.event for recorded in log.read(0, 1000, ["receipt.numbered"])]

    numbers = [event.number for event in numbered if isinstance(event, Receipt.Numbered)]
    assert numbers == list(range(1, count + 1))


@contextmanager
def process(told: Settings) -> Iterator[subprocess.Popen[str]]:
    """A worker in a process of its own, once it has started."""
    environment = {**os.environ, "FEESVC_DATABASE_URL": told.need_database_url(), **PEOPLE}
    script = "from feesvc import settings, worker; raise SystemExit(worker.work(settings.load()))"
    with subprocess.Popen(
        [sys.executable, "-c", script], env=environment, stdout=subprocess.PIPE, text=True
    ) as worker:
        assert worker.stdout
        while "worker.started" not in worker.stdout.readline():
            assert worker.poll() is None
        yield worker


def test_it_works_on_no_database_that_could_forget(told: Settings) -> None:
    environment = {**os.environ, "FEESVC_DATABASE_URL": told.need_database_url(), **PEOPLE}
    feesvc = [sys.executable, "-c", "from feesvc.cli import main; main()", "work"]
    refused = subprocess.run(feesvc, env=environment, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert refused.stderr.startswith("feesvc: the database server could lose what it acknowledged")


def test_it_answers_for_itself_when_asked_to() -> None:
    port = free_port()
    with answering("127.0.0.1", port):
        assert b"feesvc_process_lag_events" in read(f"http://127.0.0.1:{port}/metrics")
        assert read(f"http://127.0.0.1:{port}/livez") == b"alive\n"
        with pytest.raises(HTTPError):
            read(f"http://127.0.0.1:{port}/")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def read(url: str) -> bytes:
    with urlopen(url, timeout=5) as answer:
        page: bytes = answer.read()
        return page


def settled(id: UUID) -> Aggregate:
    assessment = Assessment.first(
        Assessment.Raised, id, NOON, agency="G14", dossier="G14-261120-0001", notice="1",
        procedure="", procedure_version=0, portal="", channel="online", service_level="full",
        result_delivery="", submitted_on=NOON.date(), due_on=None, payer_class="",
        identity_level=0, locality="", subject=None, lines=(), content="", converted_from=None,
        total=Money(0, "VND"),
    )  # fmt: skip
    assessment.mark(NOON)
    return assessment
