"""The contract of the store: a class of tests that the tests of each implementation inherit.

``class TestGrouped(StoreContract)`` with ``open_store``; needs nothing else.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import ClassVar
from uuid import UUID, uuid4

import pytest

from feesvc.domain.aggregate import Aggregate
from feesvc.money import Money
from feesvc.store import Answer, Appended, Command, Store, Unstorable, Verdict
from feesvc.testing.jar import NOON, Coin, Jar, LongJar, command, opened

RECORDED, REPEAT, STALE = Verdict.RECORDED, Verdict.REPEAT, Verdict.STALE


class StoreContract(ABC):
    """What commands, followers and processes rely on."""

    strict: ClassVar[bool] = True
    """False for the library's own recorder: positions skip numbers, streams may have holes."""

    @abstractmethod
    def open_store(self) -> AbstractAsyncContextManager[Store]:
        """A store whose log holds ``log.opened`` and may hold more; closed at the end."""

    def with_store(self, story: Callable[[Store], Awaitable[None]]) -> None:
        async def told() -> None:
            async with self.open_store() as store:
                await story(store)

        asyncio.run(told())

    def test_what_was_recorded_is_loaded(self) -> None:
        async def story(store: Store) -> None:
            coins = (
                Coin(kind="silver", worth=Money(5, "VND"), marks=("à", "b")),
                Coin(kind="copper", worth=Money(-1, "USD")),
            )
            stream, keeper = uuid4(), uuid4()
            facts = {"coins": coins, "codes": {"b": "2", "a": "1"}, "keeper": keeper}
            jar = opened(stream, "đường", 2, **facts)
            told = await store.append(command(jar, cause=f"{store.log}-1"))

            assert told.verdict is RECORDED and told.last == told.first + 1 + 1
            loaded = await store.load([stream, uuid4()])
            assert loaded.keys() == {stream}
            assert counted(loaded[stream]) == 2 and loaded[stream].version == 3
            history = await store.history(stream)
            assert [each.position for each in history] == list(range(told.first, told.last + 1))
            first = history[0]
            assert await store.history(stream, 1, 1) == history[1:2]
            assert isinstance(first.event, Jar.Opened)
            assert (first.event.coins, first.event.keeper) == (coins, keeper)
            assert first.event.codes == {"a": "1", "b": "2"} and first.event.worth is None
            assert first.event.timestamp == NOON
            assert (first.agency, first.actor, first.cause) == ("G14", "mai", f"{store.log}-1")
            assert history[1].recorded_at == first.recorded_at

        self.with_store(story)

    def test_each_command_of_a_crowd_gets_its_own_verdict(self) -> None:
        async def story(store: Store) -> None:
            taken, shared = uuid4(), uuid4()
            before = command(opened(taken), answer=Answer(201, b"made", "/jars"))
            first_time = await store.append(before)
            twice = command(opened(uuid4()))
            crowd: list[tuple[Command, Verdict | None]] = [
                (command(opened(uuid4())), RECORDED),
                (command(opened(taken)), STALE),
                (command(opened(uuid4()), actor="ma\0i"), None),
                (command(opened(uuid4())), RECORDED),
                (before, REPEAT),
                (command(opened(uuid4(), label="nul\0")), None),
                (command(opened(uuid4()), agency="g14"), None),
                (command(opened(uuid4()), principal="\ud800"), None),
                (command(opened(uuid4())), RECORDED),
            ]
            clashing = [command(opened(shared)), command(opened(shared)), twice, twice]
            appends = (store.append(each) for each in [*clashing, *(each for each, _ in crowd)])
            told = await asyncio.gather(*appends, return_exceptions=True)

            verdicts = [each.verdict if isinstance(each, Appended) else None for each in told]
            assert {*verdicts[:2]} == {RECORDED, STALE}
            assert {*verdicts[2:4]} == {RECORDED, REPEAT}
            assert verdicts[4:] == [expected for _, expected in crowd]
            errors = [each for each in told if not isinstance(each, Appended)]
            assert all(isinstance(error, Unstorable) for error in errors)
            repeat = told[8]
            assert isinstance(repeat, Appended)
            assert repeat.answer == before.answer and repeat.first == first_time.first
            log = await store.read(0, 1000)
            assert len(log) == 1 + 1 + 5 and await store.head() == log[-1].position
            if self.strict:
                assert [each.position for each in log] == list(range(1, 8))

        self.with_store(story)

    def test_a_misuse_of_an_id_shows_the_first_fingerprint(self) -> None:
        async def story(store: Store) -> None:
            first = command(opened(uuid4()), fingerprint=b"asked for tea")
            other = command(opened(uuid4()), id=first.id, fingerprint=b"asked for coffee")
            await store.append(first)
            told = await store.append(other)

            assert told.verdict is REPEAT and told.fingerprint == b"asked for tea"
            assert await store.load([other.events[0][1].originator_id]) == {}

        self.with_store(story)

    def test_the_first_answer_stands(self) -> None:
        async def story(store: Store) -> None:
            asked = command(opened(uuid4()))
            assert await store.find(asked.id) is None
            await store.append(asked)
            found = await store.find(asked.id)
            assert found is not None and not found.answered and found.answer is None
            answers = [Answer(201, bytes([n]) * 3, f"/jars/{n}") for n in range(3)]
            await store.answer(asked.id, answers[0])
            await asyncio.gather(*(store.answer(asked.id, answer) for answer in answers[1:]))

            told = await store.append(asked)
            assert told == await store.find(asked.id)
            assert told.verdict is REPEAT and told.answered and told.answer == answers[0]
            with pytest.raises(LookupError):
                await store.answer(uuid4(), answers[0])

        self.with_store(story)

    def test_a_command_without_events_is_remembered(self) -> None:
        async def story(store: Store) -> None:
            head = await store.head()
            nothing = command(answer=Answer(200, b"{}"))
            told = await store.append(nothing)
            assert (told.verdict, told.first, told.last) == (RECORDED, 0, 0)
            assert (await store.append(nothing)).answer == nothing.answer
            assert await store.head() == head

        self.with_store(story)

    def test_all_events_of_a_command_or_none(self) -> None:
        async def story(store: Store) -> None:
            taken, free = uuid4(), uuid4()
            await store.append(command(opened(taken)))
            told = await store.append(command(opened(free), opened(taken)))
            assert told.verdict is STALE
            assert await store.history(free) == []
            if not self.strict:
                return
            # A version ahead of its stream is as stale as one behind: it would leave a hole.
            ahead = opened(free, fillings=1)
            ahead.pending_events.pop(0)
            assert (await store.append(command(ahead))).verdict is STALE

        self.with_store(story)

    def test_of_five_who_race_one_wins_each_round(self) -> None:
        async def story(store: Store) -> None:
            stream = uuid4()
            await store.append(command(opened(stream)))

            async def fill_once() -> int:
                for attempt in range(1, 50):
                    jar = (await store.load([stream]))[stream]
                    assert isinstance(jar, Jar)
                    jar.fill(1)
                    if (await store.append(command(jar))).verdict is RECORDED:
                        return attempt
                raise AssertionError("outrun for ever")

            attempts = await asyncio.gather(*(fill_once() for _ in range(5)))
            assert max(attempts) <= 5
            assert counted((await store.load([stream]))[stream]) == 5

        self.with_store(story)

    def test_fifty_at_once_with_one_id_have_one_effect(self) -> None:
        async def story(store: Store) -> None:
            once = command(opened(uuid4()))
            told = await asyncio.gather(*(store.append(once) for _ in range(50)))
            verdicts = [each.verdict for each in told]
            assert verdicts.count(RECORDED) == 1 and verdicts.count(REPEAT) == 49
            assert len({each.first for each in told}) == 1

        self.with_store(story)

    def test_the_log_is_read_in_pages_and_by_topic(self) -> None:
        async def story(store: Store) -> None:
            start = await store.head()
            for _ in range(4):
                await store.append(command(opened(uuid4(), fillings=2)))
            assert await store.head() == start + 12
            page = await store.read(start + 2, 5)
            assert [each.position for each in page] == list(range(start + 3, start + 8))
            topics = ("jar.opened", "long_jar.begun")
            some = await store.read(start, 3, topics)
            assert [each.position for each in some] == [start + 1, start + 4, start + 7]
            assert await store.read(start + 12, 5) == []
            times = [each.recorded_at for each in await store.read(0, 100)]
            assert times == sorted(times)

        self.with_store(story)

    def test_what_is_looked_at_stays_as_it_was(self) -> None:
        async def story(store: Store) -> None:
            stream = uuid4()
            await store.append(command(opened(stream)))
            seen = (await store.peek([stream]))[stream]
            changed = (await store.load([stream]))[stream]
            assert isinstance(changed, Jar)
            changed.fill(7)
            assert counted(seen) == 0
            await store.append(command(changed))
            again = (await store.peek([stream, uuid4()]))[stream]
            assert counted(again) == 7 and counted(seen) == 0

        self.with_store(story)

    def test_long_streams_load_free_to_be_changed(self) -> None:
        async def story(store: Store) -> None:
            stream = uuid4()
            jar = LongJar.first(LongJar.Begun, stream, NOON)
            jar.top(1)
            await store.append(command(jar))
            for count in (2, 3):
                mine, other = await asyncio.gather(store.load([stream]), store.load([stream]))
                mine_jar, other_jar = mine[stream], other[stream]
                assert isinstance(mine_jar, LongJar) and isinstance(other_jar, LongJar)
                mine_jar.top(count)
                assert other_jar.counts == list(range(1, count))
                assert (await store.append(command(mine_jar))).verdict is RECORDED
            last = (await store.load([stream]))[stream]
            assert isinstance(last, LongJar) and last.counts == [1, 2, 3]

        self.with_store(story)

    def test_who_goes_away_leaves_a_whole_command_or_none(self) -> None:
        async def story(store: Store) -> None:
            commands = [command(opened(uuid4(), fillings=3)) for _ in range(20)]
            tasks = [asyncio.create_task(store.append(each)) for each in commands]
            for number, task in enumerate(tasks):
                if number % 2:
                    await asyncio.sleep(0.0005 * (number % 5))
                    task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            stayed = await asyncio.gather(*(store.append(each) for each in commands))
            assert all(each.verdict in {RECORDED, REPEAT} for each in stayed)
            for each in commands:
                history = await store.history(each.events[0][1].originator_id)
                assert len(history) == 4

        self.with_store(story)

    def test_what_could_not_be_read_again_is_not_recorded(self) -> None:
        async def story(store: Store) -> None:
            naive = NOON.replace(tzinfo=None)
            wrong: list[Aggregate] = [
                opened(uuid4(), label="a\0b"),
                opened(uuid4(), codes={"k\0": "v"}),
                opened(uuid4(), label=5),  # type: ignore[arg-type]
                opened(uuid4(), coins=({"kind": "gold"},)),
                Jar.first(Jar.Opened, uuid4(), naive, label="naive"),
            ]
            for jar in wrong:
                with pytest.raises(Unstorable):
                    await store.append(command(jar))
                assert await store.history(jar.id) == []
            backslash = opened(uuid4(), label="\\u0000 is no NUL")
            assert (await store.append(command(backslash))).verdict is RECORDED

        self.with_store(story)

    def test_numbers_are_never_the_same_twice(self) -> None:
        async def story(store: Store) -> None:
            numbers = await asyncio.gather(*(store.numbers() for _ in range(1500)))
            assert len(set(numbers)) == 1500 and min(numbers) > 0

        self.with_store(story)

    def test_the_log_opens_with_its_name_space(self) -> None:
        async def story(store: Store) -> None:
            first = (await store.read(0, 1))[0]
            assert (first.position, first.agency, first.event.TOPIC) == (1, "*", "log.opened")
            namespace: UUID = vars(first.event)["namespace"]
            assert namespace == store.ids.namespace and store.epoch.isalnum()

        self.with_store(story)


def counted(aggregate: Aggregate) -> int:
    assert isinstance(aggregate, Jar)
    return aggregate.count
