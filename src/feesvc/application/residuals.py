"""Residuals: what is left of a difference on its control account, worked out from the streams.

Money that somebody only asked to move still stands where it stood; disputed money is on 1250 and,
until the dispute is lost, owed to whom it was owed before.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from feesvc.application.house import House
from feesvc.domain.aggregate import Aggregate
from feesvc.domain.assessment import Assessment
from feesvc.domain.case_kinds import kind_of
from feesvc.domain.finding import CaseSubject
from feesvc.domain.placement import Placement
from feesvc.domain.refund import Refund
from feesvc.domain.transfer import Transfer
from feesvc.money import Money

SUSPENSE, CREDIT, HELD = "suspense", "credit", "held"
DISPUTES = ("S14", "S15")
WRONG_AMOUNT = "wrong_amount"
"""Discriminates what is short or over and stands in suspense, whatever its code's own account."""


async def residual_of(
    house: House, code: str, subject: CaseSubject, discriminator: str = ""
) -> Money | None:
    """What is left of it, zero or more; None where its kind has no account, or nobody can tell."""
    if not kind_of(code).account and code != "G05":
        return None
    about = (await house.store.peek([subject.id])).get(subject.id)
    match about:
        case Transfer():
            return await _of_transfer(house, about, code, discriminator)
        case Assessment() if code == "A01":
            return about.outstanding if _collected(about) else Money(0, about.currency)
        case Refund() if code == "S13":
            owed = about.amount.amount if about.state in ("failed", "returned") else 0
            return Money(owed, about.amount.currency)
        case _:
            return None


def credit_of(assessment: UUID | None) -> str:
    """Discriminates the credits of one transfer: each is what an assessment did not take."""
    return str(assessment or "")


async def _of_transfer(
    house: House, transfer: Transfer, code: str, discriminator: str
) -> Money | None:
    currency = transfer.amount.currency
    if code in DISPUTES:
        return Money(_disputed(transfer, code, discriminator), currency)
    account = kind_of(code).account
    if code == "S02":
        waits = transfer.origin.via == "intermediary" and not _left_clearing(transfer)
        return Money(transfer.ours.amount if waits else 0, currency)
    asked = await _asked(house, transfer)

    def standing(here: Callable[[Placement], bool]) -> Money:
        disputed = (take for takes in transfer.disputes.values() for take in takes)
        found = (*transfer.buckets, *asked, *disputed)
        return Money(sum(place.amount.amount for place in found if here(place)), currency)

    if account == 2150 or discriminator in (SUSPENSE, WRONG_AMOUNT):
        return standing(lambda place: place.to == SUSPENSE)
    if account == 2100:
        return standing(lambda p: p.to == CREDIT and credit_of(p.assessment) == discriminator)
    if account == 2350:
        return standing(lambda place: place.to == HELD and place.beneficiary == discriminator)
    return None


def _left_clearing(transfer: Transfer) -> bool:
    return transfer.settled or transfer.reversed or transfer.ours.amount <= 0


def _disputed(transfer: Transfer, code: str, dispute: str) -> int:
    """S14 ends with the outcome; what that took beyond all that was left is S15's."""
    if code == "S14" and dispute not in transfer.disputes:
        return 0
    takes = transfer.disputes.get(dispute, ())
    return sum(take.amount.amount for take in takes) + transfer.beyond.get(dispute, 0)


def _collected(assessment: Assessment) -> bool:
    return any(line.collected for line in assessment.lines.values())


async def _asked(house: House, transfer: Transfer) -> list[Placement]:
    """What is set aside for refunds that nobody approved yet."""
    if not transfer.reserved:
        return []
    refunds: dict[UUID, Aggregate] = await house.store.peek(list(transfer.reserved))
    return [
        take
        for id, takes in transfer.reserved.items()
        if isinstance(refund := refunds.get(id), Refund) and refund.state == "requested"
        for take in takes
    ]
