"""The first command of a log: it records the namespace of the log's ids."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from feesvc.domain.aggregate import HOUSE, Aggregate
from feesvc.domain.log import Log
from feesvc.store import Command


def opening(namespace: UUID, at: datetime) -> Command:
    """Records ``log.opened`` at position 1. The service itself asks for it."""
    log = Log.open(namespace, at)
    events = [event for event in log.collect_events() if isinstance(event, Aggregate.Event)]
    return Command(
        id=log.id,
        principal="feesvc",
        actor="feesvc",
        events=[(HOUSE, event) for event in events],
    )
