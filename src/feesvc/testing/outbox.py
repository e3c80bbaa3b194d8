"""What a counterpart will do later: send notifications, try them again, undo a transfer."""

from __future__ import annotations

import heapq
import itertools
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias

import httpx

Clock: TypeAlias = Callable[[], datetime]
Deliver: TypeAlias = Callable[[httpx.Request], httpx.Response]
"""Sends one notification. ``httpx.Client(...).send`` is one, over loopback or in process."""


@dataclass(order=True, slots=True)
class _Due:
    at: datetime
    sequence: int
    act: Callable[[], None] = field(compare=False)


class Outbox:
    """A queue by time. Tests step it by hand; a demo runs it in the background.

    ``deliver`` is set by whoever runs the counterpart; without it, notifications wait.
    """

    def __init__(
        self,
        clock: Clock,
        retry_after: Sequence[timedelta],
        acknowledged: Callable[[httpx.Response], bool],
    ) -> None:
        self._clock = clock
        self._retry_after = tuple(retry_after)
        self._acknowledged = acknowledged
        self._lock = threading.Lock()
        self._turn = threading.RLock()
        """Held while something is done: whoever finds nothing due knows that all is done."""
        self._queue: list[_Due] = []
        self._sequence = itertools.count()
        self._filled = threading.Event()
        self.deliver: Deliver | None = None
        self.replies: list[httpx.Response] = []
        """What the receiver answered, oldest first."""

    def do(self, act: Callable[[], None], after: timedelta = timedelta()) -> None:
        """Do ``act`` once its time has come, after everything that was due before it."""
        with self._lock:
            at = self._clock() + after
            heapq.heappush(self._queue, _Due(at, next(self._sequence), act))
        self._filled.set()

    def post(self, build: Callable[[], httpx.Request], after: timedelta = timedelta()) -> None:
        """Send what ``build`` makes, tried again as this intermediary would until acknowledged.

        ``build`` is called at each attempt, so that a signed timestamp is the attempt's own.
        """
        self.do(lambda: self._attempt(build, 0), after)

    def waiting(self) -> int:
        """How much is still to be done, due or not."""
        with self._lock:
            return len(self._queue)

    def step(self) -> bool:
        """Do the earliest thing that is due; False when nothing is."""
        with self._turn:
            with self._lock:
                if not self._queue or self.deliver is None or self._queue[0].at > self._clock():
                    return False
                due = heapq.heappop(self._queue)
            due.act()
        return True

    def drain(self) -> int:
        """Do everything that is due by the clock; says how much that was."""
        return sum(1 for _ in iter(self.step, False))

    @contextmanager
    def running(self, interval: float = 0.05) -> Iterator[None]:
        """Step in a thread of its own, every ``interval`` seconds, until the block ends.

        While nothing is to be done it rests: a dozen that looked anyway would keep a core warm.
        """
        stop = threading.Event()

        def run() -> None:
            while not stop.wait(interval):
                self._filled.wait()
                self._filled.clear()
                self.drain()
                if self.waiting():
                    self._filled.set()

        thread = threading.Thread(target=run, name="counterpart-outbox", daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            self._filled.set()
            thread.join()

    def _attempt(self, build: Callable[[], httpx.Request], failed: int) -> None:
        assert self.deliver is not None
        try:
            reply = self.deliver(build())
        except httpx.HTTPError:
            acknowledged = False
        else:
            self.replies.append(reply)
            acknowledged = self._acknowledged(reply)
        if not acknowledged and failed < len(self._retry_after):
            self.do(lambda: self._attempt(build, failed + 1), self._retry_after[failed])
