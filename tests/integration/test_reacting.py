"""Processes keep the order of the log, survive being killed anywhere, and stop at a bug."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from feesvc.reacting import Due, Recorded
from feesvc.reacting.bookmarks import Bookmark, Bookmarks, MemoryBookmarks, Taken, Waiting
from feesvc.reacting.postgres import PostgresBookmarks
from feesvc.reacting.runner import ProcessStopped, Runner
from feesvc.store import StoreUnavailable
from feesvc.store.memory import MemoryStore
from feesvc.testing.echo import NOON, Clock, Echo, opened, receipts, taken, turns, until


class Killed(BaseException):
    """Nothing catches it, as nothing catches kill -9."""


@pytest.fixture(params=["memory", "postgres"])
def bookmarks(request: pytest.FixtureRequest) -> Bookmarks:
    if request.param == "memory":
        return MemoryBookmarks()
    return PostgresBookmarks(request.getfixturevalue("database").url, "feesvc")


async def dies(bookmarks: Bookmarks, process: Echo, clock: Clock, moves: int) -> None:
    """A runner that is killed instead of moving once more."""
    async with taken(bookmarks, process.name) as bookmark:
        dying = Runner(process, DyingBookmark(bookmark, moves), process.store, clock)
        with pytest.raises(Killed):
            await dying.turn()


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
        await dies(bookmarks, process, clock, 0)

        await turns(bookmarks, process, clock)
        clock.now += timedelta(minutes=11)
        await dies(bookmarks, process, clock, moves)
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
