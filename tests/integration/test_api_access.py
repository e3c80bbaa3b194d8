"""Every route over HTTP, asked by whoever may not: the foreign is answered like the missing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from feesvc.testing.asking import Things, bodies, missing, path_of, things_of
from feesvc.testing.service import PATIENCE, RunningService, new_key
from feesvc.testing.town import Town, found_town, post, told

INTERMEDIARIES = {"/v1/notifications/{account}", "/v1/notifications/{account}/inquiry"}
PUBLIC = {"/livez", "/readyz", *INTERMEDIARIES}
ANYBODY = {"/v1/me"}
"""Everybody who can say who they are is told who that is."""
CHANGES_NOTHING = {
    "/v1/quotes",
    "/v1/payments/{id}/look-up",
    "/v1/agencies/{agency}/subjects/search",
    "/v1/agencies/{agency}/file-profiles/{account}/trial",
    "/v1/merchant-accounts/{id}/notifications/{arrival}/verification",
}
Route = tuple[str, str]


@pytest.fixture
def elsewhere(service: RunningService) -> Town:
    """Another agency with a portal and officers of its own."""
    return found_town(service, "sandbox", "H26", "ELSEWHERE")


def inventory(service: RunningService) -> Mapping[Route, dict[str, Any]]:
    """Every route that says something of anybody's things."""
    document = httpx.get(f"{service.url}/openapi.json", timeout=PATIENCE).json()
    return {
        (method, template): operation
        for template, methods in document["paths"].items()
        for method, operation in methods.items()
        if template not in PUBLIC
    }


def ask(client: httpx.Client, route: Route, about: Things, **headers: str) -> httpx.Response:
    method, template = route
    body = bodies(about)[template] if method == "post" else None
    return client.request(
        method, path_of(template, about), json=body, headers={**new_key(), **headers}
    )


def said(answer: httpx.Response) -> tuple[int, Any]:
    """An answer without the path that was asked for."""
    body = answer.json()
    body.pop("instance", None)
    return answer.status_code, body


def test_the_inventory_is_whole(service: RunningService) -> None:
    posts = {template for method, template in inventory(service) if method == "post"}
    assert posts == set(bodies(missing()))


def test_who_may_not_ask_is_told_no_more_than_that(town: Town, elsewhere: Town) -> None:
    service, about = town.service, things_of(town)
    revoked = _revoked(town)
    issued = datetime.now(UTC) - timedelta(hours=3)
    claimed = service.issuer.sign("stranger", roles=["administrator"], scope="administrator")
    unknown: dict[str, httpx.Client] = {
        "no credential": service.client(),
        "wrong key": service.client(f"fsk_{town.portal_code}_guessed"),
        "key of no portal": service.client("fsk_NOBODY_guessed"),
        "revoked key": service.client(revoked),
        "expired token": service.client(service.issuer.sign("clerk.G14", at=issued)),
    }
    foreign: dict[str, httpx.Client] = {
        "portal": elsewhere.portal,
        "role in a claim only": service.client(claimed),
        **elsewhere.officers,
    }
    head = service.head()
    for route in inventory(service):
        for who, client in unknown.items():
            answer = ask(client, route, about)
            assert answer.status_code == 401, (who, route, answer.text)
            assert answer.headers["WWW-Authenticate"] == "Bearer"
        if route[1] in ANYBODY:
            continue
        for who, client in foreign.items():
            told_of_theirs = said(ask(client, route, about))
            assert told_of_theirs[0] in (403, 404), (who, route, told_of_theirs)
            assert told_of_theirs == said(ask(client, route, missing())), (who, route)
            assert told_of_theirs[1]["type"] in ("/problems/unknown", "/problems/not-allowed")
    assert service.head() == head


def _revoked(town: Town) -> str:
    keys = f"/portals/{town.portal_code}/keys"
    issued = told(post(town["administrator"], keys, {"key": "old"}), 201)
    told(post(town["administrator"], f"{keys}/old/revoke"), 200)
    return str(issued["secret"])


def test_a_portal_never_approves_and_an_auditor_only_reads(town: Town) -> None:
    service, about = town.service, things_of(town)
    head = service.head()
    for method, template in inventory(service):
        if method == "post" and template not in CHANGES_NOTHING:
            answer = ask(town["auditor"], (method, template), about)
            assert answer.status_code == 403, (template, answer.text)
        if template.endswith(("/approve", "/reject", "/withdraw", "/revoke")):
            answer = ask(town.portal, (method, template), about)
            assert answer.status_code == 403, (template, answer.text)
    assert service.head() == head


def test_a_portal_without_a_scope_is_refused(town: Town) -> None:
    about = things_of(town)
    told(post(town["administrator"], f"/portals/{town.portal_code}/scopes", {"scopes": []}), 200)
    head = town.service.head()
    own = {"/v1/me", "/v1/portals/{portal}"}
    for route in inventory(town.service):
        if route[1] not in own:
            answer = ask(town.portal, route, about)
            assert answer.status_code == 403, (route, answer.text)
    assert town.service.head() == head


def test_every_post_that_changes_something_needs_a_key(town: Town) -> None:
    service, about = town.service, things_of(town)
    with service.person("operator") as operator:
        told(post(operator, "/operators", {"issuer": service.issuer.url, "sub": "all"}), 201)
    who = {"issuer": service.issuer.url, "sub": "all", "roles": ["clerk", "finance", "approver"]}
    told(post(town["administrator"], f"/agencies/{town.agency}/officers", who), 201)
    head = service.head()
    with service.person("all") as everything:
        for (method, template), operation in inventory(service).items():
            if method != "post" or template in CHANGES_NOTHING:
                continue
            body = bodies(about)[template]
            if template.endswith("/succeed"):
                body = {**body, "successor": about.agency}
            for key, problem in ((None, "missing"), ("", "malformed"), ("k" * 256, "malformed")):
                headers = {} if key is None else {"Idempotency-Key": key}
                path = path_of(template, about)
                answer = everything.post(path, json=body, headers=headers)
                kind = f"/problems/idempotency-key-{problem}"
                assert (answer.status_code, answer.json()["type"]) == (400, kind), template
            assert "Idempotency-Key" in json.dumps(operation["parameters"])
    assert service.head() == head


def test_an_officer_that_is_revoked_may_do_no_more(town: Town) -> None:
    officer = f"/agencies/{town.agency}/officers/{town.subjects['clerk']}"
    assert told(town["clerk"].get(officer))["roles"] == ["clerk"]
    gone = {"roles": ["clerk"], "reason": "left"}
    assert told(post(town["administrator"], f"{officer}/revoke", gone), 200)["roles"] == []
    assert town["clerk"].get(officer).status_code == 404
