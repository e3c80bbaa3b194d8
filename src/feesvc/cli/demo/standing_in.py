"""Standing in: the intermediaries and the issuer of the demo, on a port each, in one server."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from starlette.types import ASGIApp, Receive, Scope, Send

from feesvc import plugins
from feesvc.assembly import utc_now
from feesvc.cli.demo.portal import Portal
from feesvc.cli.demo.script import SampleAccount, script
from feesvc.testing.counterpart import Counterpart
from feesvc.testing.issuer import DemoIssuer
from feesvc.testing.serving import address_of, served

AUDIENCE = "feesvc"
OPERATOR = "operator"
"""Who administers the service itself; the first one is appointed by whoever owns the database."""
STEP_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class StandIn:
    """One merchant account at an intermediary that we play ourselves."""

    account: SampleAccount
    counterpart: Counterpart
    url: str
    settings: dict[str, str]
    """For the merchant account: secrets stand in files and are named by reference."""


@dataclass(frozen=True, slots=True)
class Others:
    """Everybody whom the service talks to."""

    issuer: DemoIssuer
    portal: Portal
    stand_ins: tuple[StandIn, ...]


@contextmanager
def others(
    issuing: socket.socket, accounts: Mapping[SampleAccount, socket.socket], folder: Path
) -> Iterator[Others]:
    """Run them all: each account's intermediary at its port."""
    persons = {OPERATOR: OPERATOR, **{str(role): f"demo-{role}" for role in script().roles}}
    issuer = DemoIssuer(address_of(issuing), AUDIENCE, persons)
    issuing_app = issuer.app()
    portal = Portal()
    issuing_app.router.routes.extend(portal.routes())
    with ExitStack() as stack:
        stand_ins = [
            stack.enter_context(_standing_in(account, address_of(socket), folder))
            for account, socket in accounts.items()
        ]
        apps: list[ASGIApp] = [issuing_app, *(stand_in.counterpart.app for stand_in in stand_ins)]
        sockets = [issuing, *accounts.values()]
        by_port = {s.getsockname()[1]: app for s, app in zip(sockets, apps, strict=True)}
        stack.enter_context(served(_ByPort(by_port), *sockets))
        yield Others(issuer, portal, tuple(stand_ins))


def window() -> list[SampleAccount]:
    """An account at every other intermediary that is installed, for the sample portal's page."""
    known = {account.intermediary for account in script().accounts}
    return [
        SampleAccount(
            name=name, agency=script().portal_agency, intermediary=name, currencies=("VND",)
        )
        for name in sorted(plugins.counterparts().keys() - known)
    ]


class _ByPort:
    """Each application under the port that it was asked at."""

    def __init__(self, apps: dict[int, ASGIApp]) -> None:
        self._apps = apps

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._apps[scope["server"][1]](scope, receive, send)


@contextmanager
def _standing_in(account: SampleAccount, url: str, folder: Path) -> Iterator[StandIn]:
    counterparts: Any = plugins.counterparts()
    counterpart: Counterpart = counterparts[account.intermediary](utc_now)
    secret = {s.name for s in plugins.intermediaries()[account.intermediary].settings if s.secret}
    with httpx.Client(timeout=30) as http, counterpart.outbox.running(interval=STEP_SECONDS):
        counterpart.outbox.deliver = http.send
        settings = dict(counterpart.settings(url))
        for name in secret & settings.keys():
            settings[name] = kept(folder, f"{account.intermediary}-{name}", settings[name])
        yield StandIn(account, counterpart, url, settings)


def kept(folder: Path, name: str, secret: str) -> str:
    """A reference to a secret in a file that only this user reads; made when it is missing."""
    path = folder.resolve() / "secrets" / name
    path.parent.mkdir(mode=0o700, exist_ok=True)
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secret)
    return f"file:{path}"
