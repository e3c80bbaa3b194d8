"""Issuer keys: of what an issuer publishes, only public keys for signatures are used."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc.jwk import OctKey, RSAKey

from feesvc.api.issuer_keys import usable_keys
from feesvc.api.tokens import Tokens
from feesvc.people.memory import MemoryPeople
from feesvc.settings import TokenIssuer
from feesvc.testing.issuer import DemoIssuer, new_key

NOON = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
URL = "https://id.example.vn"


def test_a_key_set_gives_public_signing_keys_only() -> None:
    good = new_key("RS256").as_dict(private=False)
    private = new_key("ES256").as_dict(private=True)
    encrypting = new_key("ES256").as_dict(private=False) | {"use": "enc"}
    with pytest.warns(UserWarning, match="2048"):
        short = RSAKey.generate_key(1024).as_dict(private=False)
    shared = OctKey.generate_key(256).as_dict(private=True)
    odd = [{"kty": "AKP"}, {"kty": "EC", "crv": "P-256"}, "text", {"kty": "RSA", "n": 3}]

    listed = [private, encrypting, short, shared, *odd, good]
    (key,) = usable_keys(json.dumps({"keys": listed}).encode()).keys
    assert key.kid == good["kid"]
    nothing: Any
    for nothing in ({"keys": [shared]}, {"keys": 7}, [], {}):
        with pytest.raises(ValueError, match=r"no usable key|not a key set"):
            usable_keys(json.dumps(nothing).encode())


def test_keys_may_come_from_a_file(tmp_path: Path) -> None:
    issuer = DemoIssuer(URL, "feesvc")
    file = tmp_path / "jwks.json"
    file.write_text(json.dumps(issuer.jwks()))

    async def story() -> None:
        trusted = TokenIssuer(issuer=URL, audience="feesvc", jwks_file=file)
        async with httpx.AsyncClient() as http:
            tokens = Tokens([trusted], MemoryPeople(), http)
            person = await tokens.verify(issuer.sign("sub-lan", at=NOON), NOON)
            assert person.issuer == URL

    asyncio.run(story())
