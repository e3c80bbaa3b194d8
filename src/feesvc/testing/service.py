"""A whole running service on loopback: HTTP, worker, issuer, and every intermediary's counterpart.

For tests, the demo, the benchmarks and the campaigns. What it stands on is real: PostgreSQL, the
installed slices, signed tokens, sockets. Only intermediaries are stand-ins, and they say so.
"""

from __future__ import annotations

import asyncio
import base64
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg
from psycopg.rows import dict_row
from starlette.types import ASGIApp

from feesvc import plugins
from feesvc.api import create_app
from feesvc.api.access import Access
from feesvc.api.problems import TooLargeAsProblem
from feesvc.api.service import Service, open_service
from feesvc.application.registries import appoint_operator
from feesvc.assembly import open_house, prepare_database, utc_now
from feesvc.domain.ids import Ids
from feesvc.embedded import Database
from feesvc.processes import KINDS
from feesvc.processes.filing import ASK_AGAIN
from feesvc.settings import Settings, load
from feesvc.testing.counterpart import Counterpart
from feesvc.testing.issuer import DemoIssuer
from feesvc.testing.serving import PLAIN, Fellows, address_of, reserved, served
from feesvc.worker import work

AUDIENCE = "feesvc"
OPERATOR = "operator"
"""The sub of the one operator there is at the start."""
PATIENCE = 60.0
"""Seconds that a client waits: a busy machine is not a broken one."""
_BEHIND = files(__package__).joinpath("behind.sql").read_text()


@dataclass(frozen=True, slots=True)
class StandIn:
    """A counterpart that runs, and how a merchant account reaches it."""

    counterpart: Counterpart
    url: str
    settings: Mapping[str, str]
    """For a merchant account: secrets stand in files and are named by reference."""


@dataclass(frozen=True, slots=True)
class RunningService:
    """``url`` is where it answers; ``/v1`` is not part of it."""

    url: str
    settings: Settings
    issuer: DemoIssuer
    stand_ins: Mapping[str, StandIn]
    clients: ExitStack
    now: Callable[[], datetime] = utc_now
    """The time of everybody in it."""

    def client(self, credential: str = "") -> httpx.Client:
        """A client with this key or token, or with none. The service closes it at its end."""
        headers = {"Authorization": f"Bearer {credential}"} if credential else {}
        client = httpx.Client(
            base_url=f"{self.url}/v1", headers=headers, timeout=PATIENCE, verify=PLAIN
        )
        self.clients.callback(client.close)
        return client

    def person(self, sub: str) -> httpx.Client:
        """A client with a token that the issuer signed for ``sub``."""
        return self.client(self.issuer.sign(sub))

    def ids(self) -> Ids:
        """The ids of this service's log, for what has not reached a projection yet."""
        with self._database() as db:
            [log] = db.execute("SELECT namespace FROM feesvc.log")
        return Ids(log["namespace"])

    def head(self) -> int:
        with self._database() as db:
            [log] = db.execute("SELECT position FROM feesvc.log")
        return int(log["position"])

    @contextmanager
    def working(self) -> Iterator[None]:
        """Run the worker meanwhile: projections and processes follow the log."""
        stopping = threading.Event()
        codes: list[int] = []
        thread = threading.Thread(
            target=lambda: codes.append(work(self.settings, stopping, self.now)), name="worker",
            daemon=True,
        )  # fmt: skip
        thread.start()
        try:
            yield
        finally:
            stopping.set()
            thread.join()
        if codes != [0]:
            raise RuntimeError("the worker did not end well: see what it logged")

    def await_followers(self, seconds: float = PATIENCE) -> None:
        """Wait until projections and processes have nothing left to do now.

        What intermediaries were still to say is said first. Raises ``TimeoutError``.
        """
        deadline = time.monotonic() + seconds
        pairs = [(kind.name, event.TOPIC) for kind in KINDS for event in kind.events]
        topics = {"processes": [name for name, _ in pairs], "topics": [topic for _, topic in pairs]}
        with self._database() as db:
            while True:
                said = sum(s.counterpart.outbox.drain() for s in self.stand_ins.values())
                now = self.now()
                asked = {"now": now, "soon": now + ASK_AGAIN, **topics}
                behind = db.execute(_BEHIND.encode(), asked).fetchall()
                if not said and not behind:
                    return
                if time.monotonic() > deadline:
                    raise TimeoutError(f"not at the end of the log: {behind}")
                time.sleep(0.02)

    def _database(self) -> psycopg.Connection[dict[str, Any]]:
        url = self.settings.need_database_url()
        return psycopg.connect(url, row_factory=dict_row, autocommit=True)


