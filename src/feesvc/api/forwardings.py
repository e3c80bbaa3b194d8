"""Forwardings over HTTP: money held for others drawn by one officer and approved by another."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from feesvc.api.callers import ANY_ROLE, FINANCE, Caller, caller_of
from feesvc.api.idempotency import act_of, respond
from feesvc.api.refunds import ApproveBody
from feesvc.api.telling import made, shown
from feesvc.api.wire import AgencyCode, Body, Code, Currency, Day, MoneyView, ReasonBody, View
from feesvc.application import forwarding as commands
from feesvc.domain.accounts import BankAccount
from feesvc.domain.forwarding import Forwarding, ForwardKind
from feesvc.store import Answer

router = APIRouter(tags=["forwardings"])
Who = Annotated[Caller, Depends(caller_of)]


class PostalPayeeBody(Body):
    """The account of a postal operator."""

    bank: Code
    number: Code


class ForwardBody(Body):
    """All that is in the bank for one payee, up to 500 transfers.

    ``agency`` pays its fees to ``beneficiary``, ``collector`` pays back what that agency refunded
    for us, ``postal`` pays an operator on ``payee``.
    """

    kind: ForwardKind = "agency"
    beneficiary: AgencyCode | None = None
    payee: PostalPayeeBody | None = None
    currency: Currency = "VND"
    execute_on: Day | None = None


class ForwardedView(View):
    transfer: UUID
    amount: MoneyView


class ForwardingView(View):
    """``digest`` binds the approval to exactly this. The account is where the money goes."""

    id: UUID
    agency: str
    state: str
    kind: ForwardKind
    beneficiary: str
    reference: str
    bank: str
    number: str
    execute_on: date
    total: MoneyView
    transfers: list[ForwardedView]
    maker: str
    digest: str


def view(one: Forwarding) -> ForwardingView:
    currency = one.total.currency
    return ForwardingView(
        id=one.id, agency=one.agency, state=one.state, kind=one.kind, beneficiary=one.beneficiary,
        reference=one.reference, bank=one.credited.bank, number=one.credited.number,
        execute_on=one.execute_on, total=MoneyView.of(one.total), maker=one.maker,
        digest=one.digest,
        transfers=[
            ForwardedView(
                transfer=take.transfer, amount=MoneyView(amount=take.amount, currency=currency)
            )
            for take in one.takes
        ],
    )  # fmt: skip


@router.post("/agencies/{agency}/forwardings", status_code=201, response_model=ForwardingView)
async def draw(request: Request, agency: AgencyCode, body: ForwardBody, who: Who) -> Response:
    """Draw what waits for one payee; another person approves. A shortfall blocks it."""
    await who.require(agency, roles=FINANCE)
    act = act_of(request, who, body)
    payee = None
    if body.payee is not None:
        payee = BankAccount(bank=body.payee.bank, number=body.payee.number, currency=body.currency)
    new = commands.NewForwarding(
        agency=agency, kind=body.kind, beneficiary=body.beneficiary or "", currency=body.currency,
        execute_on=body.execute_on or act.day, payee=payee,
    )  # fmt: skip
    done = await commands.draw_forwarding(who.house, act, new, _made)

    async def again() -> Answer:
        return _made(await who.house.see(Forwarding, await who.house.made_by(done.appended), ""))

    return await respond(who, done, _made, again)


@router.get("/forwardings/{id}", response_model=ForwardingView)
async def see(request: Request, id: UUID, who: Who) -> Response:
    """One forwarding, with what it takes of each transfer."""
    one = await _seen(who, id, ANY_ROLE)
    return shown(request, view(one), one)


@router.post("/forwardings/{id}/approve", response_model=ForwardingView)
async def approve(request: Request, id: UUID, body: ApproveBody, who: Who) -> Response:
    """Agree, as another person than drew it, to exactly what was drawn."""
    await _seen(who, id, ("approver",))
    act = act_of(request, who, body)
    done = await commands.approve_forwarding(who.house, act, id, body.digest, _told)
    return await respond(who, done, _told, _again(who, id))


@router.post("/forwardings/{id}/reject", response_model=ForwardingView)
async def reject(request: Request, id: UUID, body: ReasonBody, who: Who) -> Response:
    """It is not sent; the money is held as before. Whoever drew it may take it back so."""
    await _seen(who, id, ("approver", "finance"))
    act = act_of(request, who, body)
    done = await commands.reject_forwarding(who.house, act, id, body.reason, _told)
    return await respond(who, done, _told, _again(who, id))


async def _seen(who: Caller, id: UUID, roles: Any) -> Forwarding:
    one = await who.house.see(Forwarding, id, "")
    await who.require(one.agency, roles=roles)
    return one


def _again(who: Caller, id: UUID) -> Callable[[], Awaitable[Answer]]:
    async def again() -> Answer:
        return _told(await who.house.see(Forwarding, id, ""))

    return again


def _made(one: Forwarding) -> Answer:
    return made(view(one), f"/v1/forwardings/{one.id}")


def _told(one: Forwarding) -> Answer:
    return made(view(one), f"/v1/forwardings/{one.id}", 200)
