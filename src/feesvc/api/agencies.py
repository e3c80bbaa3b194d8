"""Agencies over HTTP: registered by an operator, kept by their own administrators."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel

from feesvc.api.agency_forms import (
    AgencyBody,
    AgencyView,
    ApprovalLimitBody,
    BankAccountBody,
    FillingOrderBody,
    MoveBody,
    RenameBody,
    SeriesBody,
    SucceedBody,
    view,
)
from feesvc.api.callers import Caller, caller_of
from feesvc.api.idempotency import act_of, respond
from feesvc.api.telling import made, shown
from feesvc.api.wire import AgencyCode, Day, View
from feesvc.application import accounts, registries
from feesvc.application.house import Act
from feesvc.domain.accounts import BankAccount
from feesvc.domain.agency import Agency
from feesvc.domain.receipt_series import ReceiptSeries
from feesvc.store import Answer

router = APIRouter(tags=["agencies"])
Who = Annotated[Caller, Depends(caller_of)]


class SeriesView(View):
    id: UUID
    agency: str
    series: str
    form: str
    next_number: int


@router.post("/agencies", status_code=201, response_model=AgencyView)
async def register(request: Request, body: AgencyBody, who: Who) -> Response:
    """Open an agency's book under a code that is its own for good. For operators."""
    await who.require_operator()
    act = act_of(request, who, body)

    def answer(agency: Agency) -> Answer:
        return made(view(agency, act.day), f"/v1/agencies/{agency.agency}")

    async def again() -> Answer:
        return answer(await _agency(who, body.code))

    done = await registries.register_agency(
        who.house, act, body.code, body.name_vi, body.name_en, body.parent or "", answer
    )
    return await respond(who, done, answer, again)


@router.get("/agencies/{agency}", response_model=AgencyView)
async def see(
    request: Request, agency: AgencyCode, who: Who, on: Annotated[Day | None, Query()] = None
) -> Response:
    """The agency as it was on a day (Asia/Ho_Chi_Minh), by default today."""
    await who.require_reader(agency, "payments:read")
    day = on or who.house.today()
    return shown(request, view(await _agency(who, agency), day, to_a_person=who.portal is None))


@router.post("/agencies/{agency}/rename", response_model=AgencyView)
async def rename(request: Request, agency: AgencyCode, body: RenameBody, who: Who) -> Response:
    """It bears another name from a day on."""
    return await _change(
        request, who, agency, body,
        lambda a, act: a.rename(body.name_vi, body.name_en, body.effective_on, act.at),
    )  # fmt: skip


@router.post("/agencies/{agency}/move", response_model=AgencyView)
async def move(request: Request, agency: AgencyCode, body: MoveBody, who: Who) -> Response:
    """It stands under another agency from a day on. For operators: it decides who reads it."""
    await who.require_operator()
    if body.parent:
        await _agency(who, body.parent)
    return await _change(
        request, who, agency, body,
        lambda a, act: a.move(body.parent or "", body.effective_on, act.at),
    )  # fmt: skip


@router.post("/agencies/{agency}/succeed", response_model=AgencyView)
async def succeed(request: Request, agency: AgencyCode, body: SucceedBody, who: Who) -> Response:
    """Another agency takes up its duties from a day on; its book stays where it is."""
    await who.require_operator()
    await _agency(who, body.successor)
    return await _change(
        request, who, agency, body,
        lambda a, act: a.succeed(body.successor, body.effective_on, act.at),
    )  # fmt: skip


@router.post("/agencies/{agency}/bank-accounts", response_model=AgencyView)
async def set_bank_account(
    request: Request, agency: AgencyCode, body: BankAccountBody, who: Who
) -> Response:
    """Money of one purpose and currency stands in this account from a day on."""
    account = BankAccount(bank=body.bank, number=body.number, currency=body.currency)
    return await _change(
        request, who, agency, body,
        lambda a, act: a.set_bank_account(body.purpose, account, body.effective_on, act.at),
    )  # fmt: skip


@router.post("/agencies/{agency}/filling-order", response_model=AgencyView)
async def set_filling_order(
    request: Request, agency: AgencyCode, body: FillingOrderBody, who: Who
) -> Response:
    """Part money fills the lines of an assessment in this order of kinds from a day on."""
    return await _change(
        request, who, agency, body,
        lambda a, act: a.set_filling_order(tuple(body.order), body.effective_on, act.at),
    )  # fmt: skip


@router.post("/agencies/{agency}/approval-limit", response_model=AgencyView)
async def set_approval_limit(
    request: Request, agency: AgencyCode, body: ApprovalLimitBody, who: Who
) -> Response:
    """Up to this amount one person moves suspense and credit from a day on; above it two decide."""
    return await _change(
        request, who, agency, body,
        lambda a, act: a.set_approval_limit(body.limit.money(), body.effective_on, act.at),
    )  # fmt: skip


@router.post("/agencies/{agency}/receipt-series", status_code=201, response_model=SeriesView)
async def open_series(request: Request, agency: AgencyCode, body: SeriesBody, who: Who) -> Response:
    """Open a series, and number the agency's receipts in it from a day on."""
    await who.require_administrator(agency)

    def answer(series: ReceiptSeries) -> Answer:
        said = SeriesView(
            id=series.id, agency=series.agency, series=series.series, form=series.form,
            next_number=series.next_number,
        )  # fmt: skip
        return made(said, f"/v1/agencies/{series.agency}")

    async def again() -> Answer:
        id = who.house.store.ids.receipt_series(agency, body.series)
        return answer(await who.house.see(ReceiptSeries, id, ""))

    done = await accounts.open_receipt_series(
        who.house, act_of(request, who, body), agency, body.series, body.form, body.first,
        body.effective_on, answer,
    )  # fmt: skip
    return await respond(who, done, answer, again)


async def _agency(who: Caller, code: str) -> Agency:
    return await who.house.see(Agency, who.house.store.ids.agency(code), f"agency {code}")


async def _change(
    request: Request, who: Caller, code: str, body: BaseModel, how: Callable[[Agency, Act], None]
) -> Response:
    await who.require_administrator(code)
    act = act_of(request, who, body)
    id = who.house.store.ids.agency(code)

    def answer(agency: Agency) -> Answer:
        return made(view(agency, act.day), f"/v1/agencies/{agency.agency}", 200)

    async def again() -> Answer:
        return answer(await _agency(who, code))

    done = await registries.change(who.house, act, Agency, id, lambda a: how(a, act), answer)
    return await respond(who, done, answer, again)
