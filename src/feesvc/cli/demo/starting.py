"""Starting: the database, the service, the worker and the stand-ins, all in this one process.

Everything listens on loopback and ends with the demo: there is no other process but the database
server, and that one dies with us.
"""

from __future__ import annotations

import asyncio
import base64
import fcntl
import os
import shutil
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from feesvc import logs, plugins
from feesvc.api import create_app
from feesvc.api.access import Access
from feesvc.api.service import open_service
from feesvc.assembly import prepare_database, utc_now
from feesvc.cli.demo.script import SERVICE_PORT, SampleAccount, script
from feesvc.cli.migrate import appoint_operator
from feesvc.embedded import Server, running
from feesvc.embedded.server import NAME
from feesvc.settings import Misconfigured, Settings, load
from feesvc.testing.counterpart import Counterpart
from feesvc.testing.issuer import DemoIssuer
from feesvc.testing.serving import address_of, served
from feesvc.worker import work

AUDIENCE = "feesvc"
OPERATOR = "operator"
"""Who administers the service itself; the first one is appointed by whoever owns the database."""
STEP_SECONDS = 0.01
BACK = """<!doctype html><html lang="vi"><meta charset="utf-8"><title>Cổng dịch vụ công</title>
<p>Về lại cổng dịch vụ công · back at the portal.</p>
<p>This visit moves no money: what was paid, the service hears from the intermediary itself.</p>
</html>"""


@dataclass(frozen=True, slots=True)
class StandIn:
    """One merchant account at an intermediary that we play ourselves."""

    account: SampleAccount
    counterpart: Counterpart
    url: str
    settings: dict[str, str]
    """For the merchant account: secrets stand in files and are named by reference."""


@dataclass(frozen=True, slots=True)
class Demo:
    """A running demo. ``fresh``: its books are empty, nothing of an earlier start is there."""

    url: str
    issuer: DemoIssuer
    stand_ins: tuple[StandIn, ...]
    settings: Settings
    log_file: Path
    fresh: bool

    @property
    def return_url(self) -> str:
        """Where the portal wants payers back."""
        return f"{self.issuer.url}/back"


@contextmanager
def started(folder: Path, *, keep: bool, usual_ports: bool) -> Iterator[Demo]:
    """Start everything on the data of ``folder``, which is emptied first unless ``keep``.

    To be called from the main thread. Raises ``EmbeddedError``, ``Misconfigured``.
    """
    early = threading.Thread(target=_import_early, daemon=True)
    early.start()
    with ExitStack() as stack:
        stack.enter_context(alone(folder))
        server = stack.enter_context(running(folder / "postgres"))
        early.join()
        fresh = not keep or not (folder / "secrets").exists()
        if fresh:
            emptied(server, folder)
        prepare_database(server.owner_url, server.service_role)
        log_file = log_to(folder)
        yield stack.enter_context(_serving(server, folder, log_file, fresh, usual_ports))


@contextmanager
def _serving(
    server: Server, folder: Path, log_file: Path, fresh: bool, usual_ports: bool
) -> Iterator[Demo]:
    with ExitStack() as stack:
        ports = iter(range(SERVICE_PORT, SERVICE_PORT + 100, 10))
        listening = _listening(next(ports), usual_ports)
        issuer = stack.enter_context(_issuing(_listening(next(ports), usual_ports), folder))
        settings = _settings(server, folder, address_of(listening), issuer)
        asyncio.run(appoint_operator(settings, issuer.url, OPERATOR))
        stand_ins = [
            stack.enter_context(_standing_in(account, _listening(port, usual_ports), folder))
            for account, port in zip(script().accounts, ports, strict=False)
        ]
        app = Access(create_app(lambda: open_service(settings)))
        url = stack.enter_context(served(app, listening, lifespan=True))
        stack.enter_context(_working(settings))
        yield Demo(url, issuer, tuple(stand_ins), settings, log_file, fresh)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Two demos on one folder would empty each other's books."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise Misconfigured(f"a demo runs on {folder} already; --folder names another") from None
    finally:
        os.close(lock)


def emptied(server: Server, folder: Path) -> None:
    server.drop(NAME)
    server.create(NAME)
    shutil.rmtree(folder / "secrets", ignore_errors=True)


def _import_early() -> None:
    """The database server takes a moment to start: what is needed next is read meanwhile."""
    plugins.intermediaries()
    plugins.projections()
    plugins.counterparts()
    import_module("feesvc.api.serving")


def log_to(folder: Path) -> Path:
    path = folder / "demo.log"
    said = sys.excepthook
    logs.configure("json", "info", path.open("wb", buffering=0))
    sys.excepthook = said  # trouble of the demo itself is for whoever looks at it
    return path


def _settings(server: Server, folder: Path, url: str, issuer: DemoIssuer) -> Settings:
    trusted = {"issuer": issuer.url, "audience": AUDIENCE, "jwks_url": f"{issuer.url}/jwks.json"}
    key = base64.b64encode(os.urandom(32)).decode()
    return load(
        database_url=server.url, owner_url=server.owner_url, public_url=url, refuse_live=True,
        people_key=_kept(folder, "people", key), token_issuers=[trusted],
        worker_poll_seconds=0.05,
    )  # fmt: skip


def _kept(folder: Path, name: str, secret: str) -> str:
    """A reference to a secret in a file that only this user reads; made when it is missing."""
    path = folder.resolve() / "secrets" / name
    path.parent.mkdir(mode=0o700, exist_ok=True)
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secret)
    return f"file:{path}"


def _listening(port: int, usual: bool) -> socket.socket:
    """On the usual port, or on any that is free when that one is taken."""
    if usual:
        try:
            return socket.create_server(("127.0.0.1", port), backlog=512)
        except OSError:
            pass
    return socket.create_server(("127.0.0.1", 0), backlog=512)


@contextmanager
def _issuing(listening: socket.socket, folder: Path) -> Iterator[DemoIssuer]:
    """The issuer keeps its name over restarts: a person is known by issuer and subject."""
    url = address_of(listening)
    persons: dict[str, str] = {
        OPERATOR: OPERATOR,
        **{role: f"demo-{role}" for role in script().roles},
    }
    issuer = DemoIssuer(url, AUDIENCE, persons)
    app = issuer.app()
    app.router.routes.append(Route("/back", _back))
    with served(app, listening):
        yield issuer


async def _back(request: Request) -> HTMLResponse:
    return HTMLResponse(BACK)


@contextmanager
def _standing_in(
    account: SampleAccount, listening: socket.socket, folder: Path
) -> Iterator[StandIn]:
    counterparts: Any = plugins.counterparts()
    counterpart: Counterpart = counterparts[account.intermediary](utc_now)
    secret = {s.name for s in plugins.intermediaries()[account.intermediary].settings if s.secret}
    with (
        httpx.Client(timeout=30) as http,
        served(counterpart.app, listening) as url,
        counterpart.outbox.running(interval=STEP_SECONDS),
    ):
        counterpart.outbox.deliver = http.send
        settings = dict(counterpart.settings(url))
        for name in secret & settings.keys():
            settings[name] = _kept(folder, f"{account.intermediary}-{name}", settings[name])
        yield StandIn(account, counterpart, url, settings)


@contextmanager
def _working(settings: Settings) -> Iterator[None]:
    stopping = threading.Event()
    thread = threading.Thread(target=work, args=[settings, stopping], name="worker", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()
