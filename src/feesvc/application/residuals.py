"""Residuals: what is left of a difference on its control account, worked out from the streams.

Money that somebody only asked to move still stands where it stood; disputed money is on 1250 and,
until the dispute is lost, owed to whom it was owed before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias
from uuid import UUID

from feesvc.application.house import House
from feesvc.domain.aggregate import Aggregate
from feesvc.domain.allocation import Allocation, not_remitted
from feesvc.domain.assessment import Assessment
from feesvc.domain.assessment_events import Allocated
from feesvc.domain.batch import Batch
from feesvc.domain.case_kinds import kind_of
from feesvc.domain.finding import CaseSubject
from feesvc.domain.placement import Placement
from feesvc.domain.refund import Refund
from feesvc.domain.remittance import Remittance
from feesvc.domain.transfer import Transfer
from feesvc.domain.transfer_adjusting import in_clearing
from feesvc.money import Money

SUSPENSE, CREDIT, HELD = "suspense", "credit", "held"
DISPUTE, CLAIM, FORWARDING = "dispute", "claim", "forwarding"
WRONG_AMOUNT = "wrong_amount"
"""Discriminates what is short or over and stands in suspense, whatever its code's own account."""
NOT_SENT = ("failed", "returned")

Known: TypeAlias = Mapping[UUID, Aggregate]
Left: TypeAlias = int | None


async def residual_of(
    house: House, code: str, subject: CaseSubject, discriminator: str = "",
    changed: Known | None = None,
) -> Money | None:  # fmt: skip
    """What is left of it, zero or more; None where its kind has no account, or nobody can tell.

    ``changed`` are aggregates as they will be once they are recorded.
    """
    if not kind_of(code).account and code not in ("G01", "G05"):
        return None
    near = changed or {}
    about = near.get(subject.id) or (await house.store.peek([subject.id])).get(subject.id)
    others = await _others(house, about, near)
    match about:
        case Transfer():
            left = _of_transfer(about, code, discriminator, others)
            currency = about.amount.currency
        case Assessment():
            left, currency = _of_assessment(about, code), about.currency
        case Refund():
            left, currency = _of_refund(about, code, others), about.amount.currency
        case Batch():
            left, currency = _of_batch(about, code, discriminator), about.currency
        case Allocation():
            left, currency = await _of_allocation(house, about, code), _currency(about)
        case Remittance():
            left, currency = _of_remittance(about, code), about.paid.currency
        case _:
            return None
    return None if left is None else Money(left, currency)


def credit_of(assessment: UUID | None) -> str:
    """Discriminates the credits of one transfer: each is what an assessment did not take."""
    return str(assessment or "")


async def _others(house: House, about: Aggregate | None, near: Known) -> Known:
    """What else it takes to tell: the refunds of a transfer, the transfers of a refund."""
    ids: Sequence[UUID] = ()
    if isinstance(about, Transfer):
        ids = list(about.reserved)
    elif isinstance(about, Refund):
        ids = [take.transfer for take in about.takes]
    return {**await house.store.peek(ids), **near} if ids else near


def _of_transfer(transfer: Transfer, code: str, discriminator: str, refunds: Known) -> Left:
    def standing(here: Callable[[Placement], bool]) -> int:
        disputed = (take for takes in transfer.disputes.values() for take in takes)
        found = (*transfer.buckets, *_asked(transfer, refunds), *disputed)
        return sum(place.amount.amount for place in found if here(place))

    def suspended() -> int:
        return standing(lambda place: place.to == SUSPENSE)

    kind, _, name = discriminator.partition(" ")
    readings: dict[object, Callable[[], int]] = {
        2100: lambda: standing(
            lambda place: place.to == CREDIT and credit_of(place.assessment) == discriminator
        ),
        2150: suspended,
        2350: lambda: standing(
            lambda place: place.to == HELD and place.beneficiary == discriminator
        ),
        SUSPENSE: suspended,
        WRONG_AMOUNT: suspended,
        FORWARDING: lambda: _to_pass_on(transfer),
        DISPUTE: lambda: _disputed(transfer, name),
        CLAIM: lambda: transfer.claimed,
        "G05": lambda: _disputed(transfer, discriminator) if discriminator else suspended(),
        "S02": lambda: in_clearing(transfer),
        "S14": lambda: _disputed(transfer, discriminator),
        "S15": lambda: _beyond(transfer, discriminator),
    }
    keys = (kind, code) if code == "G05" else (code, kind)
    for key in (*keys, kind_of(code).account):
        if key in readings:
            return readings[key]()
    return suspended() if transfer.origin.via == "bank" else None


