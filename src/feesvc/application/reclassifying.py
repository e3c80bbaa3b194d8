"""Reclassifying: suspense and credit moved by a person, and above a limit agreed to by another.

What is asked is worked out to the last line when it is asked, and done exactly so or not at all:
money that moved meanwhile, or an assessment that was paid meanwhile, is refused (``ItemMoved``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias
from uuid import UUID

from feesvc.application.house import Act, Decision, Done, House, Unknown
from feesvc.application.owing import by_assessment
from feesvc.application.placing import pay
from feesvc.domain.agency import Agency
from feesvc.domain.aggregate import Aggregate, Refusal
from feesvc.domain.assessment import Assessment
from feesvc.domain.buckets import MoreThanIsLeft
from feesvc.domain.placement import Placement
from feesvc.domain.reclassification import ItemMoved, Purpose, Reclassification, digest_of
from feesvc.domain.transfer import Transfer
from feesvc.money import Money
from feesvc.store import Answer

Place: TypeAlias = Literal["suspense", "credit", "held", "surcharge"]
Tell: TypeAlias = Callable[[Reclassification], Answer] | None


class MoreThanIsOwed(Refusal):
    """The assessment does not owe so much; what is over is decided on its own"""


class AnotherCurrency(Refusal):
    """The money and the assessment are in different currencies"""


class NotFromThere(Refusal):
    """Money at that place is not moved in this way"""


class StandsInTheBank(Refusal):
    """The money is in the agency's own bank: it is given back, or the bank takes it back"""


class CommissionNotTaken(Refusal):
    """No settlement has taken its commission yet; what is left of a surcharge is known then"""


class ItsOwnMoney(Refusal):
    """Money is held for another agency, not for the one that has it"""


