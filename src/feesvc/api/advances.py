"""Advances over HTTP: applied to a fee by one officer, forfeited to the State budget by two.

What is left of an advance is returned by a refund.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from feesvc.api.callers import ANY_ROLE, FINANCE, Caller, caller_of
from feesvc.api.idempotency import act_of, respond
from feesvc.api.refunds import ApproveBody
from feesvc.api.telling import made, shown
from feesvc.api.wire import Amount, Body, Id, MoneyView, Reason, ReasonBody, View
from feesvc.application import advances as commands
from feesvc.domain.assessment import Assessment
from feesvc.domain.forfeiture import Forfeiture
from feesvc.domain.officer import Role
from feesvc.domain.standing import held
from feesvc.money import Money
from feesvc.store import Answer

router = APIRouter(tags=["advances"])
Who = Annotated[Caller, Depends(caller_of)]


class ApplyBody(Body):
    """``assessment`` is what it pays; ``amount`` in minor units, or all that is owed or left."""

    assessment: Id
    amount: Amount | None = None


class ForfeitBody(Body):
    """``amount`` in minor units, or all that is left; ``reason`` a code for what decided it."""

    amount: Amount | None = None
    reason: Reason


class AdvanceView(View):
    """The assessment of an advance. ``held``: in the bank, neither applied, returned nor forfeited;
    what is set aside for a refund or disputed counts until that ends.
    """

    assessment: UUID
    agency: str
    collected: MoneyView
    banked: MoneyView
    held: MoneyView


class ForfeitureView(View):
    """``digest`` binds the approval, by another person, to exactly this."""

    id: UUID
    agency: str
    state: str
    assessment: UUID
    amount: MoneyView
    reason: str
    maker: str
    digest: str


def advance_view(one: Assessment) -> AdvanceView:
    lines = [line for line in one.lines.values() if line.kind == "advance"]

    def money(amount: int) -> MoneyView:
        return MoneyView.of(Money(amount, one.currency))

    return AdvanceView(
        assessment=one.id, agency=one.agency, collected=money(sum(x.collected for x in lines)),
        banked=money(sum(x.banked for x in lines)), held=money(sum(held(one.lines).values())),
    )  # fmt: skip


def view(asked: Forfeiture) -> ForfeitureView:
    return ForfeitureView(
        id=asked.id, agency=asked.agency, state=asked.state, assessment=asked.assessment,
        amount=MoneyView.of(asked.amount), reason=asked.reason, maker=asked.maker,
        digest=asked.digest,
    )  # fmt: skip


@router.get("/advances/{id}", response_model=AdvanceView)
async def see_advance(request: Request, id: UUID, who: Who) -> Response:
    """What stands of an advance, by the id of its assessment."""
    return shown(request, advance_view(await _advance(who, id, ANY_ROLE)))


@router.post("/advances/{id}/apply", response_model=AdvanceView)
async def apply(request: Request, id: UUID, body: ApplyBody, who: Who) -> Response:
    """Pay another assessment of the same agency with it (P14b), once all of it is in the bank."""
    await _advance(who, id, FINANCE)
    act = act_of(request, who, body)

    def answer(one: Assessment) -> Answer:
        return made(advance_view(one), f"/v1/advances/{id}", 200)

    async def again() -> Answer:
        return answer(await who.house.see(Assessment, id, ""))

    done = await commands.apply_advance(who.house, act, id, body.assessment, body.amount, answer)
    return await respond(who, done, answer, again)


@router.post("/advances/{id}/forfeit", status_code=201, response_model=ForfeitureView)
async def forfeit(request: Request, id: UUID, body: ForfeitBody, who: Who) -> Response:
    """Ask that it fall to the State budget (P14d); nothing moves until another person approves."""
    await _advance(who, id, FINANCE)
    act = act_of(request, who, body)
    done = await commands.request_forfeiture(who.house, act, id, body.amount, body.reason, _asked)

    async def again() -> Answer:
        forfeiture = who.house.store.ids.of("forfeiture", str(act.id))
        return _asked(await who.house.see(Forfeiture, forfeiture, ""))

    return await respond(who, done, _asked, again)


@router.post("/forfeitures/{id}/approve", response_model=ForfeitureView)
async def approve(request: Request, id: UUID, body: ApproveBody, who: Who) -> Response:
    """Agree, as another person than asked, to exactly what was asked; it moves at once."""
    await who.require((await _seen(who, id)).agency, roles=("approver",))
    act = act_of(request, who, body)
    done = await commands.approve_forfeiture(who.house, act, id, body.digest, _decided)
    return await respond(who, done, _decided, _again(who, id))


@router.post("/forfeitures/{id}/reject", response_model=ForfeitureView)
async def reject(request: Request, id: UUID, body: ReasonBody, who: Who) -> Response:
    """It will not be done: the advance stands where it stood."""
    await who.require((await _seen(who, id)).agency, roles=("approver", "finance"))
    act = act_of(request, who, body)
    done = await commands.reject_forfeiture(who.house, act, id, body.reason, _decided)
    return await respond(who, done, _decided, _again(who, id))


@router.get("/forfeitures/{id}", response_model=ForfeitureView)
async def see(request: Request, id: UUID, who: Who) -> Response:
    """One forfeiture, with the digest that its approval is bound to."""
    asked = await _seen(who, id)
    return shown(request, view(asked), asked)


async def _advance(who: Caller, id: UUID, roles: tuple[Role, ...]) -> Assessment:
    one = await who.house.see(Assessment, id, "")
    await who.require(one.agency, roles=roles)
    return one


async def _seen(who: Caller, id: UUID) -> Forfeiture:
    asked = await who.house.see(Forfeiture, id, "")
    await who.require(asked.agency, roles=ANY_ROLE)
    return asked


def _again(who: Caller, id: UUID) -> Callable[[], Awaitable[Answer]]:
    async def again() -> Answer:
        return _decided(await who.house.see(Forfeiture, id, ""))

    return again


def _asked(asked: Forfeiture) -> Answer:
    return made(view(asked), f"/v1/forfeitures/{asked.id}")


def _decided(asked: Forfeiture) -> Answer:
    return made(view(asked), f"/v1/forfeitures/{asked.id}", 200)
