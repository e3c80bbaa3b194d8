"""Worlds: a house in memory on the installed adapters, whose counterparts stand in the same thread.

Nothing is on a network, nothing waits, and one clock moves for all of them. All that decides and
records is what serves, the HTTP route of notifications included.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any, TypeVar, cast
from uuid import UUID

import httpx
from starlette.types import ASGIApp

from feesvc import plugins
from feesvc.api import create_app
from feesvc.api.problems import TooLargeAsProblem
from feesvc.application import accounts
from feesvc.application.desk import Desk
from feesvc.application.house import House
from feesvc.domain.accounts import Mode
from feesvc.domain.agency import Agency
from feesvc.domain.aggregate import Recorded
from feesvc.domain.merchant_account import PREVIOUS, MerchantAccount
from feesvc.domain.payment import Payment
from feesvc.intermediary import Intermediary
from feesvc.people.memory import MemoryPeople
from feesvc.store.memory import MemoryStore
from feesvc.testing.at_once import Answer, Asked, Held, HereTransport, Watch, at_once
from feesvc.testing.counterpart import Counterpart
from feesvc.testing.outbox import Outbox
from feesvc.testing.scenario import Scenario

T = TypeVar("T")
A_CALL = timedelta(milliseconds=1)
LOG = 1_000_000
"""More events than a world ever has."""


class DeskHere(Desk):
    """Asks on the spot. An operation in ``hold`` keeps its answer back (``Held``)."""

    hold: frozenset[str] = frozenset()
    held: object = None
    """The answer that was held back last."""
    tick: Callable[[], None]
    """Told of each call: no two of them are made at the same moment."""

    async def call(self, intermediary: str, operation: str, ask: Callable[[], T]) -> T:
        self.tick()
        answer = ask()
        if operation in self.hold:
            self.held = answer
            await Held()
        return answer


class HeldOutbox(Outbox):
    """Keeps what an intermediary would say until it is asked for; each can be made anew."""

    def __init__(self, counterpart: Counterpart) -> None:
        super().__init__(counterpart.clock, counterpart.retry_after, counterpart.acknowledged)
        self.kept: list[Callable[[], httpx.Request]] = []

    def post(self, build: Callable[[], httpx.Request], after: object = None) -> None:
        self.kept.append(build)

    def taken(self) -> list[Callable[[], httpx.Request]]:
        """What was to be said since the last time."""
        said, self.kept = self.kept, []
        return said


@dataclass
class World(Scenario):
    """``names`` are the intermediaries that exist here; empty: every one with a counterpart.

    Its clock is ``now``. ``watch`` is told of every request to an intermediary.
    """

    names: Sequence[str] = ()
    open_store: Callable[[Callable[[], datetime]], MemoryStore] = MemoryStore
    watch: Watch | None = None
    counterparts: dict[str, Counterpart] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        kinds = intermediaries()
        apps: dict[str, ASGIApp] = {}
        self._transport = HereTransport(apps, self.watch)
        for name, kind in stand_ins().items():
            if name in self.names or not self.names:
                counterpart: Counterpart = kind(self.clock)
                self.counterparts[name] = counterpart
                apps[_host(name)] = counterpart.app
        desk = DeskHere(kinds, self.secrets.__getitem__, connect=self._connect)
        desk.tick = self._tick
        self.desk = desk
        self.store = self.open_store(self.clock)
        people = MemoryPeople(self.clock)
        self.house = House(self.store, people, desk, self.clock, "https://fees.test")

    def clock(self) -> datetime:
        return self.now

    def hold_outbox(self, name: str) -> HeldOutbox:
        """From now on this intermediary says nothing by itself; gives what it would have said."""
        held = HeldOutbox(self.counterparts[name])
        self.counterparts[name].outbox = held
        return held

    # What stands at the beginning

    def found(self, *codes: str) -> None:
        """Register agencies that need no merchant account of a say-so intermediary."""
        for code in codes:
            agency = Agency.register(self.store.ids.agency(code), code, code, code, "", self.now)
            at_once(self.keep(agency))

    def settings(self, name: str) -> dict[str, str]:
        """How an account reaches this intermediary's counterpart: secrets in plain."""
        return dict(self.counterparts[name].settings(f"https://{_host(name)}"))

    def open_account(
        self, agency: str, name: str, settings: Mapping[str, str], mode: Mode = "test"
    ) -> UUID:
        """Open a merchant account by the command for it."""
        currencies = tuple(intermediaries()[name].facts.currencies)
        new = accounts.NewMerchantAccount(
            agency=agency, intermediary=name, mode=mode, currencies=currencies,
            settings=self.referred(name, settings),
        )  # fmt: skip
        id = self.some_id()
        act = self.house.act(self.some_id(), "person:administrator")
        at_once(accounts.open_merchant_account(self.house, act, id, new))
        return id

    def rekey(self, account: UUID, name: str, settings: Mapping[str, str]) -> None:
        act = self.house.act(self.some_id(), "person:administrator")
        referred = self.referred(name, settings)
        at_once(accounts.rekey_merchant_account(self.house, act, account, referred))

    def referred(self, name: str, settings: Mapping[str, str]) -> dict[str, str]:
        """The settings with each secret kept aside and named by reference."""
        secret = self.desk.secrets(name)
        said = {}
        for key, value in settings.items():
            if key.removesuffix(PREVIOUS) in secret and value:
                reference = f"env:SECRET_{hashlib.sha256(value.encode()).hexdigest()[:12]}"
                self.secrets[reference] = value
                said[key] = reference
            else:
                said[key] = value
        return said

    # What happens

    def ask(self, account: UUID, *assessments: UUID) -> Payment:
        """Ask for a payment, and open its page; gives it presented."""
        self.listen(account)
        payment = at_once(self.payment(account, *assessments))
        self.open_page(payment.url)
        return payment

    def open_page(self, url: str) -> None:
        """The payer opens the page: some intermediaries hear of an order only then."""
        if url:
            with httpx.Client(transport=self._transport) as browser:
                assert browser.get(url).status_code == 200

    def listen(self, account: UUID) -> None:
        """Tell an intermediary whose orders name no address where to send notifications."""
        name = self.account(account).intermediary
        self.counterparts[name].notify_url = f"https://fees.test{path_of(account)}"

    def account(self, id: UUID) -> MerchantAccount:
        return at_once(self.house.see(MerchantAccount, id, "merchant account"))

    def deliver(self, request: httpx.Request) -> httpx.Response:
        """Hand a notification to the API as it came, over raw ASGI."""
        answer = self.send(
            Asked(
                request.method,
                request.url.path,
                request.url.query,
                [(name.lower(), value) for name, value in request.headers.raw],
                [request.read()],
            )
        )
        assert answer is not None
        headers = list(answer.headers)
        return httpx.Response(answer.status, headers=headers, content=answer.body, request=request)

    def send(self, asked: Asked) -> Answer | None:
        """Ask the API over raw ASGI; None where it says nothing."""
        return at_once(self.sent(asked))

    async def sent(self, asked: Asked) -> Answer | None:
        """As ``send``, for a house whose store does wait."""
        app = _api()
        app.state.house = self.house
        return await asked.of(TooLargeAsProblem(app))

    def log(self, after: int = 0) -> list[Recorded]:
        """Everything recorded after a position."""
        return list(at_once(self.store.read(after, LOG)))

    def head(self) -> int:
        return at_once(self.store.head())

    def adapter(self, account: UUID) -> Intermediary:
        return self.desk.adapter(self.account(account))

    def _tick(self) -> None:
        self.now += A_CALL

    def _connect(self, intermediary: str) -> httpx.Client:
        return httpx.Client(transport=self._transport)


