"""Load: sends requests over kept-alive connections, so many in flight, and times every answer.

Runs as a program of its own, which imports nothing of ours: the plan comes as JSON on its standard
input, what was measured goes to its standard output. A lean client on bare sockets, since it shares
the processors with what it measures.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial

HEAD_END = b"\r\n\r\n"
LENGTH = b"content-length:"


class _Connection(asyncio.Protocol):
    """One request at a time; the next goes out as soon as an answer is whole."""

    def __init__(
        self, requests: Iterator[bytes], statuses: Counter[int], pause: float, wait: float
    ) -> None:
        self._pause = pause
        self._wait = wait
        self.done = asyncio.get_running_loop().create_future()
        self.seconds: list[float] = []
        self._requests = requests
        self._statuses = statuses
        self._received = b""
        self._begun = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        asyncio.get_running_loop().call_later(self._wait, self._send)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, body = self._received.partition(HEAD_END)
        if not found or len(body) < _length(head):
            return
        self.seconds.append(time.perf_counter() - self._begun)
        self._statuses[int(head[9:12])] += 1
        self._received = b""
        if self._pause:
            asyncio.get_running_loop().call_later(self._pause, self._send)
        else:
            self._send()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(error or ConnectionError("the server hung up"))

    def _send(self) -> None:
        request = next(self._requests, None)
        if request is None:
            self.done.set_result(None)
            self._transport.close()
            return
        self._begun = time.perf_counter()
        self._transport.write(request)


def _length(head: bytes) -> int:
    at = head.lower().find(LENGTH)
    return int(head[at + len(LENGTH) :].split(b"\r\n", 1)[0]) if at >= 0 else 0


async def send(
    host: str, port: int, in_flight: int, requests: list[bytes], pause: float = 0.0
) -> dict[str, object]:
    """Send all of them; gives seconds, statuses and each answer's seconds.

    ``pause``: seconds that a connection rests after each answer; they begin one after the other.
    """
    loop = asyncio.get_running_loop()
    statuses: Counter[int] = Counter()
    left = iter(requests)
    begun = time.perf_counter()
    opened = [
        loop.create_connection(
            partial(_Connection, left, statuses, pause, pause * number / in_flight), host, port
        )
        for number in range(in_flight)
    ]
    connections = [connection for _, connection in await asyncio.gather(*opened)]
    await asyncio.gather(*(connection.done for connection in connections))
    return {
        "seconds": time.perf_counter() - begun,
        "statuses": statuses,
        "each": [seconds for connection in connections for seconds in connection.seconds],
    }


def main() -> None:
    plan = json.load(sys.stdin)
    requests = [request.encode() for request in plan["requests"]]
    sending = send(plan["host"], plan["port"], plan["in_flight"], requests, plan["pause"])
    json.dump(asyncio.run(sending), sys.stdout)


if __name__ == "__main__":
    main()
