"""The base of our aggregates, and an event as the log keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Self, dataclass_transform
from uuid import UUID

from eventsourcing.domain import AggregateCreated, AggregateEvent, BaseAggregate
from eventsourcing.utils import get_topic

HOUSE = "*"
"""Stands where an agency's code would, for the few events that belong to the service itself."""


class Refusal(Exception):
    """A request of our own that does not fit what is on record. Nothing was recorded.

    The class name in kebab case is the problem type (``AlreadyPaid`` → ``already-paid``), the
    first line of its docstring the problem's title, the message its detail.
    """


class Aggregate(BaseAggregate[UUID]):
    """A stream of events and what they add up to.

    Commands are plain methods: they decide, and may raise ``Refusal``. Mutators carry ``@event``
    and only record: they run again on every replay, so they hold no guard, clock or random.
    Every aggregate and event states a ``TOPIC``, its stored name for good.
    """

    TOPIC: ClassVar[str]
    LONG: ClassVar[bool] = False
    """Streams of this kind grow without end: the store keeps them folded between loads."""

    agency: str
    """The agency whose book these events belong to."""

    @dataclass_transform(frozen_default=True, kw_only_default=True)
    class Event(AggregateEvent):
        """Frozen; complete enough that a projection needs nothing else."""

        TOPIC: ClassVar[str]
        FORM: ClassVar[int] = 1
        """Counts the forms it was ever stored in; ``upcast_1(state) -> state`` lifts 1 to 2."""

    @classmethod
    def first(cls, event_class: type[FirstEvent], id: UUID, at: datetime, **fields: Any) -> Self:
        """Bring an aggregate into being with its first event, which happened at ``at``."""
        event = event_class(
            originator_topic=get_topic(cls),
            originator_id=id,
            originator_version=cls.INITIAL_VERSION,
            timestamp=at,
            **fields,
        )
        aggregate: Self | None = event.mutate(None)
        assert aggregate is not None
        aggregate.pending_events.append(event)
        return aggregate

    @property
    def news(self) -> list[Aggregate.Event]:
        """What was recorded here and is not in the log yet."""
        return [event for event in self.pending_events if isinstance(event, Aggregate.Event)]

    def record(self, event_class: type[Aggregate.Event], at: datetime, **fields: Any) -> None:
        """Record what was decided, at the command's time."""
        self.trigger_event(event_class, timestamp=at, **fields)


class FirstEvent(Aggregate.Event, AggregateCreated):
    """An event that brings an aggregate into being."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event as the log keeps it. ``event`` holds stream, version, time and facts."""

    position: int
    event: Aggregate.Event
    agency: str
    recorded_at: datetime
    actor: str
    command: UUID
    cause: str
    """The position of the event that led to this one, ``<log>-<n>``; empty for a request."""
