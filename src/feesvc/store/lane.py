"""A lane carries what many tasks ask for in few round trips: who comes meanwhile rides the next."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from feesvc.store import StoreUnavailable

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(slots=True)
class Waiting(Generic[Item, Result]):
    item: Item
    future: asyncio.Future[Result]


class Lane(Generic[Item, Result]):
    """``carry`` is given a batch of items and returns a result, or an error, for each of them.

    It runs in a task of the lane's own, which no caller's cancellation reaches.
    """

    def __init__(
        self,
        carry: Callable[[Sequence[Item]], Awaitable[Sequence[Result | Exception]]],
        patience: float,
        most: int = 500,
    ) -> None:
        self._carry = carry
        self._patience = patience
        self._most = most
        self._queue: deque[Waiting[Item, Result]] = deque()
        self._task: asyncio.Task[None] | None = None
        self._asked: deque[tuple[float, asyncio.Future[Result]]] = deque()
        self._alarm: asyncio.TimerHandle | None = None

    async def ask(self, item: Item) -> Result:
        """The result for ``item``; raises ``StoreUnavailable`` when it takes too long."""
        loop = asyncio.get_running_loop()
        waiting = Waiting[Item, Result](item, loop.create_future())
        self._queue.append(waiting)
        if self._task is None or self._task.done():
            self._task = loop.create_task(self._drain())
        self._watch(loop, waiting.future)
        return await waiting.future

    def _watch(self, loop: asyncio.AbstractEventLoop, future: asyncio.Future[Result]) -> None:
        """Everybody is given the same time, so one alarm, for the oldest one, does for all."""
        while self._asked and self._asked[0][1].done():
            self._asked.popleft()
        self._asked.append((loop.time() + self._patience, future))
        if self._alarm is None:
            self._alarm = loop.call_at(self._asked[0][0], self._give_up, loop)

    def _give_up(self, loop: asyncio.AbstractEventLoop) -> None:
        while self._asked and (self._asked[0][1].done() or self._asked[0][0] <= loop.time()):
            _, future = self._asked.popleft()
            if not future.done():
                future.set_exception(StoreUnavailable("the database did not answer in time"))
        oldest = self._asked[0][0] if self._asked else None
        self._alarm = None if oldest is None else loop.call_at(oldest, self._give_up, loop)

    async def idle(self) -> None:
        """Return once everything asked so far was carried."""
        if self._task is not None:
            await asyncio.wait([self._task])

    async def _drain(self) -> None:
        while self._queue:
            # Let everybody who can run right now ask first.
            await asyncio.sleep(0)
            batch = self.take(self._queue)
            if not batch:
                continue
            try:
                results = await self._carry([waiting.item for waiting in batch])
            except Exception as error:  # noqa: BLE001 - it is handed to whoever asked
                results = [error] * len(batch)
            for waiting, result in zip(batch, results, strict=True):
                if waiting.future.done():
                    continue  # the caller went away
                if isinstance(result, Exception):
                    waiting.future.set_exception(result)
                else:
                    waiting.future.set_result(result)

    def take(self, queue: deque[Waiting[Item, Result]]) -> list[Waiting[Item, Result]]:
        """Take the next batch from the queue; who gave up before being sent is left out."""
        batch: list[Waiting[Item, Result]] = []
        while queue and len(batch) < self._most:
            waiting = queue.popleft()
            if not waiting.future.done():
                batch.append(waiting)
        return batch
