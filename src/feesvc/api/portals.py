"""Portals over HTTP: which services may act for which agencies, and their keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import AwareDatetime, BaseModel, Field

from feesvc.api.callers import Caller, caller_of
from feesvc.api.idempotency import act_of, respond
from feesvc.api.telling import made, shown
from feesvc.api.wire import AgencyCode, Body, Name, View, text
from feesvc.application import registries
from feesvc.application.house import Act
from feesvc.domain.portal import Portal, Scope
from feesvc.store import Answer

router = APIRouter(tags=["portals"])
Who = Annotated[Caller, Depends(caller_of)]

PortalCode = Annotated[str, Field(pattern="^[0-9A-Z][0-9A-Z.-]{0,34}$")]
"""No underline: it ends the code within a key."""
KeyName = Annotated[str, Field(pattern="^[0-9A-Za-z][0-9A-Za-z.-]{0,39}$")]
Url = text(2000)
Agencies = Annotated[list[AgencyCode], Field(min_length=1, max_length=500)]
Scopes = Annotated[list[Scope], Field(max_length=20)]
Urls = Annotated[list[Url], Field(max_length=50)]  # type: ignore[valid-type]


class PortalBody(Body):
    """``agency`` owns the portal; ``agencies`` are those it acts for.

    ``return_urls``: whole addresses or prefixes of them that a payer may be sent back to.
    """

    code: PortalCode
    agency: AgencyCode
    name: Name
    agencies: Agencies
    scopes: Scopes
    return_urls: Urls = Field(default_factory=list)


class ScopesBody(Body):
    scopes: Scopes


class AgenciesBody(Body):
    agencies: Agencies


class ReturnUrlsBody(Body):
    return_urls: Urls


class KeyBody(Body):
    """``key`` names the credential, e.g. 2026-11. Without ``expires_at`` it holds until revoked."""

    key: KeyName
    expires_at: AwareDatetime | None = None


class KeyView(View):
    key: str
    expires_at: datetime | None
    revoked: bool


class IssuedView(View):
    """``secret`` is told once; it is kept nowhere, and a repeat of the request says null."""

    portal: str
    key: str
    secret: str | None
    expires_at: datetime | None


class PortalView(View):
    id: UUID
    code: str
    agency: str
    agencies: list[str]
    scopes: list[Scope]
    return_urls: list[str]
    keys: list[KeyView]


@router.post("/portals", status_code=201, response_model=PortalView)
async def register(request: Request, body: PortalBody, who: Who) -> Response:
    """Register a portal. One needs to administer its owner and every agency it acts for."""
    await _administrator_of(who, [body.agency, *body.agencies])
    new = registries.NewPortal(
        code=body.code, agency=body.agency, name=body.name, agencies=tuple(body.agencies),
        scopes=tuple(body.scopes), return_urls=tuple(body.return_urls),
    )  # fmt: skip

    async def again() -> Answer:
        return _made(await _portal(who, body.code))

    done = await registries.register_portal(who.house, act_of(request, who, body), new, _made)
    return await respond(who, done, _made, again)


@router.get("/portals/{portal}", response_model=PortalView)
async def see(request: Request, portal: PortalCode, who: Who) -> Response:
    """For its owner's officers, and for the portal itself."""
    found = await _portal(who, portal)
    if who.portal is None or who.portal.code != found.code:
        await who.require_reader(found.agency)
    return shown(request, _view(found), found)


@router.post("/portals/{portal}/scopes", response_model=PortalView)
async def set_scopes(request: Request, portal: PortalCode, body: ScopesBody, who: Who) -> Response:
    """What it may do, from now on."""
    return await _change(
        request, who, portal, body, lambda p, act: p.set_scopes(body.scopes, act.at)
    )