def path_of(account: UUID) -> str:
    """Where the notifications of a merchant account go."""
    return f"/v1/notifications/{account}"


def other_settings(name: str, settings: Mapping[str, str], whose: str) -> dict[str, str]:
    """The same account with other secrets, of the form that the given ones have."""
    secret = {s.name for s in intermediaries()[name].settings if s.secret}
    return {
        key: _other(value, whose) if key in secret and value else value
        for key, value in settings.items()
    }


def _other(value: str, whose: str) -> str:
    """What comes before the last ``_`` stays; hexadecimal stays hexadecimal, of its length."""
    prefix, mark, rest = value.rpartition("_")
    digest = hashlib.sha512(f"{whose} {value}".encode()).hexdigest() * (1 + len(rest) // 128)
    other = digest[: len(rest)]
    return prefix + mark + (other.upper() if rest == rest.upper() else other)


def with_counterparts(names: Iterable[str] = ()) -> list[str]:
    """The intermediaries that have an adapter and a counterpart here, or those of ``names``."""
    both = intermediaries().keys() & stand_ins().keys()
    return sorted(both & set(names)) if names else sorted(both)


@cache
def intermediaries() -> dict[str, type[Intermediary]]:
    """The installed adapters: looking for them takes longer than a payment does here."""
    return plugins.intermediaries()


@cache
def stand_ins() -> dict[str, Any]:
    """The installed counterparts."""
    return plugins.counterparts()


def _host(name: str) -> str:
    return f"{name}.counterpart.test"


@cache
def _api() -> Any:
    """The application, opened on nothing: a world says which house it is to serve."""
    return create_app(lambda: cast("Any", nullcontext()))
