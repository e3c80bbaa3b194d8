"""The log itself: its first event keeps the namespace from which every id is made."""

from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import UUID

from eventsourcing.domain import event

from feesvc.domain.aggregate import HOUSE, Aggregate, FirstEvent
from feesvc.domain.ids import Ids


class Log(Aggregate):
    """Opened once, before anything else is recorded; its stream is ``Ids(namespace).of("log")``."""

    TOPIC = "log"

    class Opened(FirstEvent):
        TOPIC = "log.opened"

        namespace: UUID
        """Random. Every id of this log is a UUIDv5 in it."""

    @classmethod
    def open(cls, namespace: UUID, at: datetime) -> Self:
        """Open a log whose ids are made in ``namespace``, at ``at``."""
        return cls.first(cls.Opened, Ids(namespace).of("log"), at, namespace=namespace)

    @event(Opened)
    def __init__(self, namespace: UUID) -> None:
        self.agency = HOUSE
        self.namespace = namespace
