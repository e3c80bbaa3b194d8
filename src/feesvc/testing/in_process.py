"""A transport that lets a synchronous httpx.Client talk to an ASGI application without a socket."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from collections.abc import MutableMapping
from typing import Any

import httpx
from starlette.types import ASGIApp

LONGEST_WAIT = 5.0
"""Seconds to wait for an answer when the request itself sets no read timeout."""


class InProcessTransport(httpx.BaseTransport):
    """Runs each request on one background event loop; safe to use from many threads.

    The application sees the bytes of path, query, headers and body exactly as they were sent. A
    request that is not answered within its read timeout raises ``httpx.ReadTimeout``, and the
    application learns that the client has gone, as it would from a socket.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._starting = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer ``request``; raises ``httpx.ReadTimeout`` and ``httpx.RemoteProtocolError``."""
        body = request.read()
        patience = request.extensions.get("timeout", {}).get("read") or LONGEST_WAIT
        answer = asyncio.run_coroutine_threadsafe(self._run(request, body), self._running_loop())
        try:
            status, headers, content = answer.result(patience)
        except concurrent.futures.TimeoutError:
            answer.cancel()
            raise httpx.ReadTimeout("no answer in time", request=request) from None
        return httpx.Response(status, headers=headers, content=content, request=request)

    def close(self) -> None:
        """Stop the background loop. A later request starts a new one."""
        with self._starting:
            if self._loop is not None:
                self._loop.call_soon_threadsafe(self._loop.stop)
                self._loop = None

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        with self._starting:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                name = "in-process-transport"
                threading.Thread(target=_serve, args=(self._loop,), name=name, daemon=True).start()
            return self._loop

    async def _run(
        self, request: httpx.Request, body: bytes
    ) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        told = False
        status = 0
        headers: list[tuple[bytes, bytes]] = []
        content = bytearray()

        async def receive() -> MutableMapping[str, Any]:
            nonlocal told
            if told:
                await asyncio.Event().wait()  # the client stays until it is cancelled
            told = True
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: MutableMapping[str, Any]) -> None:
            nonlocal status, headers
            if message["type"] == "http.response.start":
                status, headers = message["status"], list(message.get("headers", ()))
            elif message["type"] == "http.response.body":
                content.extend(message.get("body", b""))

        await self._app(_scope(request), receive, send)
        if not status:
            raise httpx.RemoteProtocolError("closed without an answer", request=request)
        return status, headers, bytes(content)


def _serve(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
    finally:
        loop.close()


def _scope(request: httpx.Request) -> dict[str, Any]:
    path, _, query = request.url.raw_path.partition(b"?")
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "scheme": request.url.scheme,
        "path": request.url.path,
        "raw_path": path,
        "query_string": query,
        "root_path": "",
        "server": (request.url.host, request.url.port or 80),
        "client": ("127.0.0.1", 0),
    }
