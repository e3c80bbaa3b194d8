"""Files over HTTP: what intermediaries and banks say, uploaded, shown, accepted or refused."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from feesvc.api.callers import FINANCE, NOT_FOUND, Caller, caller_of
from feesvc.api.file_forms import (
    BadLineView,
    DifferencesView,
    FilesView,
    FileView,
    LinesView,
    MissingFilesView,
    MissingView,
    PreviewView,
    bad_line_view,
    changed_view,
    file_view,
    line_view,
    preview_view,
)
from feesvc.api.idempotency import act_of, respond
from feesvc.api.problems import Problem
from feesvc.api.telling import made, shown
from feesvc.api.wire import AgencyCode, Body, Day, Reason, ReasonBody
from feesvc.application import file_showing, files
from feesvc.application.file_restoring import restore_file
from feesvc.application.house import Decision, Done, House
from feesvc.domain.agency import Agency
from feesvc.domain.officer import Role
from feesvc.reconciling.filing import Asked, FileState, LineState, SourceFile
from feesvc.reconciling.filing.keeping import Filing
from feesvc.store import Answer

router = APIRouter(tags=["files"])
Who = Annotated[Caller, Depends(caller_of)]
READERS: tuple[Role, ...] = ("finance", "approver", "auditor")
ACCEPTERS: tuple[Role, ...] = ("finance", "approver")
LARGEST_EVER = 1024 * 1024 * 1024
"""Bytes: more than any configured limit, which is kept while the body streams in."""
DOCUMENT: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


class AcceptBody(Body):
    """``digest`` is needed where the file restates another one: it binds to what was shown."""

    digest: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] | None = None


async def body_of(request: Request, house: House) -> bytes:
    """The body, refused with 413 as soon as it is too large, or announced to be."""
    content, announced = bytearray(), request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced[:20]) > house.files.largest:
        raise Problem(413, "too-large", f"A file has at most {house.files.largest} bytes")
    async for part in request.stream():
        content += part
        if len(content) > house.files.largest:
            raise Problem(413, "too-large", f"A file has at most {house.files.largest} bytes")
    return bytes(content)


@router.post(
    "/agencies/{agency}/files", max_body_size=LARGEST_EVER, response_model=FileView,
    status_code=201, openapi_extra=DOCUMENT,
)  # fmt: skip
async def upload(
    request: Request, agency: AgencyCode, who: Who, account: UUID,
    sha256: Annotated[str, Query(pattern="^([0-9a-fA-F]{64})?$")] = "",
    came_by: Literal["upload", "command_line"] = "upload",
) -> Response:  # fmt: skip
    """Take a file of one merchant or bank account: read, judged and shown, and nothing of it
    counts yet. ``sha256`` is its checksum, where the sender gave one. The same bytes again are the
    same file, unchanged.
    """
    await who.require(agency, roles=FINANCE)
    content = await body_of(request, who.house)
    act = act_of(request, who, None, content or b"\0")
    done: Done[files.Taken] | None = await who.house.before(act)

    async def take() -> Decision[files.Taken]:
        return Decision(
            await files.receive_file(
                who.house, agency=agency, account_id=account, content=content, came_by=came_by,
                principal=who.principal, checksum=sha256,
            )
        )  # fmt: skip

    async def again() -> Answer:
        return _taken((await take()).result)

    done = done or await who.house.settle(act, take, _taken)
    return await respond(who, done, _taken, again)


@router.get("/agencies/{agency}/files", response_model=FilesView)
async def list_files(
    request: Request, agency: AgencyCode, who: Who, account: UUID | None = None,
    state: FileState | None = None, before: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response:  # fmt: skip
    """Files as they came, newest first."""
    await who.require(agency, roles=READERS)
    await _known(who, agency)
    asked = Asked(agency=agency, account=account, state=state, before=before, limit=limit + 1)
    found = await Filing(who.house.rows).files(asked)
    more = len(found) > limit
    items = [file_view(file) for file in found[:limit]]
    return shown(request, FilesView(items=items, next=items[-1].id if more else None))


@router.get("/agencies/{agency}/files/missing", response_model=MissingFilesView)
async def missing(
    request: Request, agency: AgencyCode, who: Who, as_of: Annotated[Day | None, Query()] = None
) -> Response:
    """Accounts whose statement of the last business day before ``as_of`` has not come, or whose
    files skipped a day (F01).
    """
    await who.require(agency, roles=READERS)
    day: date = as_of or who.house.today()
    found = await file_showing.missing_files(who.house, agency, day)
    items = [
        MissingView(
            account=m.account,
            source=m.source,
            told_until=m.told_until,
            days=m.days,
            told_again=m.told_again,
        )
        for m in found
    ]
    return shown(request, MissingFilesView(items=items))


@router.get("/agencies/{agency}/files/{id}", response_model=PreviewView)
async def see(request: Request, agency: AgencyCode, id: UUID, who: Who) -> Response:
    """One file: its verdict, what it says, and what accepting it would do."""
    file = await _file(who, agency, id, READERS)
    return shown(request, preview_view(file, await file_showing.preview(who.house, file)))


@router.get("/agencies/{agency}/files/{id}/lines", response_model=LinesView)
async def lines(
    request: Request, agency: AgencyCode, id: UUID, who: Who,
    state: LineState | None = None, after: Annotated[str, Query(pattern="^[0-9]{1,18}$")] = "0",
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> Response:  # fmt: skip
    """What a file says, line by line, and how each line stands."""
    file = await _file(who, agency, id, READERS)
    found = await Filing(who.house.rows).lines(file.id, int(after), limit + 1, state)
    items = [line_view(line) for line in found[:limit]]
    last = items[-1].id if len(found) > limit else None
    return shown(request, LinesView(items=items, next=last))


@router.get("/agencies/{agency}/files/{id}/bad-line", response_model=BadLineView)
async def bad_line(
    request: Request, agency: AgencyCode, id: UUID, who: Who, reason: Annotated[Reason, Query()]
) -> Response:
    """The line that is wrong, with its text out of the sealed bytes; to finance only."""
    file = await _file(who, agency, id, FINANCE)
    found = await file_showing.bad_line(who.house, file, reason, who.principal)
    if found is None:
        raise NOT_FOUND
    return shown(request, bad_line_view(found))


@router.get("/agencies/{agency}/files/{id}/differences", response_model=DifferencesView)
async def differences(request: Request, agency: AgencyCode, id: UUID, who: Who) -> Response:
    """Of a restated file: line by line, what is not as it stood."""
    file = await _file(who, agency, id, READERS)
    found = await file_showing.differences(who.house, file)
    items = [changed_view(one) for each in found.values() for one in each]
    return shown(request, DifferencesView(items=items))


@router.post("/agencies/{agency}/files/{id}/accept", response_model=FileView)
async def accept(
    request: Request, agency: AgencyCode, id: UUID, body: AcceptBody, who: Who
) -> Response:
    """Let its lines count. What is held (F03, F07, F08) is accepted by another person than
    brought it, who names its digest."""
    await _file(who, agency, id, ACCEPTERS)
    act = act_of(request, who, body)
    done = await files.accept_file(who.house, act, id, body.digest or "", _answer)

    async def again() -> Answer:
        return _answer(await files.filed(who.house, id))

    return await respond(who, done, _answer, again)


@router.post("/agencies/{agency}/files/{id}/discard", response_model=FileView)
async def discard(
    request: Request, agency: AgencyCode, id: UUID, body: ReasonBody, who: Who
) -> Response:
    """Nothing of it will be accepted."""
    await _file(who, agency, id, FINANCE)

    async def do() -> SourceFile:
        return await files.discard_file(who.house, id, body.reason, who.principal)

    return await _done(request, who, id, body, do)


@router.post(
    "/agencies/{agency}/files/{id}/restore", response_model=FileView, status_code=201
)  # fmt: skip
async def restore(
    request: Request, agency: AgencyCode, id: UUID, body: ReasonBody, who: Who
) -> Response:
    """Have the bytes of a superseded or discarded file judged anew, as a file of their own.
    Nothing counts before it is accepted: by another person, where it replaces what stands.
    """
    await _file(who, agency, id, FINANCE)
    act = act_of(request, who, body)
    done: Done[files.Taken] | None = await who.house.before(act)

    async def take() -> Decision[files.Taken]:
        return Decision(await restore_file(who.house, id, body.reason, who.principal))

    async def again() -> Answer:
        return _taken((await take()).result)

    done = done or await who.house.settle(act, take, _taken)
    return await respond(who, done, _taken, again)


@router.post("/agencies/{agency}/files/{id}/read-again", response_model=FileView)
async def read_again(request: Request, agency: AgencyCode, id: UUID, who: Who) -> Response:
    """Read a quarantined file once more, as after a profile was mended."""
    await _file(who, agency, id, FINANCE)

    async def do() -> SourceFile:
        return await files.read_again(who.house, id, who.principal)

    return await _done(request, who, id, None, do)


async def _done(request: Request, who: Caller, id: UUID, body: Any, do: Any) -> Response:
    act = act_of(request, who, body)
    done: Done[SourceFile] | None = await who.house.before(act)

    async def decide() -> Decision[SourceFile]:
        return Decision(await do())

    async def again() -> Answer:
        return _answer(await files.filed(who.house, id))

    done = done or await who.house.settle(act, decide, _answer)
    return await respond(who, done, _answer, again)


async def _file(who: Caller, agency: str, id: UUID, roles: tuple[Role, ...]) -> SourceFile:
    await who.require(agency, roles=roles)
    found = await Filing(who.house.rows).file(id)
    if found is None or found.agency != agency:
        raise NOT_FOUND
    return found


async def _known(who: Caller, agency: str) -> None:
    await who.house.see(Agency, who.house.store.ids.agency(agency), agency)


def _answer(file: SourceFile) -> Answer:
    return made(file_view(file), _where(file), 200)


def _taken(taken: files.Taken) -> Answer:
    said = file_view(taken.file, again=taken.again)
    return made(said, _where(taken.file), 200 if taken.again else 201)


def _where(file: SourceFile) -> str:
    return f"/v1/agencies/{file.agency}/files/{file.id}"
