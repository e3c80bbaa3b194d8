"""Remitting: allocated budget shares drawn by one and approved by another, then in flight."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias
from uuid import UUID

from feesvc.application.custody import (
    covered,
    custody_of,
    new_reference,
    order_id,
    owner_of,
    telling_shortfalls,
)
from feesvc.application.holdings import Holdings, holdings
from feesvc.application.house import Act, Decision, Done, House
from feesvc.application.remitting_lapses import drawable_lapses, remit_drawn_lapses
from feesvc.domain.accounts import BankAccount
from feesvc.domain.aggregate import Aggregate, Refusal
from feesvc.domain.assessment import Assessment
from feesvc.domain.bank_order import PURPOSES, NothingToSend, Source
from feesvc.domain.budget_claim import BudgetClaim
from feesvc.domain.custody import Custody
from feesvc.domain.remittance import MOST, Drawable, Remittance, SetOff, Share
from feesvc.domain.standing import remittable
from feesvc.money import Money, total
from feesvc.store import Answer

Tell: TypeAlias = Callable[[Remittance], Answer] | None


class NoSuchAccount(Refusal):
    """The agency has no account for this in that currency"""


class ShareMoved(Refusal):
    """A share does not stand as it did when the remittance was drawn: reject it and draw again"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRemittance:
    """What is allocated, forfeited or lapsed and not remitted, up to 1000 shares; paid from the
    account of ``source``.

    ``set_off``: claims on the budget are taken off what is sent (P11f).
    """

    agency: str
    currency: str
    source: Source
    execute_on: date
    set_off: bool


async def draw_remittance(
    house: House, act: Act, new: NewRemittance, answer: Tell = None
) -> Done[Remittance]:
    """Draw every share that no other drawn remittance has. Nothing is sent until it is approved.

    Raises ``NothingToSend``, ``NoSuchAccount``, and ``Shortfall``, which opens a case.
    """

    async def decide() -> Decision[Remittance]:
        debited = await account_for(house, act, new.agency, new.source, new.currency)
        custody = await custody_of(house, act, new.agency)
        if not new.set_off:
            await covered(house, new.agency, new.currency)
        books = await holdings(house)
        drawn = await _open(house, custody)
        drawable = await _drawable(house, books, new, drawn)
        summed = total((share.amount for _, share in drawable), new.currency)
        claimed = {one.claim for remittance in drawn for one in remittance.set_off}
        set_off = await _set_off(house, books, new, summed.amount, claimed)
        less = sum(one.amount.amount for one in set_off)
        await covered(house, new.agency, new.currency, less)
        reference = await new_reference(house, "remittance")
        remittance = Remittance.draw(
            order_id(house, "remittance", reference), new.agency, act.principal, reference,
            new.source, debited, new.execute_on, drawable, set_off, act.at,
        )  # fmt: skip
        custody.draw("remittance", remittance.id, act.at)
        return Decision(remittance, [remittance, custody])

    async def settled() -> Done[Remittance]:
        return await house.settle(act, decide, answer)

    return await telling_shortfalls(house, act, settled)


async def approve_remittance(
    house: House, act: Act, id: UUID, digest: str, answer: Tell = None
) -> Done[Remittance]:
    """Another person agrees to exactly what was drawn: it is in flight (P16a), the shares remitted.

    Raises ``ShareMoved``, ``NotWaiting``, and ``Shortfall``, which opens a case.
    """

    async def decide() -> Decision[Remittance]:
        remittance = await house.one(Remittance, id, f"remittance {id}")
        remittance.approve(act.principal, digest, act.at)
        custody = await custody_of(house, act, remittance.agency)
        less = (remittance.total - remittance.paid).amount
        await covered(house, remittance.agency, remittance.total.currency, less)
        changed: list[Aggregate] = [remittance, custody]
        changed += await _remit(house, remittance, act.at)
        changed += await remit_drawn_lapses(house, remittance, act.at)
        changed += await _take_off(house, remittance, act.at)
        custody.end(id, act.at)
        return Decision(remittance, changed)

    async def settled() -> Done[Remittance]:
        return await house.settle(act, decide, answer)

    return await telling_shortfalls(house, act, settled)


