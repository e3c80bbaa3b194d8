"""A breaker: stops asking one intermediary for one thing while most answers fail to come.

Closed it counts; open it lets one call through every ten seconds, and closes when that one is
answered. What was asked before it opened and is answered later closes nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from threading import Lock

WINDOW_SECONDS = 30
FEWEST_CALLS = 20
PROBE_SECONDS = 10.0


class Entry(Enum):
    """How a call gets past the breaker, or does not."""

    USUAL = "usual"
    PROBE = "probe"
    HELD_OFF = "held off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What a breaker knows now of the last ``WINDOW_SECONDS``."""

    open: bool
    calls: int
    failures: int
    seconds: float | None
    """For how long there has been trouble; None where there is none."""
    tried: bool
    """Whether anything was asked within the window."""


class Breaker:
    """Safe to use from many threads. ``clock`` gives seconds and never goes back.

    ``turned`` is told each time that it opens (True) or closes (False).
    """

    def __init__(
        self, clock: Callable[[], float], turned: Callable[[bool], None] = lambda open: None
    ) -> None:  # fmt: skip
        self._clock = clock
        self._turned = turned
        self._lock = Lock()
        self._seconds: deque[list[int]] = deque()
        """[second, calls, failures] of each second with calls; at most the window's."""
        self._open = False
        self._asked_at = float("-inf")
        self._troubled_at: float | None = None

    def admit(self) -> Entry:
        """Ask before each call, and say afterwards with ``record`` what came of it."""
        with self._lock:
            now = self._clock()
            if self._open and now - self._asked_at < PROBE_SECONDS:
                return Entry.HELD_OFF
            self._asked_at = now
            return Entry.PROBE if self._open else Entry.USUAL

    def holds_off(self) -> bool:
        """Whether a call would be held off now. Asking does not count as a call."""
        with self._lock:
            return self._open and self._clock() - self._asked_at < PROBE_SECONDS

    def record(self, entry: Entry, *, failed: bool) -> None:
        with self._lock:
            now = self._clock()
            was = self._open
            if self._open and entry is Entry.PROBE and not failed:
                self._open, self._troubled_at = False, None
                self._seconds.clear()
            self._count(now, failed)
            calls, failures = self._sums(now)
            if not self._open and calls >= FEWEST_CALLS and 2 * failures >= calls:
                self._open, self._asked_at = True, now
            turned = self._open is not was
            opened = self._open
        if turned:
            self._turned(opened)

    def condition(self) -> Condition:
        with self._lock:
            now = self._clock()
            calls, failures = self._sums(now)
            if not failures and not self._open:
                self._troubled_at = None
            seconds = None if self._troubled_at is None else max(0.0, now - self._troubled_at)
            tried = now - self._asked_at < WINDOW_SECONDS
            return Condition(
                open=self._open, calls=calls, failures=failures, seconds=seconds, tried=tried
            )

    def _count(self, now: float, failed: bool) -> None:
        second = int(now)
        if not self._seconds or self._seconds[-1][0] != second:
            self._seconds.append([second, 0, 0])
        self._seconds[-1][1] += 1
        self._seconds[-1][2] += failed
        if failed and self._troubled_at is None:
            self._troubled_at = now

    def _sums(self, now: float) -> tuple[int, int]:
        while self._seconds and self._seconds[0][0] <= now - WINDOW_SECONDS:
            self._seconds.popleft()
        if not self._open and not any(failures for _, _, failures in self._seconds):
            self._troubled_at = None
        return sum(s[1] for s in self._seconds), sum(s[2] for s in self._seconds)
