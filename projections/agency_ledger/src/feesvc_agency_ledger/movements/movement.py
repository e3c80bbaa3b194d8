"""What a movement is: an amount, and the case that a posting rule decides by. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from feesvc.domain.aggregate import Aggregate, Recorded
from feesvc.domain.origin import Origin
from feesvc.domain.placement import Placement
from feesvc.money import Money


class Dimensions(NamedTuple):
    """What a posting is about. No personal data."""

    assessment: UUID | None = None
    line: int = 0
    transfer: UUID | None = None
    payment: UUID | None = None
    refund: UUID | None = None
    intermediary: str = ""
    batch: UUID | None = None


class Movement(NamedTuple):
    """An amount that one rule posts whole."""

    case: str
    amount: Money
    about: Dimensions
    via: str = "intermediary"
    source: Dimensions | None = None
    """What the first debit is about, where that is something else."""


class Taken(NamedTuple):
    """What a refund takes from one transfer, in minor units."""

    transfer: UUID
    payment: UUID | None
    intermediary: str
    amount: int


class Approval(NamedTuple):
    """What a refund's later events rest on: how it is paid, and from which transfers."""

    method: str
    taken: tuple[Taken, ...]


Approvals: TypeAlias = Mapping[UUID, Approval]
Reader: TypeAlias = Callable[[Recorded, Any, Approvals], Iterator[Movement]]
Readers: TypeAlias = Mapping[type[Aggregate.Event], Reader]


def where(placement: Placement, agency: str) -> str:
    """Where money stands, as rules name it; a state beyond "collected" is named as well."""
    if placement.to in ("credit", "suspense", "surcharge"):
        place: str = placement.to
    elif placement.beneficiary != agency:
        place = "other agency"
    else:
        place = placement.kind
    return place if placement.state == "collected" else f"{place} {placement.state}"


def moved_with(case: str, placement: Placement, event: Any) -> Movement:
    return Movement(case, placement.amount, about_placement(placement, event), event.origin.via)


def about_placement(placement: Placement, event: Any) -> Dimensions:
    origin: Origin = event.origin
    return Dimensions(
        placement.assessment, placement.line, event.originator_id, origin.payment, None,
        origin.intermediary,
    )  # fmt: skip


def about_transfer(event: Any) -> Dimensions:
    origin: Origin = event.origin
    return Dimensions(None, 0, event.originator_id, origin.payment, None, origin.intermediary)
