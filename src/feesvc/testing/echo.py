"""An echo: a process that answers what it sees, for tests of those who run processes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import ClassVar
from uuid import UUID, uuid4

from feesvc.domain.aggregate import Aggregate
from feesvc.domain.receipt import Receipt
from feesvc.domain.receipt_series import ReceiptSeries
from feesvc.money import Money
from feesvc.reacting import Command, Due, Recorded
from feesvc.reacting.bookmarks import Bookmark, Bookmarks, Taken
from feesvc.reacting.following import follow
from feesvc.reacting.runner import Runner
from feesvc.store import Command as Written
from feesvc.store.memory import MemoryStore

NOON = datetime(2026, 11, 20, 5, tzinfo=UTC)


@dataclass
class Clock:
    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Echo:
    """Answers each series opened with one receipt, and once more ten minutes later."""

    name: ClassVar[str] = "echo"
    events: ClassVar[tuple[type[Aggregate.Event], ...]] = (ReceiptSeries.Opened,)
    store: MemoryStore
    before: Callable[[Recorded, str], None] = lambda recorded, step: None
    ran: list[tuple[int, str]] = field(default_factory=list)

    def react(self, recorded: Recorded) -> Sequence[Command | Due]:
        later = Due("again-1", recorded.event.timestamp + timedelta(minutes=10))
        return [Command("answer", lambda id: self.write(recorded, "answer", id)), later]

    def wake(self, recorded: Recorded, step: str, now: datetime) -> Sequence[Command | Due]:
        return [Command(step, lambda id: self.write(recorded, step, id))]

    async def write(self, recorded: Recorded, step: str, id: UUID) -> Sequence[Due] | None:
        self.before(recorded, step)
        self.ran.append((recorded.position, step))
        receipt = Receipt.take_number(
            uuid4(), "G14", "S", "F", 1, uuid4(), "D", "1", Money(0, "VND"), NOON
        )
        events = [("G14", event) for event in receipt.news]
        await self.store.append(Written(id=id, principal="", actor="process:echo", events=events))
        return None


async def opened(store: MemoryStore, count: int) -> None:
    for _ in range(count):
        series = ReceiptSeries.open(uuid4(), "G14", "S", "F", 1, NOON)
        events = [("G14", event) for event in series.news]
        await store.append(Written(id=uuid4(), principal="", actor="", events=events))


async def receipts(store: MemoryStore) -> int:
    return len(await store.read(0, 10_000, ["receipt.numbered"]))


async def turns(bookmarks: Bookmarks, process: Echo, clock: Clock) -> int:
    """A runner's whole life, from taking the bookmark until there is nothing to do."""
    async with taken(bookmarks, process.name) as bookmark:
        runner = Runner(process, bookmark, process.store, clock)
        while await runner.turn():
            pass
        return bookmark.position


@asynccontextmanager
async def taken(bookmarks: Bookmarks, name: str) -> AsyncIterator[Bookmark]:
    """The database lets go of a lock a moment after whoever held it is gone."""
    async with AsyncExitStack() as stack:
        for attempt in range(100):
            try:
                bookmark = await stack.enter_async_context(bookmarks.take(name))
                break
            except Taken:
                assert attempt < 99
                await asyncio.sleep(0.02)
        yield bookmark


async def until(
    ready: Callable[[], bool], process: Echo, bookmarks: Bookmarks, stopped: asyncio.Event,
    clock: Callable[[], datetime] = lambda: NOON,
) -> None:  # fmt: skip
    following: Awaitable[None] = asyncio.ensure_future(
        follow(process, process.store, bookmarks, clock=clock, stopped=stopped, poll_seconds=0.01)
    )
    for _ in range(1000):
        if ready():
            break
        await asyncio.sleep(0.01)
    stopped.set()
    await following
