"""Officer: what one person may do for one agency. Sign-in says who somebody is; this says the rest.

The person is named only as ``subject``; issuer and subject of their sign-in stand in ``people``.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal, Self, TypeAlias, get_args
from uuid import UUID

from eventsourcing.domain import event

from feesvc.domain.aggregate import Aggregate, FirstEvent, Refusal
from feesvc.domain.ids import code

Role: TypeAlias = Literal["administrator", "clerk", "finance", "approver", "auditor"]
ROLES: tuple[Role, ...] = get_args(Role)


class NoRole(Refusal):
    """An appointment or a revocation names at least one role"""


class UnknownRole(Refusal):
    """There is no such role"""


class ReasonMissing(Refusal):
    """A revocation needs a reason code"""


class Officer(Aggregate):
    TOPIC = "officer"

    class Appointed(FirstEvent):
        """A person may act for an agency in these roles."""

        TOPIC = "officer.appointed"
        agency: str
        subject: UUID
        roles: tuple[Role, ...]

    class Reappointed(Aggregate.Event):
        """The person may act in these roles too, or again."""

        TOPIC = "officer.reappointed"
        agency: str
        subject: UUID
        roles: tuple[Role, ...]

    class Revoked(Aggregate.Event):
        """The person may no longer act in these roles."""

        TOPIC = "officer.revoked"
        agency: str
        subject: UUID
        roles: tuple[Role, ...]
        reason: str

    @event(Appointed)
    def __init__(self, agency: str, subject: UUID, roles: tuple[Role, ...]) -> None:
        self.agency = agency
        self.subject = subject
        self.roles = frozenset(roles)

    def may(self, role: Role) -> bool:
        return role in self.roles

    # Commands decide. A repeated command changes nothing.

    @classmethod
    def appoint(
        cls, id: UUID, agency: str, subject: UUID, roles: Iterable[Role], at: datetime
    ) -> Self:
        """``id`` is ``Ids.officer(agency, subject)``. Raises ``NoRole``, ``UnknownRole``."""
        return cls.first(
            cls.Appointed, id, at, agency=code(agency), subject=subject, roles=_checked(roles)
        )

    def reappoint(self, roles: Iterable[Role], at: datetime) -> None:
        """Give roles to somebody who was appointed here before."""
        new = tuple(role for role in _checked(roles) if role not in self.roles)
        if new:
            self.record(self.Reappointed, at, agency=self.agency, subject=self.subject, roles=new)

    def revoke(self, roles: Iterable[Role], reason: str, at: datetime) -> None:
        """Take roles away; those not held are passed over."""
        held = tuple(role for role in _checked(roles) if role in self.roles)
        if not reason:
            raise ReasonMissing(", ".join(held))
        if held:
            self.record(
                self.Revoked, at, agency=self.agency, subject=self.subject, roles=held,
                reason=reason,
            )  # fmt: skip

    # Mutators record. They run again on every replay, so they never decide and never refuse.

    @event(Reappointed)
    def _reappointed(self, roles: tuple[Role, ...]) -> None:
        self.roles |= frozenset(roles)

    @event(Revoked)
    def _revoked(self, roles: tuple[Role, ...]) -> None:
        self.roles -= frozenset(roles)


def _checked(roles: Iterable[Role]) -> tuple[Role, ...]:
    """The roles once each, in the order in which ``ROLES`` names them."""
    asked = set(roles)
    if not asked:
        raise NoRole("no role was named")
    if unknown := sorted(asked - set(ROLES)):
        raise UnknownRole(", ".join(unknown))
    return tuple(role for role in ROLES if role in asked)
