"""Duty terms over HTTP: by when an agency has to have done what."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field

from feesvc.api.callers import ANY_ROLE, FINANCE, Caller, caller_of
from feesvc.api.idempotency import act_of, respond
from feesvc.api.telling import made, shown
from feesvc.api.wire import AgencyCode, Body, Day, View
from feesvc.application import duties as commands
from feesvc.application.house import Done
from feesvc.domain.duties import LONGEST, Duties, Duty, Every
from feesvc.store import Answer

router = APIRouter(tags=["agencies"])
Who = Annotated[Caller, Depends(caller_of)]


class DutyTermBody(Body):
    """``within`` days after the end of the period in which it came about; null: no term.

    Calendar days for ``remittance`` and ``advance``, business days for ``evidence`` of a dispute
    and a ``reply`` to a settlement. ``intermediary`` names whose scheme says so; empty: any other.
    """

    duty: Duty
    intermediary: Annotated[str, Field(pattern="^[a-z0-9_]{0,35}$")] = ""
    every: Every = "day"
    within: Annotated[int, Field(ge=0, le=LONGEST)] | None
    effective_on: Day


class DutyTermView(View):
    duty: Duty
    intermediary: str
    every: Every
    within: int | None


class DutyTermsView(View):
    """What holds on a day."""

    agency: str
    terms: list[DutyTermView]


AT = "/agencies/{agency}/duty-terms"


@router.get(AT, response_model=DutyTermsView)
async def see(request: Request, agency: AgencyCode, who: Who) -> Response:
    """The general terms that hold today, and those of each intermediary's scheme."""
    await who.require(agency, roles=ANY_ROLE)
    id = commands.duties_id(who.house, agency)
    found = (await who.house.store.peek([id])).get(id)
    duties = found if isinstance(found, Duties) else None
    return shown(request, _view(agency, duties, who.house.today()))


@router.post(AT, response_model=DutyTermsView)
async def set_term(request: Request, agency: AgencyCode, body: DutyTermBody, who: Who) -> Response:
    """Say what the law, a contract or a scheme gives from a day on; what is later is a case."""
    await who.require(agency, roles=FINANCE)
    today = who.house.today()

    def answer(duties: Duties) -> Answer:
        return made(_view(agency, duties, today), f"/v1{AT}".format(agency=agency), 200)

    async def again() -> Answer:
        return answer(await who.house.see(Duties, commands.duties_id(who.house, agency), ""))

    done: Done[Duties] = await commands.set_duty_term(
        who.house, act_of(request, who, body), agency, body.duty, body.intermediary, body.every,
        body.within, body.effective_on, answer,
    )  # fmt: skip
    return await respond(who, done, answer, again)


def _view(agency: str, duties: Duties | None, day: date) -> DutyTermsView:
    held = duties.held_on(day) if duties else {}
    terms = [
        DutyTermView(duty=duty, intermediary=about, every=term.every, within=term.within)
        for (duty, about), term in sorted(held.items())
    ]
    return DutyTermsView(agency=agency, terms=terms)
