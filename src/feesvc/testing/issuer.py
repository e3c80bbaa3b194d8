"""A small OIDC issuer with keys of its own, for the demo and for tests. Never for production.

It hands a token to whoever names a person of the demo, without any proof: the point is that the
service verifies these tokens exactly as it would those of MIC Connect, VNeID or Keycloak.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from urllib.parse import parse_qs
from uuid import uuid4

from joserfc import jwt
from joserfc.jwk import ECKey, Key, KeySet, OKPKey, RSAKey
from joserfc.jws import JWSRegistry
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

Algorithm = Literal["RS256", "ES256", "Ed25519"]
LIFETIME = timedelta(hours=1)
_LARGEST_FORM = 4096


class DemoIssuer:
    """``url`` is its name as an issuer; ``persons`` maps names one may ask for to their subs."""

    def __init__(
        self,
        url: str,
        audience: str,
        persons: Mapping[str, str] | None = None,
        algorithm: Algorithm = "ES256",
    ) -> None:
        self.url = url.rstrip("/")
        self.audience = audience
        self.persons = dict(persons or {})
        self.algorithm = algorithm
        self.keys: list[Key] = []
        self.rotate()

    def rotate(self, keep: int = 1) -> None:
        """Sign with a new key from now on; ``keep`` older ones stay published."""
        self.keys = [new_key(self.algorithm), *self.keys[:keep]]

    def jwks(self) -> Any:
        """The public keys, as published."""
        return KeySet(list(self.keys)).as_dict(private=False)

    def sign(
        self,
        sub: str,
        *,
        at: datetime | None = None,
        key: Key | None = None,
        header: Mapping[str, Any] | None = None,
        **claims: Any,
    ) -> str:
        """An access token for ``sub``, issued at ``at`` (default: now), good for an hour.

        ``claims`` and ``header`` replace what would be there, ``None`` leaves it out, and ``key``
        signs in place of the current one: so a test makes a token that is wrong in one way.
        """
        issued = at or datetime.now(UTC)
        usual = {
            "iss": self.url,
            "aud": self.audience,
            "sub": sub,
            "iat": int(issued.timestamp()),
            "exp": int((issued + LIFETIME).timestamp()),
            "jti": str(uuid4()),
        }
        signer = key or self.keys[0]
        fields = {"typ": "at+jwt", "alg": self.algorithm, "kid": signer.kid, **(header or {})}
        algorithm = fields["alg"]
        return jwt.encode(
            {name: value for name, value in fields.items() if value is not None},
            {name: value for name, value in (usual | claims).items() if value is not None},
            signer,
            registry=JWSRegistry(algorithms=[algorithm], strict_check_header=False),
            default_type=None,
        )

    def app(self) -> Starlette:
        """Its web application, to be served on loopback or reached in process."""
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._configuration),
                Route("/jwks.json", self._jwks),
                Route("/token", self._token, methods=["POST"]),
            ]
        )

    async def _configuration(self, request: Request) -> JSONResponse:
        return JSONResponse(
            {
                "issuer": self.url,
                "jwks_uri": f"{self.url}/jwks.json",
                "token_endpoint": f"{self.url}/token",
                "grant_types_supported": ["client_credentials"],
                "id_token_signing_alg_values_supported": [self.algorithm],
                "response_types_supported": ["token"],
                "subject_types_supported": ["public"],
            }
        )

    async def _jwks(self, request: Request) -> JSONResponse:
        return JSONResponse(self.jwks())

    async def _token(self, request: Request) -> JSONResponse:
        """``grant_type=client_credentials&client_id=NAME`` gives the token of that demo person."""
        body = await request.body()
        if len(body) > _LARGEST_FORM:
            return _refused("invalid_request")
        form = parse_qs(body.decode(errors="replace"))
        if form.get("grant_type") != ["client_credentials"]:
            return _refused("unsupported_grant_type")
        person = form.get("client_id", [""])[0]
        if person not in self.persons:
            return _refused("invalid_client", status=401)
        return JSONResponse(
            {
                "access_token": self.sign(self.persons[person]),
                "token_type": "Bearer",
                "expires_in": int(LIFETIME.total_seconds()),
            },
            headers={"Cache-Control": "no-store"},
        )


def new_key(algorithm: Algorithm) -> Key:
    """A private key for ``algorithm``, with a key id."""
    key: Key
    if algorithm == "RS256":
        key = RSAKey.generate_key(2048, {"use": "sig", "alg": algorithm})
    elif algorithm == "ES256":
        key = ECKey.generate_key("P-256", {"use": "sig", "alg": algorithm})
    else:
        key = OKPKey.generate_key("Ed25519", {"use": "sig", "alg": algorithm})
    key.ensure_kid()
    return key


def _refused(error: str, status: int = 400) -> JSONResponse:
    return JSONResponse({"error": error}, status_code=status)
