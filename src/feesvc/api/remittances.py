"""Remittances over HTTP: budget shares drawn by one officer, approved by another, and followed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field

from feesvc.api.callers import ANY_ROLE, FINANCE, Caller, caller_of
from feesvc.api.idempotency import act_of, respond
from feesvc.api.refunds import ApproveBody
from feesvc.api.telling import made, shown
from feesvc.api.wire import (
    AgencyCode,
    Amount,
    Body,
    Currency,
    Day,
    MoneyView,
    ReasonBody,
    View,
    text,
)
from feesvc.application import remitted, remitting
from feesvc.application.bank_accounts import midnight
from feesvc.application.remittance_documents import as_csv
from feesvc.domain.bank_order import Source
from feesvc.domain.remittance import ConfirmedLine, Entry, Remittance
from feesvc.money import Money
from feesvc.store import Answer

router = APIRouter(tags=["remittances"])
Who = Annotated[Caller, Depends(caller_of)]
READERS = ("finance", "approver", "auditor")
DOCUMENT: dict[int | str, dict[str, Any]] = {
    200: {"description": "The payment list for the bank", "content": {"text/csv": {}}}
}


class DrawBody(Body):
    """All that is allocated, forfeited or lapsed and not remitted, up to 1000 shares, from one
    account.

    ``set_off``: open claims on the budget are taken off what is sent. Today, where ``execute_on``
    is left out.
    """

    currency: Currency = "VND"
    source: Source = "bank"
    execute_on: Day | None = None
    set_off: bool = False


class ConfirmedLineBody(Body):
    codes: dict[text(64), text(64)] = Field(default_factory=dict, max_length=20)  # type: ignore[valid-type]
    amount: Amount


class ConfirmBody(Body):
    """What the State Treasury confirms, gross, under its own number."""

    number: text(64)  # type: ignore[valid-type]
    confirmed_on: Day
    lines: list[ConfirmedLineBody] = Field(min_length=1, max_length=1000)


class ShareView(View):
    assessment: UUID
    line: int
    whole: MoneyView
    amount: MoneyView


class LapsedShareView(View):
    """What an adjustment let lapse of a transfer."""

    transfer: UUID
    adjustment: UUID
    amount: MoneyView


class EntryView(View):
    """One line of the payment list: what goes under one set of budget codes."""

    reference: str
    codes: dict[str, str]
    amount: MoneyView
    shares: list[ShareView]
    lapsed: list[LapsedShareView]


class SetOffView(View):
    claim: UUID
    amount: MoneyView


class RemittanceView(View):
    """``digest`` binds the approval to exactly this; ``paid`` is ``total`` less what is set off."""

    id: UUID
    agency: str
    state: str
    reference: str
    source: Source
    bank: str
    number: str
    execute_on: date
    total: MoneyView
    paid: MoneyView
    entries: list[EntryView]
    set_off: list[SetOffView]
    maker: str
    digest: str
    confirmation: str


def view(one: Remittance) -> RemittanceView:
    return RemittanceView(
        id=one.id, agency=one.agency, state=one.state, reference=one.reference, source=one.source,
        bank=one.debited.bank, number=one.debited.number, execute_on=one.execute_on,
        total=MoneyView.of(one.total), paid=MoneyView.of(one.paid),
        entries=[_entry(entry) for entry in one.entries],
        set_off=[SetOffView(claim=s.claim, amount=MoneyView.of(s.amount)) for s in one.set_off],
        maker=one.maker, digest=one.digest, confirmation=one.confirmation,
    )  # fmt: skip


def _entry(entry: Entry) -> EntryView:
    return EntryView(
        reference=entry.reference, codes=dict(entry.codes), amount=MoneyView.of(entry.amount),
        shares=[
            ShareView(
                assessment=share.assessment, line=share.line, whole=MoneyView.of(share.whole),
                amount=MoneyView.of(share.amount),
            )
            for share in entry.shares
        ],
        lapsed=[
            LapsedShareView(
                transfer=share.transfer, adjustment=share.adjustment,
                amount=MoneyView.of(share.amount),
            )
            for share in entry.lapsed
        ],
    )  # fmt: skip


@router.post("/agencies/{agency}/remittances", status_code=201, response_model=RemittanceView)
async def draw(request: Request, agency: AgencyCode, body: DrawBody, who: Who) -> Response:
    """Draw what waits to be remitted; another person approves. A shortfall blocks it."""
    await who.require(agency, roles=FINANCE)
    act = act_of(request, who, body)
    new = remitting.NewRemittance(
        agency=agency, currency=body.currency, source=body.source,
        execute_on=body.execute_on or act.day, set_off=body.set_off,
    )  # fmt: skip
    done = await remitting.draw_remittance(who.house, act, new, _made)

    async def again() -> Answer:
        return _made(await who.house.see(Remittance, await who.house.made_by(done.appended), ""))

    return await respond(who, done, _made, again)


@router.get("/remittances/{id}", response_model=RemittanceView)
async def see(request: Request, id: UUID, who: Who) -> Response:
    """One remittance, with every share in it."""
    one = await _seen(who, id, ANY_ROLE)
    return shown(request, view(one), one)


@router.get("/remittances/{id}/document", response_class=Response, responses=DOCUMENT)
async def document(id: UUID, who: Who) -> Response:
    """The payment list as the bank takes it: one row for each set of budget codes."""
    one = await _seen(who, id, READERS)
    headers = {"Content-Disposition": f'attachment; filename="{one.reference}.csv"'}
    return Response(as_csv(one), 200, headers, "text/csv; charset=utf-8")


@router.post("/remittances/{id}/approve", response_model=RemittanceView)
async def approve(request: Request, id: UUID, body: ApproveBody, who: Who) -> Response:
    """Agree, as another person than drew it, to exactly what was drawn (P16a)."""
    await _seen(who, id, ("approver",))
    act = act_of(request, who, body)
    done = await remitting.approve_remittance(who.house, act, id, body.digest, _told)
    return await respond(who, done, _told, _again(who, id))


@router.post("/remittances/{id}/reject", response_model=RemittanceView)
async def reject(request: Request, id: UUID, body: ReasonBody, who: Who) -> Response:
    """It is not sent; its shares wait as before. Whoever drew it may take it back so."""
    await _seen(who, id, ("approver", "finance"))
    act = act_of(request, who, body)
    done = await remitting.reject_remittance(who.house, act, id, body.reason, _told)
    return await respond(who, done, _told, _again(who, id))


@router.post("/remittances/{id}/confirm", response_model=RemittanceView)
async def confirm(request: Request, id: UUID, body: ConfirmBody, who: Who) -> Response:
    """What the Treasury confirms; other codes or amounts than were sent open a case (T04, T03)."""
    one = await _seen(who, id, FINANCE)
    act = act_of(request, who, body)
    lines = [
        ConfirmedLine(codes=dict(line.codes), amount=Money(line.amount, one.total.currency))
        for line in body.lines
    ]
    at = midnight(body.confirmed_on)
    done = await remitted.confirm_remittance(who.house, act, id, body.number, lines, at, _told)
    return await respond(who, done, _told, _again(who, id))


async def _seen(who: Caller, id: UUID, roles: Any) -> Remittance:
    one = await who.house.see(Remittance, id, "")
    await who.require(one.agency, roles=roles)
    return one


def _again(who: Caller, id: UUID) -> Callable[[], Awaitable[Answer]]:
    async def again() -> Answer:
        return _told(await who.house.see(Remittance, id, ""))

    return again


def _made(one: Remittance) -> Answer:
    return made(view(one), f"/v1/remittances/{one.id}")


def _told(one: Remittance) -> Answer:
    return made(view(one), f"/v1/remittances/{one.id}", 200)