FROM: dict[Purpose, tuple[Place, ...]] = {
    "apply": ("suspense", "credit", "held"),
    "hold_for_agency": ("suspense", "held"),
    "credit_payer": ("suspense", "held", "surcharge"),
    "disclaim": ("suspense",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Free money of one transfer at one place. ``assessment``: of a credit, what it was too much
    for, if anything; ``beneficiary``: of held money, for whom. Of a surcharge, what no commission
    was taken from.
    """

    transfer: UUID
    place: Place
    assessment: UUID | None = None
    beneficiary: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to become of an item. ``amount`` in minor units; None for all that is there, or all
    that the assessment owes where that is less.

    ``assessment`` to apply it to, of ``beneficiary`` (empty: the agency that has the money), or
    ``beneficiary`` alone to hold it for; ``subject`` the payer, where they were identified.
    """

    item: Item
    purpose: Purpose
    reason: str
    amount: int | None = None
    assessment: UUID | None = None
    beneficiary: str = ""
    subject: UUID | None = None


async def request_reclassification(
    house: House, act: Act, wish: Wish, answer: Tell = None
) -> Done[Reclassification]:
    """Ask that money stand elsewhere. Within what the agency lets one person decide it is done at
    once; above it another person approves. What counts is all that stands at its place, set aside
    or not: who may not move the whole alone may not move it alone by parts.
    """

    return await house.settle(act, lambda: ask_for(house, act, wish), answer)


async def ask_for(
    house: House, act: Act, wish: Wish, *, by_two: bool = False
) -> Decision[Reclassification]:
    """It as it is asked for, to be recorded with other news or alone; ``by_two`` in any case."""
    transfer = await house.one(Transfer, wish.item.transfer, f"transfer {wish.item.transfer}")
    owner = await _agency(house, transfer.agency)
    held = _held(transfer, wish.item)
    if wish.item.place not in FROM[wish.purpose]:
        raise NotFromThere(f"{wish.purpose} from {wish.item.place}")
    if wish.item.place == "surcharge" and not transfer.settled:
        raise CommissionNotTaken(str(transfer.id))
    targets = await _targets(house, act, wish, transfer, held)
    moved = wish.amount or held.amount.amount
    source = held.of(sum(t.amount.amount for t in targets) if targets else moved)
    if not 0 < source.amount.amount <= held.amount.amount:
        raise MoreThanIsLeft(f"{source.amount} asked of {held.amount}")
    limit = owner.approval_limit_on(source.amount.currency, act.day)
    digest = digest_of(wish.purpose, transfer.id, source, targets, held.amount, wish.reason)
    asked = Reclassification.first(
        Reclassification.Requested, house.store.ids.reclassification(act.id), act.at,
        agency=transfer.agency, maker=act.principal, purpose=wish.purpose,
        transfer=transfer.id, source=source, targets=tuple(targets), held=held.amount,
        reason=wish.reason, subject=wish.subject,
        needs_second=by_two or _standing(transfer, held) > limit, digest=digest,
    )  # fmt: skip
    if asked.needs_second:
        return Decision(asked, [asked])
    return await agree_to(house, act, asked, digest)


async def approve_reclassification(
    house: House, act: Act, id: UUID, digest: str, answer: Tell = None
) -> Done[Reclassification]:
    """Another person agrees to exactly what was asked; the money moves in the same append."""

    async def decide() -> Decision[Reclassification]:
        asked = await house.one(Reclassification, id, f"reclassification {id}")
        return await agree_to(house, act, asked, digest)

    return await house.settle(act, decide, answer)


async def reject_reclassification(
    house: House, act: Act, id: UUID, reason: str, answer: Tell = None
) -> Done[Reclassification]:
    """It will not be done; the money stands where it stood."""

    async def decide() -> Decision[Reclassification]:
        asked = await house.one(Reclassification, id, f"reclassification {id}")
        asked.reject(act.principal, reason, act.at)
        return Decision(asked, [asked])

    return await house.settle(act, decide, answer)


async def agree_to(
    house: House, act: Act, asked: Reclassification, digest: str
) -> Decision[Reclassification]:
    """It as it is agreed to and done, to be recorded with other news or alone."""
    asked.approve(act.principal, digest, act.at)
    transfer = await house.one(Transfer, asked.transfer, f"transfer {asked.transfer}")
    if transfer.buckets.holds(asked.source.bucket) != asked.held.amount:
        raise ItemMoved(f"{asked.held} stood there, {transfer.buckets.total} is free now")
    transfer.check_covered([asked.source])
    changed: list[Aggregate] = [asked, transfer]
    if asked.purpose == "disclaim":
        transfer.disclaim([asked.source], asked.reason, act.at)
        return Decision(asked, changed)
    transfer.re_place(asked.moves, asked.reason, act.at)
    for id, amounts in by_assessment(asked.targets).items():
        assessment = await house.one(Assessment, id, f"assessment {id}")
        for line, amount in amounts.items():
            if assessment.withdrawn or assessment.lines[line].open < amount:
                raise ItemMoved(f"{assessment.outstanding} is still owed")
        pay(assessment, transfer, amounts, act.at, act)
        changed.append(assessment)
    return Decision(asked, changed)


def _held(transfer: Transfer, item: Item) -> Placement:
    """All that stands at the item's place; raises ``MoreThanIsLeft`` where nothing does."""
    wanted = (item.place, item.assessment, 0, item.beneficiary)
    for placement in transfer.buckets:
        if placement.bucket == wanted:
            return placement
    raise MoreThanIsLeft(f"nothing stands in {item.place} there")


def _standing(transfer: Transfer, held: Placement) -> int:
    """All that stands at a place, and what was set aside from there, in minor units."""
    aside = (take for takes in transfer.reserved.values() for take in takes)
    return held.amount.amount + sum(t.amount.amount for t in aside if t.bucket == held.bucket)


async def _targets(
    house: House, act: Act, wish: Wish, transfer: Transfer, held: Placement
) -> Sequence[Placement]:
    amount = Money(wish.amount or held.amount.amount, held.amount.currency)
    match wish.purpose:
        case "apply":
            return await _lines(house, act, wish, transfer, held)
        case "hold_for_agency":
            if wish.beneficiary == transfer.agency:
                raise ItsOwnMoney(transfer.agency)
            await _agency(house, wish.beneficiary)
            return [Placement(to="held", amount=amount, beneficiary=wish.beneficiary)]
        case "credit_payer":
            if held.to == "surcharge":
                return [Placement(to="credit", amount=amount, reason="overpaid")]
            return [Placement(to="credit", amount=amount, reason="identified")]
        case "disclaim":
            if transfer.origin.via != "intermediary":
                raise StandsInTheBank(transfer.origin.via)
            return []


async def _lines(
    house: House, act: Act, wish: Wish, transfer: Transfer, held: Placement
) -> Sequence[Placement]:
    """The lines of the assessment that the money would pay, in its agency's filling order."""
    beneficiary = wish.beneficiary or transfer.agency
    id = wish.assessment or UUID(int=0)
    assessment = await house.see(Assessment, id, f"assessment {id}")
    if assessment.agency != beneficiary:  # told as a missing one is
        raise Unknown(f"assessment {id}")
    if wish.item.place == "held" and beneficiary != held.beneficiary:
        raise NotFromThere(f"the money is held for {held.beneficiary}")
    if assessment.currency != held.amount.currency:
        raise AnotherCurrency(f"{held.amount.currency} for {assessment.currency}")
    owed = assessment.outstanding.amount
    amount = wish.amount or min(held.amount.amount, owed)
    if not 0 < amount <= owed:
        raise MoreThanIsOwed(f"{assessment.outstanding} is owed")
    order = (await _agency(house, beneficiary)).filling_order_on(act.day)
    return [
        Placement(
            to="line", amount=Money(part, assessment.currency), assessment=assessment.id,
            line=number, kind=assessment.lines[number].kind, beneficiary=beneficiary,
        )
        for number, part in assessment.fill(amount, order)
    ]  # fmt: skip


async def _agency(house: House, code: str) -> Agency:
    return await house.see(Agency, house.store.ids.agency(code), f"agency {code}")
