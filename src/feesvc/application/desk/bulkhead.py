"""A bulkhead: one operation of one intermediary, with threads, a queue and a breaker of its own.

However badly one thing goes at one intermediary, it fills these and nothing else: the memory that
hanging calls hold is bounded, and so is the time that anybody waits for them.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore, Lock
from typing import Any, Generic, Literal, TypeVar

import structlog

from feesvc import metrics
from feesvc.application.desk.breaker import Breaker, Entry
from feesvc.application.desk.clients import allowed
from feesvc.application.desk.operations import OPERATIONS, THREADS, USUAL, WAITING
from feesvc.domain.aggregate import Refusal
from feesvc.intermediary import Forged, Malformed, Refused, Unavailable

T = TypeVar("T")
ANSWERS = (Refused, Forged, Malformed, Refusal)
"""Not what was hoped for, and answers all the same."""
FOR_EVER = float("inf")
log = structlog.get_logger(__name__)


class NotAsked(Unavailable):
    """Nothing was sent: too many calls wait already, or the intermediary rests for a while."""


class Bulkhead:
    """``clock`` is the breaker's."""

    def __init__(
        self, intermediary: str, operation: str, clock: Callable[[], float], threads: int = THREADS
    ) -> None:
        self.intermediary = intermediary
        self.operation = operation
        self.rules = OPERATIONS.get(operation, USUAL)
        self.breaker = Breaker(clock, self._turned)
        most = min(threads, self.rules.threads or threads)
        self._pool = ThreadPoolExecutor(most, f"{intermediary}-{operation}")
        self._places = BoundedSemaphore(most + WAITING)

    async def call(self, ask: Callable[[], T]) -> T:
        """Run ``ask`` in a thread. Raises what it raises, ``Unavailable`` when time is over.

        ``NotAsked`` when the breaker is open, and when there is no place or no thread in time.
        """
        entry = self.breaker.admit() if self.rules.networked else Entry.USUAL
        if entry is Entry.HELD_OFF and self.rules.held_off:
            self._count("held_off")
            raise NotAsked(f"{self.intermediary} gave no answers to {self.operation} lately")
        if not self._places.acquire(blocking=False):
            self._count("turned_away")
            raise NotAsked(f"{self.intermediary} has too many calls waiting")
        call = _Call(self, ask, entry)
        # The call goes on when whoever asks is cancelled: it may have been sent.
        future = asyncio.get_running_loop().run_in_executor(self._pool, call.work)
        try:
            await asyncio.wait([future], timeout=self.rules.deadline)
        finally:
            if not future.done():
                future.add_done_callback(_unheard)
        if not future.done():
            raise call.given_up()
        return future.result()

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def leave(self) -> None:
        self._places.release()

    def told(self, entry: Entry, outcome: str, seconds: float, *, failed: bool) -> None:
        """A call came to an end, or was given up."""
        self._count(outcome)
        metrics.intermediary_seconds.labels(self.intermediary, self.operation).observe(seconds)
        if self.rules.networked:
            self.breaker.record(entry, failed=failed)

    def _count(self, outcome: str) -> None:
        metrics.intermediary_calls.labels(self.intermediary, self.operation, outcome).inc()

    def _turned(self, opened: bool) -> None:
        metrics.breaker_open.labels(self.intermediary, self.operation).set(int(opened))
        tell = log.error if opened else log.info
        tell(
            "intermediary.resting" if opened else "intermediary.recovered",
            intermediary=self.intermediary, operation=self.operation,
        )  # fmt: skip


class _Call(Generic[T]):
    """One call: waiting, under way, or over, whichever of two threads says so first."""

    def __init__(self, bulkhead: Bulkhead, ask: Callable[[], T], entry: Entry) -> None:
        self._bulkhead = bulkhead
        self._ask = ask
        self._entry = entry
        self._lock = Lock()
        self._state: Literal["waiting", "under way", "over"] = "waiting"
        self._begun = time.monotonic()

    def work(self) -> T:
        try:
            if not self._goes_on_to("under way"):
                raise NotAsked("nobody waits for it any more")
            return self._asked()
        finally:
            self._bulkhead.leave()

    def given_up(self) -> Unavailable:
        """What whoever asked is told when time is over."""
        with self._lock:
            was, self._state = self._state, "over"
        seconds = time.monotonic() - self._begun
        bulkhead = self._bulkhead
        if was == "waiting":
            metrics.intermediary_calls.labels(
                bulkhead.intermediary, bulkhead.operation, "turned_away"
            ).inc()
            return NotAsked(f"{bulkhead.intermediary} has too many calls under way")
        bulkhead.told(self._entry, "given_up", seconds, failed=True)
        return Unavailable(f"{bulkhead.intermediary} gave no answer in {seconds:.0f} s")

    def _asked(self) -> T:
        rules = self._bulkhead.rules
        until = FOR_EVER if rules.deadline is None else self._begun + rules.deadline
        outcome, failed, asked = "answered", False, time.monotonic()
        try:
            with allowed(rules, until):
                return self._ask()
        except ANSWERS as error:
            outcome = type(error).__name__.lower()
            raise
        except Exception as error:
            outcome, failed = type(error).__name__.lower(), True
            if isinstance(error, Unavailable) or not rules.networked:
                raise
            # A mistake of the adapter's after it asked: what became of it, nobody knows.
            bulkhead = self._bulkhead
            log.error(
                "intermediary.adapter_failed", exc_info=error,
                intermediary=bulkhead.intermediary, operation=bulkhead.operation,
            )  # fmt: skip
            raise Unavailable(f"the adapter of {bulkhead.intermediary} failed") from error
        finally:
            if self._goes_on_to("over"):
                seconds = time.monotonic() - asked
                self._bulkhead.told(self._entry, outcome, seconds, failed=failed)

    def _goes_on_to(self, state: Literal["under way", "over"]) -> bool:
        with self._lock:
            if self._state == "over":
                return False
            self._state = state
            return True


def _unheard(future: asyncio.Future[Any]) -> None:
    """Nobody waits for it any more; the event loop need not say that its error was not heard."""
    if not future.cancelled():
        future.exception()
