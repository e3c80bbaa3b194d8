"""Fee schedules over HTTP: what an agency charges, proposed by one and approved by another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel

from feesvc.api.callers import Caller, caller_of
from feesvc.api.fee_schedule_forms import (
    OpenBody,
    Proposal,
    ProposeItemBody,
    ProposeReductionBody,
    ScheduleBrief,
    SchedulesView,
    ScheduleView,
    WithdrawBody,
    decoded,
    view,
)
from feesvc.api.idempotency import act_of, respond
from feesvc.api.telling import made, shown
from feesvc.api.wire import AgencyCode, Day, ReasonBody
from feesvc.application import accounts, registries
from feesvc.application.house import Act
from feesvc.domain.agency import Agency
from feesvc.domain.fee_item import FeeItem
from feesvc.domain.fee_schedule import FeeSchedule
from feesvc.domain.officer import Role
from feesvc.domain.reductions import Reduction
from feesvc.store import Answer

router = APIRouter(tags=["fee schedules"])
Who = Annotated[Caller, Depends(caller_of)]
How = Callable[[FeeSchedule, Act], None]

MAKERS: tuple[Role, ...] = ("administrator", "finance")
CHECKERS: tuple[Role, ...] = ("approver",)
"""A second person; never a portal."""


@router.post("/agencies/{agency}/fee-schedules", status_code=201, response_model=ScheduleView)
async def open_schedule(request: Request, agency: AgencyCode, body: OpenBody, who: Who) -> Response:
    """The agency applies a legal document."""
    await who.require(agency, roles=MAKERS)
    id = who.house.store.ids.fee_schedule(agency, body.document)

    async def again() -> Answer:
        return _opened(await _schedule(who, id))

    done = await accounts.open_fee_schedule(
        who.house, act_of(request, who, body), agency, body.document, body.title, _opened
    )
    return await respond(who, done, _opened, again)


@router.get("/agencies/{agency}/fee-schedules", response_model=SchedulesView)
async def list_schedules(request: Request, agency: AgencyCode, who: Who) -> Response:
    """The legal documents that the agency applies."""
    await who.require_reader(agency, "assessments:read")
    found = await who.house.see(Agency, who.house.store.ids.agency(agency), f"agency {agency}")
    briefs = [ScheduleBrief(id=id, document=name) for id, name in found.fee_schedules.items()]
    return shown(request, SchedulesView(fee_schedules=briefs))


@router.get("/fee-schedules/{id}", response_model=ScheduleView)
async def see(
    request: Request, id: UUID, who: Who, on: Annotated[Day | None, Query()] = None
) -> Response:
    """Every approved version, or those in force on a day, and what awaits a decision."""
    schedule = await _schedule(who, id)
    await who.require_reader(schedule.agency, "assessments:read")
    return shown(request, view(schedule, on))


@router.post("/fee-schedules/{id}/items", status_code=201, response_model=ScheduleView)
async def propose_item(request: Request, id: UUID, body: ProposeItemBody, who: Who) -> Response:
    """Propose a version of an item; another person approves it as it stands."""
    await _require(who, id, MAKERS)
    item = decoded(body.item, FeeItem, "body.item")
    return await _change(
        request, who, id, body,
        lambda s, act: s.propose_item(body.proposal, item, act.principal, act.at), 201,
    )  # fmt: skip


@router.post("/fee-schedules/{id}/items/{proposal}/approve", response_model=ScheduleView)
async def approve_item(request: Request, id: UUID, proposal: Proposal, who: Who) -> Response:
    """Charge it, on the days it says. Only a person who did not propose it may."""
    await _require(who, id, CHECKERS)
    return await _change(
        request, who, id, None, lambda s, act: s.approve_item(proposal, act.principal, act.at)
    )


@router.post("/fee-schedules/{id}/items/{proposal}/reject", response_model=ScheduleView)
async def reject_item(
    request: Request, id: UUID, proposal: Proposal, body: ReasonBody, who: Who
) -> Response:
    """It will not be charged."""
    await _require(who, id, MAKERS + CHECKERS)
    return await _change(
        request, who, id, body,
        lambda s, act: s.reject_item(proposal, act.principal, body.reason, act.at),
    )  # fmt: skip


@router.post("/fee-schedules/{id}/items/{proposal}/withdraw", response_model=ScheduleView)
async def withdraw_item(
    request: Request, id: UUID, proposal: Proposal, body: WithdrawBody, who: Who
) -> Response:
    """End an approved version; what was assessed under it stays."""
    await _require(who, id, CHECKERS)
    return await _change(
        request, who, id, body,
        lambda s, act: s.withdraw_item(proposal, body.withdrawn_on, body.reason, act.at),
    )  # fmt: skip


@router.post("/fee-schedules/{id}/reductions", status_code=201, response_model=ScheduleView)
async def propose_reduction(
    request: Request, id: UUID, body: ProposeReductionBody, who: Who
) -> Response:
    """Propose a version of a reduction; another person approves it as it stands."""
    await _require(who, id, MAKERS)
    reduction = decoded(body.reduction, Reduction, "body.reduction")
    return await _change(
        request, who, id, body,
        lambda s, act: s.propose_reduction(body.proposal, reduction, act.principal, act.at), 201,
    )  # fmt: skip


@router.post("/fee-schedules/{id}/reductions/{proposal}/approve", response_model=ScheduleView)
async def approve_reduction(request: Request, id: UUID, proposal: Proposal, who: Who) -> Response:
    """Apply it, on the days it says. Only a person who did not propose it may."""
    await _require(who, id, CHECKERS)
    return await _change(
        request, who, id, None,
        lambda s, act: s.approve_reduction(proposal, act.principal, act.at),
    )  # fmt: skip


@router.post("/fee-schedules/{id}/reductions/{proposal}/reject", response_model=ScheduleView)
async def reject_reduction(
    request: Request, id: UUID, proposal: Proposal, body: ReasonBody, who: Who
) -> Response:
    """It will not be applied."""
    await _require(who, id, MAKERS + CHECKERS)
    return await _change(
        request, who, id, body,
        lambda s, act: s.reject_reduction(proposal, act.principal, body.reason, act.at),
    )  # fmt: skip


@router.post("/fee-schedules/{id}/reductions/{proposal}/withdraw", response_model=ScheduleView)
async def withdraw_reduction(
    request: Request, id: UUID, proposal: Proposal, body: WithdrawBody, who: Who
) -> Response:
    """End an approved version; what was reduced by it stays."""
    await _require(who, id, CHECKERS)
    return await _change(
        request, who, id, body,
        lambda s, act: s.withdraw_reduction(proposal, body.withdrawn_on, body.reason, act.at),
    )  # fmt: skip


async def _schedule(who: Caller, id: UUID) -> FeeSchedule:
    return await who.house.see(FeeSchedule, id, "")


async def _require(who: Caller, id: UUID, roles: tuple[Role, ...]) -> None:
    await who.require((await _schedule(who, id)).agency, roles=roles)


async def _change(
    request: Request, who: Caller, id: UUID, body: BaseModel | None, how: How, status: int = 200
) -> Response:
    act = act_of(request, who, body)

    def answer(schedule: FeeSchedule) -> Answer:
        return made(view(schedule), f"/v1/fee-schedules/{id}", status)

    async def again() -> Answer:
        return answer(await _schedule(who, id))

    done = await registries.change(who.house, act, FeeSchedule, id, lambda s: how(s, act), answer)
    return await respond(who, done, answer, again)


def _opened(schedule: FeeSchedule) -> Answer:
    return made(view(schedule), f"/v1/fee-schedules/{schedule.id}")
