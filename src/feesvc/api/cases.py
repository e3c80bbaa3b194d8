"""Cases over HTTP: what does not add up, and the work of the people who explain it.

Lists of cases are a projection's; here is one case, and what may be done with it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field

from feesvc.api.callers import ANY_ROLE, FINANCE, NOT_FOUND, Caller, caller_of, is_officer
from feesvc.api.idempotency import act_of, respond
from feesvc.api.telling import made, shown
from feesvc.api.wire import Body, Day, Id, MoneyView, ReasonBody, View
from feesvc.application import cases as commands
from feesvc.application.house import HANOI, Act, Done
from feesvc.domain.case import Case
from feesvc.domain.case_kinds import kind_of
from feesvc.domain.officer import Role
from feesvc.store import Answer

router = APIRouter(tags=["cases"])
Who = Annotated[Caller, Depends(caller_of)]
WORKERS: tuple[Role, ...] = ("clerk", "finance", "approver")
READERS: tuple[Role, ...] = (*WORKERS, "auditor")


class AssignBody(Body):
    """``assignee`` is the subject of an officer of the agency, or of one above it."""

    assignee: Id


class InquireBody(Body):
    """``inquiry`` is the number under which the other side was asked (tra soát)."""

    inquiry: Annotated[str, Field(max_length=64, pattern="^[0-9A-Za-z][0-9A-Za-z ./_-]*$")]
    due_on: Day


class NoteBody(Body):
    """What people write. Kept sealed and erasable, in no event."""

    text: Annotated[str, Field(min_length=1, max_length=2000)]


class CaseView(View):
    """``age_days`` are calendar days of Asia/Ho_Chi_Minh since it was opened; ``due_on`` counts
    working days. ``facts`` are codes, amounts and references that were said."""

    id: UUID
    agency: str
    code: str
    name_vi: str
    name_en: str
    state: str
    subject_kind: str
    subject: UUID
    at_risk: MoneyView
    facts: dict[str, str]
    evidence: str
    opened_by: str
    opened_at: str
    age_days: int
    due_on: str
    level: int
    assignee: UUID | None
    inquiry: str
    maker: str
    resolution: str
    reason: str
    posting: UUID | None
    """What waits for the same approval and moves the money, if anything does."""
    digest: str
    notes: int


class NoteView(View):
    """``text`` is null once it was erased; the hash stays."""

    hash: str
    text: str | None


class NotesView(View):
    notes: list[NoteView]


def view(who: Caller, case: Case) -> CaseView:
    kind, opened = kind_of(case.code), case.created_on
    return CaseView(
        id=case.id, agency=case.agency, code=case.code, name_vi=kind.name_vi,
        name_en=kind.name_en, state=case.state, subject_kind=case.subject.kind,
        subject=case.subject.id, at_risk=MoneyView.of(case.at_risk), facts=dict(case.facts),
        evidence=case.evidence, opened_by=case.opened_by, opened_at=opened.isoformat(),
        age_days=(who.house.today() - opened.astimezone(HANOI).date()).days,
        due_on=case.due_on.isoformat(), level=case.level, assignee=case.assignee,
        inquiry=case.inquiry, maker=case.maker, resolution=case.resolution or "",
        reason=case.reason, posting=case.posting, digest=case.digest, notes=len(case.notes),
    )  # fmt: skip


@router.get("/cases/{id}", response_model=CaseView)
async def see(request: Request, id: UUID, who: Who) -> Response:
    return shown(request, view(who, await case_for(who, id, ANY_ROLE)))


@router.get("/cases/{id}/notes", response_model=NotesView)
async def notes(request: Request, id: UUID, who: Who) -> Response:
    """What people wrote, oldest first."""
    case = await case_for(who, id, READERS)
    found = await commands.notes_of(who.house, case)
    return shown(request, NotesView(notes=[NoteView(hash=h, text=text) for h, text in found]))


@router.post("/cases/{id}/assign", response_model=CaseView)
async def assign(request: Request, id: UUID, body: AssignBody, who: Who) -> Response:
    """Name the officer who is to explain it."""
    case = await case_for(who, id, WORKERS)
    if not await is_officer(who, case.agency, body.assignee):
        raise NOT_FOUND
    act = act_of(request, who, body)
    return await _do(who, id, act, lambda case: case.assign(body.assignee, act.at))


@router.post("/cases/{id}/take-up", response_model=CaseView)
async def take_up(request: Request, id: UUID, who: Who) -> Response:
    """Begin to work on it."""
    await case_for(who, id, WORKERS)
    act = act_of(request, who, None)
    return await _do(who, id, act, lambda case: case.take_up(act.at))


@router.post("/cases/{id}/inquire", response_model=CaseView)
async def inquire(request: Request, id: UUID, body: InquireBody, who: Who) -> Response:
    """Note that the other side was asked, and by when it is to answer."""
    await case_for(who, id, WORKERS)
    act = act_of(request, who, body)
    return await _do(who, id, act, lambda case: case.inquire(body.inquiry, body.due_on, act.at))


@router.post("/cases/{id}/answer", response_model=CaseView)
async def answer(request: Request, id: UUID, body: ReasonBody, who: Who) -> Response:
    """Note that the other side answered; ``reason`` is a code of what it said."""
    await case_for(who, id, WORKERS)
    act = act_of(request, who, body)
    return await _do(who, id, act, lambda case: case.answer(body.reason, "", act.at))


@router.post("/cases/{id}/notes", response_model=CaseView)
async def note(request: Request, id: UUID, body: NoteBody, who: Who) -> Response:
    """Write something down: sealed, erasable, and in no event."""
    await case_for(who, id, WORKERS)
    act = act_of(request, who, body)
    tell = teller(who)
    return await respond_with(
        who, id, await commands.note_on_case(who.house, act, id, body.text, tell)
    )


@router.post("/cases/{id}/escalate", response_model=CaseView)
async def escalate(request: Request, id: UUID, who: Who) -> Response:
    """Show it one level further up before its clock does."""
    await case_for(who, id, WORKERS)
    act = act_of(request, who, None)
    return await _do(who, id, act, lambda case: case.escalate(case.level + 1, act.at))


@router.post("/cases/{id}/reopen", response_model=CaseView)
async def reopen(request: Request, id: UUID, body: ReasonBody, who: Who) -> Response:
    """Work on a closed case again; its clock starts anew."""
    await case_for(who, id, FINANCE)
    act, tell = act_of(request, who, body), teller(who)
    return await respond_with(
        who, id, await commands.reopen_case(who.house, act, id, body.reason, tell)
    )


async def case_for(who: Caller, id: UUID, roles: tuple[Role, ...]) -> Case:
    case = await who.house.see(Case, id, "")
    await who.require(case.agency, roles=roles)
    return case


async def _do(who: Caller, id: UUID, act: Act, do: Callable[[Case], None]) -> Response:
    return await respond_with(who, id, await commands.work_on(who.house, act, id, do, teller(who)))


def teller(who: Caller) -> Callable[[Case], Answer]:
    return lambda case: made(view(who, case), f"/v1/cases/{case.id}", 200)


async def respond_with(who: Caller, id: UUID, done: Done[Case]) -> Response:
    tell = teller(who)

    async def again() -> Answer:
        return tell(await who.house.see(Case, id, ""))

    return await respond(who, done, tell, again)
