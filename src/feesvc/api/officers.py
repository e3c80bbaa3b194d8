"""Officers over HTTP: who may do what for an agency, named by issuer and subject of their sign-in.

Roles come from here alone, never from a token. An event names a person only as ``subject``.
"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field

from feesvc.api.callers import Caller, caller_of
from feesvc.api.idempotency import act_of, respond
from feesvc.api.telling import made, shown
from feesvc.api.wire import AgencyCode, Body, Reason, View
from feesvc.application import registries
from feesvc.domain.aggregate import HOUSE
from feesvc.domain.officer import ROLES, Officer, Role
from feesvc.store import Answer

router = APIRouter(tags=["officers"])
Who = Annotated[Caller, Depends(caller_of)]


class AppointBody(Body):
    """``issuer`` and ``sub`` as they stand in the person's access tokens."""

    issuer: Annotated[str, Field(min_length=1, max_length=500)]
    sub: Annotated[str, Field(min_length=1, max_length=255)]
    roles: list[Role] = Field(min_length=1, max_length=5)


class OperatorBody(Body):
    """Somebody who administers the service itself."""

    issuer: Annotated[str, Field(min_length=1, max_length=500)]
    sub: Annotated[str, Field(min_length=1, max_length=255)]


class RevokeBody(Body):
    roles: list[Role] = Field(min_length=1, max_length=5)
    reason: Reason


class RevokeOperatorBody(Body):
    reason: Reason


class OfficerView(View):
    """``agency`` is ``*`` for an operator of the service."""

    agency: str
    subject: UUID
    roles: list[Role]


class MeView(View):
    """Who the caller is to this service: a portal, or a person by subject."""

    principal: str
    operator: bool


@router.get("/me", response_model=MeView)
async def me(request: Request, who: Who) -> Response:
    """Who asks. The subject is what an administrator of an agency is told."""
    return shown(request, MeView(principal=who.principal, operator=await who.is_operator()))


@router.post("/agencies/{agency}/officers", status_code=201, response_model=OfficerView)
async def appoint(request: Request, agency: AgencyCode, body: AppointBody, who: Who) -> Response:
    """Give somebody roles at an agency; those held already stay."""
    await who.require_administrator(agency)
    return await _appoint(request, who, agency, body, body.roles)


@router.get("/agencies/{agency}/officers/{subject}", response_model=OfficerView)
async def see(request: Request, agency: AgencyCode, subject: UUID, who: Who) -> Response:
    await who.require_reader(agency)
    officer = await _officer(who, agency, subject)
    return shown(request, _view(officer), officer)


@router.post("/agencies/{agency}/officers/{subject}/revoke", response_model=OfficerView)
async def revoke(
    request: Request, agency: AgencyCode, subject: UUID, body: RevokeBody, who: Who
) -> Response:
    """Take roles away; those not held are passed over."""
    await who.require_administrator(agency)
    return await _revoke(request, who, agency, subject, body, body.roles, body.reason)


@router.post("/operators", status_code=201, response_model=OfficerView)
async def appoint_operator(request: Request, body: OperatorBody, who: Who) -> Response:
    """Make somebody an operator of the service itself. The first one comes from its owner."""
    await who.require_operator()
    return await _appoint(request, who, HOUSE, body, ["administrator"])


@router.post("/operators/{subject}/revoke", response_model=OfficerView)
async def revoke_operator(
    request: Request, subject: UUID, body: RevokeOperatorBody, who: Who
) -> Response:
    await who.require_operator()
    return await _revoke(request, who, HOUSE, subject, body, ["administrator"], body.reason)


async def _appoint(
    request: Request, who: Caller, agency: str, body: AppointBody | OperatorBody,
    roles: list[Role],
) -> Response:  # fmt: skip
    act = act_of(request, who, body)
    subject = await who.house.people.subject_for_sign_in(body.issuer, body.sub)

    async def again() -> Answer:
        return _appointed(await _officer(who, agency, subject))

    done = await registries.appoint_officer(who.house, act, agency, subject, roles, _appointed)
    return await respond(who, done, _appointed, again)


async def _revoke(
    request: Request, who: Caller, agency: str, subject: UUID,
    body: RevokeBody | RevokeOperatorBody, roles: list[Role], reason: str,
) -> Response:  # fmt: skip
    act = act_of(request, who, body)

    async def again() -> Answer:
        return _revoked(await _officer(who, agency, subject))

    done = await registries.revoke_officer(who.house, act, agency, subject, roles, reason, _revoked)
    return await respond(who, done, _revoked, again)


async def _officer(who: Caller, agency: str, subject: UUID) -> Officer:
    return await who.house.see(Officer, who.house.store.ids.officer(agency, subject), "")


def _view(officer: Officer) -> OfficerView:
    roles = [role for role in ROLES if officer.may(role)]
    return OfficerView(agency=officer.agency, subject=officer.subject, roles=roles)


def _appointed(officer: Officer) -> Answer:
    return made(_view(officer), _url(officer))


def _revoked(officer: Officer) -> Answer:
    return made(_view(officer), _url(officer), 200)


def _url(officer: Officer) -> str:
    if officer.agency == HOUSE:
        return ""
    return f"/v1/agencies/{officer.agency}/officers/{officer.subject}"
