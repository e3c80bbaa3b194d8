"""Builds events as the log keeps them, without a store: for tests of projections and processes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import UUID, uuid5

from feesvc.domain.aggregate import Aggregate, FirstEvent, Recorded

NOON = datetime(2026, 11, 20, 5, tzinfo=UTC)
"""Noon of 20 November 2026 in Asia/Ho_Chi_Minh."""
_NAMESPACE = UUID("0d7c8f4e-0a1b-4a6e-9a43-3f3b2f1c5d6e")


def some_id(name: str) -> UUID:
    """The same id for the same name, in every run."""
    return uuid5(_NAMESPACE, name)


def recorded(
    event_class: type[Aggregate.Event], agency: str = "G14", position: int = 1, *,
    stream: UUID | str = "stream", version: int = 1, at: datetime = NOON,
    recorded_at: datetime | None = None, actor: str = "test", cause: str = "", **facts: Any,
) -> Recorded:  # fmt: skip
    """One event of ``event_class`` with these facts, which happened at ``at``.

    ``stream`` is an id, or a name from which one is made. It is recorded when it happened, unless
    ``recorded_at`` says otherwise.
    """
    if "agency" in {field.name for field in fields(event_class)}:
        facts.setdefault("agency", agency)
    originator = stream if isinstance(stream, UUID) else some_id(stream)
    if issubclass(event_class, FirstEvent):
        facts["originator_topic"] = event_class.TOPIC.rpartition(".")[0]
    event = event_class(originator_id=originator, originator_version=version, timestamp=at, **facts)
    return Recorded(
        position, event, agency, recorded_at or at, actor, some_id(f"command {position}"), cause
    )


def in_order(events: Sequence[Recorded], first: int = 1) -> list[Recorded]:
    """The events, given positions in this order, as a log would."""
    return [
        replace(event, position=position)
        for position, event in zip(count(first), events, strict=False)
    ]


class ListedLog:
    """A log that is a list in memory: what a runner or a rebuild reads in tests."""

    def __init__(self, events: Sequence[Recorded] = ()) -> None:
        self.events = list(events)

    def read(self, after: int, limit: int, topics: Sequence[str] = ()) -> list[Recorded]:
        wanted = set(topics)
        found = (
            event
            for event in self.events
            if event.position > after and (not wanted or event.event.TOPIC in wanted)
        )
        return [event for event, _ in zip(found, range(limit), strict=False)]

    def head(self) -> int:
        return self.events[-1].position if self.events else 0

    def wait(self, after: int, timeout: float) -> bool:
        return self.head() > after
