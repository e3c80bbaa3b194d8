"""The store on PostgreSQL: one writer carries many commands in a round trip, reads go together."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Self, cast
from uuid import UUID

from feesvc.domain.aggregate import Aggregate, Recorded
from feesvc.domain.ids import Ids
from feesvc.store import Answer, Appended, Command
from feesvc.store.folding import Folded, copied
from feesvc.store.link import Connection, Link
from feesvc.store.mapper import Row, fold, recorded_of
from feesvc.store.packing import pack
from feesvc.store.reading import Answers, Finds, Loads
from feesvc.store.statements import statement
from feesvc.store.writing import Writer

PATIENCE = 10.0
"""Seconds for which a lost connection is looked for again before a caller is told."""
_BLOCK = 1000
"""As many numbers as ``feesvc.number`` gives at a time."""


class GroupedStore:
    """One per process and event loop: ``await GroupedStore.open(url)`` with the service's URL."""

    epoch: str
    ids: Ids

    def __init__(
        self, url: str, log: str = "feesvc", patience: float = PATIENCE, remembered: int = 4096
    ) -> None:
        """``remembered``: so many aggregates are kept folded for ``peek``."""
        self.log = log
        self._folded = Folded(remembered)
        self._next = self._end = 0
        self._counting = asyncio.Lock()
        self._links = [Link(url, patience, self._greet) for _ in range(5)]
        writing, answering, loading, finding, self._pages = self._links
        self._writer = Writer(writing, log, patience)
        self._answers = Answers(answering, log, patience)
        self._loads = Loads(loading, log, patience)
        self._finds = Finds(finding, log, patience)

    @classmethod
    async def open(cls, url: str, log: str = "feesvc", patience: float = PATIENCE) -> Self:
        """Connect and read the log's name space and epoch; raises ``StoreUnavailable``."""
        store = cls(url, log, patience)
        await store._pages.rows(statement("head"), {"log": log})
        return store

    async def _greet(self, connection: Connection) -> None:
        # On every connection: after a restore or a failover nothing goes out in the old epoch.
        row = await (await connection.execute(statement("open"), {"log": self.log})).fetchone()
        if row is None or row[0] is None:
            raise LookupError(f"there is no log named {self.log!r}: migrate the database first")
        namespace, epoch = row
        if epoch != getattr(self, "epoch", None):
            self.epoch = epoch
            self._next = self._end = 0
        self.ids = Ids(namespace)

    async def load(self, ids: Sequence[UUID]) -> dict[UUID, Aggregate]:
        known: dict[UUID, Aggregate | None] = {}
        for stream in ids:
            folded = self._folded.get(stream)
            known[stream] = folded if folded is not None and folded.LONG else None
        events = await self._loads.ask(_versions(known))
        found = {}
        for stream, folded in known.items():
            if folded is None:
                aggregate = fold(None, events.get(stream, ()))
                if aggregate is not None and aggregate.LONG:
                    self._folded.advance(stream, aggregate, ())
                    aggregate = copied(aggregate)
            else:
                newer = self._folded.advance(stream, folded, events.get(stream, ()))
                aggregate = newer if newer is None else copied(newer)
            if aggregate is not None:
                found[stream] = aggregate
        return found

    async def peek(self, ids: Sequence[UUID]) -> dict[UUID, Aggregate]:
        known = {stream: self._folded.get(stream) for stream in ids}
        events = await self._loads.ask(_versions(known))
        found = {}
        for stream, folded in known.items():
            newer = self._folded.advance(stream, folded, events.get(stream, ()))
            if newer is not None:
                found[stream] = newer
        return found

    async def append(self, command: Command) -> Appended:
        return await self._writer.ask(pack(command))

    async def find(self, command: UUID) -> Appended | None:
        return await self._finds.ask(command)

    async def answer(self, command: UUID, answer: Answer) -> None:
        """Raises ``LookupError`` for a command that was never recorded."""
        if not await self._answers.ask((command, answer)):
            raise LookupError(f"command {command} was never recorded")

    async def history(
        self, stream: UUID, after: int = 0, limit: int | None = None
    ) -> Sequence[Recorded]:
        asked = {"stream": stream, "after": after, "limit": limit}
        return await self._page("history", asked)

    async def read(self, after: int, limit: int, topics: Sequence[str] = ()) -> Sequence[Recorded]:
        bounds = {"after": after, "limit": limit}
        if topics:
            return await self._page("read_topics", {**bounds, "topics": list(topics)})
        return await self._page("read", bounds)

    async def _page(self, name: str, arguments: dict[str, Any]) -> Sequence[Recorded]:
        rows = await self._pages.rows(statement(name), {"log": self.log, **arguments})
        return recorded_of(cast("list[Row]", rows))

    async def head(self) -> int:
        position: int = (await self._pages.rows(statement("head"), {"log": self.log}))[0][0]
        return position

    async def numbers(self) -> int:
        """Numbers belong to ``epoch`` as it is after this returns: read that one second."""
        async with self._counting:
            if self._next == self._end:
                first: int = (await self._pages.rows(statement("numbers"), {}))[0][0]
                self._next, self._end = first, first + _BLOCK
            number = self._next
            self._next += 1
            return number

    async def close(self) -> None:
        """Carry what was asked, then hang up."""
        await self._writer.idle()
        await self._answers.idle()
        await self._loads.idle()
        await self._finds.idle()
        for link in self._links:
            await link.close()


def _versions(known: Mapping[UUID, Aggregate | None]) -> dict[UUID, int]:
    return {stream: folded.version if folded else 0 for stream, folded in known.items()}
