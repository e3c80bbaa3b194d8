"""Match rules over HTTP: read, proposed by one person, approved by another."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field, StrictInt

from feesvc.api.callers import FINANCE, NOT_FOUND, Caller, caller_of
from feesvc.api.idempotency import act_of, respond
from feesvc.api.match_terms_forms import TermsBody
from feesvc.api.telling import made, shown
from feesvc.api.wire import AgencyCode, Body, Day, Reason, View
from feesvc.application import match_rules as commands
from feesvc.application.file_accounts import file_account
from feesvc.application.house import Done
from feesvc.domain.match_rules import MatchRules
from feesvc.domain.match_terms import MatchTerms
from feesvc.domain.officer import Role
from feesvc.store import Answer

router = APIRouter(tags=["matching"])
Who = Annotated[Caller, Depends(caller_of)]
READERS: tuple[Role, ...] = ("finance", "approver", "auditor")
APPROVERS: tuple[Role, ...] = ("approver",)
Number = Annotated[StrictInt, Field(ge=1, le=100_000)]


class RulesBody(Body):
    """For one ``account``, or for all of the agency's that have no rules of their own."""

    account: UUID | None = None
    terms: TermsBody
    valid_from: Day


class ApproveRulesBody(Body):
    """``digest`` is that of the version that was read."""

    number: Number
    digest: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class RejectRulesBody(Body):
    number: Number
    reason: Reason


class VersionView(View):
    """One version of the rules, and who stands behind it."""

    number: int
    terms: TermsBody
    valid_from: date
    digest: str
    maker: str
    checker: str
    state: Literal["proposed", "approved", "rejected"]


class RulesView(View):
    """``in_force`` are the terms of today; of everybody where no version is."""

    id: UUID
    agency: str
    account: UUID | None
    versions: list[VersionView]
    in_force: TermsBody


@router.get("/agencies/{agency}/match-rules", response_model=RulesView)
async def show(
    request: Request, agency: AgencyCode, who: Who, account: UUID | None = None
) -> Response:
    """The rules of the agency, or of one account."""
    await who.require(agency, roles=READERS)
    id = commands.rules_id(who.house, agency, account)
    found = (await who.house.store.peek([id])).get(id)
    if isinstance(found, MatchRules):
        return shown(request, _view(who, found))
    nothing = RulesView(
        id=id, agency=agency, account=account, versions=[], in_force=TermsBody.of(MatchTerms())
    )
    return shown(request, nothing)


@router.post("/agencies/{agency}/match-rules", status_code=201, response_model=RulesView)
async def propose(request: Request, agency: AgencyCode, body: RulesBody, who: Who) -> Response:
    """Propose how lines are matched from a day on; try the terms in a dry run first."""
    await who.require(agency, roles=FINANCE)
    if body.account is not None:
        await file_account(who.house, agency, body.account)
    act = act_of(request, who, body)

    done = await commands.propose_rules(
        who.house,
        act,
        agency,
        body.account,
        body.terms.terms(),
        body.valid_from,
        lambda found: _made(who, found, 201),
    )
    return await _respond(who, done, commands.rules_id(who.house, agency, body.account), 201)


@router.post("/match-rules/{id}/approve", response_model=RulesView)
async def approve(request: Request, id: UUID, body: ApproveRulesBody, who: Who) -> Response:
    """Agree to a version, as another person than proposed it. A run under way is not touched."""
    await _require(who, id)
    act = act_of(request, who, body)
    done = await commands.approve_rules(
        who.house, act, id, body.number, body.digest, lambda found: _made(who, found, 200)
    )
    return await _respond(who, done, id, 200)


@router.post("/match-rules/{id}/reject", response_model=RulesView)
async def reject(request: Request, id: UUID, body: RejectRulesBody, who: Who) -> Response:
    """Nothing is matched so."""
    await _require(who, id)
    act = act_of(request, who, body)
    done = await commands.reject_rules(
        who.house, act, id, body.number, body.reason, lambda found: _made(who, found, 200)
    )
    return await _respond(who, done, id, 200)


async def _require(who: Caller, id: UUID) -> None:
    found = (await who.house.store.peek([id])).get(id)
    if not isinstance(found, MatchRules):
        raise NOT_FOUND
    await who.require(found.agency, roles=APPROVERS)


async def _respond(who: Caller, done: Done[MatchRules], id: UUID, status: int) -> Response:
    async def again() -> Answer:
        return _made(who, await who.house.see(MatchRules, id, ""), status)

    return await respond(who, done, lambda found: _made(who, found, status), again)


def _made(who: Caller, found: MatchRules, status: int) -> Answer:
    return made(_view(who, found), f"/v1/match-rules/{found.id}", status)


def _view(who: Caller, found: MatchRules) -> RulesView:
    now = found.in_force(who.house.today())
    return RulesView(
        id=found.id, agency=found.agency, account=found.account,
        in_force=TermsBody.of(now.terms if now else MatchTerms()),
        versions=[
            VersionView(
                number=one.number, terms=TermsBody.of(one.terms), valid_from=one.valid_from,
                digest=one.digest, maker=one.maker, checker=one.checker, state=one.state,
            )
            for one in found.versions.values()
        ],
    )  # fmt: skip
