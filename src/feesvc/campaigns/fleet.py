"""The processes of a service on this machine: started, killed without warning, started again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Literal, Self, TypeAlias
from urllib.parse import urlsplit

import httpx
from pydantic import SecretStr

from feesvc.settings import PREFIX, Settings
from feesvc.testing.serving import PLAIN

Victim: TypeAlias = Literal["api", "api worker", "worker", "database"]
START_SECONDS = 150.0
"""A busy machine is not a broken one."""
API_WORKERS = 2


class Fleet:
    """``feesvc serve`` with two workers and ``feesvc work``, at the address of ``settings``."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self._url = settings.public_url
        self._environment = environment(settings)
        self._log = (folder / "log").open("ab")
        self._running: dict[Victim, subprocess.Popen[bytes]] = {}
        self.ended: list[str] = []

    def __enter__(self) -> Self:
        self.start("api")
        self.start("worker")
        try:
            self.await_ready()
        except TimeoutError:
            self.__exit__()
            raise
        return self

    def __exit__(self, *how: object) -> None:
        for victim in list(self._running):
            self.kill(victim)
        self._log.close()

    def start(self, victim: Victim) -> None:
        address = urlsplit(self._url)
        command = [str(Path(sys.executable).with_name("feesvc"))]
        if victim == "api":
            command += ["serve", "--host", str(address.hostname), "--port", str(address.port)]
            command += ["--workers", str(API_WORKERS)]
        else:
            command += ["work"]
        self._running[victim] = subprocess.Popen(
            command, env=self._environment, stdin=subprocess.DEVNULL, stdout=self._log,
            stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip

    def kill(self, victim: Victim) -> None:
        """SIGKILL, and to its children too; of the API's workers only to the first."""
        if victim == "api worker":
            children = _children(self._running["api"].pid)
            for pid in children[:1]:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            return
        process = self._running.pop(victim)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def await_ready(self) -> None:
        """Until the API answers. Raises ``TimeoutError``."""
        deadline = time.monotonic() + START_SECONDS
        with httpx.Client(timeout=2, verify=PLAIN) as client:
            while time.monotonic() < deadline:
                self.mend()
                with suppress(httpx.TransportError):
                    if client.get(f"{self._url}/livez").is_success:
                        return
                time.sleep(0.05)
        raise TimeoutError("the API did not start: see its log")

    def mend(self) -> None:
        """Start again what ended by itself, as whoever runs a service has it done for them.

        ``ended`` lists what that was: a process that starts while the database is away says so
        and ends, any other has no reason to.
        """
        for victim, process in list(self._running.items()):
            if (code := process.poll()) is not None:
                self.ended.append(f"{victim} ended by itself, with exit code {code}")
                self.start(victim)


def environment(settings: Settings) -> Mapping[str, str]:
    """The variables by which a process of its own is told these settings."""
    told = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    for name, value in settings:
        if value is not None:
            told[f"{PREFIX}{name}".upper()] = _as_text(value)
    return told


def _as_text(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, tuple):
        return json.dumps([each.model_dump(mode="json", exclude_none=True) for each in value])
    return str(value)


def _children(parent: int) -> list[int]:
    """Processes that serve for ``parent``; not those that look after what it shares with them."""
    listed = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [pid for pid in map(int, listed) if b"spawn_main" in _command_line(pid)]


def _command_line(pid: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""
