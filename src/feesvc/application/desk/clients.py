"""HTTP clients of adapters: whatever an adapter does with one, a call's time and size are bounded.

An adapter knows of no timeouts. The thread that runs its call says how long it has, and every
request made in that thread is held to what is left of it.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache

import httpx

from feesvc.application.desk.operations import CONNECT_SECONDS, USUAL, Operation


@dataclass(frozen=True, slots=True)
class _Allowance:
    """What one call may take; ``until`` on the monotonic clock."""

    until: float
    seconds: float
    largest: int


_allowed: ContextVar[_Allowance | None] = ContextVar("allowed", default=None)


@contextmanager
def allowed(operation: Operation, until: float) -> Iterator[None]:
    """Hold every request of this thread to ``operation``'s seconds and bytes, and to ``until``."""
    seconds = operation.seconds or (USUAL.seconds or 0.0)
    token = _allowed.set(_Allowance(until, seconds, operation.largest))
    try:
        yield
    finally:
        _allowed.reset(token)


def new_client(intermediary: str) -> httpx.Client:
    """A client for one merchant account. Follows no redirects.

    Connections are not limited here: threads are, per operation, so that calls which hang keep no
    connection from those of another operation.
    """
    return httpx.Client(
        timeout=httpx.Timeout(USUAL.seconds, connect=CONNECT_SECONDS),
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=20),
        follow_redirects=False,
        verify=_trusted(),
        event_hooks={"request": [_hold_to_time], "response": [_hold_to_size]},
    )


@cache
def _trusted() -> ssl.SSLContext:
    """The authorities that every client trusts, read once: it takes longer than most calls."""
    return httpx.create_ssl_context()


def _hold_to_time(request: httpx.Request) -> None:
    allowance = _allowed.get()
    if allowance is None:
        return
    left = allowance.until - time.monotonic()
    if left <= 0:
        raise httpx.ConnectTimeout("the call's time is over", request=request)
    each = min(allowance.seconds, left)
    request.extensions["timeout"] = {
        "connect": min(CONNECT_SECONDS, left), "read": each, "write": each, "pool": each,
    }  # fmt: skip


def _hold_to_size(response: httpx.Response) -> None:
    allowance = _allowed.get()
    if allowance is not None and isinstance(response.stream, httpx.SyncByteStream):
        response.stream = _Held(response.stream, allowance, response.request)


class _Held(httpx.SyncByteStream):
    """An answer's bytes, until they are too many or come too slowly."""

    def __init__(
        self, stream: httpx.SyncByteStream, allowance: _Allowance, request: httpx.Request
    ) -> None:
        self._stream = stream
        self._allowance = allowance
        self._request = request

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for part in self._stream:
            size += len(part)
            if size > self._allowance.largest:
                raise httpx.ReadError("the answer is too long", request=self._request)
            if time.monotonic() > self._allowance.until:
                raise httpx.ReadTimeout("the answer came too slowly", request=self._request)
            yield part

    def close(self) -> None:
        self._stream.close()
