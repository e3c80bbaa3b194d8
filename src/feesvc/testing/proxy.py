"""A loopback proxy before PostgreSQL that cuts a connection at the worst moment of a statement.

It knows the statement by its text, also once it is prepared. ``swallow`` lets the server do the
work and commit, swallows its answer and cuts; ``lose`` cuts before the server hears of it.
"""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Literal, TypeAlias

import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from feesvc.embedded import Database

Moment: TypeAlias = Literal["swallow", "lose"]
_LENGTH = struct.Struct("!i")


class CuttingProxy:
    """``url`` leads through it. ``cuts`` counts what it cut: a test asserts that it did."""

    def __init__(self, url: str) -> None:
        settings = conninfo_to_dict(url)
        self._host = str(settings["host"])
        self._port = int(str(settings.get("port") or 5432))
        self._listener = socket.create_server(("127.0.0.1", 0))
        port = self._listener.getsockname()[1]
        self.url = make_conninfo(
            url, host="127.0.0.1", port=port, sslmode="disable", gssencmode="disable"
        )
        self.cuts = 0
        self._statement = b""
        self._moment: Moment = "swallow"
        self._planned = 0
        self._after = 0
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(
        self, statement: str, moment: Moment = "swallow", times: int = 1, *, after: int = 0
    ) -> None:
        """Cut the next ``times`` statements whose text holds ``statement``, on any connection;
        the first ``after`` of them pass.
        """
        with self._lock:
            self._statement, self._moment, self._planned = statement.encode(), moment, times
            self._after = after

    def close(self) -> None:
        self._listener.close()
        for each in self._sockets:
            each.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                # Answers of several small messages would wait for each other's acknowledgement.
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                server = self._connect()
                self._sockets += [client, server]
                _Line(self, client, server).start()

    def _connect(self) -> socket.socket:
        if self._host.startswith("/"):
            server = socket.socket(socket.AF_UNIX)
            server.connect(str(Path(self._host) / f".s.PGSQL.{self._port}"))
            return server
        return socket.create_connection((self._host, self._port))

    def fated(self, texts: bytes) -> Moment | None:
        """Whether a statement with this text is to be cut now, and when."""
        with self._lock:
            if not self._planned or self._statement not in texts:
                return None
            if self._after:
                self._after -= 1
                return None
            self._planned -= 1
            return self._moment

    def count(self) -> None:
        with self._lock:
            self.cuts += 1


class _Line:
    """One connection through the proxy, message by message."""

    def __init__(self, proxy: CuttingProxy, client: socket.socket, server: socket.socket) -> None:
        self._proxy = proxy
        self._client = client
        self._server = server
        self._prepared: dict[bytes, bytes] = {}
        self._swallowing = threading.Event()

    def start(self) -> None:
        for carry in (self._requests, self._answers):
            threading.Thread(target=self._until_cut, args=(carry,), daemon=True).start()

    def _until_cut(self, carry: object) -> None:
        assert callable(carry)
        with suppress(OSError, EOFError):
            carry()
        for each in (self._client, self._server):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _requests(self) -> None:
        size = _LENGTH.unpack(_exactly(self._client, 4))[0]
        self._server.sendall(_LENGTH.pack(size) + _exactly(self._client, size - 4))
        while True:
            kind, message = _message(self._client)
            moment = self._proxy.fated(self._text(kind, message[5:]))
            if moment == "lose":
                self._proxy.count()
                return
            if moment == "swallow":
                self._swallowing.set()
            self._server.sendall(message)

    def _answers(self) -> None:
        while True:
            kind, message = _message(self._server)
            if not self._swallowing.is_set():
                self._client.sendall(message)
            elif kind in (b"Z", b"G"):  # ready for the next query, this one committed; or for COPY
                self._proxy.count()
                return

    def _text(self, kind: bytes, body: bytes) -> bytes:
        """The text of the statement that a request runs; empty if it runs none."""
        if kind == b"P":
            name, text, _ = body.split(b"\0", 2)
            self._prepared[name] = text
        elif kind == b"B":
            _, name, _ = body.split(b"\0", 2)
            return self._prepared.get(name, b"")
        elif kind == b"Q":
            return body
        return b""


def _message(source: socket.socket) -> tuple[bytes, bytes]:
    head = _exactly(source, 5)
    return head[:1], head + _exactly(source, _LENGTH.unpack(head[1:])[0] - 4)


def _exactly(source: socket.socket, count: int) -> bytes:
    parts = []
    while count:
        part = source.recv(min(count, 1 << 16))
        if not part:
            raise EOFError
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


@pytest.fixture
def cutting_proxy(database: Database) -> Iterator[CuttingProxy]:
    """A proxy before a fresh database, for the service's role."""
    proxy = CuttingProxy(database.url)
    yield proxy
    proxy.close()
