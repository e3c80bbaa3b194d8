"""Runs one process on its bookmark: in log order, each answer with one effect."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from eventsourcing.utils import get_topic

from feesvc.intermediary import Unavailable
from feesvc.reacting import Answering, Command, Due, Process, Recorded
from feesvc.reacting.bookmarks import Bookmark, Taken, Waiting
from feesvc.store import Store, StoreUnavailable

BATCH = 100
SAVE_AFTER = timedelta(seconds=1)
"""Slow commands do not keep the position waiting for the end of their batch."""
SKIP = 1_000
"""So many events that are nothing to a process are worth a write of its position."""
PASSING: tuple[type[Exception], ...] = (StoreUnavailable, Unavailable)


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
        self.passing: tuple[type[Exception], ...] = (*PASSING, Taken, *transient)
        self.process = process
        self.bookmark = bookmark
        self._store = store
        self.clock = clock
        self.lag = 0
        """Events that were there when it last looked, and are not answered yet."""
        self._topics = tuple(get_topic(event) for event in process.events)
        self._seen = 0

    async def turn(self) -> bool:
        """Run what is due, one after the other, then answer the next events.

        False: there is nothing to do just now. Raises what passes by waiting, to be tried again,
        or ``ProcessStopped``. What was answered before the error stays answered.
        """
        woken = await self._wake()
        return await self.follow() or woken

    async def _wake(self) -> bool:
        due = await self.bookmark.due(self.clock(), BATCH)
        events = await self.events_of(due)
        add, done = list[Waiting](), list[Waiting]()
        saved_at = self.clock()
        try:
            for waiting in due:
                add += await self.woken(events[waiting.position], waiting)
                done.append(waiting)
                if self.clock() - saved_at >= SAVE_AFTER:
                    await self.bookmark.move(self.bookmark.position, add, done)
                    saved_at, add, done = self.clock(), [], []
        finally:
            if done:
                await self.bookmark.move(self.bookmark.position, add, done)
        return bool(due)

    async def events_of(self, due: Sequence[Waiting]) -> dict[int, Recorded]:
        """The events that these steps are of: those near each other are read together."""
        wanted = sorted({waiting.position for waiting in due})
        found: dict[int, Recorded] = {}
        for number, position in enumerate(wanted):
            if position not in found:
                page = await self._store.read(position - 1, len(wanted) - number, self._topics)
                found |= {recorded.position: recorded for recorded in page}
        return found

    async def woken(self, recorded: Recorded, waiting: Waiting) -> list[Waiting]:
        """Run one due step; gives what is due after it."""
        wake = partial(self.process.wake, recorded, waiting.step, self.clock())
        add = await self._run(recorded, self._asked(recorded, waiting.step, wake))
        if any(one.step == waiting.step for one in add):
            raise ProcessStopped(self.process.name, waiting.position, waiting.step)
        return add

    async def follow(self) -> bool:
        """Answer the next events. False: there are none."""
        head = await self._store.head()
        if head <= max(self._seen, self.bookmark.position):
            self.lag = 0
            return False
        batch = await self._store.read(self.bookmark.position, BATCH, self._topics)
        self.lag = head - self.bookmark.position
        await self._answer(batch)
        if len(batch) < BATCH:
            self.lag = 0
            self._seen = head  # read before the batch: up to it, everything was there to be read
            if head - self.bookmark.position >= SKIP:
                await self.bookmark.move(head)
        return bool(batch)

    async def _answer(self, batch: Sequence[Recorded]) -> None:
        """Answer in order; the position follows at the end, at an error, and now and then."""
        if batch and isinstance(self.process, Answering):
            await self._answer_together(self.process, batch)
            return
        answered, add = self.bookmark.position, list[Waiting]()
        saved_at = self.clock()
        try:
            for recorded in batch:
                react = partial(self.process.react, recorded)
                add += await self._run(recorded, self._asked(recorded, "react", react))
                answered = recorded.position
                if self.clock() - saved_at >= SAVE_AFTER:
                    await self.bookmark.move(answered, add)
                    saved_at, add = self.clock(), []
        finally:
            if answered > self.bookmark.position:
                await self.bookmark.move(answered, add)

    async def _answer_together(self, process: Answering, batch: Sequence[Recorded]) -> None:
        first, last = batch[0].position, batch[-1].position
        try:
            step = f"to {last}"
            id = self._store.ids.step(self._store.log, first, self.process.name, step)
            dues = await process.answer(id, batch)
        except self.passing:
            raise
        except Exception as error:
            raise ProcessStopped(self.process.name, first, f"to {last}") from error
        add = [Waiting(due.at, recorded.position, due.step) for recorded, due in dues]
        await self.bookmark.move(last, add)

    def _asked(
        self, recorded: Recorded, step: str, ask: Callable[[], Sequence[Command | Due]]
    ) -> Sequence[Command | Due]:
        try:
            return ask()
        except Exception as error:
            raise ProcessStopped(self.process.name, recorded.position, step) from error

    async def _run(self, recorded: Recorded, steps: Sequence[Command | Due]) -> list[Waiting]:
        """Run the commands in order; what is to be woken later is returned."""
        waiting: list[Waiting] = []
        for step in steps:
            dues = [step] if isinstance(step, Due) else await self._command(recorded, step)
            waiting += [Waiting(due.at, recorded.position, due.step) for due in dues]
        return waiting

    async def _command(self, recorded: Recorded, command: Command) -> Sequence[Due]:
        name, position = self.process.name, recorded.position
        try:
            id = self._store.ids.step(self._store.log, position, name, command.step)
            return await command.run(id) or ()
        except self.passing:
            raise
        except Exception as error:
            raise ProcessStopped(name, position, command.step) from error
