"""Periods over HTTP: a day, a month or a year of an agency's books, closed by two officers."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field

from feesvc.api.callers import ANY_ROLE, FINANCE, Caller, caller_of, is_officer
from feesvc.api.completeness import sheet_of, vouched
from feesvc.api.idempotency import act_of, respond
from feesvc.api.problems import Problem
from feesvc.api.refunds import ApproveBody
from feesvc.api.telling import made, shown
from feesvc.api.wire import AgencyCode, Body, Id, MoneyView, Reason, ReasonBody, View, text
from feesvc.application import closing as commands
from feesvc.application.house import Done
from feesvc.domain.closing import Explanation, Rolled, Sheet, compared
from feesvc.domain.officer import Role
from feesvc.domain.period import Period
from feesvc.store import Answer

router = APIRouter(tags=["periods"], prefix="/agencies/{agency}/periods/{name}")
Who = Annotated[Caller, Depends(caller_of)]
APPROVER: tuple[Role, ...] = ("approver",)
NOT_AN_OFFICER = Problem(422, "not-an-officer", "A red item's owner is an officer of the agency")


class ExplanationBody(Body):
    """Why a red item does not stand in the way: ``owner`` is the subject of an officer."""

    item: text(40)  # type: ignore[valid-type]
    owner: Id
    reason: Reason


class ProposeBody(Body):
    """``digest`` is the sheet's, as it was read; every red item is explained."""

    digest: str = Field(pattern="^[0-9a-f]{64}$")
    explanations: list[ExplanationBody] = Field(default_factory=list, max_length=50)


class ExplanationView(View):
    item: str
    owner: UUID
    reason: str


class PeriodView(View):
    """``state``: open, closing, proposed, closed, reopening. Days are Asia/Ho_Chi_Minh."""

    id: UUID
    agency: str
    name: str
    kind: str
    state: str
    first_day: date
    last_day: date
    maker: str
    checker: str
    digest: str
    explanations: list[ExplanationView]
    times_closed: int


class ItemView(View):
    """One proof of completeness, and what it was found by."""

    item: str
    source: str
    red: bool
    facts: list[str]


class RolledView(View):
    """opening + debits - credits = closing; openings and closings are debits - credits."""

    account: str
    opening: MoneyView
    debits: MoneyView
    credits: MoneyView
    closing: MoneyView


class RunView(View):
    run: UUID
    result: str
    rules: int


class SheetView(View):
    """The completeness sheet, as known at ``position``. ``digest`` is what people vouch for."""

    agency: str
    name: str
    position: str
    items: list[ItemView]
    balances: list[RolledView]
    open_items: str
    runs: list[RunView]
    results: list[RolledView]
    digest: str


class VerifiedView(View):
    """``kept`` is the digest that was agreed to. ``books`` says what must never differ and does;
    ``rows`` which runs looked at the period's lines since: items 2, 7 and 8 may tell of them."""

    agency: str
    name: str
    kept: str
    now: str
    same: bool
    books: list[str]
    rows: list[str]


def view(period: Period) -> PeriodView:
    return PeriodView(
        id=period.id, agency=period.agency, name=period.name, kind=period.kind,
        state=period.state, first_day=period.first_day, last_day=period.last_day,
        maker=period.maker, checker=period.checker, digest=period.digest,
        explanations=[
            ExplanationView(item=one.item, owner=one.owner, reason=one.reason)
            for one in period.explanations
        ],
        times_closed=period.times_closed,
    )  # fmt: skip


@router.get("", response_model=PeriodView)
async def see(request: Request, agency: AgencyCode, name: str, who: Who) -> Response:
    """Where a period is. One that nobody began to close is not on record."""
    await who.require(agency, roles=ANY_ROLE)
    period = await _seen(who, agency, name)
    return shown(request, view(period), period)


@router.get("/sheet", response_model=SheetView)
async def sheet(request: Request, agency: AgencyCode, name: str, who: Who) -> Response:
    """The completeness sheet of a closing that was begun: the same every time it is asked for."""
    await who.require(agency, roles=ANY_ROLE)
    found = await sheet_of(request, who, await _seen(who, agency, name))
    return shown(request, _sheet_view(found, who.house.store.log))


@router.get("/verify", response_model=VerifiedView)
async def verify(request: Request, agency: AgencyCode, name: str, who: Who) -> Response:
    """Work the sheet of a closed period out again, and say what differs from what was kept."""
    await who.require(agency, roles=ANY_ROLE)
    period = await _seen(who, agency, name)
    kept = await commands.last_close(who.house, period)
    found = compared(
        await sheet_of(request, who, period), kept.balances, kept.open_items, kept.runs
    )
    said = VerifiedView(
        agency=period.agency, name=period.name, kept=kept.digest, now=found.digest,
        same=kept.digest == found.digest, books=list(found.books), rows=list(found.rows),
    )  # fmt: skip
    return shown(request, said)


