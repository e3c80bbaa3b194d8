"""Serving an ASGI application on a loopback port from a thread, for as long as a block lasts."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeAlias

import uvicorn
from starlette.types import ASGIApp

from feesvc import logs

START_SECONDS = 60.0
PLAIN = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For clients on loopback, where nobody speaks TLS: they need not read every authority there is."""


def reserved() -> socket.socket:
    """A listening socket on a free port, so that an address is known before who answers there."""
    return socket.create_server(("127.0.0.1", 0), backlog=512)


def address_of(listening: socket.socket) -> str:
    return f"http://127.0.0.1:{listening.getsockname()[1]}"


Fellows: TypeAlias = "list[uvicorn.Server]"
"""Servers that end together: each takes a moment to notice, and they need not take turns."""


@contextmanager
def served(
    app: ASGIApp, *listening: socket.socket, lifespan: bool = False,
    fellows: Fellows | None = None,
) -> Iterator[str]:  # fmt: skip
    """Answer there with ``app``; gives the first address. Ends what is under way before it returns.

    ``lifespan``: the application opens and closes what it needs in the server's own event loop.
    ``fellows``: it joins them, and all of them are told to end when the first one is.
    """
    config = uvicorn.Config(
        app, lifespan="on" if lifespan else "off", server_header=False,
        timeout_graceful_shutdown=10, **logs.UVICORN,
    )  # fmt: skip
    server = uvicorn.Server(config)
    together = [] if fellows is None else fellows
    together.append(server)
    thread = threading.Thread(
        target=server.run, args=(list(listening),), name="serving", daemon=True
    )
    thread.start()
    try:
        _await_start(server, thread)
        yield address_of(listening[0])
    finally:
        for each_server in together:
            each_server.should_exit = True
        thread.join()
        for each in listening:
            each.close()


def _await_start(server: uvicorn.Server, thread: threading.Thread) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise RuntimeError("the service did not start: see what it logged")
        time.sleep(0.01)
