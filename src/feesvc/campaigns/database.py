"""The database of a campaign: an embedded, durable server that can be killed and started again."""

from __future__ import annotations

import os
import shutil
import signal
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Self

import psycopg

from feesvc.embedded import Database, EmbeddedError, Server, running

RESTART_SECONDS = 60.0


class Durable:
    """Started and ended from the main thread, on a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._server: Server = self._stack.enter_context(running(self._folder))
        return self

    def __exit__(self, *how: object) -> None:
        self._stack.close()
        shutil.rmtree((self._folder / "socket").resolve(), ignore_errors=True)

    def create(self, name: str) -> Database:
        return self._server.create(name)

    def kill(self) -> None:
        """SIGKILL to the server: its children find out and end, with nothing flushed or closed."""
        pid = int((self._folder / "cluster" / "postmaster.pid").read_text().split("\n")[0])
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)  # unburied, it would hold its locks against the next one

    def start(self) -> None:
        """Start it on the data that it left, as soon as its last child is gone."""
        deadline = time.monotonic() + RESTART_SECONDS
        while True:
            try:
                self._server = self._stack.enter_context(running(self._folder))
            except (EmbeddedError, psycopg.OperationalError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)
            else:
                return
