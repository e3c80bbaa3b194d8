"""An embedded PostgreSQL for demo, tests and benchmarks, which lives no longer than its starter.

The server is started from the main thread of the calling process and dies with it, however that
one ends: the kernel sends it a fast shutdown (``PR_SET_PDEATHSIG``). That signal is tied to the
*thread* that started it, hence the main one. Later callers with the same directory attach to the
running server; they lose it when its starter stops. Linux only.

Nothing listens on TCP. Whoever may enter the 0700 directory may connect as any role: the ordinary
user who started it, or root, for whom the server runs as ``nobody``.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from feesvc.embedded.cluster import Cluster, EmbeddedError
from feesvc.embedded.server import Database, Server

__all__ = ["Database", "EmbeddedError", "Server", "discard", "running"]


@contextmanager
def running(directory: Path, *, durable: bool = True) -> Iterator[Server]:
    """A server on the data of ``directory``, made when missing, with the database ``feesvc`` in it.

    ``durable=False`` gives up fsync and full pages for speed; what it wrote is for tests only and
    is refused by a durable start. Raises ``EmbeddedError`` and says what to do instead.
    """
    if not sys.platform.startswith("linux"):
        raise EmbeddedError(
            "The embedded PostgreSQL runs on Linux only: elsewhere nothing would end it with its "
            "starter. Set FEESVC_DATABASE_URL and FEESVC_OWNER_URL to a PostgreSQL 15 to 18."
        )
    if threading.current_thread() is not threading.main_thread():
        raise EmbeddedError(
            "Start the embedded PostgreSQL from the main thread: it dies with its starting thread."
        )
    cluster = Cluster.at(directory)
    try:
        with _alone(cluster.directory):
            server = Server(cluster.reachable_at() or cluster.start(durable))
            if durable:
                server.require_durable()
            server.prepare()
        yield server
    finally:
        cluster.stop()


def discard(directory: Path) -> None:
    """Remove the directory of a stopped server, and its socket folder elsewhere."""
    shutil.rmtree((directory / "socket").resolve(), ignore_errors=True)
    shutil.rmtree(directory, ignore_errors=True)


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """Only one process at a time decides whether to start or to attach."""
    lock = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
