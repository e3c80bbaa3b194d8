"""Runs coroutines and ASGI applications to their end at once, on the thread that asks.

For permutations and simulations: nothing waits, so that ten thousand payments take no time at all,
and nothing runs beside anything else, so that the same seed tells the same story.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Generator, Iterable, MutableMapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx
from starlette.types import ASGIApp

T = TypeVar("T")


class WouldWait(Exception):
    """What was run waits for something that never comes here."""


class Held:
    """Something to ``await`` that hands the coroutine back to whoever runs it (``Running``)."""

    def __await__(self) -> Generator[Held, None, None]:
        yield self


@dataclass(slots=True)
class Running:
    """A coroutine that stopped at a ``Held`` and goes on when it is told to."""

    coroutine: Coroutine[Any, Any, Any]
    ended: bool = False
    result: Any = None

    def go_on(self) -> bool:
        """Run to the next ``Held``, or to the end: then True. Raises what it raises."""
        while not self.ended:
            try:
                waits_for = self.coroutine.send(None)
            except StopIteration as stop:
                self.ended, self.result = True, stop.value
                break
            if isinstance(waits_for, Held):
                return False
            _sleep_no_time(waits_for)
        return True


def at_once(coroutine: Coroutine[Any, Any, T]) -> T:
    """Its result, or what it raises. Sleeping takes no time; a ``Held`` never comes: WouldWait."""
    running = Running(coroutine)
    if not running.go_on():
        coroutine.close()
        raise WouldWait
    result: T = running.result
    return result


def _sleep_no_time(waits_for: object) -> None:
    """``asyncio.sleep(0)`` yields None, a longer one a future that a timer would end."""
    if isinstance(waits_for, asyncio.Future) and not waits_for.done():
        waits_for.set_result(None)


@dataclass(frozen=True, slots=True)
class Answer:
    """What an application answered: the status, headers as bytes, the body."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


@dataclass(slots=True)
class Asked:
    """One raw ASGI request: header names in lower case, the body in chunks.

    ``cut``: the client is gone after the last chunk, before the body was whole.
    """

    method: str
    path: str
    query: bytes = b""
    headers: Iterable[tuple[bytes, bytes]] = ()
    chunks: Iterable[bytes] = (b"",)
    cut: bool = False
    client: str = "203.0.113.80"
    host: str = "fees.test"
    messages: list[MutableMapping[str, Any]] = field(default_factory=list)

    def scope(self) -> dict[str, Any]:
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": self.method,
            "headers": list(self.headers),
            "scheme": "https",
            "path": self.path,
            "raw_path": self.path.encode(),
            "query_string": self.query,
            "root_path": "",
            "server": (self.host, 443),
            "client": (self.client, 50_000),
        }

    async def of(self, app: ASGIApp) -> Answer | None:
        """What ``app`` answers; None where it gave up, as with a client that has gone."""
        chunks = list(self.chunks)
        chunks = chunks or [b""]
        coming = iter(range(len(chunks)))

        async def receive() -> MutableMapping[str, Any]:
            at = next(coming, None)
            if at is None:
                if self.cut:
                    return {"type": "http.disconnect"}
                await Held()
            assert at is not None
            more = at < len(chunks) - 1 or self.cut
            return {"type": "http.request", "body": chunks[at], "more_body": more}

        async def send(message: MutableMapping[str, Any]) -> None:
            self.messages.append(message)

        await app(self.scope(), receive, send)
        return self._answer()

    def _answer(self) -> Answer | None:
        starts = [m for m in self.messages if m["type"] == "http.response.start"]
        if not starts:
            return None
        bodies = [m.get("body", b"") for m in self.messages if m["type"] == "http.response.body"]
        headers = tuple((bytes(name), bytes(value)) for name, value in starts[0]["headers"])
        return Answer(starts[0]["status"], headers, b"".join(bodies))


Watch = Callable[[httpx.Request, str], None]
"""Told of each request ``before`` it arrives and ``after`` it was answered; may raise instead."""


class HereTransport(httpx.BaseTransport):
    """Answers a synchronous client from applications by host, on the client's own thread.

    An application that waits for anything but the body is one that hangs: ``httpx.ReadTimeout``.
    A host that nobody serves is ``httpx.ConnectError``.
    """

    def __init__(self, apps: MutableMapping[str, ASGIApp], watch: Watch | None = None) -> None:
        self.apps = apps
        self._watch = watch or (lambda request, when: None)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        app = self.apps.get(request.url.host)
        if app is None:
            raise httpx.ConnectError("nobody is there", request=request)
        self._watch(request, "before")
        _, _, query = request.url.raw_path.partition(b"?")
        asked = Asked(
            request.method,
            request.url.path,
            query,
            [(name.lower(), value) for name, value in request.headers.raw],
            [request.read()],
            host=request.url.host,
        )
        answer = _hangs_or(asked.of(app))
        if answer is None:
            raise httpx.ReadTimeout("no answer", request=request)
        self._watch(request, "after")
        return httpx.Response(
            answer.status, headers=list(answer.headers), content=answer.body, request=request
        )


def _hangs_or(coroutine: Coroutine[Any, Any, Answer | None]) -> Answer | None:
    """The answer, unless it waits for a timer or for somebody else: then None."""
    try:
        while True:
            if coroutine.send(None) is not None:
                coroutine.close()
                return None
    except StopIteration as stop:
        answer: Answer | None = stop.value
        return answer
