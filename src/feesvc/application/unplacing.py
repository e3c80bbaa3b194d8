"""Unplacing: money leaves a transfer's placements; the assessments it had paid hear of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from feesvc.application.house import Act, House
from feesvc.application.owing import assessments, by_assessment
from feesvc.domain.aggregate import Aggregate
from feesvc.domain.assessment import Uncollection
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
    house: House,
    transfer: Transfer,
    takes: Sequence[Placement],
    why: Uncollection,
    occurred_at: datetime,
    act: Act,
) -> Undone:
    """Take this money off the lines it had paid.

    A fee is owed again unless its assessment was withdrawn, or the money goes back to the payer
    because we said so (a refund, a reduction).
    """
    lines = by_assessment(takes)
    loaded = await assessments(house, lines)
    ours = why in ("refunded", "reduced", "withdrawn")
    owed_again = {id for id, one in loaded.items() if not ours and not one.withdrawn}
    for id, amounts in lines.items():
        loaded[id].uncollect(
            transfer.id, amounts, still_due=id in owed_again, why=why,
            occurred_at=occurred_at, at=act.at,
        )  # fmt: skip
    said = tuple(replace(take, still_due=take.assessment in owed_again) for take in takes)
    return Undone(said, list(loaded.values()))
