"""What is owed now: the assessments of a payment, with each agency's filling order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from feesvc.application.house import House, Unknown
from feesvc.domain.agency import Agency
from feesvc.domain.aggregate import Aggregate
from feesvc.domain.assessment import Assessment
from feesvc.domain.payment import Payment
from feesvc.domain.placement import Owed, Placement


async def assessments(house: House, ids: Iterable[UUID]) -> dict[UUID, Assessment]:
    """Load these assessments, free to be changed; raises ``Unknown`` for a missing one."""
    wanted = list(dict.fromkeys(ids))
    return assessments_among(await house.store.load(wanted), wanted)


def assessments_among(
    found: Mapping[UUID, Aggregate], ids: Iterable[UUID]
) -> dict[UUID, Assessment]:
    """Those that were loaded or looked at, in this order; raises ``Unknown`` for a missing one."""
    loaded: dict[UUID, Assessment] = {}
    for id in dict.fromkeys(ids):
        assessment = found.get(id)
        if not isinstance(assessment, Assessment):
            raise Unknown(f"assessment {id}")
        loaded[id] = assessment
    return loaded


async def owed(house: House, payment: Payment, day: date) -> list[Owed]:
    """The assessments of a payment as they stand, in its order."""
    loaded = await assessments(house, payment.assessments)
    ids = {a.agency: house.store.ids.agency(a.agency) for a in loaded.values()}
    agencies = await house.store.peek(list(ids.values()))
    owing = []
    for id, assessment in loaded.items():
        agency = agencies[ids[assessment.agency]]
        assert isinstance(agency, Agency)
        order = agency.filling_order_on(day)
        owing.append(Owed(assessment=assessment, asked=payment.asked_for(id), order=order))
    return owing


def by_assessment(placements: Sequence[Placement]) -> dict[UUID, dict[int, int]]:
    """The placements on lines, as assessment → line → minor units."""
    lines: dict[UUID, dict[int, int]] = {}
    for placement in placements:
        if placement.to == "line" and placement.assessment is not None:
            amounts = lines.setdefault(placement.assessment, {})
            amounts[placement.line] = amounts.get(placement.line, 0) + placement.amount.amount
    return lines
