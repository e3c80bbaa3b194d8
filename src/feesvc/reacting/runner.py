"""Runs processes: one active runner each, in log order, each answer with one effect."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog
from eventsourcing.utils import get_topic

from feesvc import metrics
from feesvc.intermediary import Unavailable
from feesvc.reacting import Command, Due, Process, Recorded
from feesvc.reacting.bookmarks import Bookmark, Bookmarks, Taken, Waiting
from feesvc.store import Store, StoreUnavailable

BATCH = 100
SAVE_AFTER = timedelta(seconds=1)
"""Slow commands do not keep the position waiting for the end of their batch."""
SKIP = 1_000
"""So many events that are nothing to a process are worth a write of its position."""
LONGEST_PAUSE = 60.0
STANDBY_PAUSE = 5.0
"""How often a standby asks whether the active runner is gone."""

PASSING: tuple[type[Exception], ...] = (StoreUnavailable, Unavailable)

log = structlog.get_logger(__name__)


class ProcessStopped(Exception):
    """A process met what it cannot answer. It stays at that event until somebody mends it."""

    def __init__(self, process: str, position: int, step: str) -> None:
        super().__init__(f"{process} stopped at position {position}, {step}")
        self.process = process
        self.position = position


class Runner:
    """One process on its bookmark. ``clock`` says what is due; nothing here reads another."""

    def __init__(
        self,
        process: Process,
        bookmark: Bookmark,
        store: Store,
        clock: Callable[[], datetime],
        transient: tuple[type[Exception], ...] = (),
    ) -> None:
        """``transient`` errors, beside a store or an intermediary that is away, pass by waiting."""
        self._passing: tuple[type[Exception], ...] = (*PASSING, Taken, *transient)
        self._process = process
        self._bookmark = bookmark
        self._store = store
        self._clock = clock
        self.lag = 0
        """Events that were there when it last looked, and are not answered yet."""
        self._topics = tuple(get_topic(event) for event in process.events)
        self._seen = 0

    async def turn(self) -> bool:
        """Run what is due, then answer the next events. False: there is nothing to do just now.

        Raises what passes by waiting, to be tried again, or ``ProcessStopped``. What was answered
        before the error stays answered.
        """
        woken = await self._wake()
        return await self._follow() or woken

    async def _wake(self) -> bool:
        due = await self._bookmark.due(self._clock(), BATCH)
        for waiting in due:
            [recorded] = await self._store.read(waiting.position - 1, 1)
            wake = partial(self._process.wake, recorded, waiting.step, self._clock())
            add = await self._run(recorded, self._asked(recorded, waiting.step, wake))
            if any(one.step == waiting.step for one in add):
                raise ProcessStopped(self._process.name, waiting.position, waiting.step)
            await self._bookmark.move(self._bookmark.position, add, done=waiting)
        return bool(due)

    async def _follow(self) -> bool:
        head = await self._store.head()
        if head <= max(self._seen, self._bookmark.position):
            self.lag = 0
            return False
        batch = await self._store.read(self._bookmark.position, BATCH, self._topics)
        self.lag = head - self._bookmark.position
        await self._answer(batch)
        if len(batch) < BATCH:
            self.lag = 0
            self._seen = head  # read before the batch: up to it, everything was there to be read
            if head - self._bookmark.position >= SKIP:
                await self._bookmark.move(head)
        return bool(batch)

    async def _answer(self, batch: Sequence[Recorded]) -> None:
        """Answer in order; the position follows at the end, at an error, and now and then."""
        answered, add = self._bookmark.position, list[Waiting]()
        saved_at = self._clock()
        try:
            for recorded in batch:
                react = partial(self._process.react, recorded)
                add += await self._run(recorded, self._asked(recorded, "react", react))
                answered = recorded.position
                if self._clock() - saved_at >= SAVE_AFTER:
                    await self._bookmark.move(answered, add)
                    saved_at, add = self._clock(), []
        finally:
            if answered > self._bookmark.position:
                await self._bookmark.move(answered, add)

    def _asked(
        self, recorded: Recorded, step: str, ask: Callable[[], Sequence[Command | Due]]
    ) -> Sequence[Command | Due]:
        try:
            return ask()
        except Exception as error:
            raise ProcessStopped(self._process.name, recorded.position, step) from error

    async def _run(self, recorded: Recorded, steps: Sequence[Command | Due]) -> list[Waiting]:
        """Run the commands in order; what is to be woken later is returned."""
        waiting: list[Waiting] = []
        for step in steps:
            dues = [step] if isinstance(step, Due) else await self._command(recorded, step)
            waiting += [Waiting(due.at, recorded.position, due.step) for due in dues]
        return waiting

    async def _command(self, recorded: Recorded, command: Command) -> Sequence[Due]:
        name, position = self._process.name, recorded.position
        try:
            id = self._store.ids.step(self._store.log, position, name, command.step)
            return await command.run(id) or ()
        except self._passing:
            raise
        except Exception as error:
            raise ProcessStopped(name, position, command.step) from error


async def follow(
    process: Process,
    store: Store,
    bookmarks: Bookmarks,
    *,
    clock: Callable[[], datetime],
    stopped: asyncio.Event,
    poll_seconds: float = 1.0,
    transient: tuple[type[Exception], ...] = (),
) -> None:
    """Run a process until ``stopped``; stands by while another runner is active.

    Raises ``ProcessStopped``. After a transient error it waits, longer each time, and goes on
    with the same event: the order is kept.
    """
    passing = (*PASSING, *transient)
    pause = poll_seconds
    while not stopped.is_set():
        try:
            async with bookmarks.take(process.name) as bookmark:
                runner = Runner(process, bookmark, store, clock, transient)
                while not stopped.is_set():
                    busy = await runner.turn()
                    metrics.process_lag.labels(process.name).set(runner.lag)
                    pause = poll_seconds
                    if not busy:
                        await _pause(stopped, poll_seconds)
        except Taken:
            await _pause(stopped, STANDBY_PAUSE)
        except passing as error:
            log.warning("process.retry", process=process.name, seconds=pause, error=str(error))
            await _pause(stopped, pause)
            pause = min(pause * 2, LONGEST_PAUSE)


async def _pause(stopped: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stopped.wait(), seconds)
    except TimeoutError:
        return
