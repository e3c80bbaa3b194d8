"""Portal: a service that raises assessments and asks for payments, for the agencies it acts for.

Its keys are kept as hashes, scoped, dated and rotatable; a portal never approves anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, Self, TypeAlias, get_args
from uuid import UUID

from eventsourcing.domain import event

from feesvc.domain.agency_code import agency_code
from feesvc.domain.aggregate import Aggregate, FirstEvent, Refusal
from feesvc.domain.ids import code as as_code
from feesvc.domain.ids import plain
from feesvc.domain.return_url import checked_prefix, checked_url, starts_with

Scope: TypeAlias = Literal[
    "assessments:read", "assessments:write", "payments:read", "payments:write",
    "refunds:read", "refunds:write", "ledgers:read",
]  # fmt: skip
SCOPES: tuple[Scope, ...] = get_args(Scope)
SHA256 = re.compile(r"[0-9a-f]{64}")


class UnknownScope(Refusal):
    """There is no such scope"""


class KeyIdUsed(Refusal):
    """The portal already has a key of this id or secret"""


class UnknownKey(Refusal):
    """The portal has no such key"""


class NotAHash(Refusal):
    """A key is recorded as the SHA-256 of its secret, in hexadecimal"""


class AlreadyExpired(Refusal):
    """A key must expire after it is issued"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalKey:
    """One credential: good until it is revoked or, when it has an end, from that moment on."""

    key: str
    hash: str
    expires_at: datetime | None
    revoked: bool = False


