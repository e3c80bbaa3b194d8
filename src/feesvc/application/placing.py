"""Placing: money that names one of our payments goes where the table of DESIGN §6 says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from feesvc.application.house import Act, House
from feesvc.application.owing import by_assessment, owed
from feesvc.domain.aggregate import Aggregate
from feesvc.domain.assessment import Assessment
from feesvc.domain.payment import Payment
from feesvc.domain.placement import place
from feesvc.domain.transfer import Transfer


async def place_for(
    house: House, act: Act, transfer: Transfer, payment: Payment, occurred_at: datetime,
    variable: bool,
) -> list[Aggregate]:  # fmt: skip
    """Place it on what is open now, and end the attempt; gives all that changed.

    ``variable``: another amount than was asked is taken for what it is, not wholly to suspense.
    """
    owing = await owed(house, payment, act.day)
    placements = place(transfer.amount, payment.amount, variable, owing, payment.surcharge.amount)
    transfer.place(placements, occurred_at, act.at)
    changed: list[Aggregate] = [transfer]
    amounts = by_assessment(placements)
    for one in owing:
        lines = amounts.get(one.assessment.id)
        if lines:
            pay(one.assessment, transfer, lines, occurred_at, act)
            changed.append(one.assessment)
    payment.end("received", "", occurred_at, act.at)
    return [*changed, payment]


def pay(
    assessment: Assessment, transfer: Transfer, lines: Mapping[int, int], occurred_at: datetime,
    act: Act,
) -> None:  # fmt: skip
    """Money of this transfer pays these lines; from our own bank it is banked at once (P09z)."""
    assessment.collect(
        transfer.agency, transfer.id, lines, occurred_at, act.at,
        in_bank=transfer.in_bank and transfer.agency == assessment.agency,
    )  # fmt: skip
