"""The stage: a durable PostgreSQL with fresh databases, and the slices to measure."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from uuid import uuid4

from fastapi.routing import APIRoute

from feesvc import plugins
from feesvc.assembly import prepare_database
from feesvc.embedded import Database, Server
from feesvc.intermediary import Intermediary
from feesvc.projecting import Db, Projection
from feesvc.settings import Settings, load

LEDGER_ROUTE = "/trial-balance"
OFFLINE = "offline"
SECRET = "FEESVC_BENCH_SECRET"  # noqa: S105 - the name of a variable
PEOPLE_KEY = "FEESVC_BENCH_PEOPLE_KEY"


@dataclass
class Stage:
    """``scale`` 1 is full size: what BENCHMARKS.md reports."""

    server: Server
    scale: float = 1.0
    rounds: int = 3
    say: Callable[[str], None] = lambda words: None
    workers: int = 2
    """Processes of a server, where a row is about a service under load."""
    cold: bool = False
    """Whether the demo is also timed from a fresh clone with empty caches."""
    _template: str = field(default="", init=False)

    def sized(self, full: int, least: int = 1) -> int:
        return max(least, int(full * self.scale))

    @contextmanager
    def database(self) -> Iterator[Database]:
        """A migrated database with the tables of every installed projection; dropped at the end."""
        if not self._template:
            made = self.server.create(_name())
            prepare_database(made.owner_url, self.server.service_role)
            self._template = made.name
        fresh = self.server.create(_name(), self._template)
        try:
            yield fresh
        finally:
            self.server.drop(fresh.name)

    @contextmanager
    def bare_database(self) -> Iterator[Database]:
        fresh = self.server.create(_name())
        try:
            yield fresh
        finally:
            self.server.drop(fresh.name)

    def close(self) -> None:
        if self._template:
            self.server.drop(self._template)


def told(database: Database) -> Settings:
    """What a service on this database is told; its secrets stand in this process's environment."""
    os.environ.setdefault(SECRET, "a secret of nobody")
    os.environ.setdefault(PEOPLE_KEY, base64.b64encode(bytes(32)).decode())
    return load(
        database_url=database.url, owner_url=database.owner_url, people_key=f"env:{PEOPLE_KEY}",
        refuse_live=True,
    )  # fmt: skip


def environment(database: Database) -> dict[str, str]:
    """The same for a process that is started."""
    settings = told(database)
    return os.environ | {
        "FEESVC_DATABASE_URL": settings.need_database_url(),
        "FEESVC_OWNER_URL": settings.need_owner_url(),
        "FEESVC_PEOPLE_KEY": settings.people_key,
        "FEESVC_REFUSE_LIVE": "yes",
    }


def ledger() -> Projection:
    """The installed double-entry ledger: the projection that answers with a trial balance."""

    def nowhere() -> AbstractContextManager[Db]:
        raise NotImplementedError

    for projection in plugins.projections().values():
        routes = projection.routes(nowhere).routes
        if any(isinstance(route, APIRoute) and route.path == LEDGER_ROUTE for route in routes):
            return projection
    raise plugins.NotInstalled("no projection that keeps a double-entry ledger is installed")


def offline_intermediary() -> tuple[str, type[Intermediary], dict[str, str]]:
    """An installed intermediary that can do without a network, and settings that make it so."""
    for name, kind in plugins.intermediaries().items():
        if any(setting.name == OFFLINE for setting in kind.settings):
            settings = {
                s.name: f"env:{SECRET}" if s.secret else f"https://{s.name}.example"
                for s in kind.settings
                if s.required
            }
            return name, kind, settings | {OFFLINE: "yes"}
    raise plugins.NotInstalled("no intermediary that works without a network is installed")


def _name() -> str:
    return f"feesvc_bench_{uuid4().hex[:12]}"
