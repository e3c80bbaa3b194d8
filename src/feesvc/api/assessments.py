"""Assessments over HTTP: quote, raise, see, change."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from feesvc.api.assessment_forms import (
    AssessmentView,
    ChangeBody,
    CircumstancesBody,
    QuoteBody,
    QuoteView,
    RaiseBody,
    RaisedView,
    ShareBody,
    SupersedeBody,
    line_view,
    view,
)
from feesvc.api.callers import ANY_ROLE, CLERKS, Caller, caller_of
from feesvc.api.idempotency import act_of, respond
from feesvc.api.subjects import subject_of
from feesvc.api.telling import made, shown
from feesvc.api.wire import MoneyView, ReasonBody
from feesvc.application import assessments as commands
from feesvc.application.house import HANOI, House
from feesvc.domain.assessment import Assessment
from feesvc.domain.circumstances import Circumstances
from feesvc.domain.pricing import WantedLine
from feesvc.money import total
from feesvc.store import Answer

router = APIRouter(tags=["assessments"])
Who = Annotated[Caller, Depends(caller_of)]


@router.post("/quotes", response_model=QuoteView)
async def quote(request: Request, body: QuoteBody, who: Who) -> Response:
    """What it would cost now. Nothing is recorded, no Idempotency-Key is needed."""
    await who.require(body.share.agency, scope="assessments:write", roles=ANY_ROLE)
    draft = _draft(who, body.share, body.circumstances, dossier="quote", subject=None)
    lines = await commands.quote(who.house, draft)
    owed = total((line.amount for line in lines), lines[0].amount.currency)
    said = QuoteView(total=MoneyView.of(owed), lines=[line_view(line) for line in lines])
    return shown(request, said)


@router.post("/assessments", status_code=201, response_model=RaisedView)
async def raise_assessments(request: Request, body: RaiseBody, who: Who) -> Response:
    """Raise what a dossier owes, to one agency or several, at once or not at all.

    200 with the existing ones when the same notices were raised before with the same content.
    """
    for share in body.shares:
        await who.require(share.agency, scope="assessments:write", roles=CLERKS)
    act = act_of(request, who, body)
    agencies = sorted({share.agency for share in body.shares})
    subject = await subject_of(who, act, agencies, body.subject, body.payer)
    drafts = [
        _draft(who, share, body.circumstances, dossier=body.dossier, subject=subject, asked=body)
        for share in body.shares
    ]
    done = await commands.raise_assessments(who.house, act, drafts, _raised)

    async def again() -> Answer:
        ids = [who.house.store.ids.assessment(d.agency, d.dossier, d.notice) for d in drafts]
        return _raised([await _seen(who, id) for id in ids])

    return await respond(who, done, _raised, again)


@router.get("/assessments/{id}", response_model=AssessmentView)
async def see(request: Request, id: UUID, who: Who) -> Response:
    assessment = await _seen(who, id)
    await who.require(assessment.agency, scope="assessments:read", roles=ANY_ROLE)
    return shown(request, view(assessment), assessment)


@router.post("/assessments/{id}/increase", response_model=AssessmentView)
async def increase(request: Request, id: UUID, body: ChangeBody, who: Who) -> Response:
    """More is owed on some lines."""
    await _may_change(who, id)
    act = act_of(request, who, body)
    done = await commands.change_assessment(
        who.house, act, id, lambda a: a.increase(body.amounts(), body.reason, act.at), _changed
    )
    return await respond(who, done, _changed, _again(who, id))


@router.post("/assessments/{id}/reduce", response_model=AssessmentView)
async def reduce(request: Request, id: UUID, body: ChangeBody, who: Who) -> Response:
    """Less is owed; what was paid of it becomes the payer's credit."""
    await _may_change(who, id)
    act = act_of(request, who, body)
    done = await commands.reduce_assessment(
        who.house, act, id, body.amounts(), body.reason, _changed
    )
    return await respond(who, done, _changed, _again(who, id))


@router.post("/assessments/{id}/waive", response_model=AssessmentView)
async def waive(request: Request, id: UUID, body: ReasonBody, who: Who) -> Response:
    """Forgive what is open; what was paid stays paid."""
    await _may_change(who, id)
    act = act_of(request, who, body)
    done = await commands.change_assessment(
        who.house, act, id, lambda a: a.waive(body.reason, act.at), _changed
    )
    return await respond(who, done, _changed, _again(who, id))


@router.post("/assessments/{id}/cancel", response_model=AssessmentView)
async def cancel(request: Request, id: UUID, body: ReasonBody, who: Who) -> Response:
    """Nothing is owed any more; what was paid becomes the payer's credit."""
    await _may_change(who, id)
    act = act_of(request, who, body)
    done = await commands.withdraw_assessment(who.house, act, id, body.reason, answer=_changed)
    return await respond(who, done, _changed, _again(who, id))


@router.post("/assessments/{id}/supersede", response_model=AssessmentView)
async def supersede(request: Request, id: UUID, body: SupersedeBody, who: Who) -> Response:
    """Another notice takes its place; what was paid becomes the payer's credit."""
    await _may_change(who, id)
    act = act_of(request, who, body)
    done = await commands.withdraw_assessment(
        who.house, act, id, body.reason, body.by_notice, _changed
    )
    return await respond(who, done, _changed, _again(who, id))


async def _seen(who: Caller, id: UUID) -> Assessment:
    return await who.house.see(Assessment, id, "")


def _again(who: Caller, id: UUID) -> Callable[[], Awaitable[Answer]]:
    async def again() -> Answer:
        return _changed(await _seen(who, id))

    return again


async def _may_change(who: Caller, id: UUID) -> None:
    """A portal may not change what it raised: an officer decides that."""
    assessment = await _seen(who, id)
    await who.require(assessment.agency, roles=CLERKS)


def _raised(assessments: Sequence[Assessment]) -> Answer:
    new = any(assessment.news for assessment in assessments)
    said = RaisedView(assessments=[view(assessment) for assessment in assessments])
    return made(said, f"/v1/assessments/{assessments[0].id}", 201 if new else 200)


def _changed(assessment: Assessment) -> Answer:
    return made(view(assessment), f"/v1/assessments/{assessment.id}", 200)


def _draft(
    who: Caller, share: ShareBody, said: CircumstancesBody, *, dossier: str,
    subject: UUID | None, asked: RaiseBody | None = None,
) -> commands.Draft:  # fmt: skip
    house: House = who.house
    circumstances = Circumstances(
        channel=said.channel, submitted_on=said.submitted_on,
        assessed_on=house.now().astimezone(HANOI).date(), service_level=said.service_level,
        identity_level=said.identity_level, payer_class=said.payer_class,
        locality=said.locality, age=said.age,
    )  # fmt: skip
    wanted = tuple(
        WantedLine(item=w.item, quantity=w.quantity, base=w.base.money() if w.base else None)
        for w in share.lines
    )
    return commands.Draft(
        agency=share.agency, dossier=dossier, notice=share.notice, procedure=share.procedure,
        portal=who.portal.code if who.portal else "",
        result_delivery=asked.result_delivery if asked else "",
        due_on=asked.due_on if asked else None, subject=subject, wanted=wanted,
        circumstances=circumstances,
    )  # fmt: skip
