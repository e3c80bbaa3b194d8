"""An aggregate for tests of the store: a jar of coins, with all kinds of facts events may hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal
from uuid import UUID, uuid4

from eventsourcing.domain import event

from feesvc.domain.aggregate import Aggregate, FirstEvent
from feesvc.money import Money
from feesvc.store import Command

NOON = datetime(2026, 11, 21, 5, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coin:
    kind: Literal["copper", "silver"]
    worth: Money
    marks: tuple[str, ...] = ()


class Jar(Aggregate):
    TOPIC = "jar"

    class Opened(FirstEvent):
        TOPIC = "jar.opened"

        label: str
        coins: tuple[Coin, ...] = ()
        worth: Money | None = None
        on: date = date(2026, 11, 21)
        codes: Mapping[str, str] | None = None
        keeper: UUID | None = None

    class Filled(Aggregate.Event):
        """Form 1 said ``coins`` for what is ``count`` since."""

        TOPIC = "jar.filled"
        FORM = 2

        count: int

        @staticmethod
        def upcast_1(state: dict[str, Any]) -> dict[str, Any]:
            return {"count": state["coins"], "timestamp": state["timestamp"]}

    @event(Opened)
    def __init__(self, label: str) -> None:
        self.agency = "G14"
        self.label = label
        self.count = 0
        self.counts: list[int] = []

    @event(Filled)
    def _filled(self, count: int) -> None:
        self.count += count
        self.counts.append(count)

    def fill(self, count: int, at: datetime = NOON) -> None:
        self.record(self.Filled, at, count=count)


class LongJar(Aggregate):
    """A jar that is filled for ever."""

    TOPIC = "long_jar"
    LONG = True

    class Begun(FirstEvent):
        TOPIC = "long_jar.begun"

    class Topped(Aggregate.Event):
        TOPIC = "long_jar.topped"

        count: int

    @event(Begun)
    def __init__(self) -> None:
        self.agency = "G14"
        self.counts: list[int] = []

    @event(Topped)
    def _topped(self, count: int) -> None:
        self.counts.append(count)

    def top(self, count: int, at: datetime = NOON) -> None:
        self.record(self.Topped, at, count=count)


def opened(stream: UUID, label: str = "sugar", fillings: int = 0, **facts: Any) -> Jar:
    """A jar that was opened and filled with one coin so many times."""
    jar = Jar.first(Jar.Opened, stream, NOON, label=label, **facts)
    for _ in range(fillings):
        jar.fill(1)
    return jar


def command(*jars: Aggregate, agency: str = "G14", **facts: Any) -> Command:
    """A command with all that happened to ``jars`` and is not recorded yet."""
    events = [
        (agency, each)
        for jar in jars
        for each in jar.collect_events()
        if isinstance(each, Aggregate.Event)
    ]
    base: dict[str, Any] = {"id": uuid4(), "principal": "portal", "actor": "mai", "events": events}
    return Command(**{**base, **facts})
