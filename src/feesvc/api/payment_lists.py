"""Payment lists over HTTP: drawn, read as documents for the bank, refused line by line."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from feesvc.api.bank_credits import BankAccountOfAgency
from feesvc.api.callers import FINANCE, Caller, caller_of
from feesvc.api.idempotency import act_of, respond
from feesvc.api.refunds import RefundView
from feesvc.api.refunds import view as refund_view
from feesvc.api.telling import made, shown
from feesvc.api.wire import AgencyCode, Body, Currency, Day, Id, MoneyView, Reason, View, text
from feesvc.application import payment_documents as documents
from feesvc.application import payment_lists as commands
from feesvc.domain.accounts import BankAccount
from feesvc.domain.agency import Agency
from feesvc.domain.payment_list import MOST, PaymentList
from feesvc.domain.refund import Refund
from feesvc.store import Answer

router = APIRouter(tags=["payment lists"])
Who = Annotated[Caller, Depends(caller_of)]
READERS = ("finance", "approver", "auditor")
CSV, XML = "text/csv; charset=utf-8", "application/xml"
DOCUMENT: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The list as the bank takes it; it holds personal data",
        "content": {"text/csv": {}, XML: {}},
    }
}


class ListBody(Body):
    """Approved refunds by bank transfer, in one currency, each once; the account is debited.

    The bank pays on ``execute_on``; today, where it is left out.
    """

    account: BankAccountOfAgency
    currency: Currency
    refunds: list[Id] = Field(min_length=1, max_length=MOST)
    execute_on: Day | None = None


class RefusedBody(Body):
    """The bank refused the line of this ``reference``, its end-to-end id, before paying it."""

    reference: text(35)  # type: ignore[valid-type]
    reason: Reason
    refused_on: Day


class EntryView(View):
    refund: UUID
    reference: str
    amount: MoneyView


class ListView(View):
    """``reference`` is the list's name at the bank; nobody's account is told here."""

    id: UUID
    agency: str
    reference: str
    bank: str
    number: str
    execute_on: date
    total: MoneyView
    maker: str
    entries: list[EntryView]


def view(drawn: PaymentList) -> ListView:
    return ListView(
        id=drawn.id, agency=drawn.agency, reference=drawn.reference, bank=drawn.debited.bank,
        number=drawn.debited.number, execute_on=drawn.execute_on,
        total=MoneyView.of(drawn.total), maker=drawn.maker,
        entries=[
            EntryView(refund=one.refund, reference=one.reference, amount=MoneyView.of(one.amount))
            for one in drawn.entries
        ],
    )  # fmt: skip


@router.post("/agencies/{agency}/payment-lists", status_code=201, response_model=ListView)
async def draw(request: Request, agency: AgencyCode, body: ListBody, who: Who) -> Response:
    """Draw a list: all of its refunds are instructed at once, or none is."""
    await who.require(agency, roles=FINANCE)
    act = act_of(request, who, body)
    debited = BankAccount(
        bank=body.account.bank, number=body.account.number, currency=body.currency
    )
    new = commands.NewList(
        agency=agency, debited=debited, refunds=body.refunds, execute_on=body.execute_on or act.day
    )
    done = await commands.draw_list(who.house, act, new, _drawn)

    async def again() -> Answer:
        id = await who.house.made_by(done.appended)
        return _drawn(await who.house.see(PaymentList, id, ""))

    return await respond(who, done, _drawn, again)


@router.get("/payment-lists/{id}", response_model=ListView)
async def see(request: Request, id: UUID, who: Who) -> Response:
    """A list, without anybody's account."""
    drawn = await _list(who, id, READERS)
    return shown(request, view(drawn), drawn)


@router.get("/payment-lists/{id}/document", response_class=Response, responses=DOCUMENT)
async def document(
    id: UUID, who: Who, form: Annotated[Literal["csv", "pain.001"], Query()] = "pain.001"
) -> Response:
    """The list as the bank takes it, with the payees' accounts: each read of one is on record."""
    drawn = await _list(who, id, FINANCE)
    payouts = await commands.payouts_of(who.house, drawn, who.principal)
    if form == "csv":
        content, kind, ending = documents.as_csv(drawn, payouts), CSV, "csv"
    else:
        owner = await who.house.see(Agency, who.house.store.ids.agency(drawn.agency), "")
        name = owner.name_on(drawn.execute_on).vi
        content = documents.as_pain001(drawn, payouts, name, drawn.created_on)
        kind, ending = XML, "xml"
    headers = {
        "Content-Disposition": f'attachment; filename="{drawn.reference}.{ending}"',
        "Cache-Control": "no-store",
    }
    return Response(content, 200, headers, kind)


@router.post("/payment-lists/{id}/refusals", response_model=RefundView)
async def refuse(request: Request, id: UUID, body: RefusedBody, who: Who) -> Response:
    """The bank refused one line before paying it: that refund failed, the others go their way."""
    await _list(who, id, FINANCE)
    act = act_of(request, who, body)
    done = await commands.refuse_payout(
        who.house, act, id, body.reference, body.reason, body.refused_on, _failed
    )

    async def again() -> Answer:
        return _failed(await who.house.see(Refund, await who.house.made_by(done.appended), ""))

    return await respond(who, done, _failed, again)


async def _list(who: Caller, id: UUID, roles: Any) -> PaymentList:
    drawn = await who.house.see(PaymentList, id, "")
    await who.require(drawn.agency, roles=roles)
    return drawn


def _drawn(drawn: PaymentList) -> Answer:
    return made(view(drawn), f"/v1/payment-lists/{drawn.id}")


def _failed(refund: Refund) -> Answer:
    return made(refund_view(refund), f"/v1/refunds/{refund.id}", 200)
