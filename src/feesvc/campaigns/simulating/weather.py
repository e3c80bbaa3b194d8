"""Weather: what goes wrong between us, our store and the intermediaries, and how often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

import httpx

from feesvc.store import Appended, Command, StoreUnavailable, Verdict
from feesvc.store.memory import MemoryStore
from feesvc.testing.counterpart import Counterpart
from feesvc.testing.faults import Fault

RATES = (0.0, 0.0, 0.01, 0.03, 0.10)
"""How often something happens, of a hundred; each run draws one of these for each trouble."""

TROUBLES = (
    "crash before a commit", "crash after a commit", "crash before a call", "crash after a call",
    "no commit", "commit without a reply", "another was first", "request lost", "answer lost",
    *(fault.value for fault in Fault),
)  # fmt: skip


class Crashed(BaseException):
    """The process is gone. Nothing may catch it but whoever starts another one."""


@dataclass
class Weather:
    """``calm`` once everything heals. The same chance makes the same weather."""

    chance: Random
    calm: bool = False
    rates: dict[str, float] = field(default_factory=dict)
    struck: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.rates = {trouble: self.chance.choice(RATES) for trouble in TROUBLES}

    def strikes(self, trouble: str) -> bool:
        if self.calm or self.chance.random() >= self.rates[trouble]:
            return False
        self.struck[trouble] += 1
        return True

    def watch(self, request: httpx.Request, when: str) -> None:
        """Lose a call to an intermediary on its way, there or back, or the caller with it."""
        if when == "before":
            if self.strikes("crash before a call"):
                raise Crashed
            if self.strikes("request lost"):
                raise httpx.ConnectError("lost", request=request)
        else:
            if self.strikes("crash after a call"):
                raise Crashed
            if self.strikes("answer lost"):
                raise httpx.ReadTimeout("lost", request=request)

    def spoil(self, counterpart: Counterpart, order: str = "") -> None:
        """Faults of the intermediary itself, each at most once for this order."""
        for fault in Fault:
            if self.strikes(fault.value):
                counterpart.faults.set(fault, order, times=1)

    def over(self, counterparts: list[Counterpart]) -> None:
        self.calm = True
        for counterpart in counterparts:
            counterpart.faults.clear()


class StormyStore(MemoryStore):
    """Commits that fail, that nobody hears of, that lose a race, and crashes around them."""

    def __init__(self, clock: Callable[[], datetime], weather: Weather) -> None:
        self.weather = weather
        super().__init__(clock)

    async def append(self, command: Command) -> Appended:
        weather = self.weather
        if weather.strikes("crash before a commit"):
            raise Crashed
        if weather.strikes("no commit"):
            raise StoreUnavailable("no connection")
        if weather.strikes("another was first"):
            return Appended(verdict=Verdict.STALE)
        appended = await super().append(command)
        if weather.strikes("crash after a commit"):
            raise Crashed
        if weather.strikes("commit without a reply"):
            raise StoreUnavailable("the connection was lost")
        return appended
