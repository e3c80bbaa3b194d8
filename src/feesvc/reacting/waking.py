"""Waking: due steps of a process, side by side in its lanes, recorded together as they end.

A step that hangs holds up its own lane and nobody else: the others go on, and so does the log.
"""

from __future__ import annotations

import asyncio
from asyncio import Semaphore, Task
from collections import defaultdict
from types import TracebackType
from typing import Self

from feesvc.reacting import Laned, Recorded
from feesvc.reacting.bookmarks import Waiting
from feesvc.reacting.runner import BATCH, Runner

UNDER_WAY = 2_000
"""Steps that are begun at most: with so many in lanes that hang, other lanes wait as well."""


class Waking:
    """The steps of one runner that are under way; leaving it gives up those without an end.

    A step that was given up is still due: its command has one effect however often it is run.
    """

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._under_way: dict[Waiting, Task[list[Waiting]]] = {}
        process = runner.process
        self._laned = process if isinstance(process, Laned) else None
        at_once = self._laned.at_once if self._laned else 1
        self._lanes: dict[str, Semaphore] = defaultdict(lambda: Semaphore(at_once))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def under_way(self) -> int:
        return len(self._under_way)

    async def turn(self) -> bool:
        """Record what came to an end, and begin what is due. False: nothing of either."""
        ended = await self._record()
        return await self._begin() or ended

    async def pause(self, stopped: asyncio.Event, seconds: float) -> None:
        """Wait so long, until a step comes to an end, or until ``stopped``."""
        stop = asyncio.create_task(stopped.wait())
        try:
            await asyncio.wait(
                [stop, *self._under_way.values()], timeout=seconds,
                return_when=asyncio.FIRST_COMPLETED,
            )  # fmt: skip
        finally:
            stop.cancel()

    async def _begin(self) -> bool:
        room = min(BATCH, UNDER_WAY - len(self._under_way))
        if room <= 0:
            return False
        runner = self._runner
        # Those under way are due as well, and may be the longest overdue.
        due = await runner.bookmark.due(runner.clock(), len(self._under_way) + room)
        new = [waiting for waiting in due if waiting not in self._under_way]
        events = await runner.events_of(new)
        for waiting in new:
            run = self._run(events[waiting.position], waiting)
            self._under_way[waiting] = asyncio.create_task(run)
        await asyncio.sleep(0)
        return bool(new)

    async def _run(self, recorded: Recorded, waiting: Waiting) -> list[Waiting]:
        lane = await self._laned.lane(recorded) if self._laned else ""
        async with self._lanes[lane]:
            return await self._runner.woken(recorded, waiting)

    async def _record(self) -> bool:
        """Those that ended leave the due list in one go; then the first error is raised."""
        over = {waiting: task for waiting, task in self._under_way.items() if task.done()}
        errors: list[BaseException] = []
        add, done = list[Waiting](), list[Waiting]()
        for waiting, task in over.items():
            del self._under_way[waiting]
            error = task.exception()
            if error is None:
                add += task.result()
                done.append(waiting)
            else:
                errors.append(error)
        if done:
            await self._runner.bookmark.move(self._runner.bookmark.position, add, done)
        if errors:
            raise next((e for e in errors if not isinstance(e, self._runner.passing)), errors[0])
        return bool(over)