@router.post("/portals/{portal}/agencies", response_model=PortalView)
async def set_agencies(
    request: Request, portal: PortalCode, body: AgenciesBody, who: Who
) -> Response:
    """For whom it may do it, from now on. One needs to administer each agency that is added."""
    found = await _portal(who, portal)
    await _administrator_of(who, [found.agency, *(set(body.agencies) - set(found.agencies))])
    return await _change(
        request, who, portal, body, lambda p, act: p.set_agencies(body.agencies, act.at)
    )


@router.post("/portals/{portal}/return-urls", response_model=PortalView)
async def set_return_urls(
    request: Request, portal: PortalCode, body: ReturnUrlsBody, who: Who
) -> Response:
    """Where payers may be sent back to, from now on."""
    return await _change(
        request, who, portal, body, lambda p, act: p.set_return_urls(body.return_urls, act.at)
    )


@router.post(
    "/portals/{portal}/keys", status_code=201, response_model=IssuedView,
    responses={200: {"description": "A repeat: the secret is not told again", "model": IssuedView}},
)  # fmt: skip
async def issue_key(request: Request, portal: PortalCode, body: KeyBody, who: Who) -> Response:
    """Make a credential. Its secret is in this answer and nowhere else.

    What is kept of the answer, for repeats, holds no secret: a repeat is a 200 that names the key
    and says ``"secret": null``. When the first answer was lost, revoke the key and issue another.
    """
    await who.require_administrator((await _portal(who, portal)).agency)
    act = act_of(request, who, body)
    secret = registries.new_secret(portal)
    expires_at = body.expires_at.astimezone(UTC) if body.expires_at else None

    def kept(found: Portal) -> Answer:
        return _issued(found, body.key, None)

    def told(found: Portal) -> Answer:
        return _issued(found, body.key, secret)

    async def again() -> Answer:
        return kept(await _portal(who, portal))

    done = await registries.issue_key(who.house, act, portal, body.key, secret, expires_at, kept)
    return await respond(who, done, told, again)


@router.post("/portals/{portal}/keys/{key}/revoke", response_model=PortalView)
async def revoke_key(request: Request, portal: PortalCode, key: KeyName, who: Who) -> Response:
    """The credential is good no longer, from the next request on."""
    return await _change(request, who, portal, None, lambda p, act: p.revoke_key(key, act.at))


async def _portal(who: Caller, code: str) -> Portal:
    return await who.house.see(Portal, who.house.store.ids.portal(code), "")


async def _administrator_of(who: Caller, agencies: Iterable[str]) -> None:
    for agency in sorted(set(agencies)):
        await who.require_administrator(agency)


async def _change(
    request: Request, who: Caller, code: str, body: BaseModel | None,
    how: Callable[[Portal, Act], None],
) -> Response:  # fmt: skip
    await who.require_administrator((await _portal(who, code)).agency)
    act = act_of(request, who, body)
    id = who.house.store.ids.portal(code)

    async def again() -> Answer:
        return _changed(await _portal(who, code))

    done = await registries.change(who.house, act, Portal, id, lambda p: how(p, act), _changed)
    return await respond(who, done, _changed, again)


def _view(portal: Portal) -> PortalView:
    return PortalView(
        id=portal.id, code=portal.code, agency=portal.agency, agencies=list(portal.agencies),
        scopes=list(portal.scopes), return_urls=list(portal.return_urls),
        keys=[
            KeyView(key=key.key, expires_at=key.expires_at, revoked=key.revoked)
            for key in portal.keys.values()
        ],
    )  # fmt: skip


def _made(portal: Portal) -> Answer:
    return made(_view(portal), f"/v1/portals/{portal.code}")


def _changed(portal: Portal) -> Answer:
    return made(_view(portal), f"/v1/portals/{portal.code}", 200)


def _issued(portal: Portal, key: str, secret: str | None) -> Answer:
    said = IssuedView(
        portal=portal.code, key=key, secret=secret, expires_at=portal.keys[key].expires_at
    )
    return made(said, f"/v1/portals/{portal.code}", 201 if secret else 200)
