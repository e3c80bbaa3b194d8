"""Custody moves over HTTP: own money moved between accounts by two officers; and open orders."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from feesvc.api.callers import ANY_ROLE, FINANCE, Caller, caller_of
from feesvc.api.idempotency import act_of, respond
from feesvc.api.order_lines import OrderView
from feesvc.api.order_lines import view as order_view
from feesvc.api.refunds import ApproveBody
from feesvc.api.telling import made, shown
from feesvc.api.wire import AgencyCode, Amount, Body, Currency, MoneyView, Reason, ReasonBody, View
from feesvc.application import custody as commands
from feesvc.domain.custody import Custody
from feesvc.domain.custody_move import CustodyMove, MoveKind
from feesvc.money import Money
from feesvc.store import Answer

router = APIRouter(tags=["custody moves"])
Who = Annotated[Caller, Depends(caller_of)]


class MoveBody(Body):
    """``kind`` says from where to where; ``reason`` is a code."""

    kind: MoveKind
    amount: Amount
    currency: Currency = "VND"
    reason: Reason


class MoveView(View):
    """``digest`` binds the approval to exactly this."""

    id: UUID
    agency: str
    state: str
    kind: MoveKind
    reference: str
    amount: MoneyView
    reason: str
    maker: str
    digest: str


class OpenOrders(View):
    """Orders that are drawn and not done with, oldest first."""

    items: list[OrderView]


def view(one: CustodyMove) -> MoveView:
    return MoveView(
        id=one.id, agency=one.agency, state=one.state, kind=one.kind, reference=one.reference,
        amount=MoneyView.of(one.amount), reason=one.reason, maker=one.maker, digest=one.digest,
    )  # fmt: skip


@router.get("/agencies/{agency}/open-orders", response_model=OpenOrders)
async def open_orders(request: Request, agency: AgencyCode, who: Who) -> Response:
    """What waits for an approval, or for the bank: remittances, forwardings, moves, deposits."""
    await who.require(agency, roles=ANY_ROLE)
    id = who.house.store.ids.of("custody", agency)
    custody = (await who.house.store.peek([id])).get(id)
    ids = list(custody.open) if isinstance(custody, Custody) else []
    found = await who.house.store.peek(ids)
    return shown(request, OpenOrders(items=[order_view(found[one]) for one in ids]))


@router.post("/agencies/{agency}/custody-moves", status_code=201, response_model=MoveView)
async def ask(request: Request, agency: AgencyCode, body: MoveBody, who: Who) -> Response:
    """Ask that own money stand elsewhere; another person approves."""
    await who.require(agency, roles=FINANCE)
    act = act_of(request, who, body)
    new = commands.NewMove(
        agency=agency, kind=body.kind, amount=Money(body.amount, body.currency), reason=body.reason
    )
    done = await commands.request_move(who.house, act, new, _made)

    async def again() -> Answer:
        return _made(await who.house.see(CustodyMove, await who.house.made_by(done.appended), ""))

    return await respond(who, done, _made, again)


@router.get("/custody-moves/{id}", response_model=MoveView)
async def see(request: Request, id: UUID, who: Who) -> Response:
    """One move, with the digest that its approval is bound to."""
    one = await _seen(who, id, ANY_ROLE)
    return shown(request, view(one), one)


@router.post("/custody-moves/{id}/approve", response_model=MoveView)
async def approve(request: Request, id: UUID, body: ApproveBody, who: Who) -> Response:
    """Agree, as another person than asked, to exactly what was asked; the bank is told."""
    await _seen(who, id, ("approver",))
    act = act_of(request, who, body)
    done = await commands.approve_move(who.house, act, id, body.digest, _told)
    return await respond(who, done, _told, _again(who, id))


@router.post("/custody-moves/{id}/reject", response_model=MoveView)
async def reject(request: Request, id: UUID, body: ReasonBody, who: Who) -> Response:
    """It will not be done. Whoever asked may take it back so."""
    await _seen(who, id, ("approver", "finance"))
    act = act_of(request, who, body)
    done = await commands.reject_move(who.house, act, id, body.reason, _told)
    return await respond(who, done, _told, _again(who, id))


async def _seen(who: Caller, id: UUID, roles: Any) -> CustodyMove:
    one = await who.house.see(CustodyMove, id, "")
    await who.require(one.agency, roles=roles)
    return one


def _again(who: Caller, id: UUID) -> Callable[[], Awaitable[Answer]]:
    async def again() -> Answer:
        return _told(await who.house.see(CustodyMove, id, ""))

    return again


def _made(one: CustodyMove) -> Answer:
    return made(view(one), f"/v1/custody-moves/{one.id}")


def _told(one: CustodyMove) -> Answer:
    return made(view(one), f"/v1/custody-moves/{one.id}", 200)