@contextmanager
def running_service(
    database: Database, service_role: str = "feesvc_service", *,
    now: Callable[[], datetime] = utc_now, counterparts: Mapping[str, Any] | None = None,
    **told: Any,
) -> Iterator[RunningService]:  # fmt: skip
    """Serve on ``database``, which is migrated and given its projections first.

    ``told``: further settings, by their names in ``Settings``. ``counterparts``: other stand-ins
    than one of each kind, by names of one's own. The worker runs only within
    ``RunningService.working``. Notifications go out by themselves.
    """
    listening = reserved()
    url = address_of(listening)
    with surroundings(
        database, url, service_role, now=now, counterparts=counterparts, **told
    ) as service:
        opened = partial(open_service, service.settings, now=now)
        with _built(opened) as app, served(app, listening, lifespan=True), service.clients:
            yield service


class _Application:
    """All that answers, but for the service behind it, which it is told before each start."""

    def __init__(self) -> None:
        self.opened: Callable[[], AbstractAsyncContextManager[Service]]
        self.app = Access(TooLargeAsProblem(create_app(self._open)))

    def _open(self) -> AbstractAsyncContextManager[Service]:
        return self.opened()


_RESTING: list[_Application] = []


@contextmanager
def _built(opened: Callable[[], AbstractAsyncContextManager[Service]]) -> Iterator[ASGIApp]:
    """An application, taken over from a service that ended if there is one.

    To build it, and to have every route looked at once, costs half a second of the processor.
    """
    application = _RESTING.pop() if _RESTING else _Application()
    application.opened = opened
    try:
        yield application.app
    finally:
        _RESTING.append(application)


@contextmanager
def surroundings(
    database: Database, url: str, service_role: str = "feesvc_service", *,
    now: Callable[[], datetime] = utc_now, counterparts: Mapping[str, Any] | None = None,
    **told: Any,
) -> Iterator[RunningService]:  # fmt: skip
    """All but the service itself, which whoever asks for this serves at ``url``."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="feesvc-")))
        prepare_database(database.owner_url, service_role)
        fellows: Fellows = []
        issuer = stack.enter_context(_issuing(fellows))
        settings = load(
            **{
                "database_url": database.url,
                "owner_url": database.owner_url,
                "public_url": url,
                "people_key": _kept(folder / "people_key", _random_key()),
                "token_issuers": [
                    {
                        "issuer": issuer.url,
                        "audience": AUDIENCE,
                        "jwks_url": f"{issuer.url}/jwks.json",
                    }
                ],
                "worker_poll_seconds": 0.1,
                **told,
            }
        )
        asyncio.run(_appoint(settings, issuer.url))
        stand_ins = {
            name: stack.enter_context(_standing_in(name, kind, folder, now, fellows))
            for name, kind in (counterparts or plugins.counterparts()).items()
        }
        clients = stack.enter_context(ExitStack())
        yield RunningService(url, settings, issuer, stand_ins, clients, now)


@contextmanager
def _issuing(fellows: Fellows) -> Iterator[DemoIssuer]:
    listening = reserved()
    url = address_of(listening)
    issuer = DemoIssuer(url, AUDIENCE, {OPERATOR: OPERATOR})
    with served(issuer.app(), listening, fellows=fellows):
        yield issuer


@contextmanager
def _standing_in(
    name: str, kind: Any, folder: Path, now: Callable[[], datetime], fellows: Fellows
) -> Iterator[StandIn]:
    counterpart: Counterpart = kind(now)
    secret = {s.name for s in plugins.intermediaries()[kind.name].settings if s.secret}
    listening = reserved()
    with (
        httpx.Client(timeout=PATIENCE, verify=PLAIN) as http,
        served(counterpart.app, listening, fellows=fellows) as url,
        counterpart.outbox.running(interval=0.01),
    ):
        counterpart.outbox.deliver = http.send
        settings = {
            key: _kept(folder / f"{name}_{key}", value) if key in secret else value
            for key, value in counterpart.settings(url).items()
        }
        yield StandIn(counterpart, url, settings)


async def _appoint(settings: Settings, issuer: str) -> None:
    async with open_house(settings) as house:
        await appoint_operator(house, issuer, OPERATOR)


def _random_key() -> str:
    return base64.b64encode(os.urandom(32)).decode()


def _kept(path: Path, secret: str) -> str:
    """A reference to a secret in a file that only this user reads."""
    path.touch(mode=0o600)
    path.write_text(secret)
    return f"file:{path}"


def new_key() -> dict[str, str]:
    """The header of a request that was never sent before."""
    return {"Idempotency-Key": str(uuid4())}
