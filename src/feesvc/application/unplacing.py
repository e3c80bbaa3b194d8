"""Unplacing: money leaves a transfer's placements; the assessments it had paid hear of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from feesvc.application.house import Act, House
from feesvc.application.owing import assessments, by_assessment
from feesvc.domain.aggregate import Aggregate
from feesvc.domain.assessment import Assessment
from feesvc.domain.assessment_events import Uncollection
from feesvc.domain.line import TakenPart
from feesvc.domain.placement import Placement
from feesvc.domain.refund import Refund
from feesvc.domain.transfer import Transfer


@dataclass(frozen=True, slots=True)
class Undone:
    """The placements, each saying whether its fee is owed again, and the assessments changed."""

    takes: tuple[Placement, ...]
    changed: list[Aggregate]


async def give_way(
    house: House, transfer: Transfer, amount: int, why: str, act: Act
) -> list[Aggregate]:
    """Reject requested refunds until ``amount`` is free, or none is left that nobody approved.

    Money that somebody only asked for is still where it stood: a fact from outside takes it first.
    """
    rejected: list[Aggregate] = []
    for id in list(transfer.reserved):
        if transfer.buckets.total >= amount:
            break
        refund = await house.one(Refund, id, "refund")
        if refund.state == "requested":
            refund.reject(act.principal, why, act.at)
            transfer.release(id, act.at)
            rejected.append(refund)
    return rejected


async def undo(
    house: House, transfer: Transfer, takes: Sequence[Placement], why: Uncollection,
    occurred_at: datetime, act: Act,
) -> Undone:  # fmt: skip
    """Take this money off the lines it had paid.

    A fee is owed again unless its assessment was withdrawn, or the money goes back to the payer
    because we said so (a refund, a reduction). Each placement on a line of our own is told apart
    by how far the line's money had come: unbanked first, remitted last (DESIGN §7).
    """
    loaded = await assessments(house, by_assessment(takes))
    ours = why in ("refunded", "reduced", "withdrawn", "applied")
    owed_again = {id for id, one in loaded.items() if not ours and not one.withdrawn}
    said = take_off(loaded, transfer, takes, why, occurred_at, act, owed_again=owed_again)
    return Undone(said, list(loaded.values()))


def take_off(
    paid: Mapping[UUID, Assessment], transfer: Transfer, takes: Sequence[Placement],
    why: Uncollection, occurred_at: datetime, act: Act, *,
    owed_again: Collection[UUID] = frozenset(),
) -> tuple[Placement, ...]:  # fmt: skip
    """Tell the assessments ``paid`` what leaves them; gives the takes, by what left where."""
    left: dict[tuple[UUID, int, bool], tuple[TakenPart, ...]] = {}
    for forwarded in (False, True):
        alike = [take for take in takes if (take.state == "forwarded") is forwarded]
        for id, amounts in by_assessment(alike).items():
            parts = paid[id].uncollect(
                transfer.id, amounts, still_due=id in owed_again, why=why,
                occurred_at=occurred_at, at=act.at, forwarded=forwarded,
            )  # fmt: skip
            for line in amounts:
                left[id, line, forwarded] = tuple(part for part in parts if part.line == line)
    return tuple(
        replace(stated, still_due=stated.assessment in owed_again)
        for take in takes
        for stated in _stated(take, transfer, left)
    )


def _stated(
    take: Placement,
    transfer: Transfer,
    left: dict[tuple[UUID, int, bool], tuple[TakenPart, ...]],
) -> list[Placement]:
    """A placement on a line of our own, told apart by how far its money had come.

    What was passed on, and what others are owed, says that of itself.
    """
    ours = take.to == "line" and take.beneficiary == transfer.agency
    if not ours or take.assessment is None or take.state == "forwarded":
        return [take]
    parts = left.pop((take.assessment, take.line, False), ())
    return [replace(take, amount=part.amount, state=part.state) for part in parts]
