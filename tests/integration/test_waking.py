"""Due steps run side by side, in lanes that do not wait for each other; many are one command."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar
from uuid import UUID

import pytest

from feesvc.reacting import Due, Recorded
from feesvc.reacting.bookmarks import Bookmarks, MemoryBookmarks
from feesvc.reacting.following import follow
from feesvc.reacting.postgres import PostgresBookmarks
from feesvc.reacting.runner import ProcessStopped
from feesvc.store.memory import MemoryStore
from feesvc.testing.echo import NOON, Clock, Echo, opened, receipts, taken, turns, until


@pytest.fixture(params=["memory", "postgres"])
def bookmarks(request: pytest.FixtureRequest) -> Bookmarks:
    if request.param == "memory":
        return MemoryBookmarks()
    return PostgresBookmarks(request.getfixturevalue("database").url, "feesvc")


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
        async with taken(bookmarks, process.name) as bookmark:
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
        async with taken(bookmarks, process.name) as bookmark:
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
