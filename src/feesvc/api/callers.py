"""Callers: a portal by its key, a person by a signed token, and what each may do where.

A foreign agency's things are answered exactly as missing ones are. Roles come from Officer
events alone; a portal never approves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from uuid import UUID

from fastapi import Request

from feesvc.api.problems import Problem
from feesvc.api.tokens import Tokens
from feesvc.application.house import HANOI, House
from feesvc.domain.agency import Agency
from feesvc.domain.aggregate import HOUSE
from feesvc.domain.officer import Officer, Role
from feesvc.domain.portal import Portal, Scope

KEY_PREFIX = "fsk_"
ANY_ROLE: tuple[Role, ...] = ("clerk", "finance", "approver", "auditor", "administrator")
CLERKS: tuple[Role, ...] = ("clerk", "finance")
FINANCE: tuple[Role, ...] = ("finance",)
NOT_FOUND = Problem(404, "unknown", "There is no such thing")
NOT_ALLOWED = Problem(403, "not-allowed", "Your key or your roles do not allow this")
NO_CREDENTIAL = Problem(401, "no-credential", "Say who you are: Authorization: Bearer …")
BAD_KEY = Problem(401, "bad-key", "The key is wrong, expired or revoked")


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks: a portal or a person, never both."""

    house: House
    portal: Portal | None = None
    subject: UUID | None = None

    @property
    def principal(self) -> str:
        return f"portal:{self.portal.code}" if self.portal else f"person:{self.subject}"

    async def require(
        self, agency: str, *, scope: Scope | None = None, roles: Sequence[Role] = ()
    ) -> None:
        """Let through who may do this for ``agency``; others see a missing thing, or a 403.

        ``scope`` None: no portal may. ``roles`` (): no person may.
        """
        if self.portal is not None:
            if not self.portal.acts_for(agency):
                raise NOT_FOUND
            if scope is None or not self.portal.may(scope):
                raise NOT_ALLOWED
            return
        held = await self.roles(agency)
        if not held:
            raise NOT_FOUND
        if not held & set(roles):
            raise NOT_ALLOWED

    async def may(
        self, agency: str, *, scope: Scope | None = None, roles: Sequence[Role] = ()
    ) -> bool:
        try:
            await self.require(agency, scope=scope, roles=roles)
        except Problem:
            return False
        return True

    async def require_operator(self) -> None:
        """Let through an administrator of the service itself."""
        if not await self.is_operator():
            raise NOT_ALLOWED

    async def is_operator(self) -> bool:
        """Whether this is an administrator of the service itself."""
        return "administrator" in await self._held([HOUSE])

    async def require_administrator(self, agency: str) -> None:
        """Let through an administrator of this agency, or of the service itself."""
        if await self.is_operator():
            await self.house.see(Agency, self.house.store.ids.agency(agency), f"agency {agency}")
        else:
            await self.require(agency, roles=("administrator",))

    async def require_reader(self, agency: str, scope: Scope | None = None) -> None:
        """Let through any officer of this agency, an operator, or a portal with this scope."""
        if await self.is_operator():
            await self.house.see(Agency, self.house.store.ids.agency(agency), f"agency {agency}")
        else:
            await self.require(agency, scope=scope, roles=ANY_ROLE)

    async def roles(self, agency: str) -> set[Role]:
        """The roles a person holds at an agency, through its ancestors too; none for a portal."""
        if self.subject is None:
            return set()
        today = self.house.now().astimezone(HANOI).date()
        return await self._held(await ancestry(self.house, agency, today))

    async def _held(self, agencies: Sequence[str]) -> set[Role]:
        if self.subject is None:
            return set()
        ids = [self.house.store.ids.officer(agency, self.subject) for agency in agencies]
        officers = (await self.house.store.peek(ids)).values()
        return {
            role
            for officer in officers
            if isinstance(officer, Officer)
            for role in ANY_ROLE
            if officer.may(role)
        }


async def ancestry(house: House, agency: str, day: date) -> list[str]:
    """The agency, its parent on this day, and so on up; an unknown agency is its own end."""
    line: list[str] = []
    while agency and agency not in line:
        line.append(agency)
        id = house.store.ids.agency(agency)
        found = (await house.store.peek([id])).get(id)
        agency = found.parent_on(day) if isinstance(found, Agency) else ""
    return line


async def is_officer(who: Caller, agency: str, subject: UUID) -> bool:
    """Whether that person holds any role there, or above it."""
    above = await ancestry(who.house, agency, who.house.today())
    ids = [who.house.store.ids.officer(each, subject) for each in above]
    found = (await who.house.store.peek(ids)).values()
    return any(isinstance(officer, Officer) and officer.roles for officer in found)


async def caller_of(request: Request) -> Caller:
    """Who asks. Raises a 401 problem; a dependency of every route but the public ones."""
    house: House = request.app.state.house
    scheme, _, credential = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not credential:
        raise NO_CREDENTIAL
    if credential.startswith(KEY_PREFIX):
        return await _portal(house, credential)
    tokens: Tokens = request.app.state.tokens
    person = await tokens.verify(credential, house.now())
    return Caller(house=house, subject=person.subject)


async def _portal(house: House, credential: str) -> Caller:
    _, code, *secret = credential.split("_", 2)
    id = house.store.ids.portal(code)
    portal = (await house.store.peek([id])).get(id)
    hashed = sha256(credential.encode()).hexdigest()
    if not secret or not isinstance(portal, Portal) or portal.key(hashed, house.now()) is None:
        raise BAD_KEY
    return Caller(house=house, portal=portal)
