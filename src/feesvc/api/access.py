"""One log line and one count per request, around all else; in place of uvicorn's access log."""

from __future__ import annotations

import re
import time
from typing import Any
from uuid import uuid4

import structlog
from fastapi.routing import iter_route_contexts
from starlette.applications import Starlette
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from feesvc import metrics

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_GONE_AWAY = 499
_QUIET = frozenset({"/livez", "/readyz", "/metrics"})
"""Asked every few seconds by machines: counted, and logged only when they fail."""

log = structlog.get_logger(__name__)


class Access:
    """The outermost application. Every answer carries ``Request-Id``, every log line the same."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._templates = Templates()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = uuid4().hex
        status, begun = 0, time.perf_counter()

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = [*message.get("headers", ()), (b"request-id", request_id.encode())]
                message = {**message, "headers": headers}
            await send(message)

        failure: Exception | None = None
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, receive, answer)
            except Exception as error:
                failure = error
                if not status:
                    raise
            finally:
                status = status or (500 if failure else _GONE_AWAY)
                route = self._templates.of(scope)
                _tell(route, scope["method"], status, time.perf_counter() - begun, failure)


def _tell(route: str, method: str, status: int, seconds: float, failure: Exception | None) -> None:
    method = method if method in _METHODS else "OTHER"
    metrics.requests.labels(route, method, str(status)).inc()
    metrics.request_seconds.labels(route, method).observe(seconds)
    said: dict[str, Any] = {
        "route": route,
        "method": method,
        "status": status,
        "duration_ms": round(seconds * 1000, 1),
    }
    if failure is not None:
        log.error("request.failed", exc_info=failure, **said)
    elif route not in _QUIET or status >= 400:
        log.info("request.answered", **said)


class Templates:
    """Finds a route's template, with its routers' prefixes. A path itself would hold ids."""

    def __init__(self) -> None:
        self._known: dict[object, list[tuple[re.Pattern[str], str]]] = {}

    def of(self, scope: Scope) -> str:
        endpoint = scope.get("endpoint")
        if endpoint is None:
            return "unmatched"
        if endpoint not in self._known:
            self._learn(scope["app"], endpoint)
        for pattern, template in self._known[endpoint]:
            if pattern.match(scope["path"]):
                return template
        return "unmatched"

    def _learn(self, app: Starlette, endpoint: object) -> None:
        """A function may serve several routes; one that serves none is known not to."""
        self._known.setdefault(endpoint, [])
        for route in iter_route_contexts(app.routes):
            if route.endpoint is endpoint and route.path_format:
                self._known[endpoint].append((route.path_regex, route.path_format))
