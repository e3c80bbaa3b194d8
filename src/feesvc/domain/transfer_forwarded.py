"""What passing on the money of others does to a transfer: its events."""

from __future__ import annotations

from uuid import UUID

from feesvc.domain.aggregate import Aggregate
from feesvc.domain.placement import Placement


class Forwarded(Aggregate.Event):
    """What it holds for others is passed on; the forwarding posts it (P20b, P20f)."""

    TOPIC = "transfer.forwarded"
    forwarding: UUID
    takes: tuple[Placement, ...]


class ForwardingUndone(Aggregate.Event):
    """It was not passed on after all."""

    TOPIC = "transfer.forwarding_undone"
    forwarding: UUID
    takes: tuple[Placement, ...]
