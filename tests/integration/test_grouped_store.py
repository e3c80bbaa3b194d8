"""The store on PostgreSQL keeps the contract, and what a database adds to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import psycopg
import pytest

from feesvc.embedded import Database
from feesvc.store import Answer, Store, StoreUnavailable, Verdict
from feesvc.store.forms import Unreadable
from feesvc.store.grouped import GroupedStore
from feesvc.testing.jar import Jar, command, opened
from feesvc.testing.store import StoreContract


class TestGroupedStore(StoreContract):
    @pytest.fixture(autouse=True)
    def fresh(self, database: Database) -> None:
        self.url = database.url

    @asynccontextmanager
    async def open_store(self) -> AsyncIterator[Store]:
        store = await GroupedStore.open(self.url)
        yield store
        await store.close()


def test_two_processes_share_one_log(database: Database) -> None:
    async def story() -> None:
        one, two = await asyncio.gather(*(GroupedStore.open(database.url) for _ in range(2)))
        asked = command(opened(uuid4()), fingerprint=b"f")
        told = await asyncio.gather(*(store.append(asked) for store in (one, two)))
        assert {each.verdict for each in told} == {Verdict.RECORDED, Verdict.REPEAT}
        assert one.ids.namespace == two.ids.namespace
        numbers = [await store.numbers() for store in (one, two)]
        assert abs(numbers[0] - numbers[1]) >= 1000
        await one.close()
        await two.close()

    asyncio.run(story())


def test_another_whereabouts_means_another_epoch(database: Database) -> None:
    async def epoch_and_number() -> tuple[str, int]:
        store = await GroupedStore.open(database.url)
        number = await store.numbers()
        await store.close()
        return store.epoch, number

    before, _ = asyncio.run(epoch_and_number())
    assert asyncio.run(epoch_and_number())[0] == before
    with psycopg.connect(database.owner_url, autocommit=True) as owner:
        # As after a restore elsewhere: the row says where the epoch was issued.
        owner.execute("UPDATE feesvc.log SET issued_for = '1/00000001/2'")
    after, _ = asyncio.run(epoch_and_number())
    assert after != before and len(after) == 6 and after.isalnum()


def test_answers_are_forgotten_after_72_hours_but_not_that_they_were_given(
    database: Database,
) -> None:
    async def story() -> None:
        store = await GroupedStore.open(database.url)
        old, young = (
            command(opened(uuid4()), answer=Answer(201, b"body", "/jars/1")) for _ in range(2)
        )
        await store.append(old)
        await store.append(young)
        with psycopg.connect(database.owner_url, autocommit=True) as owner:
            owner.execute(
                "UPDATE feesvc.command SET answered_at = answered_at - interval '73 h' "
                "WHERE id = %s",
                [old.id],
            )
        with psycopg.connect(database.url, autocommit=True) as service:
            assert service.execute("SELECT feesvc.purge_answers(10)").fetchone() == (1,)
        told = await store.append(old)
        assert (told.verdict, told.answered, told.answer) == (Verdict.REPEAT, True, None)
        assert (await store.append(young)).answer == young.answer
        await store.answer(old.id, Answer(500, b"late"))
        assert (await store.append(old)).answer is None
        await store.close()

    asyncio.run(story())


def test_an_event_of_an_unknown_form_or_name_is_told_apart(database: Database) -> None:
    by_hand = (
        "INSERT INTO feesvc.event (log, stream, version, agency, topic, form, state, actor) "
        "VALUES ('feesvc', %s, 1, '*', %s, %s, %s, 'hand')"
    )
    opened_state = b'{"label":"x","timestamp":"2026-11-21T05:00:00Z"}'
    wrong = [
        ("no.such", 1, b"{}"),
        ("jar.filled", 3, b"{}"),
        ("jar.filled", 2, b'{"count":1,"timestamp":"2026-11-21T05:00:00Z","more":1}'),
        ("jar.filled", 2, b'{"timestamp":"2026-11-21T05:00:00Z"}'),
        ("jar.opened", 1, opened_state[:-1] + b',"worth":{"amount":1,"currency":"VND","x":1}}'),
        ("jar.opened", 1, opened_state[:-1] + b',"worth":{"amount":1.5,"currency":"VND"}}'),
    ]

    async def story() -> None:
        store = await GroupedStore.open(database.url)
        good, *bad = (uuid4() for _ in range(len(wrong) + 1))
        with psycopg.connect(database.owner_url, autocommit=True) as owner:
            owner.execute(by_hand, [good, "jar.opened", 1, opened_state])
            for stream, (topic, form, state) in zip(bad, wrong, strict=True):
                owner.execute(by_hand, [stream, topic, form, state])
        start = (await store.history(good))[0].position
        for number, (stream, (topic, form, _)) in enumerate(zip(bad, wrong, strict=True), 1):
            told = await asyncio.gather(
                store.load([stream]), store.load([good]), return_exceptions=True
            )
            assert isinstance(told[0], Unreadable)
            assert isinstance(told[1], dict) and isinstance(told[1][good], Jar)
            with pytest.raises(Unreadable) as caught:
                await store.history(stream)
            error = caught.value
            assert (error.topic, error.form, error.position) == (topic, form, start + number)
        await store.close()

    asyncio.run(story())


def test_old_forms_are_lifted(database: Database) -> None:
    stream = uuid4()

    async def story() -> None:
        store = await GroupedStore.open(database.url)
        await store.append(command(opened(stream)))
        with psycopg.connect(database.owner_url, autocommit=True) as owner:
            owner.execute(
                "INSERT INTO feesvc.event (log, stream, version, agency, topic, form, state, actor)"
                " VALUES ('feesvc', %s, 2, 'G14', 'jar.filled', 1, %s, 'hand')",
                [stream, b'{"coins":4,"timestamp":"2026-11-21T05:00:00Z"}'],
            )
        jar = (await store.load([stream]))[stream]
        assert isinstance(jar, Jar) and jar.count == 4
        jar.fill(1)
        assert (await store.append(command(jar))).verdict is Verdict.RECORDED
        await store.close()

    asyncio.run(story())


def test_no_database_is_said_so(database: Database) -> None:
    async def story() -> None:
        wrong = database.url.replace(database.name, "no_such_database")
        with pytest.raises(StoreUnavailable, match="no_such_database"):
            await GroupedStore.open(wrong, patience=0.3)
        with pytest.raises(LookupError, match="no log named"):
            await GroupedStore.open(database.url, log="other")

    asyncio.run(story())
