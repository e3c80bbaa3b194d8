"""The library's Mapper over typed msgspec forms, and rows of the log turned into events in bulk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import (
    Cipher,
    Compressor,
    JSONTranscoder,
    Mapper,
    Notification,
    StoredEvent,
    Transcoder,
)

from feesvc.domain.aggregate import Aggregate, FirstEvent, Recorded
from feesvc.store.forms import Unreadable, form_named, form_of

Row: TypeAlias = tuple[
    int, UUID, int, str, int, bytes, str, datetime, str, UUID, str
]  # fmt: skip
"""position, stream, version, topic, form, state, agency, recorded_at, actor, command, cause."""


@dataclass(frozen=True, eq=False)
class FormedEvent(StoredEvent):
    """A stored event with its form number, which the log keeps in a column of its own."""

    originator_id: UUID
    form: int

    def __eq__(self, other: object) -> bool:
        """The library compares with stored events that know no form."""
        if not isinstance(other, StoredEvent):
            return NotImplemented
        return _facts(self) == _facts(other)

    def __hash__(self) -> int:
        return hash(_facts(self))


@dataclass(frozen=True)
class FormedNotification(Notification):
    """A notification with its form number."""

    form: int


_new = object.__new__
_slot: Any = Recorded
# A frozen class is slow to make by its own means, and a replay makes nothing else.
_set_position, _set_event = _slot.position.__set__, _slot.event.__set__
_set_agency, _set_recorded_at = _slot.agency.__set__, _slot.recorded_at.__set__
_set_actor, _set_command, _set_cause = (
    _slot.actor.__set__,
    _slot.command.__set__,
    _slot.cause.__set__,
)


class LogMapper(Mapper[UUID]):
    """Maps our events for the library. States stand in the log as they are: no cipher, no zip."""

    def __init__(
        self,
        transcoder: Transcoder | None = None,
        compressor: Compressor | None = None,
        cipher: Cipher | None = None,
    ) -> None:
        if compressor or cipher:
            raise TypeError("the log keeps states as they are, neither compressed nor encrypted")
        super().__init__(transcoder or JSONTranscoder())

    def to_stored_event(self, domain_event: DomainEventProtocol[UUID]) -> FormedEvent:
        """Raises ``Unstorable`` for an event that could not be read again."""
        assert isinstance(domain_event, Aggregate.Event)
        form = form_of(type(domain_event))
        return FormedEvent(
            originator_id=domain_event.originator_id,
            originator_version=domain_event.originator_version,
            topic=form.topic,
            state=form.write(domain_event),
            form=form.number,
        )

    def to_domain_event(self, stored_event: StoredEvent) -> Aggregate.Event:
        """Raises ``Unreadable``. A stored event without a form number is in the current form."""
        topic, state = stored_event.topic, stored_event.state
        try:
            number = getattr(stored_event, "form", None) or form_named(topic).number
        except LookupError as error:
            raise Unreadable(topic, 0, getattr(stored_event, "id", 0), error) from error
        stream = stored_event.originator_id
        assert isinstance(stream, UUID)
        key = (getattr(stored_event, "id", 0), stream, stored_event.originator_version)
        return events_of([(*key, topic, number, state)])[0]


def events_of(
    rows: Sequence[tuple[Any, ...]],
) -> list[Aggregate.Event]:
    """The events of rows (position, stream, version, topic, form, state), in their order.

    States of one kind are decoded in one call. Raises ``Unreadable`` for the first that cannot be.
    """
    kinds: dict[tuple[str, int], list[int]] = {}
    for index, row in enumerate(rows):
        kinds.setdefault(row[3:5], []).append(index)
    events: list[Aggregate.Event] = [None] * len(rows)  # type: ignore[list-item]
    for (topic, number), indexes in kinds.items():
        try:
            form = form_named(topic)
            facts = form.read(number, [rows[index][5] for index in indexes])
        except (LookupError, ValueError, TypeError, AttributeError) as error:
            raise _guilty(topic, number, [rows[index] for index in indexes], error) from error
        event_class = form.event_class
        originator = topic.rpartition(".")[0] if issubclass(event_class, FirstEvent) else ""
        put = object.__setattr__
        for index, state in zip(indexes, facts, strict=True):
            row = rows[index]
            state["originator_id"] = row[1]
            state["originator_version"] = row[2]
            if originator:
                state["originator_topic"] = originator
            event = _new(event_class)
            put(event, "__dict__", state)
            events[index] = event
    return events


def recorded_of(rows: Sequence[Row]) -> list[Recorded]:
    """Rows of the log as the log's readers see them, in their order; raises ``Unreadable``."""
    log = []
    for row, event in zip(rows, events_of(rows), strict=True):
        recorded = _new(Recorded)
        _set_position(recorded, row[0])
        _set_event(recorded, event)
        _set_agency(recorded, row[6])
        _set_recorded_at(recorded, row[7])
        _set_actor(recorded, row[8])
        _set_command(recorded, row[9])
        _set_cause(recorded, row[10])
        log.append(recorded)
    return log


def fold(aggregate: Aggregate | None, events: Iterable[Aggregate.Event]) -> Aggregate | None:
    """What an aggregate becomes by these further events of its stream, oldest first."""
    for event in events:
        aggregate = event.mutate(aggregate)
    return aggregate


def _guilty(
    topic: str,
    number: int,
    rows: Sequence[tuple[Any, ...]],
    error: Exception,
) -> Unreadable:
    """Which of the rows that were read together it was: each is read alone."""
    for row in rows:
        try:
            form_named(topic).read(number, [row[5]])
        except (LookupError, ValueError, TypeError, AttributeError) as own:
            return Unreadable(topic, number, row[0], own)
    return Unreadable(topic, number, rows[0][0], error)


def _facts(stored: StoredEvent) -> tuple[object, ...]:
    return stored.originator_id, stored.originator_version, stored.topic, stored.state
