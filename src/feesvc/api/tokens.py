"""People's access tokens: who signed in, vouched for by an issuer we trust, and nothing else.

What a person may do is never read from a token: it comes from Officer events.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
from joserfc.errors import ExpiredTokenError, JoseError, UnsupportedAlgorithmError
from joserfc.jws import CompactSignature, JWSRegistry, extract_compact, validate_compact
from joserfc.jwt import JWTClaimsRegistry

from feesvc.api.issuer_keys import IssuerKeys, IssuerUnavailable
from feesvc.domain.aggregate import Refusal
from feesvc.people import BadPersonalDetail, People
from feesvc.settings import TokenIssuer

__all__ = ["BadToken", "IssuerUnavailable", "Person", "Tokens"]

ALGORITHMS = ("RS256", "ES256", "EdDSA", "Ed25519")
"""Signatures only. Neither ``none`` nor a shared secret can ever be asked for by a token."""
TYPES = ("jwt", "at+jwt", "application/at+jwt")
LEEWAY = 60
"""Seconds by which clocks may differ."""
LONGEST = 16_384

_MALFORMED = (JoseError, ValueError, TypeError, KeyError, RecursionError)


@dataclass(frozen=True, slots=True)
class Person:
    """Who signed in."""

    subject: UUID
    issuer: str


class BadToken(Refusal):
    """This access token does not say who you are."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"the access token {problem}")
        self.problem = problem


class _Signatures(JWSRegistry):
    """Only our algorithms; header fields that we do not know are ignored (RFC 7515 §4)."""

    max_header_length = 4096
    """Some issuers send their certificates along."""

    def __init__(self) -> None:
        super().__init__(algorithms=ALGORITHMS, strict_check_header=False)

    def get_alg(self, name: str) -> Any:
        if name not in ALGORITHMS:
            raise UnsupportedAlgorithmError("not one of ours")
        return self.algorithms[name]


class Tokens:
    """Verifies access tokens of the trusted issuers."""

    def __init__(
        self, trusted: Sequence[TokenIssuer], people: People, http: httpx.AsyncClient
    ) -> None:
        self._trusted = {issuer.issuer: (issuer, IssuerKeys(issuer, http)) for issuer in trusted}
        self._people = people
        self._signatures = _Signatures()

    async def verify(self, token: str, now: datetime) -> Person:
        """Who ``token`` names. Raises ``BadToken``, ``IssuerUnavailable``.

        A database that is gone is ``PeopleUnavailable``.
        """
        unproven, claims = self._taken_apart(token)
        issuer, keys = self._issuer_named(claims)
        header = unproven.headers()
        key = await keys.key(header.get("kid"), header["alg"])
        if key is None:
            raise BadToken("is signed with a key that its issuer does not have")
        try:
            authentic = validate_compact(unproven, key, registry=self._signatures)
        except _MALFORMED:
            authentic = False
        if not authentic:
            raise BadToken("has a wrong signature")
        _check_claims(claims, issuer, now)
        try:
            subject = await self._people.subject_for_sign_in(issuer.issuer, claims["sub"])
        except BadPersonalDetail as refused:
            raise BadToken("names its subject in a way that cannot be kept") from refused
        return Person(subject, issuer.issuer)

    def _taken_apart(self, token: str) -> tuple[CompactSignature, dict[str, Any]]:
        """Header and claims, neither of them proven yet."""
        if len(token) > LONGEST:
            raise BadToken("is too long")
        try:
            unproven = extract_compact(token.encode(), None, self._signatures)
            header = unproven.headers()
            self._signatures.check_header(header)
            claims = json.loads(unproven.payload)
        except _MALFORMED:
            raise BadToken("is malformed") from None
        if header["alg"] not in ALGORITHMS:
            raise BadToken("is signed in a way that is not accepted")
        if str(header.get("typ")).lower() not in TYPES:
            raise BadToken("is of another type than an access token")
        if not isinstance(claims, dict):
            raise BadToken("is malformed")
        return unproven, claims

    def _issuer_named(self, claims: Mapping[str, Any]) -> tuple[TokenIssuer, IssuerKeys]:
        name = claims.get("iss")
        if not isinstance(name, str) or name not in self._trusted:
            raise BadToken("is from an issuer that is not trusted here")
        return self._trusted[name]


def _check_claims(claims: dict[str, Any], issuer: TokenIssuer, now: datetime) -> None:
    expected = JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=LEEWAY,
        iss={"essential": True, "value": issuer.issuer},
        aud={"essential": True, "value": issuer.audience},
        exp={"essential": True},
        sub={"essential": True},
    )
    try:
        expected.validate(claims)
    except ExpiredTokenError:
        raise BadToken("has expired") from None
    except JoseError as refused:
        claim = getattr(refused, "claim", "")
        if claim == "aud":
            raise BadToken("is meant for somebody else") from None
        if claim in {"nbf", "iat"}:
            raise BadToken("is not valid yet") from None
        raise BadToken("lacks a claim that it must have, or has a malformed one") from None
