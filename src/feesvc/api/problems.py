"""Problems: every error as RFC 9457 ``application/problem+json``, mapped in one place."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import psycopg
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from feesvc.api.tokens import BadToken, IssuerUnavailable
from feesvc.application import manual_matches
from feesvc.application.assessments import MoneyTied, NoticeTaken
from feesvc.application.bank_credits import BankLineContradicted
from feesvc.application.bank_debits import DebitContradicts
from feesvc.application.bank_orders import LineContradicts
from feesvc.application.cancelling import NotCancellable
from feesvc.application.custody import MoreThanMayMove, Shortfall
from feesvc.application.house import Busy, KeyReused, Unknown
from feesvc.application.matches import NoLongerOpen, NotThatFar
from feesvc.application.payments import InFlight
from feesvc.application.registries import AlreadyRegistered
from feesvc.application.remitting import ShareMoved
from feesvc.domain.aggregate import Refusal
from feesvc.domain.assessment import NotOpen
from feesvc.domain.bank_order import NotThere
from feesvc.domain.buckets import MoreThanIsLeft
from feesvc.domain.finding import CaseClosed, CaseNotThere, SecondPersonNeeded
from feesvc.domain.reclassification import ItemMoved
from feesvc.domain.refund import SamePerson, WrongState
from feesvc.intermediary import Refused, Unavailable
from feesvc.people import PeopleUnavailable
from feesvc.projecting import BadQuery
from feesvc.reconciling.matching.runs import ProjectionBehind, RunUnderWay
from feesvc.secrets import Misconfigured
from feesvc.store import StoreUnavailable, Unstorable

MEDIA_TYPE = "application/problem+json"
log = structlog.get_logger(__name__)
RETRY_SECONDS = 2

STATUS: Mapping[type[Refusal], int] = {
    BadToken: 401,
    SamePerson: 403,
    SecondPersonNeeded: 403,
    Unknown: 404,
    AlreadyRegistered: 409,
    BankLineContradicted: 409,
    DebitContradicts: 409,
    CaseClosed: 409,
    CaseNotThere: 409,
    NotCancellable: 409,
    NotThere: 409,
    ShareMoved: 409,
    Shortfall: 409,
    NoticeTaken: 409,
    NotThatFar: 409,
    NotOpen: 409,
    NoLongerOpen: 409,
    RunUnderWay: 409,
    ProjectionBehind: 409,
    manual_matches.NotOpen: 409,
    ItemMoved: 409,
    LineContradicts: 409,
    MoreThanIsLeft: 409,
    MoreThanMayMove: 409,
    MoneyTied: 409,
    WrongState: 409,
}
"""A refusal that is not named here is a 422: the request does not fit what is on record."""

HTTP_TITLES = {
    400: "unreadable-body",
    404: "not-found",
    405: "method-not-allowed",
    413: "body-too-large",
    415: "unsupported-media-type",
}

_SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "description": "What programs look at; it does not change."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "errors": {
            "type": "array",
            "description": "Where a request is not well-formed, and why.",
            "items": {
                "type": "object",
                "properties": {"at": {"type": "string"}, "why": {"type": "string"}},
            },
        },
    },
}
RESPONSES: dict[int | str, dict[str, Any]] = {
    kind: {"description": said, "content": {MEDIA_TYPE: {"schema": _SCHEMA}}}
    for kind, said in (
        ("4XX", "Nothing was changed; the problem says why"),
        ("5XX", "No answer can be given now; a request that changes something may be repeated"),
    )
}
"""What every route may answer besides, for the OpenAPI document."""


class Problem(Exception):
    """What went wrong, in terms that do not change: ``type`` is what programs look at."""

    def __init__(
        self, status: int, type: str, title: str, detail: str = "", retry_after: int = 0,
        more: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(type)
        self.status = status
        self.type = type
        self.title = title
        self.detail = detail
        self.retry_after = retry_after
        self.more = more or {}

    def body(self, instance: str = "") -> bytes:
        said: dict[str, Any] = {
            "type": f"/problems/{self.type}",
            "title": self.title,
            "status": self.status,
        }
        if self.detail:
            said["detail"] = self.detail
        if instance:
            said["instance"] = instance
        return json.dumps({**said, **self.more}, ensure_ascii=False).encode()


def install(app: FastAPI) -> None:
    """Answer every exception that a route lets out as a problem."""
    kinds: list[type[Exception]] = [
        Problem, Refusal, Busy, KeyReused, InFlight, Unavailable, Refused, StoreUnavailable,
        Unstorable, PeopleUnavailable, IssuerUnavailable, BadQuery, Misconfigured,
        psycopg.OperationalError, RequestValidationError, HTTPException, ClientDisconnect,
    ]  # fmt: skip
    for kind in kinds:
        app.add_exception_handler(kind, _answer)


async def _answer(request: Request, error: Exception) -> Response:
    problem = problem_of(error)
    headers = {"Retry-After": str(problem.retry_after)} if problem.retry_after else {}
    if problem.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, HTTPException) and error.headers:
        headers.update(error.headers)
    body = problem.body(request.url.path if problem.status != 404 else "")
    return Response(body, problem.status, headers, MEDIA_TYPE)


def problem_of(error: Exception) -> Problem:
    """The problem that an exception is. Anything unknown has no detail: it may hold anything."""
    match error:
        case Problem():
            return error
        case NoticeTaken():
            return _refusal(error, more={"url": f"/v1/assessments/{error.assessment}"})
        case Refusal():
            return _refusal(error)
        case RequestValidationError():
            return _validation(error)
        case HTTPException():
            kind = HTTP_TITLES.get(error.status_code, f"http-{error.status_code}")
            return Problem(error.status_code, kind, kind.replace("-", " ").capitalize())
        case _:
            return _of_request(error) or _unavailable(error)


def _of_request(error: Exception) -> Problem | None:
    """What the caller can mend, by another request or by asking again."""
    said: tuple[int, str, str, str, int] | None = None
    match error:
        case KeyReused():
            title = "The Idempotency-Key came with another request"
            said = (422, "idempotency-key-reused", title, "", 0)
        case InFlight():
            title = "The first request with this key is still at work"
            said = (409, "in-flight", title, "", error.seconds)
        case ClientDisconnect():
            # Nobody hears this: it is for the log, where it is no failure of ours.
            title = "The client went away before its request was whole"
            said = (400, "unreadable-body", title, "", 0)
        case Busy():
            said = (409, "busy", "Others were first; ask again", "", 1)
        case BadQuery():
            said = (422, "bad-query", "The query cannot be answered", str(error), 0)
        case Refused():
            said = (422, "refused-by-intermediary", "The intermediary refused that", "", 0)
        case Unstorable():
            said = (422, "unstorable", "A text holds what cannot be kept", str(error), 0)
        case _:
            pass
    return Problem(*said) if said else None


def _unavailable(error: Exception) -> Problem:
    match error:
        case Unavailable():
            kind, title = "intermediary-unavailable", "The intermediary gave no answer; ask again"
        case IssuerUnavailable():
            kind, title = "issuer-unavailable", "The sign-in service gave no answer; ask again"
        case StoreUnavailable() | PeopleUnavailable() | psycopg.OperationalError():
            kind, title = "database-unavailable", "The database gave no answer; ask again"
        case Misconfigured():
            # What is missing is for whoever runs the service, and names places on its machine.
            log.error("request.misconfigured", error=str(error))
            kind, title = "not-set-up", "A merchant account's keys are not there; ask again later"
        case _:
            return Problem(500, "internal", "Something is wrong with the service")
    return Problem(503, kind, title, retry_after=RETRY_SECONDS)


def _refusal(error: Refusal, more: Mapping[str, Any] | None = None) -> Problem:
    kind = type(error)
    status = next((STATUS[base] for base in kind.__mro__ if base in STATUS), 422)
    title = (kind.__doc__ or "").strip().splitlines()[0].rstrip(".")
    return Problem(status, kebab(kind.__name__), title, str(error), more=more or {})


def _validation(error: RequestValidationError) -> Problem:
    """Where each field is wrong and why, never what it held: it may be personal."""
    errors = [
        {"at": ".".join(str(part) for part in one["loc"]), "why": one["msg"]}
        for one in error.errors()[:50]
    ]
    return Problem(
        422, "invalid-request", "The request is not well-formed", more={"errors": errors}
    )


def kebab(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


class TooLargeAsProblem:
    """Says 413 as a problem too where the framework answers in plain words, below our handlers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused = False

        async def said(message: Message) -> None:
            nonlocal refused
            if message["type"] == "http.response.start" and message["status"] == 413:
                kind = dict(message.get("headers", ())).get(b"content-type", b"")
                refused = kind != MEDIA_TYPE.encode()
            if not refused:
                await send(message)

        await self.app(scope, receive, said)
        if refused:
            body = Problem(413, HTTP_TITLES[413], "The body is larger than this takes").body()
            response = Response(body, 413, media_type=MEDIA_TYPE)
            await response(scope, receive, send)
