"""Idempotency: one request has one effect, and a repeat is told the same, byte for byte."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Any, TypeVar

from fastapi import Request, Response
from pydantic import BaseModel

from feesvc.api.callers import Caller
from feesvc.api.problems import MEDIA_TYPE, Problem
from feesvc.application.house import Act, Done
from feesvc.application.payments import InFlight
from feesvc.store import Answer

T = TypeVar("T")

LONGEST_KEY = 255
MISSING = Problem(
    400, "idempotency-key-missing", "Every request that changes something needs an Idempotency-Key"
)
MALFORMED = Problem(
    400, "idempotency-key-malformed", "An Idempotency-Key is 1 to 255 printable ASCII characters"
)


def act_of(request: Request, caller: Caller, body: BaseModel | None, document: bytes = b"") -> Act:
    """The command of this request: its id follows from caller, route and key, never the credential.

    The fingerprint is a keyed hash of what was asked, since a body may hold personal details.
    """
    key = request.headers.get("idempotency-key")
    if key is None:
        raise MISSING
    if not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        raise MALFORMED
    route = request.scope["route"].path_format
    house = caller.house
    asked: dict[str, Any] = {"path": request.path_params}
    if body is not None:
        asked["body"] = body.model_dump(mode="json")
    if document:
        asked["document"] = sha256(document).hexdigest()
    canonical = json.dumps(asked, sort_keys=True, ensure_ascii=False, default=str)
    return house.act(
        house.store.ids.command(caller.principal, request.method, route, key),
        caller.principal,
        fingerprints=house.people.blind(canonical.encode()),
    )


async def respond(
    caller: Caller,
    done: Done[T],
    answer: Callable[[T], Answer],
    again: Callable[[], Awaitable[Answer]] | None = None,
) -> Response:
    """The answer to a request: computed the first time, replayed after.

    Once its bytes were purged (72 h) the resource is rendered by ``again``.
    """
    if done.result is not None:
        said, replayed = answer(done.result), False
    elif done.appended.answer is not None:
        said, replayed = done.appended.answer, True
    elif done.appended.answered and again is not None:
        said, replayed = await again(), True
    else:
        raise InFlight(1)
    headers = {"Feesvc-Position": f"{caller.house.store.log}-{done.appended.last}"}
    if said.location:
        headers["Location"] = said.location
    if replayed:
        headers["Idempotent-Replayed"] = "true"
    media_type = MEDIA_TYPE if said.status >= 400 else "application/json"
    return Response(said.body, said.status, headers, media_type)
