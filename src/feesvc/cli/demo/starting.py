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

from feesvc import logs, plugins
from feesvc.api import create_app
from feesvc.api.access import Access
from feesvc.api.service import open_service
from feesvc.assembly import prepare_database
from feesvc.cli.demo.portal import Portal
from feesvc.cli.demo.script import SERVICE_PORT, script
from feesvc.cli.demo.standing_in import AUDIENCE, OPERATOR, StandIn, kept, others, window
from feesvc.cli.migrate import appoint_operator
from feesvc.embedded import Server, running
from feesvc.embedded.server import NAME
from feesvc.settings import Misconfigured, Settings, load
from feesvc.testing.issuer import DemoIssuer
from feesvc.testing.serving import address_of, served
from feesvc.worker import work


@dataclass(frozen=True, slots=True)
class Demo:
    """A running demo. ``fresh``: its books are empty, nothing of an earlier start is there."""

    url: str
    issuer: DemoIssuer
    portal: Portal
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
    accounts = [*script().accounts, *(window() if usual_ports else ())]
    ports = range(SERVICE_PORT, SERVICE_PORT + 10 * (2 + len(accounts)), 10)
    listening, issuing, *rest = (_listening(port, usual_ports) for port in ports)
    with others(issuing, dict(zip(accounts, rest, strict=True)), folder) as there:
        settings = _settings(server, folder, address_of(listening), there.issuer)
        asyncio.run(appoint_operator(settings, there.issuer.url, OPERATOR))
        app = Access(create_app(lambda: open_service(settings)))
        with served(app, listening, lifespan=True) as url, _working(settings):
            yield Demo(url, there.issuer, there.portal, there.stand_ins, settings, log_file, fresh)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Two demos on one folder would empty each other's books."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "demo.log").open("ab").close()
        lock = os.open(folder, os.O_RDONLY)
    except OSError as error:
        why = f"{folder}: {error.strerror}; --folder names another place for the data"
        raise Misconfigured(why) from None
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
        people_key=kept(folder, "people", key), token_issuers=[trusted],
        worker_poll_seconds=0.05,
    )  # fmt: skip


def _listening(port: int, usual: bool) -> socket.socket:
    """On the usual port, or on any that is free when that one is taken."""
    if usual:
        try:
            return socket.create_server(("127.0.0.1", port), backlog=512)
        except OSError:
            pass
    return socket.create_server(("127.0.0.1", 0), backlog=512)


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
