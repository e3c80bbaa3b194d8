"""The one writer of a process: carries hundreds of commands in a round trip, each judged alone."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence
from uuid import UUID

from feesvc import metrics
from feesvc.store import Appended, Unstorable
from feesvc.store.lane import Lane, Waiting
from feesvc.store.link import FAULT_OF_THE_COMMAND, Link
from feesvc.store.packing import Packed, append_arguments, verdict_of
from feesvc.store.statements import statement

_LARGEST_BATCH = 16 * 1024 * 1024


class Writer(Lane[Packed, Appended]):
    """Commands of one round trip share no stream and no id; who would, waits for the next."""

    def __init__(self, link: Link, log: str, patience: float) -> None:
        super().__init__(self._append, patience)
        self._link = link
        self._log = log

    def take(self, queue: deque[Waiting[Packed, Appended]]) -> list[Waiting[Packed, Appended]]:
        batch: list[Waiting[Packed, Appended]] = []
        left: list[Waiting[Packed, Appended]] = []
        touched: set[UUID] = set()
        size = 0
        while queue and len(batch) < self._most and size < _LARGEST_BATCH:
            waiting = queue.popleft()
            if waiting.future.done():
                continue
            keys = waiting.item.keys
            if touched.isdisjoint(keys):
                batch.append(waiting)
                size += waiting.item.size
            else:
                left.append(waiting)
            # Also of those left behind: nobody overtakes them on their streams.
            touched |= keys
        queue.extendleft(reversed(left))
        return batch

    async def _append(self, batch: Sequence[Packed]) -> Sequence[Appended | Exception]:
        try:
            arguments = append_arguments(self._log, batch)
            rows = await self._link.rows(statement("append"), arguments)
        except FAULT_OF_THE_COMMAND as error:
            if len(batch) == 1:
                return [_unstorable(error)]
            # One of them, but which? Halves find it; its neighbours are recorded on the way.
            middle = len(batch) // 2
            return [*await self._append(batch[:middle]), *await self._append(batch[middle:])]
        appended = [verdict_of(row, each.command) for row, each in zip(rows, batch, strict=True)]
        metrics.batch_commands.observe(len(appended))
        for verdict, times in Counter(one.verdict for one in appended).items():
            metrics.appends.labels(verdict.value).inc(times)
        return appended


def _unstorable(error: Exception) -> Unstorable:
    unstorable = Unstorable(str(error))
    unstorable.__cause__ = error
    return unstorable
