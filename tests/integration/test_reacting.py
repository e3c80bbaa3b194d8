"""Processes keep the order of the log, survive being killed anywhere, and stop at a bug."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import ClassVar
from uuid import UUID, uuid4

import pytest

from feesvc.domain.aggregate import Aggregate
from feesvc.domain.receipt import Receipt
from feesvc.domain.receipt_series import ReceiptSeries
from feesvc.money import Money
from feesvc.reacting import Command, Due, Recorded
from feesvc.reacting.bookmarks import Bookmark, Bookmarks, MemoryBookmarks, Taken, Waiting
from feesvc.reacting.following import follow
from feesvc.reacting.postgres import PostgresBookmarks
from feesvc.reacting.runner import ProcessStopped, Runner
from feesvc.store import Command as Written
from feesvc.store import StoreUnavailable
from feesvc.store.memory import MemoryStore

NOON = datetime(2026, 11, 20, 5, tzinfo=UTC)


class Killed(BaseException):
    """Nothing catches it, as nothing catches kill -9."""


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


@pytest.fixture(params=["memory", "postgres"])
def bookmarks(request: pytest.FixtureRequest) -> Bookmarks:
    if request.param == "memory":
        return MemoryBookmarks()
    return PostgresBookmarks(request.getfixturevalue("database").url, "feesvc")


async def opened(store: MemoryStore, count: int) -> None:
    for _ in range(count):
        series = ReceiptSeries.open(uuid4(), "G14", "S", "F", 1, NOON)
        events = [("G14", event) for event in series.news]
        await store.append(Written(id=uuid4(), principal="", actor="", events=events))


async def receipts(store: MemoryStore) -> int:
    return len(await store.read(0, 10_000, ["receipt.numbered"]))


async def turns(
    bookmarks: Bookmarks, process: Echo, clock: Clock, dies_after: int | None = None
) -> int:
    """A runner's whole life, from taking the bookmark until there is nothing to do, or death."""
    async with _taken(bookmarks, process.name) as bookmark:
        if dies_after is not None:
            dying = Runner(process, DyingBookmark(bookmark, dies_after), process.store, clock)
            with pytest.raises(Killed):
                await dying.turn()
        else:
            runner = Runner(process, bookmark, process.store, clock)
            while await runner.turn():
                pass
        return bookmark.position


@asynccontextmanager
async def _taken(bookmarks: Bookmarks, name: str) -> AsyncIterator[Bookmark]:
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


def test_answers_come_in_the_order_of_the_log(bookmarks: Bookmarks) -> None:
    async def story() -> None:
        process, clock = Echo(MemoryStore(lambda: NOON)), Clock()
        await opened(process.store, 250)

        await turns(bookmarks, process, clock)

        assert [step for _, step in process.ran] == ["answer"] * 250
        assert process.ran == sorted(process.ran)
        assert await receipts(process.store) == 250

    asyncio.run(story())


@pytest.mark.parametrize("moves", range(3))
def test_killed_between_command_and_position_it_has_one_effect(
    bookmarks: Bookmarks, moves: int
) -> None:
    async def story() -> None:
        clock = Clock()

        def slow(recorded: Recorded, step: str) -> None:
            clock.now += timedelta(seconds=1)  # so that each step is a move of its own

        process = Echo(MemoryStore(lambda: NOON), slow)
        await opened(process.store, 3)
        await turns(bookmarks, process, clock, dies_after=0)

        await turns(bookmarks, process, clock)
        clock.now += timedelta(minutes=11)
        await turns(bookmarks, process, clock, dies_after=moves)
        await turns(bookmarks, process, clock)

        assert await receipts(process.store) == 6
        assert len(process.ran) == 3 + 1 + 3 + 1  # it did run two of them twice

    asyncio.run(story())


class DyingBookmark:
    """Dies instead of moving for the nth time."""

    def __init__(self, kept: Bookmark, moves_left: int) -> None:
        self.kept = kept
        self.moves_left = moves_left
        self.position = kept.position

    async def due(self, now: datetime, limit: int) -> Sequence[Waiting]:
        return await self.kept.due(now, limit)

    async def move(
        self, position: int, add: Sequence[Waiting] = (), done: Sequence[Waiting] = ()
    ) -> None:
        if not self.moves_left:
            raise Killed
        self.moves_left -= 1
        await self.kept.move(position, add, done)


def test_what_is_due_survives_a_restart_and_runs_when_its_time_comes(bookmarks: Bookmarks) -> None:
    async def story() -> None:
        process, clock = Echo(MemoryStore(lambda: NOON)), Clock()
        await opened(process.store, 2)
        await turns(bookmarks, process, clock)
        await turns(bookmarks, process, clock)
        assert await receipts(process.store) == 2

        clock.now += timedelta(minutes=10)
        await turns(bookmarks, process, clock)
        await turns(bookmarks, process, clock)

        assert [step for _, step in process.ran] == ["answer", "answer", "again-1", "again-1"]
        assert await receipts(process.store) == 4

    asyncio.run(story())


def test_a_store_that_is_away_is_waited_for_and_the_order_kept(bookmarks: Bookmarks) -> None:
    failures = 3

    def away(recorded: Recorded, step: str) -> None:
        nonlocal failures
        if recorded.position == 3 and failures:
            failures -= 1
            raise StoreUnavailable("away")

    async def story() -> None:
        process, stopped = Echo(MemoryStore(lambda: NOON), away), asyncio.Event()
        await opened(process.store, 4)

        await until(lambda: len(process.ran) >= 4, process, bookmarks, stopped)

        assert process.ran == [(2, "answer"), (3, "answer"), (4, "answer"), (5, "answer")]
        assert failures == 0

    asyncio.run(story())


