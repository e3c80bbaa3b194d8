"""Serving: an application in server processes of its own, as ``feesvc serve`` runs them."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

import httpx
import uvicorn

from feesvc import logs
from feesvc.benching import load
from feesvc.testing.serving import PLAIN, reserved

START_SECONDS = 120.0
OURS = "feesvc.api.serving:app"
STOCK = "feesvc.benching.apps:stock"
ECHO = "feesvc.benching.apps:echo"
STAND_IN = "feesvc.benching.apps:counterpart"


@dataclass(frozen=True, slots=True)
class Sent:
    """What a load came to. ``each`` holds the seconds of every answer."""

    seconds: float
    statuses: Mapping[str, int]
    each: Sequence[float]

    @property
    def rate(self) -> float:
        return len(self.each) / self.seconds


@dataclass(frozen=True, slots=True)
class Served:
    """A server on loopback."""

    port: int

    def send(self, requests: Sequence[str], in_flight: int, pause: float = 0) -> Sent:
        """Send raw requests from a process of its own.

        ``pause``: seconds that each connection rests after an answer.
        """
        answered = subprocess.run(
            [sys.executable, "-P", load.__file__], input=self._plan(requests, in_flight, pause),
            stdout=subprocess.PIPE, check=True,
        )  # fmt: skip
        return Sent(**json.loads(answered.stdout))

    @contextmanager
    def sending(self, requests: Sequence[str], in_flight: int, pause: float) -> Iterator[None]:
        """Send them meanwhile, each connection with pauses; at the end whatever is left is not."""
        process = subprocess.Popen(
            [sys.executable, "-P", load.__file__], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
        )
        try:
            assert process.stdin is not None
            process.stdin.write(self._plan(requests, in_flight, pause))
            process.stdin.close()
            yield
        finally:
            process.kill()
            process.wait()

    def _plan(self, requests: Sequence[str], in_flight: int, pause: float) -> bytes:
        plan = {
            "host": "127.0.0.1", "port": self.port, "in_flight": in_flight, "requests": requests,
            "pause": pause,
        }  # fmt: skip
        return json.dumps(plan).encode()


@contextmanager
def served(factory: str, workers: int, environment: Mapping[str, str]) -> Iterator[Served]:
    """Serve ``module:factory`` until the block ends; ready when it begins."""
    with reserved() as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "feesvc.benching.serving", factory, str(port), str(workers)]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, env=dict(environment), stdout=log, stderr=log)
        try:
            _await(process, port, log, workers)
            yield Served(port)
        finally:
            process.terminate()
            process.wait(START_SECONDS)


def _await(process: subprocess.Popen[bytes], port: int, log: IO[bytes], workers: int) -> None:
    """Until it answers, and each of its processes has most likely done so."""
    deadline = time.monotonic() + START_SECONDS
    answered = 0
    while answered < 10 * workers:
        if process.poll() is not None or time.monotonic() > deadline:
            log.seek(0)
            raise RuntimeError(f"the server did not start:\n{log.read()[-2000:].decode()}")
        try:
            httpx.get(f"http://127.0.0.1:{port}/livez", timeout=5, verify=PLAIN)
            answered += 1
        except httpx.TransportError:
            answered = 0
            time.sleep(0.1)


def request(method: str, path: str, headers: Mapping[str, str], body: Any = None) -> str:
    """A request as it goes over the wire."""
    content = "" if body is None else json.dumps(body)
    said = {"Host": "127.0.0.1", **headers}
    if body is not None:
        said |= {"Content-Type": "application/json", "Content-Length": str(len(content))}
    lines = "".join(f"{name}: {value}\r\n" for name, value in said.items())
    return f"{method} {path} HTTP/1.1\r\n{lines}\r\n{content}"


def main(factory: str, port: str, workers: str) -> None:
    uvicorn.run(
        factory, factory=True, host="127.0.0.1", port=int(port), workers=int(workers),
        server_header=False, timeout_graceful_shutdown=5, **logs.UVICORN,
    )  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
