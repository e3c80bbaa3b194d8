"""Match runs over HTTP: started or tried out, and shown with their hashes and their numbers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from feesvc.api.callers import FINANCE, NOT_FOUND, Caller, caller_of
from feesvc.api.idempotency import act_of, respond
from feesvc.api.match_terms_forms import TermsBody
from feesvc.api.telling import made, shown
from feesvc.api.wire import AgencyCode, Body, Day, MoneyView, View
from feesvc.application import concluding, matching
from feesvc.application.file_accounts import file_account
from feesvc.application.house import Decision, Done
from feesvc.domain.officer import Role
from feesvc.money import Money
from feesvc.reconciling.matching import runs
from feesvc.reconciling.matching.runs import Run
from feesvc.reconciling.matching.scope import Leg
from feesvc.store import Answer

router = APIRouter(tags=["matching"])
Who = Annotated[Caller, Depends(caller_of)]
READERS: tuple[Role, ...] = ("finance", "approver", "auditor")


class PeriodBody(Body):
    """Statements that end from the ``first`` day to the ``last``, a year at most."""

    first: Day
    last: Day


class RunBody(Body):
    """``as_of``: statements that end by this day, Asia/Ho_Chi_Minh; today where it is left out.

    ``dry`` writes nothing but the run itself. ``terms`` may be tried out in a dry run only, and so
    may they on a past ``period``: all its lines, as if none had been matched. Without ``terms`` it
    is the rules in force on ``as_of`` that are tried.
    """

    account: UUID
    as_of: Day | None = None
    dry: bool = False
    terms: TermsBody | None = None
    period: PeriodBody | None = None


class DisposedView(View):
    """Lines of one disposition in one currency, and what they add up to."""

    disposition: str
    lines: int
    net: MoneyView


class WouldView(View):
    """What a dry run would have written down; ``conflicts`` are lines without a match."""

    matches: int
    proposals: int
    conflicts: int


class DifferingView(View):
    """A line of a past period that does not stand as the rules would have it.

    ``stands``: all that is in its match now; ``would``: in the one that the rules find or propose.
    """

    line: int
    became: Literal["gained", "lost", "otherwise", "asked"]
    stands: list[str]
    would: list[str]


class PeriodView(View):
    """The lines of a past period by what these rules would make of how they stand.

    ``kept``: in the very match that they are in. ``gained``: in one, and are in none. ``lost``: in
    none, and are in one, be it by hand. ``otherwise``: in another one. ``asked``: their match would
    be proposed to a person. What is in none of them neither is nor would be matched. ``differing``
    has the first hundred.
    """

    first: date
    last: date
    lines: int
    kept: int
    gained: int
    lost: int
    otherwise: int
    asked: int
    differing: list[DifferingView]


class RunView(View):
    """``result`` is a hash of what was found: the same ``inputs`` give the same, always.

    ``rules``: version of the account's own rules; below 0 of the agency's; 0 where none are.
    ``complete``: lines and sums by disposition are those that the statements declare.
    """

    id: UUID
    agency: str
    account: UUID
    leg: Literal["settlement", "bank"]
    started_at: datetime
    started_by: str
    as_of: date
    rules: int
    calendar: str
    log_position: int
    inputs: str
    result: str
    state: Literal["under_way", "concluded", "dry"]
    matches: int
    proposals: int
    breaks: dict[str, int]
    complete: bool
    dispositions: list[DisposedView]
    would: WouldView | None
    period: PeriodView | None


class RunsView(View):
    """A page, newest first. ``next`` is the run that the next page follows; null at the end."""

    items: list[RunView]
    next: UUID | None


@router.post("/agencies/{agency}/match-runs", status_code=201, response_model=RunView)
async def start(request: Request, agency: AgencyCode, body: RunBody, who: Who) -> Response:
    """Match what is open at an account, and book what was found; what was not becomes cases."""
    await who.require(agency, roles=FINANCE)
    account = await file_account(who.house, agency, body.account)
    leg: Leg = "S" if account.source == "settlement" else "B"
    act = act_of(request, who, body)
    done: Done[Run] | None = await who.house.before(act)

    async def run() -> Decision[Run]:
        as_of = body.as_of or act.day
        if body.dry or body.terms is not None or body.period is not None:
            tried = None if body.terms is None else (0, body.terms.terms())
            days = None if body.period is None else (body.period.first, body.period.last)
            found = await matching.run(
                who.house, agency, account.id, leg, as_of, principal=who.principal, id=act.id,
                dry=True, terms=tried, period=days,
            )  # fmt: skip
        else:
            found = await concluding.reconcile(
                who.house, agency, account.id, leg, as_of, principal=who.principal, id=act.id
            )
        return Decision(found)

    def answer(found: Run) -> Answer:
        return made(view(found), f"/v1/match-runs/{found.id}", 201)

    async def again() -> Answer:
        return answer((await run()).result)

    done = done or await who.house.settle(act, run, answer)
    return await respond(who, done, answer, again)


@router.get("/agencies/{agency}/match-runs", response_model=RunsView)
async def list_runs(
    request: Request, agency: AgencyCode, who: Who, after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response:  # fmt: skip
    """The agency's runs, newest first."""
    await who.require(agency, roles=READERS)
    async with who.house.rows.cursor() as db:
        last = await runs.run_of(db, after) if after else None
        if after and (last is None or last.agency != agency):
            raise NOT_FOUND
        place = (last.started_at, last.id) if last else None
        found = await runs.runs_of(db, agency, place, limit + 1)
    items = [view(run) for run in found[:limit]]
    more = len(found) > limit
    return shown(request, RunsView(items=items, next=items[-1].id if more else None))


@router.get("/match-runs/{id}", response_model=RunView)
async def show(request: Request, id: UUID, who: Who) -> Response:
    """One run, with what it found in numbers."""
    found = await matching.see_run(who.house, id)
    await who.require(found.agency, roles=READERS)
    return shown(request, view(found))


def view(run: Run) -> RunView:
    said: Mapping[str, Any] = run.numbers
    would = None
    if run.state == "dry" and said:
        would = WouldView(
            matches=said["would_match"], proposals=said["would_propose"],
            conflicts=said["conflicts"],
        )  # fmt: skip
    rows = said.get("by_disposition", [])
    return RunView(
        id=run.id, agency=run.agency, account=run.account,
        leg="settlement" if run.leg == "S" else "bank", started_at=run.started_at,
        started_by=run.started_by, as_of=run.as_of, rules=run.rules, calendar=run.calendar,
        log_position=run.log_position, inputs=run.inputs, result=run.result,
        state=run.state, matches=run.groups,  # type: ignore[arg-type]
        proposals=run.proposals, breaks=said.get("by_code", dict(run.breaks)),
        complete=run.state != "dry" and run.complete, would=would,
        period=PeriodView(**said["period"]) if "period" in said else None,
        dispositions=[
            DisposedView(
                disposition=row["disposition"], lines=row["lines"],
                net=MoneyView.of(Money(row["net"], row["currency"])),
            )
            for row in rows
        ],
    )  # fmt: skip
