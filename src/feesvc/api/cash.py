"""Cash over HTTP: taken at a counter for an assessment, handed in, and paid into the bank."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from feesvc.api.callers import ANY_ROLE, CLERKS, Caller, caller_of
from feesvc.api.idempotency import act_of, respond
from feesvc.api.telling import made, shown
from feesvc.api.wire import (
    AgencyCode,
    Amount,
    Body,
    Code,
    Currency,
    MoneyView,
    ReasonBody,
    View,
)
from feesvc.application import depositing as commands
from feesvc.domain.assessment import Assessment
from feesvc.domain.cash_deposit import CashDeposit
from feesvc.domain.transfer import Transfer
from feesvc.money import Money
from feesvc.store import Answer

router = APIRouter(tags=["cash"])
Who = Annotated[Caller, Depends(caller_of)]


class CashBody(Body):
    """Counted by the officer who asks. ``slip`` is the desk's own number for it, for good.

    The currency is the assessment's. A card at a terminal is no cash: a terminal is a merchant
    account of its intermediary.
    """

    desk: Code
    slip: Code
    amount: Amount


class HandInBody(Body):
    """All of one desk's cash in one currency."""

    desk: Code
    currency: Currency = "VND"


class CashView(View):
    """The cash is a transfer, with its slip as the transaction."""

    transfer: UUID
    agency: str
    slip: str
    amount: MoneyView


class TakingView(View):
    transfer: UUID
    amount: MoneyView


class DepositView(View):
    """``reference`` goes onto the paying-in slip: the bank's line names it."""

    id: UUID
    agency: str
    state: str
    desk: str
    reference: str
    bank: str
    number: str
    total: MoneyView
    takings: list[TakingView]


def view(one: CashDeposit) -> DepositView:
    return DepositView(
        id=one.id, agency=one.agency, state=one.state, desk=one.desk, reference=one.reference,
        bank=one.account.bank, number=one.account.number, total=MoneyView.of(one.total),
        takings=[
            TakingView(transfer=taking.transfer, amount=MoneyView.of(taking.amount))
            for taking in one.takings
        ],
    )  # fmt: skip


@router.post("/assessments/{id}/cash", status_code=201, response_model=CashView)
async def take(request: Request, id: UUID, body: CashBody, who: Who) -> Response:
    """Cash pays it (P06k), up to what is open: whoever gives more is given change."""
    assessment = await who.house.see(Assessment, id, "")
    await who.require(assessment.agency, roles=CLERKS)
    act = act_of(request, who, body)
    paid = commands.CashPaid(
        assessment=id, desk=body.desk, slip=body.slip, paid_at=act.at,
        amount=Money(body.amount, assessment.currency),
    )  # fmt: skip
    done = await commands.take_cash(who.house, act, paid, _taken)
    transfer = who.house.store.ids.transfer(
        commands.desk_id(who.house, assessment.agency, body.desk), body.slip
    )

    async def again() -> Answer:
        return _taken(await who.house.see(Transfer, transfer, ""))

    return await respond(who, done, _taken, again)


@router.post("/agencies/{agency}/cash-deposits", status_code=201, response_model=DepositView)
async def hand_in(request: Request, agency: AgencyCode, body: HandInBody, who: Who) -> Response:
    """Take a desk's cash to the bank; it stands as cash until the bank's line says otherwise."""
    await who.require(agency, roles=CLERKS)
    act = act_of(request, who, body)
    new = commands.NewDeposit(agency=agency, desk=body.desk, currency=body.currency)
    done = await commands.hand_in(who.house, act, new, _made)

    async def again() -> Answer:
        return _made(await who.house.see(CashDeposit, await who.house.made_by(done.appended), ""))

    return await respond(who, done, _made, again)


@router.get("/cash-deposits/{id}", response_model=DepositView)
async def see(request: Request, id: UUID, who: Who) -> Response:
    """One deposit, with the cash in it."""
    one = await _seen(who, id, ANY_ROLE)
    return shown(request, view(one), one)


@router.post("/cash-deposits/{id}/withdraw", response_model=DepositView)
async def withdraw(request: Request, id: UUID, body: ReasonBody, who: Who) -> Response:
    """It was not paid in: the cash waits for another deposit."""
    await _seen(who, id, CLERKS)
    act = act_of(request, who, body)
    done = await commands.withdraw_deposit(who.house, act, id, body.reason, _told)
    return await respond(who, done, _told, _again(who, id))


async def _seen(who: Caller, id: UUID, roles: Any) -> CashDeposit:
    one = await who.house.see(CashDeposit, id, "")
    await who.require(one.agency, roles=roles)
    return one


def _again(who: Caller, id: UUID) -> Callable[[], Awaitable[Answer]]:
    async def again() -> Answer:
        return _told(await who.house.see(CashDeposit, id, ""))

    return again


def _taken(one: Transfer) -> Answer:
    told = CashView(
        transfer=one.id, agency=one.agency, slip=one.origin.transaction,
        amount=MoneyView.of(one.amount),
    )  # fmt: skip
    return made(told, f"/v1/transfers/{one.id}")


def _made(one: CashDeposit) -> Answer:
    return made(view(one), f"/v1/cash-deposits/{one.id}")


def _told(one: CashDeposit) -> Answer:
    return made(view(one), f"/v1/cash-deposits/{one.id}", 200)
