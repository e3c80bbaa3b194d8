"""Life: payers, portals, officers, banks and intermediaries, each doing what is theirs in time."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

import httpx

from feesvc.application import accounts
from feesvc.campaigns.simulating.weather import Crashed, StormyStore, Weather
from feesvc.campaigns.simulating.worker import Worker
from feesvc.domain.accounts import BankAccount
from feesvc.domain.agency import Agency
from feesvc.domain.aggregate import Aggregate, Recorded
from feesvc.testing.at_once import at_once
from feesvc.testing.world import LOG, World, with_counterparts

COLLECTION = BankAccount(bank="970415", number="113366668888", currency="VND")
COLLECTOR, NEIGHBOUR = "G22", "G14"
TURN = timedelta(minutes=2)
"""How often the worker looks, and intermediaries say what they have to say."""


class Life:
    """One world with its weather. ``at`` puts something in the diary; ``until`` lives on."""

    def __init__(self, seed: int, names: list[str]) -> None:
        self.chance = Random(f"life {seed}")  # noqa: S311 the same again
        self.weather = Weather(Random(f"weather {seed}"))  # noqa: S311 the same again
        self.weather.calm = True  # until everything stands
        self.names = names or with_counterparts()
        self.said: Counter[str] = Counter()
        self.asked: Counter[str] = Counter()
        """Requests that were made of us and not refused, each once however often repeated."""
        self.world = World(
            names=self.names,
            watch=self.weather.watch,
            open_store=lambda clock: StormyStore(clock, self.weather),
        )
        self.accounts: dict[str, UUID] = {}
        self._found()
        self.worker = Worker(self.world)
        self.diary: list[tuple[datetime, int, Callable[[], None]]] = []
        self._entries = 0
        self._news: dict[type[Aggregate.Event], list[Recorded]] = {}
        self._next_turn = self.world.now

    def _found(self) -> None:
        world = self.world
        world.found(COLLECTOR, NEIGHBOUR)
        for name in self.names:
            self.accounts[name] = world.open_account(COLLECTOR, name, world.settings(name))
            world.listen(self.accounts[name])
            world.counterparts[name].outbox.deliver = self.deliver
        for code in (COLLECTOR, NEIGHBOUR):
            act = world.house.act(world.some_id(), "person:administrator")
            at_once(
                accounts.open_receipt_series(
                    world.house, act, code, f"BI-{code}", "01BLP0-001", 1, date(2020, 1, 1)
                )
            )
        agency = at_once(
            world.house.one(Agency, world.store.ids.agency(COLLECTOR), f"agency {COLLECTOR}")
        )
        agency.set_bank_account("collection", COLLECTION, date(2020, 1, 1), world.now)
        at_once(world.keep(agency))

    # Time

    def at(self, moment: datetime, act: Callable[[], None]) -> None:
        self._entries += 1
        heapq.heappush(self.diary, (moment, self._entries, act))

    def after(self, pause: timedelta, act: Callable[[], None]) -> None:
        self.at(self.world.now + pause, act)

    def soon(self, act: Callable[[], None], longest: int) -> None:
        """Within so many seconds."""
        self.after(timedelta(seconds=self.chance.randrange(1, longest)), act)

    def until(self, moment: datetime) -> None:
        """Live on to that moment: what is in the diary, and everybody's turn in between."""
        while self._next(moment):
            pass

    def _next(self, moment: datetime) -> bool:
        due = self.diary[0][0] if self.diary else moment
        if min(due, self._next_turn) > moment:
            self.world.now = max(self.world.now, moment)
            return False
        if due <= self._next_turn:
            at, _, act = heapq.heappop(self.diary)
            self.world.now = max(self.world.now, at)
            act()
        else:
            self.world.now = max(self.world.now, self._next_turn)
            self._next_turn = self.world.now + TURN
            self.turn()
        return True

    def turn(self) -> bool:
        """Let intermediaries speak and processes answer, as far as there is anything just now."""
        said = sum(each.outbox.drain() for each in self.world.counterparts.values())
        return self.worker.turn() or bool(said)

    # What everybody does

    def deliver(self, request: httpx.Request) -> httpx.Response:
        """A notification arrives, or its connection breaks with the process that took it."""
        try:
            return self.world.deliver(request)
        except Crashed:
            self.said["crashes"] += 1
            raise httpx.RemoteProtocolError("gone", request=request) from None

    def news(self, kind: type[Aggregate.Event]) -> list[Recorded]:
        """Every event of this kind so far, in order."""
        known = self._news.setdefault(kind, [])
        after = known[-1].position if known else 0
        known += at_once(self.world.store.read(after, LOG, [kind.TOPIC]))
        return known
