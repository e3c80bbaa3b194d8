"""What adjustments do to a transfer: its events. ``transfer_adjusting`` decides on them."""

from __future__ import annotations

from uuid import UUID

from feesvc.domain.aggregate import Aggregate
from feesvc.domain.origin import Origin
from feesvc.domain.placement import Placement
from feesvc.money import Money


class Lapsed(Aggregate.Event):
    """Nobody may ask for it any more: it falls to the State budget (P17c, P17d)."""

    TOPIC = "transfer.lapsed"
    origin: Origin
    takes: tuple[Placement, ...]
    adjustment: UUID


class Claimed(Aggregate.Event):
    """No settlement holds it: it is claimed from the intermediary (P17e)."""

    TOPIC = "transfer.claimed"
    origin: Origin
    amount: Money
    adjustment: UUID


class ClaimWrittenOff(Aggregate.Event):
    """The claim is given up as a loss (P17b)."""

    TOPIC = "transfer.claim_written_off"
    origin: Origin
    amount: Money
    adjustment: UUID


class ClaimWithdrawn(Aggregate.Event):
    """It was settled, or undone, after all: ``amount`` was claimed, ``written_off`` of it lost.

    The exact reverse of both.
    """

    TOPIC = "transfer.claim_withdrawn"
    origin: Origin
    amount: Money
    written_off: Money
