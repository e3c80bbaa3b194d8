"""Telling: turning what is on record into the bytes of an answer."""

from __future__ import annotations

from datetime import date
from hashlib import sha256

from fastapi import Request, Response
from pydantic import BaseModel

from feesvc.domain.aggregate import Aggregate
from feesvc.store import Answer


def made(view: BaseModel, location: str, status: int = 201) -> Answer:
    """The answer to a request that made or changed something."""
    return Answer(status, view.model_dump_json().encode(), location)


def shown(request: Request, view: BaseModel, aggregate: Aggregate | None = None) -> Response:
    """The answer to a question, with its ETag; 304 when the caller has it already."""
    body = view.model_dump_json().encode()
    tag = f'"v{aggregate.version}"' if aggregate else f'"{sha256(body).hexdigest()[:32]}"'
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers={"ETag": tag})
    return Response(body, 200, {"ETag": tag}, "application/json")


def day_of(text: str) -> date:
    return date.fromisoformat(text)