def test_a_bug_stops_its_process_and_what_was_answered_stays_answered(
    bookmarks: Bookmarks,
) -> None:
    def bug(recorded: Recorded, step: str) -> None:
        if recorded.position == 4:
            raise KeyError("a bug")

    async def story() -> None:
        process = Echo(MemoryStore(lambda: NOON), bug)
        await opened(process.store, 4)

        with pytest.raises(ProcessStopped, match="echo stopped at position 4, answer"):
            await turns(bookmarks, process, Clock())

        assert await receipts(process.store) == 2
        process.before = lambda recorded, step: None
        assert await turns(bookmarks, process, Clock()) == 5
        assert [position for position, _ in process.ran] == [2, 3, 4, 5]

    asyncio.run(story())


def test_one_runner_is_active_and_another_stands_by(bookmarks: Bookmarks) -> None:
    async def story() -> None:
        async with bookmarks.take("echo"):
            with pytest.raises(Taken):
                async with bookmarks.take("echo"):
                    pass
            async with bookmarks.take("other"):
                pass
        async with bookmarks.take("echo") as bookmark:
            assert bookmark.position == 0

    asyncio.run(story())


def test_what_a_command_asks_for_later_is_due_too(bookmarks: Bookmarks) -> None:
    class Ladder(Echo):
        async def write(self, recorded: Recorded, step: str, id: UUID) -> Sequence[Due] | None:
            await super().write(recorded, step, id)
            return [Due(step + "+", NOON + timedelta(hours=1))] if len(step) < 9 else None

    async def story() -> None:
        process, clock = Ladder(MemoryStore(lambda: NOON)), Clock()
        await opened(process.store, 1)
        await turns(bookmarks, process, clock)
        clock.now += timedelta(hours=2)
        await turns(bookmarks, process, clock)

        steps = {step for _, step in process.ran}
        assert steps == {
            "answer",
            "answer+",
            "answer++",
            "answer+++",
            "again-1",
            "again-1+",
            "again-1++",
        }

    asyncio.run(story())


def test_events_that_are_nothing_to_it_are_left_behind(bookmarks: Bookmarks) -> None:
    async def story() -> None:
        process = Echo(MemoryStore(lambda: NOON))
        [opening] = await process.store.read(0, 1)
        for _ in range(1100):
            await process.write(opening, "answer", uuid4())

        assert await turns(bookmarks, process, Clock()) == 1101

    asyncio.run(story())


def test_a_lane_that_hangs_holds_up_no_other_and_what_ended_stays_ended(
    bookmarks: Bookmarks,
) -> None:
    class Lanes(Echo):
        at_once: ClassVar[int] = 2
        running: int = 0
        most: int = 0

        async def lane(self, recorded: Recorded) -> str:
            return "sick" if recorded.position % 2 else "well"

        async def write(self, recorded: Recorded, step: str, id: UUID) -> Sequence[Due] | None:
            if step == "again-1" and recorded.position % 2:
                self.running += 1
                self.most = max(self.most, self.running)
                await asyncio.Event().wait()
            return await super().write(recorded, step, id)

    async def story() -> None:
        process, clock = Lanes(MemoryStore(lambda: NOON)), Clock()
        await opened(process.store, 10)
        await turns(bookmarks, process, clock)
        stopped = asyncio.Event()
        clock.now += timedelta(minutes=10)

        await until(lambda: len(process.ran) >= 15, process, bookmarks, stopped, clock)

        woken = sorted(position for position, step in process.ran if step == "again-1")
        assert woken == [2, 4, 6, 8, 10]
        assert process.most == 2
        async with _taken(bookmarks, process.name) as bookmark:
            left = await bookmark.due(clock.now, 100)
        assert sorted(waiting.position for waiting in left) == [3, 5, 7, 9, 11]

    asyncio.run(story())


def test_a_step_that_fails_leaves_the_others_recorded(bookmarks: Bookmarks) -> None:
    def bug(recorded: Recorded, step: str) -> None:
        if recorded.position == 3 and step == "again-1":
            raise KeyError("a bug")

    async def story() -> None:
        process, clock = Echo(MemoryStore(lambda: NOON), bug), Clock()
        await opened(process.store, 3)
        await turns(bookmarks, process, clock)
        clock.now += timedelta(minutes=10)
        following = follow(
            process, process.store, bookmarks, clock=clock, stopped=asyncio.Event(),
            poll_seconds=0.01,
        )  # fmt: skip
        with pytest.raises(ProcessStopped, match="position 3, again-1"):
            await following
        async with _taken(bookmarks, process.name) as bookmark:
            left = await bookmark.due(clock.now, 100)
        assert 3 in {waiting.position for waiting in left}
        assert await receipts(process.store) >= 4

    asyncio.run(story())


def test_many_are_answered_with_one_command(bookmarks: Bookmarks) -> None:
    class Together(Echo):
        async def answer(
            self, id: UUID, batch: Sequence[Recorded]
        ) -> Sequence[tuple[Recorded, Due]]:
            await self.write(batch[0], f"{len(batch)}", id)
            return [(batch[-1], Due("again-1", NOON + timedelta(minutes=10)))]

    async def story() -> None:
        process, clock = Together(MemoryStore(lambda: NOON)), Clock()
        await opened(process.store, 150)
        await turns(bookmarks, process, clock)
        assert process.ran == [(2, "100"), (102, "50")]
        clock.now += timedelta(minutes=10)
        await turns(bookmarks, process, clock)
        assert process.ran[2:] == [(101, "again-1"), (151, "again-1")]

    asyncio.run(story())


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
