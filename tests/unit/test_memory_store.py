"""The store in memory keeps the contract, and what only it promises."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import uuid4

from feesvc.store import Store
from feesvc.store.memory import MemoryStore
from feesvc.testing.jar import NOON, command, opened
from feesvc.testing.store import StoreContract


class TestMemoryStore(StoreContract):
    @asynccontextmanager
    async def open_store(self) -> AsyncIterator[Store]:
        store = MemoryStore()
        yield store
        await store.close()


def test_its_clock_may_go_back_but_recorded_times_do_not() -> None:
    times = iter([NOON, NOON, NOON + timedelta(hours=1), NOON - timedelta(days=1)])
    store = MemoryStore(clock=lambda: next(times))

    async def story() -> None:
        later = await store.append(command(opened(uuid4())))
        after = await store.append(command(opened(uuid4())))
        assert later.recorded_at == after.recorded_at == NOON + timedelta(hours=1)

    asyncio.run(story())


def test_two_of_them_are_the_same_to_the_last_byte() -> None:
    logs = []
    for _ in range(2):
        store = MemoryStore(clock=lambda: NOON)
        jar = opened(store.ids.of("jar", "1"))
        asyncio.run(store.append(command(jar, id=store.ids.of("command", "1"))))
        logs.append(asyncio.run(store.read(0, 10)))
    assert logs[0] == logs[1]
