"""Registries: agencies, procedures, portals and officers, and what they are changed by.

Every function is one command; ``answer`` makes what its caller is told. A code that is taken is
refused (``AlreadyRegistered``): codes are never reused.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TypeAlias, TypeVar
from uuid import UUID, uuid4

from feesvc.application.house import Act, Decision, Done, House, Unknown
from feesvc.domain.agency import Agency
from feesvc.domain.aggregate import HOUSE, Aggregate, Refusal
from feesvc.domain.officer import Officer, Role
from feesvc.domain.portal import Portal, Scope
from feesvc.domain.procedure import Procedure
from feesvc.store import Answer

A = TypeVar("A", bound=Aggregate)
Tell: TypeAlias = Callable[[A], Answer] | None


class AlreadyRegistered(Refusal):
    """That code is taken; codes are never reused"""


class UnknownParent(Refusal):
    """There is no such agency above it"""


async def begin(
    house: House, act: Act, id: UUID, make: Callable[[], A], answer: Tell[A] = None
) -> Done[A]:
    """Begin a stream that does not exist yet."""

    async def decide() -> Decision[A]:
        if id in await house.store.peek([id]):
            raise AlreadyRegistered(str(id))
        made = make()
        return Decision(made, [made])

    return await house.settle(act, decide, answer)


async def change(
    house: House, act: Act, kind: type[A], id: UUID, how: Callable[[A], None],
    answer: Tell[A] = None,
) -> Done[A]:  # fmt: skip
    """Change one aggregate by one of its own commands."""

    async def decide() -> Decision[A]:
        aggregate = await house.one(kind, id, f"{kind.TOPIC} {id}")
        how(aggregate)
        return Decision(aggregate, [aggregate])

    return await house.settle(act, decide, answer)


async def register_agency(
    house: House, act: Act, code: str, name_vi: str, name_en: str, parent: str,
    answer: Tell[Agency] = None,
) -> Done[Agency]:  # fmt: skip
    id = house.store.ids.agency(code)
    if parent and house.store.ids.agency(parent) not in await house.store.peek(
        [house.store.ids.agency(parent)]
    ):
        raise UnknownParent(parent)
    return await begin(
        house, act, id, lambda: Agency.register(id, code, name_vi, name_en, parent, act.at), answer
    )


async def register_procedure(
    house: House, act: Act, agency: str, code: str, name_vi: str, name_en: str,
    answer: Tell[Procedure] = None,
) -> Done[Procedure]:  # fmt: skip
    id = house.store.ids.procedure(agency, code)
    return await begin(
        house, act, id, lambda: Procedure.register(id, agency, code, name_vi, name_en, act.at),
        answer,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPortal:
    code: str
    agency: str
    name: str
    agencies: tuple[str, ...]
    scopes: tuple[Scope, ...]
    return_urls: tuple[str, ...]


async def register_portal(
    house: House, act: Act, new: NewPortal, answer: Tell[Portal] = None
) -> Done[Portal]:
    id = house.store.ids.portal(new.code)
    for agency in new.agencies:
        await house.see(Agency, house.store.ids.agency(agency), f"agency {agency}")
    return await begin(
        house, act, id,
        lambda: Portal.register(
            id, new.code, new.agency, new.name, new.agencies, new.scopes, new.return_urls, act.at
        ),
        answer,
    )  # fmt: skip


def new_secret(portal: str) -> str:
    """A portal's credential, ``fsk_<code>_<256 random bits>``. Only its hash is ever kept."""
    return f"fsk_{portal}_{secrets.token_urlsafe(32)}"


async def issue_key(
    house: House, act: Act, portal: str, key: str, secret: str, expires_at: datetime | None,
    answer: Tell[Portal] = None,
) -> Done[Portal]:  # fmt: skip
    """Make ``secret`` a credential of this portal, named ``key``; others stay good."""
    hashed = sha256(secret.encode()).hexdigest()
    id = house.store.ids.portal(portal)
    return await change(
        house, act, Portal, id, lambda p: p.issue_key(key, hashed, expires_at, act.at), answer
    )


async def appoint_officer(
    house: House, act: Act, agency: str, subject: UUID, roles: Iterable[Role],
    answer: Tell[Officer] = None,
) -> Done[Officer]:  # fmt: skip
    """Give somebody roles at an agency, or at the service itself (``*``)."""
    wanted = tuple(roles)
    id = house.store.ids.officer(agency, subject)

    async def decide() -> Decision[Officer]:
        if agency != HOUSE:
            await house.see(Agency, house.store.ids.agency(agency), f"agency {agency}")
        officer = (await house.store.load([id])).get(id)
        if isinstance(officer, Officer):
            officer.reappoint(wanted, act.at)
        else:
            officer = Officer.appoint(id, agency, subject, wanted, act.at)
        return Decision(officer, [officer])

    return await house.settle(act, decide, answer)


async def appoint_operator(house: House, issuer: str, sub: str) -> UUID:
    """Make whoever signs in so an operator of the service, on the owner's word; gives the subject.

    The first operator comes so; over HTTP only an operator appoints another one.
    """
    subject = await house.people.subject_for_sign_in(issuer, sub)
    act = house.act(uuid4(), "process:owner")
    await appoint_officer(house, act, HOUSE, subject, ["administrator"])
    return subject


async def revoke_officer(
    house: House, act: Act, agency: str, subject: UUID, roles: Iterable[Role], reason: str,
    answer: Tell[Officer] = None,
) -> Done[Officer]:  # fmt: skip
    id = house.store.ids.officer(agency, subject)
    wanted = tuple(roles)
    return await change(house, act, Officer, id, lambda o: o.revoke(wanted, reason, act.at), answer)


__all__ = [
    "AlreadyRegistered", "NewPortal", "Unknown", "UnknownParent", "appoint_officer",
    "appoint_operator", "begin",
    "change", "issue_key", "new_secret", "register_agency", "register_portal",
    "register_procedure", "revoke_officer",
]  # fmt: skip
