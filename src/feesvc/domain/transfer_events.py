"""What can happen to a transfer: its events. ``Transfer`` decides and records them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from feesvc.domain.aggregate import Aggregate, FirstEvent
from feesvc.domain.origin import Origin, Source
from feesvc.domain.placement import Move, Placement
from feesvc.money import Money


class Received(FirstEvent):
    """Someone we trust says that this money was paid. Where it stands, ``Placed`` says."""

    TOPIC = "transfer.received"
    agency: str
    origin: Origin
    reference: str
    amount: Money
    source: Source
    evidence: str
    """The hash that names the raw message it rests on, or empty."""
    occurred_at: datetime


class Placed(Aggregate.Event):
    """Where the money was placed first (P06 and its kin, P14a, P20a, P20e)."""

    TOPIC = "transfer.placed"
    origin: Origin
    placements: tuple[Placement, ...]
    occurred_at: datetime


class RePlaced(Aggregate.Event):
    """Placed money went elsewhere (P02b, P06a, P23a)."""

    TOPIC = "transfer.re_placed"
    origin: Origin
    moves: tuple[Move, ...]
    reason: str


class Disclaimed(Aggregate.Event):
    """Proved not to be ours: the intermediary's again, who still held it (P23d)."""

    TOPIC = "transfer.disclaimed"
    origin: Origin
    takes: tuple[Placement, ...]
    reason: str


class Settled(Aggregate.Event):
    """A settlement holds it. Commission and the tax on it, if stated, were withheld (P07a)."""

    TOPIC = "transfer.settled"
    origin: Origin
    batch: str
    line: str
    commission: Money
    tax: Money
    occurred_at: datetime


class RefundReserved(Aggregate.Event):
    """Set aside for a refund that was asked for; posts nothing until it is approved."""

    TOPIC = "transfer.refund_reserved"
    refund: UUID
    takes: tuple[Placement, ...]


class RefundReleased(Aggregate.Event):
    """The refund will not be paid: the money stands where it stood."""

    TOPIC = "transfer.refund_released"
    refund: UUID
    takes: tuple[Placement, ...]


class RefundPaid(Aggregate.Event):
    """The reserved money went back to the payer."""

    TOPIC = "transfer.refund_paid"
    refund: UUID
    takes: tuple[Placement, ...]


class Reversed(Aggregate.Event):
    """Undone before it was settled: the exact reverse of where it stood."""

    TOPIC = "transfer.reversed"
    origin: Origin
    takes: tuple[Placement, ...]
    beyond: Money
    reason: str
    occurred_at: datetime


class Disputed(Aggregate.Event):
    """A payer disputes it and the intermediary took it back for now (P13a)."""

    TOPIC = "transfer.disputed"
    origin: Origin
    dispute: str
    amount: Money
    fee: Money
    takes: tuple[Placement, ...]
    beyond: Money
    occurred_at: datetime


class DisputeWon(Aggregate.Event):
    """The disputed money came back (P13b)."""

    TOPIC = "transfer.dispute_won"
    origin: Origin
    dispute: str
    amount: Money
    takes: tuple[Placement, ...]
    occurred_at: datetime


class DisputeLost(Aggregate.Event):
    """The disputed money is gone (P13c to P13p, by where it stood)."""

    TOPIC = "transfer.dispute_lost"
    origin: Origin
    dispute: str
    amount: Money
    takes: tuple[Placement, ...]
    beyond: Money
    occurred_at: datetime
