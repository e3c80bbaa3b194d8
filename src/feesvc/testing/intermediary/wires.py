"""A wire between an adapter and its counterpart that tests can cut, jam or alter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

import httpx

Spoil: TypeAlias = Callable[[httpx.Request, httpx.BaseTransport], httpx.Response]
"""What happens to a request instead of being answered; it may still pass it on."""


class Wire(httpx.BaseTransport):
    """Passes requests on, counts them, and spoils them while told to."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self.inner = inner
        self.requests: list[httpx.Request] = []
        self._spoil: Spoil | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if self._spoil is not None:
            return self._spoil(request, self.inner)
        return self.inner.handle_request(request)

    def close(self) -> None:
        self.inner.close()

    @contextmanager
    def spoiled(self, spoil: Spoil) -> Iterator[None]:
        self._spoil = spoil
        try:
            yield
        finally:
            self._spoil = None


def raising(error: type[httpx.TransportError], *, arrives: bool) -> Spoil:
    """The connection breaks, after the request took effect (``arrives``) or before."""

    def spoil(request: httpx.Request, inner: httpx.BaseTransport) -> httpx.Response:
        if arrives:
            inner.handle_request(request)
        raise error("broken by the test", request=request)

    return spoil


def answering(status: int, body: bytes, media_type: str = "application/json") -> Spoil:
    """Something in between answers in the intermediary's place."""

    def spoil(request: httpx.Request, inner: httpx.BaseTransport) -> httpx.Response:
        headers = {"content-type": media_type}
        return httpx.Response(status, content=body, headers=headers, request=request)

    return spoil


def altering(alter: Callable[[bytes], bytes]) -> Spoil:
    """The intermediary's own answer, changed on its way."""

    def spoil(request: httpx.Request, inner: httpx.BaseTransport) -> httpx.Response:
        answer = inner.handle_request(request)
        body = alter(answer.read())
        headers = {"content-type": answer.headers.get("content-type", "")}
        return httpx.Response(answer.status_code, content=body, headers=headers, request=request)

    return spoil


HTML = b"<html><body>Bad gateway</body></html>"

TROUBLES: dict[str, Spoil] = {
    "hangs before it arrives": raising(httpx.ReadTimeout, arrives=False),
    "hangs after it took effect": raising(httpx.ReadTimeout, arrives=True),
    "refuses the connection": raising(httpx.ConnectError, arrives=False),
    "cuts the connection": raising(httpx.RemoteProtocolError, arrives=True),
    "500": answering(500, b'{"error":"internal"}'),
    "502 page": answering(502, HTML, "text/html"),
    "503": answering(503, b""),
    "429": answering(429, b'{"error":"slow down"}'),
    "unheard-of status": answering(599, b""),
    "redirect": answering(302, b""),
    "200 page": answering(200, HTML, "text/html"),
    "empty": answering(200, b""),
    "cut short": altering(lambda body: body[: len(body) // 2]),
    "not UTF-8": answering(200, b"\xff\xfe\x00{"),
    "null": answering(200, b"null"),
    "list": answering(200, b"[]"),
    "empty object": answering(200, b"{}"),
    "number": answering(200, b"1e400"),
    "deep": answering(200, b"[" * 100_000),
}
