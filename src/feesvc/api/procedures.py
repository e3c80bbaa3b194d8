"""Procedures over HTTP: what an agency handles, and how much of it is online, by date."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field, StrictBool

from feesvc.api.callers import Caller, caller_of
from feesvc.api.idempotency import act_of, respond
from feesvc.api.telling import made, shown
from feesvc.api.wire import AgencyCode, Body, Day, Name, View, text
from feesvc.application import registries
from feesvc.domain.circumstances import ServiceLevel
from feesvc.domain.procedure import Description, Procedure
from feesvc.store import Answer

router = APIRouter(tags=["procedures"])
Who = Annotated[Caller, Depends(caller_of)]

ProcedureCode = Annotated[str, Field(pattern="^[0-9A-Z][0-9A-Z.]{0,34}$")]


class ProcedureBody(Body):
    """``code`` as the national database gives it, e.g. 1.004379."""

    code: ProcedureCode
    name_vi: Name
    name_en: Name


class DescribeBody(Body):
    """``level_text`` in the words of the decision that set it, e.g. Toàn trình."""

    service_level: ServiceLevel
    level_text: text(200, 0) = ""  # type: ignore[valid-type]
    on_national_portal: StrictBool
    takes_online_payment: StrictBool
    effective_on: Day


class DescriptionView(View):
    service_level: ServiceLevel
    level_text: str
    on_national_portal: bool
    takes_online_payment: bool


class ProcedureView(View):
    """``offered`` is how it is offered on the day ``on``; null when nobody has said."""

    id: UUID
    agency: str
    code: str
    name_vi: str
    name_en: str
    version: int
    on: date
    offered: DescriptionView | None


@router.post("/agencies/{agency}/procedures", status_code=201, response_model=ProcedureView)
async def register(request: Request, agency: AgencyCode, body: ProcedureBody, who: Who) -> Response:
    """The agency handles this procedure."""
    await who.require_administrator(agency)
    act = act_of(request, who, body)

    def answer(procedure: Procedure) -> Answer:
        return made(_view(procedure, act.day), _url(procedure))

    async def again() -> Answer:
        return answer(await _procedure(who, agency, body.code))

    done = await registries.register_procedure(
        who.house, act, agency, body.code, body.name_vi, body.name_en, answer
    )
    return await respond(who, done, answer, again)


@router.get("/agencies/{agency}/procedures/{code}", response_model=ProcedureView)
async def see(
    request: Request, agency: AgencyCode, code: ProcedureCode, who: Who,
    on: Annotated[Day | None, Query()] = None,
) -> Response:  # fmt: skip
    """As it is offered on a day (Asia/Ho_Chi_Minh), by default today."""
    await who.require_reader(agency, "assessments:read")
    found = await _procedure(who, agency, code)
    return shown(request, _view(found, on or who.house.today()))


@router.post("/agencies/{agency}/procedures/{code}/describe", response_model=ProcedureView)
async def describe(
    request: Request, agency: AgencyCode, code: ProcedureCode, body: DescribeBody, who: Who
) -> Response:
    """How it is offered from a day on."""
    await who.require_administrator(agency)
    act = act_of(request, who, body)
    id = who.house.store.ids.procedure(agency, code)
    said = Description(
        service_level=body.service_level, level_text=body.level_text,
        on_national_portal=body.on_national_portal,
        takes_online_payment=body.takes_online_payment,
    )  # fmt: skip

    def answer(procedure: Procedure) -> Answer:
        return made(_view(procedure, body.effective_on), _url(procedure), 200)

    async def again() -> Answer:
        return answer(await _procedure(who, agency, code))

    done = await registries.change(
        who.house, act, Procedure, id, lambda p: p.describe(said, body.effective_on, act.at),
        answer,
    )  # fmt: skip
    return await respond(who, done, answer, again)


async def _procedure(who: Caller, agency: str, code: str) -> Procedure:
    return await who.house.see(Procedure, who.house.store.ids.procedure(agency, code), "")


def _url(procedure: Procedure) -> str:
    return f"/v1/agencies/{procedure.agency}/procedures/{procedure.code}"


def _view(procedure: Procedure, on: date) -> ProcedureView:
    told = procedure.described_on(on)
    offered = None if told is None else DescriptionView(
        service_level=told.service_level, level_text=told.level_text,
        on_national_portal=told.on_national_portal,
        takes_online_payment=told.takes_online_payment,
    )  # fmt: skip
    return ProcedureView(
        id=procedure.id, agency=procedure.agency, code=procedure.code, name_vi=procedure.name_vi,
        name_en=procedure.name_en, version=procedure.version, on=on, offered=offered,
    )  # fmt: skip
