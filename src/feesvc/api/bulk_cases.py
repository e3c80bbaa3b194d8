"""Many cases at once, with one reason: assigned, taken up, noted, shown further up, or ended."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import Field

from feesvc.api.callers import FINANCE, NOT_FOUND, is_officer
from feesvc.api.cases import WORKERS, Who
from feesvc.api.idempotency import act_of, respond
from feesvc.api.telling import made
from feesvc.api.wire import AgencyCode, Body, Id, Reason, View
from feesvc.application import bulk_cases as commands
from feesvc.application.house import Decision, Done
from feesvc.store import Answer

router = APIRouter(tags=["cases"])
MOST = 200


class BulkBody(Body):
    """``assignee`` to assign them to; ``resolution`` to end them with, for what moves no money."""

    cases: Annotated[list[Id], Field(min_length=1, max_length=MOST)]
    do: Literal["assign", "take_up", "escalate", "resolve"]
    reason: Reason
    assignee: Id | None = None
    resolution: Literal["accept_timing", "request_correction", "explained"] = "explained"


class OneView(View):
    """What became of one: ``done``, or the type of the problem that it met."""

    case: UUID
    became: str
    state: str


class BulkView(View):
    cases: list[OneView]


@router.post("/agencies/{agency}/cases/bulk", response_model=BulkView)
async def bulk(request: Request, agency: AgencyCode, body: BulkBody, who: Who) -> Response:
    """Do one thing with many cases. Each is decided alone: one that refuses stops no other."""
    await who.require(agency, roles=FINANCE if body.do == "resolve" else WORKERS)
    if body.do == "assign" and not (body.assignee and await is_officer(who, agency, body.assignee)):
        raise NOT_FOUND
    act = act_of(request, who, body)
    wish = commands.Bulk(
        agency=agency, do=body.do, reason=body.reason, assignee=body.assignee,
        resolution=body.resolution,
    )  # fmt: skip

    async def run() -> Decision[list[commands.One]]:
        ids = list(dict.fromkeys(body.cases))
        return Decision(await commands.with_many(who.house, act, ids, wish))

    def answer(found: list[commands.One]) -> Answer:
        views = [OneView(case=one.case, became=one.became, state=one.state) for one in found]
        return made(BulkView(cases=views), f"/v1/agencies/{agency}/cases/bulk", 200)

    async def again() -> Answer:
        return answer((await run()).result)

    done: Done[list[commands.One]] | None = await who.house.before(act)
    done = done or await who.house.settle(act, run, answer)
    return await respond(who, done, answer, again)
