"""Budget claims over HTTP: what the State budget owes after refunds, and how each claim ends."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from feesvc.api.callers import ANY_ROLE, FINANCE, Caller, caller_of
from feesvc.api.idempotency import act_of, respond
from feesvc.api.refunds import ApproveBody
from feesvc.api.telling import made, shown
from feesvc.api.wire import AgencyCode, Amount, Body, Day, MoneyView, Reason, ReasonBody, View, text
from feesvc.application import claiming as commands
from feesvc.application.bank_accounts import midnight
from feesvc.application.holdings import holdings
from feesvc.domain.budget_claim import BudgetClaim, Cause, Way
from feesvc.money import Money
from feesvc.store import Answer

router = APIRouter(tags=["budget claims"])
Who = Annotated[Caller, Depends(caller_of)]


class RepaidBody(Body):
    """The bank's line with which the State budget paid (P11e)."""

    amount: Amount
    reference: text(140)  # type: ignore[valid-type]
    booked_on: Day


class EndBody(Body):
    """How it is to end. ``confirmation`` is the Treasury's number where it paid the payer."""

    way: Way
    amount: Amount
    reason: Reason
    confirmation: text(64, 0) = ""  # type: ignore[valid-type]


class ClaimView(View):
    """``digest`` binds the approval of what is proposed; empty while nothing is."""

    id: UUID
    agency: str
    cause: Cause
    about: UUID
    amount: MoneyView
    outstanding: MoneyView
    proposed: Way | None
    digest: str


class ClaimPage(View):
    items: list[ClaimView]


def view(one: BudgetClaim) -> ClaimView:
    return ClaimView(
        id=one.id, agency=one.agency, cause=one.cause, about=one.about,
        amount=MoneyView.of(one.amount), outstanding=MoneyView.of(one.outstanding),
        proposed=one.proposed[1] if one.proposed else None,
        digest=one.proposed[5] if one.proposed else "",
    )  # fmt: skip


@router.get("/agencies/{agency}/budget-claims", response_model=ClaimPage)
async def all_open(
    request: Request, agency: AgencyCode, who: Who,
    currency: Annotated[str, Query(pattern="^[A-Z]{3}$")] = "VND",
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> Response:  # fmt: skip
    """Claims with anything outstanding."""
    await who.require(agency, roles=ANY_ROLE)
    ids = await (await holdings(who.house)).claims(agency, currency, limit)
    found = await who.house.store.peek(ids)
    items = [view(one) for one in found.values() if isinstance(one, BudgetClaim)]
    return shown(request, ClaimPage(items=items))


@router.get("/budget-claims/{id}", response_model=ClaimView)
async def see(request: Request, id: UUID, who: Who) -> Response:
    """One claim, with the digest of what is proposed."""
    one = await _seen(who, id, ANY_ROLE)
    return shown(request, view(one), one)


@router.post("/budget-claims/{id}/repaid", response_model=ClaimView)
async def repaid(request: Request, id: UUID, body: RepaidBody, who: Who) -> Response:
    """The State budget paid it into the collection account (P11e)."""
    one = await _seen(who, id, FINANCE)
    act = act_of(request, who, body)
    amount, at = Money(body.amount, one.amount.currency), midnight(body.booked_on)
    done = await commands.repay_claim(who.house, act, id, amount, body.reference, at, _told)
    return await respond(who, done, _told, _again(who, id))


@router.post("/budget-claims/{id}/end", response_model=ClaimView)
async def propose(request: Request, id: UUID, body: EndBody, who: Who) -> Response:
    """Propose that the Treasury has repaid the payer itself (P11g), or refused it (P11h)."""
    one = await _seen(who, id, FINANCE)
    act = act_of(request, who, body)
    amount = Money(body.amount, one.amount.currency)
    done = await commands.propose_end(
        who.house, act, id, body.way, amount, body.reason, body.confirmation, _told
    )
    return await respond(who, done, _told, _again(who, id))


@router.post("/budget-claims/{id}/approve", response_model=ClaimView)
async def approve(request: Request, id: UUID, body: ApproveBody, who: Who) -> Response:
    """Agree, as another person than proposed it, to exactly what was proposed."""
    await _seen(who, id, ("approver",))
    act = act_of(request, who, body)
    done = await commands.approve_end(who.house, act, id, body.digest, _told)
    return await respond(who, done, _told, _again(who, id))


@router.post("/budget-claims/{id}/reject", response_model=ClaimView)
async def reject(request: Request, id: UUID, body: ReasonBody, who: Who) -> Response:
    """It does not end so; the claim stands."""
    await _seen(who, id, ("approver", "finance"))
    act = act_of(request, who, body)
    done = await commands.reject_end(who.house, act, id, body.reason, _told)
    return await respond(who, done, _told, _again(who, id))


async def _seen(who: Caller, id: UUID, roles: Any) -> BudgetClaim:
    one = await who.house.see(BudgetClaim, id, "")
    await who.require(one.agency, roles=roles)
    return one


def _again(who: Caller, id: UUID) -> Callable[[], Awaitable[Answer]]:
    async def again() -> Answer:
        return _told(await who.house.see(BudgetClaim, id, ""))

    return again


def _told(one: BudgetClaim) -> Answer:
    return made(view(one), f"/v1/budget-claims/{one.id}", 200)
