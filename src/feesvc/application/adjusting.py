"""Adjusting: what two people write off, claim, let lapse or correct, with the case that it ends.

Each is proposed with what it will do to the last đồng, and done exactly so or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal, TypeAlias
from uuid import UUID

from feesvc.application.charging import approve_charge, propose_charge
from feesvc.application.house import Act, Decision, House, Unknown
from feesvc.application.owing import by_assessment
from feesvc.application.placing import pay
from feesvc.application.unplacing import undo
from feesvc.domain.adjustment import Adjustment, AdjustmentKind
from feesvc.domain.agency import Agency
from feesvc.domain.aggregate import Aggregate, Refusal
from feesvc.domain.assessment import Assessment
from feesvc.domain.batch import Batch
from feesvc.domain.case import Case
from feesvc.domain.finding import CaseSubject
from feesvc.domain.line import Kind
from feesvc.domain.netting import write_claim_off as write_batch_claim_off
from feesvc.domain.placement import Owed, Placement, place, suspense
from feesvc.domain.transfer import Transfer
from feesvc.domain.transfer_adjusting import (
    check_correctable,
    claim,
    in_clearing,
    lapse,
    write_claim_off,
)
from feesvc.money import Money

Adjusted: TypeAlias = Assessment | Batch | Transfer
KINDS: dict[type[Adjusted], Literal["assessment", "batch", "transfer"]] = {
    Assessment: "assessment", Batch: "batch", Transfer: "transfer",
}  # fmt: skip


class NothingThere(Refusal):
    """There is nothing of that kind to adjust"""


class NoLegalBasis(Refusal):
    """What lapses says from which day on, and under which law"""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustmentWish:
    """What is to be adjusted. ``amount`` in minor units; None for all there is.

    Of a correction ``amount`` is what is right. ``place`` (suspense or credit, and of which
    assessment it was too much), the limitation and the budget ``codes`` that it is to be remitted
    under are for what lapses.
    """

    kind: AdjustmentKind
    about: UUID
    reason: str
    amount: int | None = None
    place: Literal["suspense", "credit"] = "suspense"
    assessment: UUID | None = None
    limited_on: date | None = None
    legal_basis: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)


async def propose_adjustment(
    house: House, act: Act, case: Case, wish: AdjustmentWish
) -> Adjustment:
    """The proposal, to be recorded with the case's. Raises ``NothingThere`` and its like."""
    if wish.kind == "bank_charged":
        return await propose_charge(house, act, case, wish.about, wish.reason)
    about = await _about(house, case, wish.about)
    place = _place(about, wish) if wish.kind == "unclaimed" else None
    if wish.kind == "unclaimed" and (wish.limited_on is None or not wish.legal_basis):
        raise NoLegalBasis(wish.kind)
    there, currency = _there(about, wish, place)
    amount = there if wish.amount is None else wish.amount
    if not amount > 0 or (wish.kind != "corrected" and amount > there) or not there:
        raise NothingThere(f"{there} {currency} may be adjusted")
    money = Money(amount, currency)
    return Adjustment.propose(
        house.store.ids.of("adjustment", str(act.id)), case.agency, act.principal, wish.kind,
        case.id, CaseSubject(kind=KINDS[type(about)], id=about.id),
        replace(place, amount=money) if place else None, money, wish.reason, wish.limited_on,
        wish.legal_basis, wish.codes, act.at,
    )  # fmt: skip