class Portal(Aggregate):
    TOPIC = "portal"

    class Registered(FirstEvent):
        """A portal may act for some agencies. ``agency`` owns it."""

        TOPIC = "portal.registered"
        code: str
        agency: str
        name: str
        agencies: tuple[str, ...]
        scopes: tuple[Scope, ...]
        return_urls: tuple[str, ...]
        """Where payers may be sent back to: whole URLs or prefixes of them."""

    class ScopesSet(Aggregate.Event):
        """What it may do, from now on."""

        TOPIC = "portal.scopes_set"
        scopes: tuple[Scope, ...]

    class AgenciesSet(Aggregate.Event):
        """For whom it may do it, from now on."""

        TOPIC = "portal.agencies_set"
        agencies: tuple[str, ...]

    class ReturnUrlsSet(Aggregate.Event):
        """Where payers may be sent back to, from now on."""

        TOPIC = "portal.return_urls_set"
        return_urls: tuple[str, ...]

    class KeyIssued(Aggregate.Event):
        """A credential was made; only the portal ever had its secret."""

        TOPIC = "portal.key_issued"
        key: str
        hash: str
        """SHA-256 of the secret, in hexadecimal."""
        expires_at: datetime | None

    class KeyRevoked(Aggregate.Event):
        """A credential is good no longer."""

        TOPIC = "portal.key_revoked"
        key: str

    class EndpointSet(Aggregate.Event):
        """Where it is told what happened; nowhere when ``url`` is empty."""

        TOPIC = "portal.endpoint_set"
        url: str
        public_key: str
        """With which what it is told is sealed or checked, or empty."""

    @event(Registered)
    def __init__(
        self, code: str, agency: str, agencies: tuple[str, ...], scopes: tuple[Scope, ...],
        return_urls: tuple[str, ...],
    ) -> None:  # fmt: skip
        self.code = code
        self.agency = agency
        self.agencies = agencies
        self.scopes = scopes
        self.return_urls = return_urls
        self.keys: dict[str, PortalKey] = {}
        self.endpoint = ""
        self.public_key = ""

    def may(self, scope: Scope) -> bool:
        return scope in self.scopes

    def acts_for(self, agency: str) -> bool:
        return agency in self.agencies

    def may_return_to(self, url: str) -> bool:
        """Whether a payer may be sent back to ``url``: same origin, same path or one below it."""
        return any(starts_with(url, prefix) for prefix in self.return_urls)

    def key(self, hash: str, now: datetime) -> str | None:
        """The id of the key whose secret has this hash, if it is good at ``now``."""
        for key in self.keys.values():
            expired = key.expires_at is not None and key.expires_at <= now
            if key.hash == hash and not key.revoked and not expired:
                return key.key
        return None

    # Commands decide. A repeated command changes nothing.

    @classmethod
    def register(
        cls, id: UUID, code: str, agency: str, name: str, agencies: Iterable[str],
        scopes: Iterable[Scope], return_urls: Iterable[str], at: datetime,
    ) -> Self:  # fmt: skip
        """``id`` is ``Ids.portal(code)``.

        Raises ``WrongAgencyCode``, ``UnknownScope``, ``UnsafeUrl``.
        """
        return cls.first(
            cls.Registered, id, at, code=as_code(code), agency=agency_code(agency),
            name=plain(name), agencies=_agencies(agencies), scopes=_scopes(scopes),
            return_urls=_prefixes(return_urls),
        )  # fmt: skip

    def set_scopes(self, scopes: Iterable[Scope], at: datetime) -> None:
        wanted = _scopes(scopes)
        if wanted != self.scopes:
            self.record(self.ScopesSet, at, scopes=wanted)

    def set_agencies(self, agencies: Iterable[str], at: datetime) -> None:
        wanted = _agencies(agencies)
        if wanted != self.agencies:
            self.record(self.AgenciesSet, at, agencies=wanted)

    def set_return_urls(self, return_urls: Iterable[str], at: datetime) -> None:
        wanted = _prefixes(return_urls)
        if wanted != self.return_urls:
            self.record(self.ReturnUrlsSet, at, return_urls=wanted)

    def issue_key(self, key: str, hash: str, expires_at: datetime | None, at: datetime) -> None:
        """Record a new credential. Others stay good, so that keys can be rotated without a gap."""
        if not SHA256.fullmatch(hash):
            raise NotAHash(key)
        if key in self.keys or any(hash == other.hash for other in self.keys.values()):
            raise KeyIdUsed(key)
        if expires_at is not None and expires_at <= at:
            raise AlreadyExpired(f"{key} at {expires_at.isoformat()}")
        self.record(self.KeyIssued, at, key=key, hash=hash, expires_at=expires_at)

    def revoke_key(self, key: str, at: datetime) -> None:
        if key not in self.keys:
            raise UnknownKey(key)
        if not self.keys[key].revoked:
            self.record(self.KeyRevoked, at, key=key)

    def set_endpoint(self, url: str, public_key: str, at: datetime) -> None:
        """Tell it there what happens; an empty ``url`` tells it nothing. Raises ``UnsafeUrl``."""
        wanted = checked_url(url) if url else ""
        if (wanted, public_key) != (self.endpoint, self.public_key):
            self.record(self.EndpointSet, at, url=wanted, public_key=public_key)

    # Mutators record. They run again on every replay, so they never decide and never refuse.

    @event(ScopesSet)
    def _scopes_set(self, scopes: tuple[Scope, ...]) -> None:
        self.scopes = scopes

    @event(AgenciesSet)
    def _agencies_set(self, agencies: tuple[str, ...]) -> None:
        self.agencies = agencies

    @event(ReturnUrlsSet)
    def _return_urls_set(self, return_urls: tuple[str, ...]) -> None:
        self.return_urls = return_urls

    @event(KeyIssued)
    def _key_issued(self, key: str, hash: str, expires_at: datetime | None) -> None:
        self.keys[key] = PortalKey(key=key, hash=hash, expires_at=expires_at)

    @event(KeyRevoked)
    def _key_revoked(self, key: str) -> None:
        self.keys[key] = replace(self.keys[key], revoked=True)

    @event(EndpointSet)
    def _endpoint_set(self, url: str, public_key: str) -> None:
        self.endpoint = url
        self.public_key = public_key


def _agencies(agencies: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({agency_code(agency) for agency in agencies}))


def _scopes(scopes: Iterable[Scope]) -> tuple[Scope, ...]:
    asked = set(scopes)
    if unknown := sorted(asked - set(SCOPES)):
        raise UnknownScope(", ".join(unknown))
    return tuple(scope for scope in SCOPES if scope in asked)


def _prefixes(return_urls: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({checked_prefix(url) for url in return_urls}))
