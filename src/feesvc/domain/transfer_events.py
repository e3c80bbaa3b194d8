"""What can happen to a transfer: its events. ``Transfer`` decides and records them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from feesvc.domain.aggregate import Aggregate, FirstEvent
from feesvc.domain.origin import Origin, Source
from feesvc.domain.placement import Move, Placement
from feesvc.domain.settled_part import Part
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


class ToldAgain(Aggregate.Event):
    """What a restated file had taken back is told again, of ``amount`` now: it came after all.

    Nothing stands of it until ``Placed`` says where; ``before`` was its amount.
    """

    TOPIC = "transfer.told_again"
    origin: Origin
    reference: str
    amount: Money
    before: Money
    source: Source
    evidence: str
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
    """A settlement batch holds it: commission and the tax on it, if stated, were withheld (P07a),
    and ``net`` is on its way to the bank (P08). Signed as in the ledger: a commission is positive.
    ``surcharge`` of both was covered by what the payer had paid on top (P07b, P07g): nothing in
    the first two forms.
    """

    TOPIC = "transfer.settled"
    FORM = 3
    origin: Origin
    batch: str
    line: str
    commission: Money
    tax: Money
    occurred_at: datetime
    net: Money
    batch_id: UUID
    """Nil in the first form, which knew no batches: its net stands where it stood."""
    surcharge: Money

    @staticmethod
    def upcast_1(state: dict[str, Any]) -> dict[str, Any]:
        nothing = {"amount": 0, "currency": state["commission"]["currency"]}
        return state | {"net": nothing, "batch_id": str(UUID(int=0))}

    @staticmethod
    def upcast_2(state: dict[str, Any]) -> dict[str, Any]:
        return state | {"surcharge": state["commission"] | {"amount": 0}}


class RefundSettled(Aggregate.Event):
    """A refund of it was taken off a batch: ``net`` is negative (P08 the other way).

    ``commission`` and ``tax`` are what the line says beyond what ``refund.paid`` told: positive a
    fee for the refund (P12g), negative commission given back (P12h). A refund that came back and
    was put into a batch has a positive ``net``.
    """

    TOPIC = "transfer.refund_settled"
    origin: Origin
    refund: UUID
    batch: str
    batch_id: UUID
    line: str
    commission: Money
    tax: Money
    net: Money
    occurred_at: datetime


class DisputeSettled(Aggregate.Event):
    """A dispute of it, or its end, went through a batch.

    ``fee`` is what the line says beyond what the dispute told: positive taken (P13a), negative
    given back (P13j). ``withheld`` is all that it says of a fee.
    """

    TOPIC = "transfer.dispute_settled"
    FORM = 2
    origin: Origin
    batch: str
    batch_id: UUID
    line: str
    withheld: Money
    fee: Money
    net: Money
    occurred_at: datetime
    dispute: str
    """Which of the transfer's; empty in the first form, and where the line may be of several."""

    @staticmethod
    def upcast_1(state: dict[str, Any]) -> dict[str, Any]:
        return state | {"dispute": ""}


class Unsettled(Aggregate.Event):
    """A settlement line was not of this transfer after all: the exact reverse of its booking."""

    TOPIC = "transfer.unsettled"
    FORM = 3
    origin: Origin
    kind: Part
    batch: str
    batch_id: UUID
    line: str
    commission: Money
    tax: Money
    fee: Money
    net: Money
    reason: str
    refund: UUID | None
    dispute: str
    """What the line was of; nothing in the first form."""
    surcharge: Money
    """What of commission and tax the payer had covered; nothing in the first two forms."""

    @staticmethod
    def upcast_1(state: dict[str, Any]) -> dict[str, Any]:
        return state | {"refund": None, "dispute": ""}

    @staticmethod
    def upcast_2(state: dict[str, Any]) -> dict[str, Any]:
        return state | {"surcharge": state["commission"] | {"amount": 0}}


class PayoutIdentified(Aggregate.Event):
    """Money that waited in suspense is the payout of a batch (P09f)."""

    TOPIC = "transfer.payout_identified"
    origin: Origin
    batch: str
    batch_id: UUID
    takes: tuple[Placement, ...]
    occurred_at: datetime


class PayoutDisproved(Aggregate.Event):
    """It was not the payout of that batch: it waits in suspense again."""

    TOPIC = "transfer.payout_disproved"
    origin: Origin
    batch: str
    batch_id: UUID
    takes: tuple[Placement, ...]
    reason: str


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


class DisputeNamed(Aggregate.Event):
    """The dispute that a settlement told first is the one its intermediary calls ``name``."""

    TOPIC = "transfer.dispute_named"
    dispute: str
    name: str


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


class Banked(Aggregate.Event):
    """It came into the bank: its batch was credited, or its cash paid in. What pays lines tells
    their assessments, which post it (P09z).
    """

    TOPIC = "transfer.banked"
    occurred_at: datetime


class Unbanked(Aggregate.Event):
    """The credit that had brought it into the bank was taken back, or was another's."""

    TOPIC = "transfer.unbanked"
    occurred_at: datetime