@router.post("/begin-closing", response_model=PeriodView)
async def begin(request: Request, agency: AgencyCode, name: str, who: Who) -> Response:
    """Take no more entries: what is recorded from now on counts in the next open day."""
    await who.require(agency, roles=FINANCE)
    act = act_of(request, who, None)
    return await _respond(who, await commands.begin_closing(who.house, act, agency, name, _made))


@router.post("/withdraw", response_model=PeriodView)
async def withdraw(
    request: Request, agency: AgencyCode, name: str, body: ReasonBody, who: Who
) -> Response:
    """Take entries again, since something must still be booked in it."""
    await who.require(agency, roles=FINANCE)
    act = act_of(request, who, body)
    done = await commands.withdraw_closing(who.house, act, agency, name, body.reason, _made)
    return await _respond(who, done)


@router.post("/propose", response_model=PeriodView)
async def propose(
    request: Request, agency: AgencyCode, name: str, body: ProposeBody, who: Who
) -> Response:
    """Vouch for the sheet; every red item has an owner and a reason."""
    await who.require(agency, roles=FINANCE)
    act = act_of(request, who, body)
    for one in body.explanations:
        if not await is_officer(who, agency, one.owner):
            raise NOT_AN_OFFICER
    told = [
        Explanation(item=one.item, owner=one.owner, reason=one.reason) for one in body.explanations
    ]
    before: Done[Period] | None = await who.house.before(act)
    if before is not None:
        return await _respond(who, before)
    found = await vouched(request, who, act, await _seen(who, agency, name))
    done = await commands.propose_close(who.house, act, found, body.digest, told, _made)
    return await _respond(who, done)


@router.post("/close", response_model=PeriodView)
async def close(
    request: Request, agency: AgencyCode, name: str, body: ApproveBody, who: Who
) -> Response:
    """Agree, as another person, to exactly the sheet that was vouched for."""
    await who.require(agency, roles=APPROVER)
    act = act_of(request, who, body)
    before: Done[Period] | None = await who.house.before(act)
    if before is not None:
        return await _respond(who, before)
    found = await sheet_of(request, who, await _seen(who, agency, name))
    return await _respond(who, await commands.close(who.house, act, found, body.digest, _made))


@router.post("/ask-reopening", response_model=PeriodView)
async def ask_reopening(
    request: Request, agency: AgencyCode, name: str, body: ReasonBody, who: Who
) -> Response:
    """Ask that a closed period takes entries again."""
    await who.require(agency, roles=FINANCE)
    act = act_of(request, who, body)
    done = await commands.ask_reopening(who.house, act, agency, name, body.reason, _made)
    return await _respond(who, done)


@router.post("/refuse-reopening", response_model=PeriodView)
async def refuse_reopening(
    request: Request, agency: AgencyCode, name: str, body: ReasonBody, who: Who
) -> Response:
    """It stays closed."""
    await who.require(agency, roles=APPROVER)
    act = act_of(request, who, body)
    done = await commands.refuse_reopening(who.house, act, agency, name, body.reason, _made)
    return await _respond(who, done)


@router.post("/reopen", response_model=PeriodView)
async def reopen(request: Request, agency: AgencyCode, name: str, who: Who) -> Response:
    """Agree, as another person than asked, that it takes entries again."""
    await who.require(agency, roles=APPROVER)
    act = act_of(request, who, None)
    return await _respond(who, await commands.reopen(who.house, act, agency, name, _made))


async def _seen(who: Caller, agency: str, name: str) -> Period:
    return await who.house.see(Period, who.house.store.ids.period(agency, name), f"period {name}")


def _made(period: Period) -> Answer:
    return made(view(period), f"/v1/agencies/{period.agency}/periods/{period.name}", 200)


async def _respond(who: Caller, done: Done[Period]) -> Response:
    async def again() -> Answer:
        return _made(await who.house.see(Period, await who.house.made_by(done.appended), ""))

    return await respond(who, done, _made, again)


def _sheet_view(found: Sheet, log: str) -> SheetView:
    return SheetView(
        agency=found.agency, name=found.name, position=f"{log}-{found.position}",
        items=[
            ItemView(item=one.item, source=one.source, red=one.red, facts=list(one.facts))
            for one in found.items
        ],
        balances=[_rolled(one) for one in found.balances], open_items=found.open_items,
        runs=[RunView(run=one.run, result=one.result, rules=one.rules) for one in found.runs],
        results=[_rolled(one) for one in found.results], digest=found.digest,
    )  # fmt: skip


def _rolled(one: Rolled) -> RolledView:
    currency = one.closing.currency
    amounts = (one.opening, one.debits, one.credits)
    opening, debits, credits = (MoneyView(amount=a, currency=currency) for a in amounts)
    return RolledView(
        account=one.account, opening=opening, debits=debits, credits=credits,
        closing=MoneyView.of(one.closing),
    )  # fmt: skip
