"""What adjustments do to a transfer, and what mends how it was settled: its events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from feesvc.domain.aggregate import Aggregate
from feesvc.domain.lapse import LapsedPart
from feesvc.domain.origin import Origin
from feesvc.domain.placement import Placement
from feesvc.money import Money


class Lapsed(Aggregate.Event):
    """Nobody may ask for it any more: it falls to the State budget (P17c, P17d).

    ``codes`` are the budget codes that it will be remitted under; none in the first form.
    """

    TOPIC = "transfer.lapsed"
    FORM = 2
    origin: Origin
    takes: tuple[Placement, ...]
    adjustment: UUID
    codes: Mapping[str, str]

    @staticmethod
    def upcast_1(state: dict[str, Any]) -> dict[str, Any]:
        return state | {"codes": {}}


class LapseRemitted(Aggregate.Event):
    """What had lapsed goes on to the State budget; the remittance posts it (P16a)."""

    TOPIC = "transfer.lapse_remitted"
    remittance: UUID
    parts: tuple[LapsedPart, ...]


class LapseRemittanceUndone(Aggregate.Event):
    """It came back: it waits to be remitted again (P16c)."""

    TOPIC = "transfer.lapse_remittance_undone"
    remittance: UUID
    parts: tuple[LapsedPart, ...]


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


class SurchargeUsed(Aggregate.Event):
    """It was settled before we knew its payment: so much of the commission, and of the tax on it,
    is not ours to bear but covered by what the payer had paid on top.
    """

    TOPIC = "transfer.surcharge_used"
    origin: Origin
    batch_id: UUID
    line: str
    commission: Money
    tax: Money
