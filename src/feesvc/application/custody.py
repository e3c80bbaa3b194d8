"""Custody: the one stream through which an agency's orders are drawn, the cover, and own moves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias, TypeVar
from uuid import UUID

from feesvc.application.cases import open_case
from feesvc.application.holdings import Holdings, holdings
from feesvc.application.house import Act, Decision, Done, House
from feesvc.domain.agency import Agency
from feesvc.domain.aggregate import Refusal
from feesvc.domain.bank_order import OrderKind, reference_of
from feesvc.domain.custody import Custody
from feesvc.domain.custody_move import (
    TAKES_FROM_COVER,
    CustodyMove,
    MoveKind,
)
from feesvc.domain.finding import CaseSubject, Finding
from feesvc.money import Money
from feesvc.reconciling.custody.cover import Cover
from feesvc.store import Answer

T = TypeVar("T")
TellMove: TypeAlias = Callable[[CustodyMove], Answer] | None


class Shortfall(Refusal):
    """The accounts hold less than is owed out of them: nothing goes out until that is mended"""

    def __init__(self, agency: str, short: Money) -> None:
        super().__init__(f"{short} is missing in the accounts of {agency}")
        self.agency = agency
        self.short = short


class MoreThanMayMove(Refusal):
    """Not so much of it is there to be moved"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMove:
    """``amount`` of the agency's money is to be moved; ``reason`` is a code."""

    agency: str
    kind: MoveKind
    amount: Money
    reason: str


def order_id(house: House, kind: OrderKind, reference: str) -> UUID:
    """An order is found by its reference, which no other order ever has."""
    return house.store.ids.of(kind, reference)


async def new_reference(house: House, kind: OrderKind) -> str:
    return reference_of(kind, house.store.epoch, await house.store.numbers())


async def owner_of(house: House, agency: str) -> Agency:
    return await house.see(Agency, house.store.ids.agency(agency), f"agency {agency}")


async def custody_of(house: House, act: Act, agency: str) -> Custody:
    """Free to be changed; the first time, new."""
    id = house.store.ids.of("custody", agency)
    found = (await house.store.load([id])).get(id)
    if isinstance(found, Custody):
        return found
    return Custody.first(Custody.Opened, id, act.at, agency=agency)


async def covered(house: House, agency: str, currency: str, set_off: int = 0) -> Holdings:
    """The books, where what is owed is in the accounts. Raises ``Shortfall``, ``Busy``.

    ``set_off``, in minor units, is owed no more once what this is asked for is done.
    """
    books = await holdings(house)
    cover = await books.cover(agency, currency)
    if cover.surplus + set_off < 0:
        raise Shortfall(agency, cover.shortfall - Money(set_off, currency))
    return books


async def telling_shortfalls(house: House, act: Act, do: Callable[[], Awaitable[T]]) -> T:
    """Do it; a shortfall that blocks it opens a case, and is refused."""
    try:
        return await do()
    except Shortfall as short:
        id = house.store.ids.agency(short.agency)
        finding = Finding(
            agency=short.agency, code="N15", subject=CaseSubject(kind="account", id=id),
            at_risk=short.short, discriminator=f"{short.short.currency} {act.day}",
            facts={"shortfall": str(short.short)},
        )  # fmt: skip
        await open_case(house, act, finding)
        raise


async def request_move(
    house: House, act: Act, new: NewMove, answer: TellMove = None
) -> Done[CustodyMove]:
    """Ask that money of the agency stand elsewhere; another person approves.

    Retained money goes to the deposit account only as far as what is owed stays covered, and only
    what was retained less the commission that it bears (P16d).
    """

    async def decide() -> Decision[CustodyMove]:
        await owner_of(house, new.agency)
        custody = await custody_of(house, act, new.agency)
        await _check_move(house, custody, new)
        reference = await new_reference(house, "custody_move")
        move = CustodyMove.request(
            order_id(house, "custody_move", reference), new.agency, act.principal, reference,
            new.kind, new.amount, new.reason, act.at,
        )  # fmt: skip
        custody.draw("custody_move", move.id, act.at)
        return Decision(move, [move, custody])

    return await house.settle(act, decide, answer)


async def approve_move(
    house: House, act: Act, id: UUID, digest: str, answer: TellMove = None
) -> Done[CustodyMove]:
    """Another person agrees to exactly what was asked."""

    async def decide() -> Decision[CustodyMove]:
        move = await house.one(CustodyMove, id, f"move {id}")
        move.approve(act.principal, digest, act.at)
        return Decision(move, [move])

    return await house.settle(act, decide, answer)


async def reject_move(
    house: House, act: Act, id: UUID, reason: str, answer: TellMove = None
) -> Done[CustodyMove]:
    """It will not be done; what it would have taken is free again."""

    async def decide() -> Decision[CustodyMove]:
        move = await house.one(CustodyMove, id, f"move {id}")
        custody = await custody_of(house, act, move.agency)
        move.reject(act.principal, reason, act.at)
        custody.end(id, act.at)
        return Decision(move, [move, custody])

    return await house.settle(act, decide, answer)


async def _check_move(house: House, custody: Custody, new: NewMove) -> None:
    """What is asked is there, beside all that was asked before and is not booked."""
    cover = await (await holdings(house)).cover(new.agency, new.amount.currency)
    asked, amount = await _pending(house, custody, new.amount.currency), new.amount.amount
    if new.kind in TAKES_FROM_COVER:
        moving = sum(asked.get(kind, 0) for kind in TAKES_FROM_COVER)
        _check(amount, cover.retained_to_move - moving, "retained money")
        _check(amount, cover.surplus - moving, "what is not owed to others")
    elif new.kind in ("whole_from_retained", "whole_from_estimate"):
        making = asked.get("whole_from_retained", 0) + asked.get("whole_from_estimate", 0)
        missing = max(cover.to_make_whole, cover.shortfall.amount)
        _check(amount, missing - making, "what is to be made whole")
    elif new.kind == "retained_back":
        _check(amount, cover.of("retained_moved") - asked.get(new.kind, 0), "moved retained money")
    elif new.kind in ("advance_to_custody", "fees_to_treasury"):
        leaving = asked.get("advance_to_custody", 0) + asked.get("fees_to_treasury", 0)
        _check(amount, _in_bank(cover) - leaving, "money in the bank")


def _in_bank(cover: Cover) -> int:
    return cover.of("bank")


def _check(amount: int, there: int, what: str) -> None:
    if amount > there:
        raise MoreThanMayMove(f"{amount} asked of {max(there, 0)} of {what}")


async def _pending(house: House, custody: Custody, currency: str) -> dict[MoveKind, int]:
    """What was asked and is not booked, by kind."""
    ids = [id for id, kind in custody.open.items() if kind == "custody_move"]
    pending: dict[MoveKind, int] = {}
    for move in (await house.store.peek(ids)).values():
        if isinstance(move, CustodyMove) and move.amount.currency == currency:
            pending[move.kind] = pending.get(move.kind, 0) + move.amount.amount
    return pending
