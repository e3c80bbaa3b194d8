"""The public keys of one issuer of access tokens, fetched when needed, kept through outages."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import structlog
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key, KeySet

from feesvc.settings import TokenIssuer

REFRESH_AT_MOST_EVERY = 30.0
"""Seconds. A stranger may name key ids that nobody has as often as they like."""
STALE_AFTER = 600.0
"""Seconds for which a key that its issuer withdrew is still honoured; longer in an outage."""
_FIRST_TRIES_EVERY = 2.0
_TIMEOUT = 5.0
_LARGEST = 1_000_000
_SMALLEST_RSA_BYTES = 256

log = structlog.get_logger(__name__)


class IssuerUnavailable(Exception):
    """The keys of an issuer were never reached. Nothing can be said of its tokens."""


class IssuerKeys:
    """Safe for many tasks of one event loop. ``elapsed`` is a clock that never goes back."""

    def __init__(
        self,
        trusted: TokenIssuer,
        http: httpx.AsyncClient,
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        self._trusted = trusted
        self._http = http
        self._elapsed = elapsed
        self._keys: KeySet | None = None
        self._fetched_at = -STALE_AFTER
        self._tried_at = -REFRESH_AT_MOST_EVERY
        self._refreshing = asyncio.Lock()

    async def key(self, kid: str | None, algorithm: str) -> Key | None:
        """The key that such a token must be signed with; None when the issuer has no such key.

        Raises ``IssuerUnavailable``.
        """
        found = self._found(kid, algorithm)
        stale = self._elapsed() - self._fetched_at >= STALE_AFTER
        if found is None or (stale and not self._refreshing.locked()):
            await self._refresh()
            found = self._found(kid, algorithm)
        if self._keys is None:
            raise IssuerUnavailable(self._trusted.issuer)
        return found

    def _found(self, kid: str | None, algorithm: str) -> Key | None:
        if self._keys is None:
            return None
        try:
            return self._keys.get_by_kid(kid, {"alg": algorithm, "use": "sig"})
        except JoseError:
            return None

    async def _refresh(self) -> None:
        async with self._refreshing:
            pause = _FIRST_TRIES_EVERY if self._keys is None else REFRESH_AT_MOST_EVERY
            if self._elapsed() - self._tried_at < pause:
                return
            self._tried_at = self._elapsed()
            try:
                async with asyncio.timeout(_TIMEOUT):
                    self._keys = usable_keys(await self._document())
            except (httpx.HTTPError, OSError, TimeoutError, ValueError) as error:
                log.warning(
                    "issuer.keys_unreachable",
                    issuer=self._trusted.issuer,
                    error_type=type(error).__name__,
                )
            else:
                self._fetched_at = self._elapsed()

    async def _document(self) -> bytes:
        if self._trusted.jwks_file is not None:
            return await asyncio.to_thread(self._trusted.jwks_file.read_bytes)
        async with self._http.stream("GET", str(self._trusted.jwks_url)) as reply:
            if reply.status_code != 200:
                raise ValueError(f"status {reply.status_code}")
            document = b""
            async for part in reply.aiter_bytes():
                document += part
                if len(document) > _LARGEST:
                    raise ValueError("too large")
            return document


def usable_keys(document: bytes) -> KeySet:
    """The public signing keys of a JWKS, passing over others; ``ValueError`` if none is left."""
    jwks = json.loads(document)
    listed = jwks.get("keys") if isinstance(jwks, dict) else None
    if not isinstance(listed, list):
        raise ValueError("not a key set")
    keys = []
    for jwk in listed:
        if isinstance(jwk, dict) and _verifies(jwk):
            try:
                keys.append(JWKRegistry.import_key(jwk))
            except (JoseError, ValueError, TypeError):
                continue
    if not keys:
        raise ValueError("no usable key")
    return KeySet(keys)


def _verifies(jwk: Mapping[str, Any]) -> bool:
    """A shared secret never verifies here: whoever can check with it can also sign."""
    if jwk.get("kty") not in {"RSA", "EC", "OKP"} or "d" in jwk:
        return False
    if jwk.get("use", "sig") != "sig":
        return False
    return jwk["kty"] != "RSA" or _byte_length(jwk.get("n")) >= _SMALLEST_RSA_BYTES


def _byte_length(text: object) -> int:
    if not isinstance(text, str):
        return 0
    try:
        return len(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).lstrip(b"\0"))
    except ValueError:
        return 0