async def approve_adjustment(
    house: House, act: Act, asked: Adjustment, digest: str
) -> Decision[Adjustment]:
    """Another person agrees to exactly that, and it is done: to be recorded in one append."""
    if asked.kind == "bank_charged":
        return await approve_charge(house, act, asked, digest)
    about = await house.one(Aggregate, asked.subject.id, "what is adjusted")
    link = None
    changed: list[Aggregate] = [about]
    if asked.kind == "corrected":
        link = house.store.ids.of("corrected", str(asked.id))
    asked.approve(act.principal, digest, act.day, link, act.at)
    match about, asked.kind:
        case Assessment(), "receivable_written_off":
            if about.outstanding != asked.amount:
                raise NothingThere(f"{about.outstanding} is owed now")
            about.write_off(asked.id, asked.reason, act.at)
        case Transfer(), "claimed":
            claim(about, asked.amount, asked.id, act.at)
        case Transfer(), "claim_written_off":
            write_claim_off(about, asked.amount, asked.id, act.at)
        case Batch(), "claim_written_off":
            write_batch_claim_off(about, asked.amount, asked.id, act.at)
        case Transfer(), "unclaimed":
            assert asked.place is not None
            lapse(about, [asked.place], asked.id, act.at, asked.codes)
        case Transfer(), "corrected":
            assert link is not None
            changed += await _correct(house, act, asked, about, link)
        case _:
            raise NothingThere(asked.kind)
    return Decision(asked, [asked, *changed])


async def _correct(
    house: House, act: Act, asked: Adjustment, wrong: Transfer, link: UUID
) -> list[Aggregate]:
    """The exact reverse of where it stood, and a new entry of what is right, in one append (P18).

    The new entry pays what the wrong one had paid, as far as it goes; what had paid nothing waits
    in suspense.
    """
    check_correctable(wrong)
    stood = tuple(wrong.buckets)
    undone = await undo(house, wrong, stood, "reversed", act.at, act)
    wrong.reverse(undone.takes, asked.reason, act.at, act.at)
    right = Transfer.first(
        Transfer.Received, link, act.at, agency=wrong.agency, origin=wrong.origin,
        reference=wrong.reference, amount=asked.amount, source="counter", evidence="",
        occurred_at=act.at,
    )  # fmt: skip
    owing = [
        Owed(assessment=one, asked=asked.amount.amount, order=(await _order(house, one)))
        for one in undone.changed
        if isinstance(one, Assessment)
    ]
    if not owing:
        right.place(suspense(asked.amount, "unknown_reference"), act.at, act.at)
        return [right]
    placements = place(asked.amount, asked.amount, True, owing)
    right.place(placements, act.at, act.at)
    for each in owing:
        lines = by_assessment(placements).get(each.assessment.id)
        if lines:
            pay(each.assessment, right, lines, act.at, act)
    return [*undone.changed, right]


async def _order(house: House, assessment: Assessment) -> Sequence[Kind]:
    """The filling order of the agency that it is owed to."""
    id = house.store.ids.agency(assessment.agency)
    agency = await house.see(Agency, id, f"agency {assessment.agency}")
    return agency.filling_order_on(house.today())


async def _about(house: House, case: Case, id: UUID) -> Adjusted:
    """What may be adjusted for a case: what it is about, or a stream of the same agency."""
    found = (await house.store.load([id])).get(id)
    if not isinstance(found, Assessment | Batch | Transfer) or found.agency != case.agency:
        raise Unknown(f"nothing to adjust under {id}")
    return found


def _place(about: Adjusted, wish: AdjustmentWish) -> Placement:
    if isinstance(about, Transfer):
        for placement in about.buckets:
            if placement.to == wish.place and placement.assessment == wish.assessment:
                return placement
    raise NothingThere(f"nothing stands in {wish.place} there")


def _there(about: Adjusted, wish: AdjustmentWish, place: Placement | None) -> tuple[int, str]:
    """How much of it there is to be adjusted, in minor units, and its currency."""
    match about, wish.kind:
        case Assessment(), "receivable_written_off":
            return about.outstanding.amount, about.currency
        case Batch(), "claim_written_off":
            return about.claimed, about.currency
        case Transfer(), "claim_written_off":
            return about.claimed, about.amount.currency
        case Transfer(), "claimed" | "corrected":
            return in_clearing(about), about.amount.currency
        case Transfer(), "unclaimed" if place is not None:
            return place.amount.amount, about.amount.currency
        case _:
            raise NothingThere(wish.kind)
