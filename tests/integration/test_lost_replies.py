"""A lost reply is harmless: the command is resubmitted as it was, and has one effect."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from uuid import uuid4

import pytest

from feesvc.embedded import Database
from feesvc.store import Answer, StoreUnavailable, Verdict
from feesvc.store.grouped import GroupedStore
from feesvc.testing.jar import command, opened
from feesvc.testing.proxy import CuttingProxy, Moment, cutting_proxy

__all__ = ["cutting_proxy"]

Story = Callable[[GroupedStore], Awaitable[None]]


def through(proxy: CuttingProxy, story: Story, patience: float = 10) -> None:
    async def told() -> None:
        store = await GroupedStore.open(proxy.url, patience=patience)
        try:
            await story(store)
        finally:
            await store.close()

    asyncio.run(told())


@pytest.mark.parametrize("moment", ["swallow", "lose"])
@pytest.mark.parametrize("times", [1, 3])
def test_an_append_cut_off_has_one_effect(
    cutting_proxy: CuttingProxy, moment: Moment, times: int
) -> None:
    async def story(store: GroupedStore) -> None:
        await store.append(command(opened(uuid4())))  # from here on the statement is prepared
        head = await store.head()
        cutting_proxy.cut("feesvc.append", moment, times)
        crowd = [command(opened(uuid4(), fillings=1), answer=Answer(201, b"x")) for _ in range(5)]
        told = await asyncio.gather(*(store.append(each) for each in crowd))

        assert cutting_proxy.cuts == times
        # It was this very attempt that recorded it: nobody is told of a repeat.
        assert [each.verdict for each in told] == [Verdict.RECORDED] * 5
        assert await store.head() == head + 10
        for each, verdict in zip(crowd, told, strict=True):
            history = await store.history(each.events[0][1].originator_id)
            assert [event.position for event in history] == [verdict.first, verdict.last]
            again = await store.append(each)
            assert (again.verdict, again.answer) == (Verdict.REPEAT, each.answer)

    through(cutting_proxy, story)


def test_an_answer_cut_off_is_kept(cutting_proxy: CuttingProxy) -> None:
    async def story(store: GroupedStore) -> None:
        asked = command(opened(uuid4()))
        await store.append(asked)
        cutting_proxy.cut("feesvc.answer")
        await store.answer(asked.id, Answer(201, b"made"))
        found = await store.find(asked.id)
        assert found is not None and found.answer == Answer(201, b"made")
        assert cutting_proxy.cuts == 1

    through(cutting_proxy, story)


def test_reads_and_numbers_outlive_a_cut(cutting_proxy: CuttingProxy) -> None:
    async def story(store: GroupedStore) -> None:
        stream = uuid4()
        await store.append(command(opened(stream)))
        for statement in ("nextval", "feesvc.event e", "feesvc.command k", "LIMIT"):
            cutting_proxy.cut(statement)
            assert stream in await store.load([stream])
            assert await store.find(uuid4()) is None
            await store.numbers()
            assert len(await store.read(0, 10)) == 2
        assert cutting_proxy.cuts == 4

    through(cutting_proxy, story)


def test_a_database_that_stays_away_is_told_in_time(
    cutting_proxy: CuttingProxy, database: Database
) -> None:
    unheard = command(opened(uuid4()))

    async def story(store: GroupedStore) -> None:
        loop = asyncio.get_running_loop()
        cutting_proxy.cut("feesvc.append", "lose", times=10_000)
        started = loop.time()
        with pytest.raises(StoreUnavailable):
            await store.append(unheard)
        assert loop.time() - started < 3
        cutting_proxy.cut("feesvc.append", times=0)
        # The writer may have got through just after its caller was told: still one effect.
        again = await store.append(unheard)
        assert again.verdict in {Verdict.RECORDED, Verdict.REPEAT}
        assert again.first == await store.head() == 2

    through(cutting_proxy, story, patience=1)
    assert cutting_proxy.cuts > 1