async def reject_remittance(
    house: House, act: Act, id: UUID, reason: str, answer: Tell = None
) -> Done[Remittance]:
    """It is not sent: its shares may be drawn again. Whoever drew it may take it back so."""

    async def decide() -> Decision[Remittance]:
        remittance = await house.one(Remittance, id, f"remittance {id}")
        custody = await custody_of(house, act, remittance.agency)
        remittance.reject(act.principal, reason, act.at)
        custody.end(id, act.at)
        return Decision(remittance, [remittance, custody])

    return await house.settle(act, decide, answer)


async def account_for(
    house: House, act: Act, agency: str, source: Source, currency: str
) -> BankAccount:
    """The agency's account for this purpose today. Raises ``NoSuchAccount``."""
    owner = await owner_of(house, agency)
    account = owner.bank_account_on(PURPOSES[source], currency, act.day)
    if account is None:
        raise NoSuchAccount(f"{PURPOSES[source]} in {currency}")
    return account


async def _open(house: House, custody: Custody) -> list[Remittance]:
    """Those that are drawn and neither approved nor rejected."""
    ids = [id for id, kind in custody.open.items() if kind == "remittance"]
    return [one for one in (await house.store.peek(ids)).values() if isinstance(one, Remittance)]


async def _drawable(
    house: House, books: Holdings, new: NewRemittance, drawn: Sequence[Remittance]
) -> list[Drawable]:
    """What no other drawn remittance has: budget shares, then what lapsed."""
    taken = {(s.assessment, s.line) for one in drawn for s in one.shares}
    ids = await books.with_shares(new.agency, new.currency, MOST + len({id for id, _ in taken}))
    found: list[Drawable] = []
    for assessment in (await house.store.peek(ids)).values():
        assert isinstance(assessment, Assessment)
        for number, whole in remittable(assessment.lines).items():
            share = _share(assessment, number, whole)
            if share.amount and (assessment.id, number) not in taken:
                found.append((assessment.terms[number].budget, share))
    lapsed = {s.adjustment for one in drawn for s in one.lapsed}
    found += await drawable_lapses(house, books, new.agency, new.currency, lapsed)
    if not found:
        raise NothingToSend(f"no budget share of {new.agency} waits in {new.currency}")
    return found[:MOST]


def _share(assessment: Assessment, number: int, whole: int) -> Share:
    part = assessment.lines[number].part(number, whole, assessment.currency, "remitted")
    return Share(
        assessment=assessment.id, line=number, whole=part.amount, amount=part.amount - part.retained
    )


async def _set_off(
    house: House, books: Holdings, new: NewRemittance, most: int, claimed: set[UUID]
) -> list[SetOff]:
    """Open claims that no other drawn remittance sets off, up to what is remitted."""
    if not new.set_off:
        return []
    found = []
    ids = await books.claims(new.agency, new.currency, MOST)
    for claim in (await house.store.peek([id for id in ids if id not in claimed])).values():
        if isinstance(claim, BudgetClaim) and claim.proposed is None and most:
            amount = min(most, claim.left)
            most -= amount
            if amount:
                found.append(SetOff(claim=claim.id, amount=Money(amount, new.currency)))
    return found


async def _remit(house: House, remittance: Remittance, at: datetime) -> list[Assessment]:
    """Each line gives exactly what was drawn of it, or nothing is sent."""
    wanted: dict[UUID, list[Share]] = {}
    for share in remittance.shares:
        wanted.setdefault(share.assessment, []).append(share)
    loaded = await house.store.load(list(wanted))
    changed = []
    for id, shares in wanted.items():
        assessment = loaded[id]
        assert isinstance(assessment, Assessment)
        for share in shares:
            there = remittable(assessment.lines).get(share.line, 0)
            if (
                there < share.whole.amount
                or _share(assessment, share.line, share.whole.amount) != share
            ):
                raise ShareMoved(f"line {share.line} of {id}: {there} of {share.whole}")
        amounts = {share.line: share.whole.amount for share in shares}
        assessment.remit(remittance.id, amounts, at)
        changed.append(assessment)
    return changed


async def _take_off(house: House, remittance: Remittance, at: datetime) -> list[BudgetClaim]:
    changed = []
    for one in remittance.set_off:
        claim = await house.one(BudgetClaim, one.claim, "claim")
        claim.set_off(remittance.id, one.amount, at)
        changed.append(claim)
    return changed
