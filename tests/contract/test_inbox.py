"""What both implementations of ``Inbox`` promise."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import pytest
from psycopg_pool import AsyncConnectionPool

from feesvc.people import People, Redacted
from feesvc.people.inbox import Arrival, Coming, Raw, Wanted
from feesvc.people.memory import MemoryPeople
from feesvc.people.postgres import PostgresPeople

NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
ACCOUNT = uuid4()
Story = Callable[[People], Awaitable[None]]
Run = Callable[[Story], None]


@pytest.fixture(params=["memory", "postgres"])
def run(request: pytest.FixtureRequest) -> Run:
    """Runs a story against a fresh inbox."""

    async def in_memory(story: Story) -> None:
        await story(MemoryPeople())

    async def against_postgres(story: Story) -> None:
        url = request.getfixturevalue("database").url
        async with AsyncConnectionPool[Any](url, min_size=1, max_size=4, open=False) as pool:
            await story(await PostgresPeople.opened(pool, [os.urandom(32)]))

    told = in_memory if request.param == "memory" else against_postgres
    return lambda story: asyncio.run(told(story))


def coming(
    body: bytes = b"paid", minutes: int = 0, verdict: str = "recorded", kept: bool = True,
    account: UUID = ACCOUNT, headers: dict[str, str] | None = None,
) -> Coming:  # fmt: skip
    raw = Raw(
        query=b"a=1&b=%00", body=body, headers=headers or {"signature": "s1", "x": "Nguyễn"},
        source="203.0.113.9",
    )  # fmt: skip
    return Coming(
        account=account, intermediary="any", received_at=NOON + timedelta(minutes=minutes),
        verdict=verdict, method="POST", keys="k1", outcomes=["received 5 VND of R-1"], raw=raw,
        kept=kept,
    )  # fmt: skip


async def all_of(people: People, **asked: Any) -> list[Arrival]:
    return await people.inbox.arrivals(Wanted(account=ACCOUNT, **asked))


def test_a_notification_is_kept_as_it_came(run: Run) -> None:
    async def story(people: People) -> None:
        body = bytes(range(256)) + b"\n\n"
        came = coming(body)
        await people.inbox.take_in(came)
        [arrival] = await all_of(people)
        assert (arrival.verdict, arrival.method, arrival.keys) == ("recorded", "POST", "k1")
        assert arrival.received_at == came.received_at and arrival.size == 9 + len(body)
        assert list(arrival.outcomes) == ["received 5 VND of R-1"]
        # What an event names as its evidence is this very document.
        assert arrival.message == sha256(b"a=1&b=%00\n" + body).hexdigest()
        assert await people.fetch(arrival.message) == b"a=1&b=%00\n" + body
        assert await people.inbox.opened(arrival) == came.raw

    run(story)


def test_bytes_are_kept_once_and_arrivals_each(run: Run) -> None:
    async def story(people: People) -> None:
        name = await people.keep("notification", coming().raw.message())
        for minutes in range(5):
            await people.inbox.take_in(coming(minutes=minutes))
        await people.inbox.take_in(coming(minutes=5, headers={"signature": "s2"}))
        arrivals = await all_of(people)
        assert [one.received_at.minute for one in arrivals] == [5, 4, 3, 2, 1, 0]
        assert {one.message for one in arrivals} == {name}
        assert len({one.envelope for one in arrivals}) == 2
        opened = [await people.inbox.opened(one) for one in arrivals[:2]]
        signatures = [one.headers["signature"] for one in opened if isinstance(one, Raw)]
        assert signatures == ["s2", "s1"]

    run(story)


def test_that_it_came_may_be_all_that_is_kept(run: Run) -> None:
    async def story(people: People) -> None:
        await people.inbox.take_in(coming(kept=False))
        [arrival] = await all_of(people)
        assert (arrival.message, arrival.envelope, arrival.size) == (None, None, 13)
        assert await people.inbox.opened(arrival) is None

    run(story)


def test_what_is_wanted_comes_newest_first_and_by_pages(run: Run) -> None:
    async def story(people: People) -> None:
        verdicts = ("recorded", "forged")
        for number in range(6):
            await people.inbox.take_in(
                coming(b"%d" % number, minutes=-number, verdict=verdicts[number % 2])
            )
        await people.inbox.take_in(coming(account=uuid4()))
        page = await all_of(people, limit=4)
        rest = await all_of(people, limit=4, before=page[-1].id)
        assert [one.received_at for one in page + rest] == [
            NOON - timedelta(minutes=number) for number in range(6)
        ]
        assert len(await all_of(people, verdict="forged")) == 3
        until = NOON - timedelta(minutes=1)
        assert len(await all_of(people, since=NOON - timedelta(minutes=3), until=until)) == 2
        [one] = await all_of(people, message=page[2].message)
        assert one == page[2]
        assert await people.inbox.arrival(ACCOUNT, one.id) == one
        assert await people.inbox.arrival(uuid4(), one.id) is None
        foreign = await people.inbox.arrivals(Wanted(account=uuid4(), before=one.id))
        assert foreign == []

    run(story)


def test_erasing_leaves_that_it_came_and_what_came_again_since(run: Run) -> None:
    async def story(people: People) -> None:
        await people.inbox.take_in(coming(b"old"))
        await people.inbox.take_in(coming(b"again"))
        await people.inbox.take_in(coming(b"junk", verdict="forged"))
        await people.inbox.take_in(coming(b"again", minutes=10))
        at = NOON + timedelta(minutes=5)
        assert await people.inbox.erase(ACCOUNT, at, "forged", "retention", "person:x") == 1
        assert await people.inbox.erase(ACCOUNT, at, None, "retention", "person:x") == 1
        assert await people.inbox.erase(ACCOUNT, at, None, "retention", "person:x") == 0
        assert await people.inbox.erase(uuid4(), at, None, "retention", "person:x") == 0
        found = [await people.inbox.opened(one) for one in await all_of(people)]
        assert [type(one) for one in found] == [Raw, Redacted, Raw, Redacted]
        # Bytes that were erased stay so, whoever sends them again.
        await people.inbox.take_in(coming(b"old", minutes=20))
        [newest, *_] = await all_of(people)
        assert isinstance(await people.inbox.opened(newest), Redacted)

    run(story)


def test_headers_without_an_end_are_cut(run: Run) -> None:
    async def story(people: People) -> None:
        endless = {f"x-{number}": "y" * 1000 for number in range(100)}
        await people.inbox.take_in(coming(headers={"signature": "s", **endless}))
        [arrival] = await all_of(people)
        raw = await people.inbox.opened(arrival)
        assert isinstance(raw, Raw) and raw.headers["signature"] == "s"
        assert 20 < len(raw.headers) < 40

    run(story)
