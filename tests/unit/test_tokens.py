"""Access tokens: only a signed, current one, meant for us, of an issuer we trust names anybody."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from joserfc.jwk import OctKey

from feesvc.api.issuer_keys import IssuerKeys
from feesvc.api.tokens import BadToken, IssuerUnavailable, Tokens
from feesvc.people.memory import MemoryPeople
from feesvc.settings import TokenIssuer
from feesvc.testing.issuer import DemoIssuer, new_key

NOON = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
URL = "https://id.example.vn"


class Served:
    """An issuer behind HTTP, counted, that may be out of reach."""

    def __init__(self, issuer: DemoIssuer) -> None:
        self.issuer = issuer
        self.fetched = 0
        self.down = False

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.fetched += 1
        if self.down:
            raise httpx.ConnectError("no route")
        transport = httpx.ASGITransport(self.issuer.app())
        reply = await transport.handle_async_request(request)
        return httpx.Response(reply.status_code, content=await reply.aread())


@pytest.fixture(params=["ES256", "RS256", "Ed25519"])
def issuer(request: pytest.FixtureRequest) -> DemoIssuer:
    return DemoIssuer(URL, "feesvc", {"lan": "sub-lan"}, request.param)


@pytest.fixture
def es256() -> DemoIssuer:
    return DemoIssuer(URL, "feesvc", {"lan": "sub-lan"})


def with_tokens(
    served: Served, story: Callable[[Tokens], Awaitable[None]], people: MemoryPeople | None = None
) -> None:
    async def told() -> None:
        trusted = TokenIssuer(issuer=URL, audience="feesvc", jwks_url=f"{URL}/jwks.json")
        async with httpx.AsyncClient(transport=httpx.MockTransport(served)) as http:
            await story(Tokens([trusted], people or MemoryPeople(), http))

    asyncio.run(told())


def refused(issuer: DemoIssuer, token: str, problem: str) -> None:
    async def story(tokens: Tokens) -> None:
        with pytest.raises(BadToken, match=problem) as bad:
            await tokens.verify(token, NOON)
        assert "sub-lan" not in str(bad.value)

    with_tokens(Served(issuer), story)


def test_a_good_token_names_one_person(issuer: DemoIssuer) -> None:
    people = MemoryPeople()

    async def story(tokens: Tokens) -> None:
        person = await tokens.verify(issuer.sign("sub-lan", at=NOON), NOON)
        again = await tokens.verify(issuer.sign("sub-lan", at=NOON, roles=["admin"]), NOON)
        other = await tokens.verify(issuer.sign("sub-minh", at=NOON), NOON)

        assert person == again
        assert person.issuer == URL
        assert person.subject == await people.subject_for_sign_in(URL, "sub-lan")
        assert other.subject != person.subject

    with_tokens(Served(issuer), story, people)


@pytest.mark.parametrize(
    ("claims", "problem"),
    [
        ({"aud": "another service"}, "meant for somebody else"),
        ({"aud": ["another", "third"]}, "meant for somebody else"),
        ({"aud": None}, "meant for somebody else"),
        ({"exp": None}, "lacks a claim"),
        ({"sub": None}, "lacks a claim"),
        ({"sub": 7}, "lacks a claim"),
        ({"sub": "x" * 256}, "cannot be kept"),
        ({"sub": "a\0b"}, "cannot be kept"),
        ({"exp": "never"}, "lacks a claim"),
        ({"iss": "https://other.example"}, "not trusted"),
        ({"iss": None}, "not trusted"),
        ({"iss": f"{URL}/"}, "not trusted"),
        ({"exp": int(NOON.timestamp()) - 60}, "expired"),
        ({"nbf": int(NOON.timestamp()) + 61}, "not valid yet"),
        ({"iat": int(NOON.timestamp()) + 61}, "not valid yet"),
    ],
)
def test_a_wrong_claim_is_refused(es256: DemoIssuer, claims: dict[str, Any], problem: str) -> None:
    sub = claims.get("sub", "sub-lan")
    others = {name: value for name, value in claims.items() if name != "sub"}
    refused(es256, es256.sign(sub, at=NOON, **others), problem)


def test_clocks_may_differ_by_a_minute(es256: DemoIssuer) -> None:
    async def story(tokens: Tokens) -> None:
        moment = int(NOON.timestamp())
        await tokens.verify(es256.sign("sub-lan", at=NOON, exp=moment - 59), NOON)
        await tokens.verify(es256.sign("sub-lan", at=NOON, nbf=moment + 60), NOON)
        await tokens.verify(es256.sign("sub-lan", at=NOON, aud=["x", "feesvc"]), NOON)

    with_tokens(Served(es256), story)


@pytest.mark.parametrize("typ", ["logout+jwt", "secevent+jwt", "", None])
def test_another_kind_of_token_is_refused(es256: DemoIssuer, typ: str | None) -> None:
    refused(es256, es256.sign("sub-lan", at=NOON, header={"typ": typ}), "another type")


def test_a_token_without_signature_or_with_a_shared_secret_is_refused(es256: DemoIssuer) -> None:
    good = es256.sign("sub-lan", at=NOON)
    _, claims, signature = good.split(".")
    none = _part({"typ": "at+jwt", "alg": "none"})
    refused(es256, f"{none}.{claims}.", "not accepted")
    refused(es256, f"{none}.{claims}.{signature}", "not accepted")

    public = json.dumps(es256.jwks()["keys"][0]).encode()
    shared = OctKey.import_key(public, {"kid": str(es256.keys[0].kid)})
    for algorithm in ("HS256", "HS512"):
        token = es256.sign("sub-lan", at=NOON, key=shared, header={"alg": algorithm})
        refused(es256, token, "not accepted")


def test_a_strangers_signature_is_refused(issuer: DemoIssuer) -> None:
    stranger = new_key(issuer.algorithm)
    own_kid = {"kid": issuer.keys[0].kid}
    refused(issuer, issuer.sign("sub-lan", at=NOON, key=stranger), "does not have")
    refused(
        issuer, issuer.sign("sub-lan", at=NOON, key=stranger, header=own_kid), "wrong signature"
    )
    brought = {"jwk": stranger.as_dict(private=False), "kid": None}
    refused(
        issuer, issuer.sign("sub-lan", at=NOON, key=stranger, header=brought), "wrong signature"
    )


def test_every_changed_byte_is_noticed(es256: DemoIssuer) -> None:
    good = es256.sign("sub-lan", at=NOON)

    async def story(tokens: Tokens) -> None:
        await tokens.verify(good, NOON)
        for position in range(len(good)):
            changed = chr(ord(good[position]) ^ 1)
            with pytest.raises(BadToken):
                await tokens.verify(good[:position] + changed + good[position + 1 :], NOON)
            with pytest.raises(BadToken):
                await tokens.verify(good[:position], NOON)

    with_tokens(Served(es256), story)


@pytest.mark.parametrize(
    "token",
    ["", "a", "a.b", "..", "a.b.c", "a.b.c.d", "é.é.é", "x" * 20_000, "[" * 9000, "\0.\0.\0"],
)
def test_junk_is_refused(es256: DemoIssuer, token: str) -> None:
    refused(es256, token, "malformed|too long")


@pytest.mark.parametrize(
    "header",
    [
        {"alg": ["ES256"]},
        {"alg": 1},
        {"alg": "ES256", "kid": 7},
        {"kid": "x"},
        {"crit": ["b64"], "b64": False, "alg": "ES256"},
        [],
    ],
)
def test_a_strange_header_is_refused(es256: DemoIssuer, header: Any) -> None:
    _, claims, signature = es256.sign("sub-lan", at=NOON).split(".")
    refused(es256, f"{_part(header)}.{claims}.{signature}", "malformed|not accepted|type")


def test_deep_nesting_is_refused(es256: DemoIssuer) -> None:
    head, _, signature = es256.sign("sub-lan", at=NOON).split(".")
    deep = base64.urlsafe_b64encode(b"[" * 11_000).rstrip(b"=").decode()
    refused(es256, f"{head}.{deep}.{signature}", "malformed")


def test_a_new_key_is_fetched_once_and_a_withdrawn_one_is_dropped() -> None:
    issuer = DemoIssuer(URL, "feesvc")
    served = Served(issuer)
    clock = Clock()

    async def story() -> None:
        async with httpx.AsyncClient(transport=httpx.MockTransport(served)) as http:
            keys = IssuerKeys(_trusted(), http, clock)
            old = issuer.keys[0].kid
            found = await asyncio.gather(*[keys.key(old, "ES256") for _ in range(20)])
            assert all(found) and served.fetched == 1

            issuer.rotate(keep=0)
            new = issuer.keys[0].kid
            assert await keys.key(new, "ES256") is None  # asked again too soon
            clock.now += 30
            assert await keys.key(new, "ES256") is not None and served.fetched == 2
            assert await keys.key(old, "ES256") is None and served.fetched == 2
            for kid in range(100):
                assert await keys.key(f"made up {kid}", "ES256") is None
            assert served.fetched == 2
            assert await keys.key(new, "RS256") is None

    asyncio.run(story())


def test_keys_outlive_an_outage_of_their_issuer() -> None:
    issuer = DemoIssuer(URL, "feesvc")
    served, clock = Served(issuer), Clock()

    async def story() -> None:
        async with httpx.AsyncClient(transport=httpx.MockTransport(served)) as http:
            keys = IssuerKeys(_trusted(), http, clock)
            served.down = True
            with pytest.raises(IssuerUnavailable):
                await keys.key(issuer.keys[0].kid, "ES256")
            served.down = False
            clock.now += 2
            assert await keys.key(issuer.keys[0].kid, "ES256")

            served.down = True
            clock.now += 86_400
            assert await keys.key(issuer.keys[0].kid, "ES256")
            assert served.fetched == 3
            served.down = False
            issuer.rotate(keep=0)
            clock.now += 30
            assert await keys.key(issuer.keys[0].kid, "ES256")

    asyncio.run(story())


def test_the_demo_issuer_gives_its_persons_tokens() -> None:
    issuer = DemoIssuer(URL, "feesvc", {"lan": "sub-lan"})

    async def story(tokens: Tokens) -> None:
        transport = httpx.ASGITransport(issuer.app())
        async with httpx.AsyncClient(transport=transport, base_url=URL) as http:
            found = (await http.get("/.well-known/openid-configuration")).json()
            grant = {"grant_type": "client_credentials", "client_id": "lan"}
            reply = await http.post(found["token_endpoint"], data=grant)
            stranger = await http.post("/token", data=grant | {"client_id": "nobody"})
            password = await http.post("/token", data={"grant_type": "password"})
            large = await http.post("/token", content=b"x" * 5000)
        assert found["issuer"] == URL
        assert (stranger.status_code, password.status_code, large.status_code) == (401, 400, 400)
        token = reply.json()["access_token"]
        person = await tokens.verify(token, datetime.now(UTC))
        late = datetime.now(UTC) + timedelta(hours=1, seconds=61)
        with pytest.raises(BadToken, match="expired"):
            await tokens.verify(token, late)
        assert person.issuer == URL

    with_tokens(Served(issuer), story)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def _trusted() -> TokenIssuer:
    return TokenIssuer(issuer=URL, audience="feesvc", jwks_url=f"{URL}/jwks.json")


def _part(header: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()
