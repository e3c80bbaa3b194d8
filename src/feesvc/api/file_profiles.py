"""Profiles of files over HTTP: proposed, tried on a file, approved by a second person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from feesvc.api.callers import FINANCE, Caller, caller_of
from feesvc.api.files import DOCUMENT, LARGEST_EVER, READERS, body_of
from feesvc.api.idempotency import act_of, respond
from feesvc.api.telling import made, shown
from feesvc.api.wire import AgencyCode, Body, Day, Id, Reason, View
from feesvc.application import file_profiles as commands
from feesvc.application.file_accounts import file_account, file_accounts
from feesvc.application.house import Act, Done, Unknown
from feesvc.domain.file_profiles import FileProfiles
from feesvc.statement import Unreadable
from feesvc.statement.profile_text import LARGEST
from feesvc.store import Answer

router = APIRouter(tags=["files"])
Who = Annotated[Caller, Depends(caller_of)]


class ProposeBody(Body):
    """``text`` is the profile as TOML or JSON; files are read so from ``valid_from`` on."""

    account: Id
    text: Annotated[str, Field(min_length=1, max_length=LARGEST)]
    valid_from: Day


class ApproveProfileBody(Body):
    """``digest`` is what the version shows: it binds the approval to exactly that text."""

    digest: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class RejectProfileBody(Body):
    reason: Reason


class VersionView(View):
    number: int
    name: str
    text: str
    digest: str
    valid_from: date
    maker: str
    state: str
    checker: str


class ProfilesView(View):
    """``starting`` are the layouts that the account's adapter brings, by name, to start from."""

    account: UUID
    versions: list[VersionView]
    in_force: int | None
    starting: dict[str, str]


class FileAccountView(View):
    """``name`` is the intermediary, or the account's number; ``profile`` the version in force."""

    id: UUID
    source: str
    name: str
    bank: str
    currency: str
    profile: int | None


class FileAccountsView(View):
    items: list[FileAccountView]


class TriedView(View):
    """What a file would say, read so; nothing is recorded. Amounts in minor units."""

    statements: int
    lines: int
    gross: int
    commission: int
    tax: int
    net: int
    code: str = ""
    place: str = ""
    why: str = ""


@router.get("/agencies/{agency}/file-accounts", response_model=FileAccountsView)
async def accounts(request: Request, agency: AgencyCode, who: Who) -> Response:
    """The merchant and bank accounts of the agency that files may tell of."""
    await who.require(agency, roles=READERS)
    items = [
        FileAccountView(
            id=one.id, source=one.source, currency=one.currency,
            name=one.merchant.intermediary if one.merchant else one.bank.number if one.bank else "",
            bank=one.bank.bank if one.bank else "",
            profile=one.profile.number if one.profile else None,
        )
        for one in await file_accounts(who.house, agency)
    ]  # fmt: skip
    return shown(request, FileAccountsView(items=items))


@router.get("/agencies/{agency}/file-profiles/{account}", response_model=ProfilesView)
async def see(request: Request, agency: AgencyCode, account: UUID, who: Who) -> Response:
    """How the tables of an account are read, since when, and by whose decision."""
    await who.require(agency, roles=READERS)
    await file_account(who.house, agency, account)
    try:
        found = await commands.profiles_of(who.house, account)
    except Unknown:
        found = None
    starting = await commands.starting_profiles(who.house, agency, account)
    return shown(request, _view(who, account, found, dict(starting)))


@router.post("/agencies/{agency}/file-profiles", response_model=ProfilesView, status_code=201)
async def propose(
    request: Request, agency: AgencyCode, body: ProposeBody, who: Who
) -> Response:  # fmt: skip
    """Propose how the tables of an account are read from a day on."""
    await who.require(agency, roles=FINANCE)
    act, tell = act_of(request, who, body), _teller(who, agency, body.account, 201)
    done = await commands.propose_profile(
        who.house, act, agency, body.account, body.text, body.valid_from, tell
    )
    return await _respond(who, done, tell, body.account)


@router.post(
    "/agencies/{agency}/file-profiles/{account}/trial", max_body_size=LARGEST_EVER,
    response_model=TriedView, openapi_extra=DOCUMENT,
)  # fmt: skip
async def trial(
    request: Request, agency: AgencyCode, account: UUID, who: Who,
    profile: Annotated[str, Query(pattern="^[0-9a-z_-]{1,60}$")],
) -> Response:  # fmt: skip
    """Read a file by a version or a starting profile, and record nothing."""
    await who.require(agency, roles=FINANCE)
    content = await body_of(request, who.house)
    try:
        read = await commands.try_profile(who.house, agency, account, profile, content)
    except Unreadable as problem:
        zero = dict.fromkeys(("statements", "lines", "gross", "commission", "tax", "net"), 0)
        said = TriedView(**zero, code=problem.code, place=problem.place, why=problem.why)
        return shown(request, said)
    sums = {
        part: sum(getattr(one, part) for one in read.statements)
        for part in ("gross", "commission", "tax", "net")
    }
    count = sum(one.count for one in read.statements)
    return shown(request, TriedView(statements=len(read.statements), lines=count, **sums))


@router.post(
    "/agencies/{agency}/file-profiles/{account}/{number}/approve", response_model=ProfilesView
)
async def approve(
    request: Request, agency: AgencyCode, account: UUID, number: int, body: ApproveProfileBody,
    who: Who,
) -> Response:  # fmt: skip
    """Agree, as another person than proposed it, to exactly that text."""
    await who.require(agency, roles=("approver",))
    act = act_of(request, who, body)
    return await _decide(
        who, agency, account, act, lambda p: p.approve(number, body.digest, who.principal, act.at)
    )


@router.post(
    "/agencies/{agency}/file-profiles/{account}/{number}/reject", response_model=ProfilesView
)
async def reject(
    request: Request, agency: AgencyCode, account: UUID, number: int, body: RejectProfileBody,
    who: Who,
) -> Response:  # fmt: skip
    """No file is to be read so."""
    await who.require(agency, roles=("finance", "approver"))
    act = act_of(request, who, body)
    return await _decide(
        who, agency, account, act, lambda p: p.reject(number, who.principal, body.reason, act.at)
    )


async def _decide(
    who: Caller, agency: str, account: UUID, act: Act,
    do: Callable[[FileProfiles], None],
) -> Response:  # fmt: skip
    await file_account(who.house, agency, account)
    tell = _teller(who, agency, account, 200)
    done = await commands.decide_on_profile(who.house, act, account, do, tell)
    return await _respond(who, done, tell, account)


def _view(
    who: Caller, account: UUID, found: FileProfiles | None, starting: dict[str, str]
) -> ProfilesView:
    held = found.in_force(who.house.today()) if found else None
    return ProfilesView(
        account=account, in_force=held.number if held else None, starting=starting,
        versions=[
            VersionView(
                number=one.number, name=one.name, text=one.text, digest=one.digest,
                valid_from=one.valid_from, maker=one.maker, state=one.state, checker=one.checker,
            )
            for one in (found.versions.values() if found else ())
        ],
    )  # fmt: skip


def _teller(
    who: Caller, agency: str, account: UUID, status: int
) -> Callable[[FileProfiles], Answer]:
    where = f"/v1/agencies/{agency}/file-profiles/{account}"
    return lambda found: made(_view(who, account, found, {}), where, status)


async def _respond(
    who: Caller, done: Done[FileProfiles], tell: Callable[[FileProfiles], Answer], account: UUID
) -> Response:
    async def again() -> Answer:
        return tell(await commands.profiles_of(who.house, account))

    return await respond(who, done, tell, again)