def _disputed(transfer: Transfer, dispute: str) -> int:
    """What an open dispute holds on 1250."""
    if dispute not in transfer.disputes:
        return 0
    taken = sum(take.amount.amount for take in transfer.disputes[dispute])
    return taken + transfer.beyond.get(dispute, 0)


def _beyond(transfer: Transfer, dispute: str) -> int:
    """What a lost dispute, or a reversal, took beyond all that was left."""
    return 0 if dispute in transfer.disputes else transfer.beyond.get(dispute, 0)


def _to_pass_on(transfer: Transfer) -> int:
    """Money on lines of others that is in our bank and was not passed on. What is held for them,
    for no line yet, stands in a case of its own (A07), which time makes this (T08)."""
    if not transfer.in_bank:
        return 0
    return sum(
        place.amount.amount
        for place in transfer.buckets
        if place.to != HELD
        and place.beneficiary not in ("", transfer.agency)
        and place.state != "forwarded"
    )


def _asked(transfer: Transfer, refunds: Known) -> list[Placement]:
    """What is set aside for refunds that nobody approved yet."""
    return [
        take
        for id, takes in transfer.reserved.items()
        if isinstance(refund := refunds.get(id), Refund) and refund.state == "requested"
        for take in takes
    ]


def _of_assessment(assessment: Assessment, code: str) -> Left:
    """What is short: nothing while no money came at all. Of an advance, what is still held."""
    if code == "T09":
        return sum(
            line.collected - line.allocated
            for line in assessment.lines.values() if line.kind == "advance"
        )  # fmt: skip
    if code != "A01":
        return None
    came = any(line.collected for line in assessment.lines.values())
    return assessment.outstanding.amount if came else 0


async def _of_allocation(house: House, allocation: Allocation, code: str) -> Left:
    """The budget's share of it that waits to be remitted; its assessments are of its append."""
    [first, *_] = await house.store.history(allocation.id, 0, 1)
    made = await house.store.find(first.command)
    if code != "T02" or made is None:
        return None
    told = await house.store.read(made.first - 1, made.last - made.first + 1, [Allocated.TOPIC])
    ids = [one.event.originator_id for one in told if one.position <= made.last]
    split = (await house.store.peek(ids)).values()
    return sum(not_remitted(one, allocation.id) for one in split if isinstance(one, Assessment))


def _currency(allocation: Allocation) -> str:
    return allocation.totals[0].amount.currency


def _of_refund(refund: Refund, code: str, transfers: Known) -> Left:
    settled = any(
        refund.id in one.parts.refunds for one in transfers.values() if isinstance(one, Transfer)
    )
    owed = {"S13": refund.state in NOT_SENT, "S10": refund.state == "paid" and not settled}
    return refund.amount.amount * owed[code] if code in owed else None


def _of_batch(batch: Batch, code: str, discriminator: str) -> Left:
    """What the bank has not brought of it, what is claimed of it, what it owes."""
    if code in ("B04", "G05") or discriminator == CLAIM:
        return batch.claimed
    if code == "G01":
        return abs(batch.in_transit) if batch.lines and not batch.outstanding else 0
    if code == "S21":
        return max(-batch.outstanding, 0)
    return max(batch.outstanding, 0) if code in ("B01", "B02", "B07", "B09") else None


def _of_remittance(remittance: Remittance, code: str) -> Left:
    if code != "T06":
        return None
    return remittance.paid.amount if remittance.state == "debited" else 0
