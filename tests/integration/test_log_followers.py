"""Followers that are killed at random miss no event and meet none twice, whoever writes."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
import time

import psycopg
import pytest

from feesvc.embedded import Database
from feesvc.store import StoreUnavailable
from feesvc.store.following import LogReader
from feesvc.testing.jar import Jar

WRITER = """
import asyncio, random, sys, threading
from uuid import uuid4
from feesvc.store import Unstorable
from feesvc.store.grouped import GroupedStore
from feesvc.testing.jar import command, opened

async def write(url, seed, count):
    rng = random.Random(seed)
    store = await GroupedStore.open(url)
    shared = [store.ids.of("jar", str(n)) for n in range(5)]
    waiting = []
    for n in range(count):
        jars = [opened(uuid4(), fillings=rng.randrange(3))]
        if n % 7 == 0:
            jars.append(opened(rng.choice(shared)))  # nearly always stale
        actor = "mai\\0" if n % 11 == 0 else "mai"   # its batch is rolled back
        waiting.append(store.append(command(*jars, actor=actor)))
        if len(waiting) == rng.randrange(1, 9):
            await asyncio.gather(*waiting, return_exceptions=True)
            waiting = []
    await asyncio.gather(*waiting, return_exceptions=True)
    await store.close()

url, seed, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
threads = [
    threading.Thread(target=lambda n=n: asyncio.run(write(url, seed * 10 + n, count)))
    for n in range(4)
]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
"""

FOLLOWER = """
import sys
import psycopg
import feesvc.testing.jar
from feesvc.store.following import LogReader
from feesvc.testing.jar import Jar

reader, owner_url, name = LogReader(sys.argv[1]), sys.argv[2], sys.argv[3]
with psycopg.connect(owner_url) as db:
    while True:
        with db.transaction():
            at = db.execute("SELECT position FROM tracked WHERE name = %s", [name]).fetchone()[0]
            seen = [(name, recorded.position) for recorded in reader.read(at, 20)]
            if seen:
                with db.cursor() as cursor:
                    cursor.executemany("INSERT INTO seen (name, position) VALUES (%s, %s)", seen)
                db.execute(
                    "UPDATE tracked SET position = %s WHERE name = %s", [seen[-1][1], name]
                )
        if not seen:
            reader.wait(at, 5)
"""

BY_HAND = (
    "INSERT INTO feesvc.event (log, stream, version, agency, topic, form, state, actor) "
    "SELECT 'feesvc', gen_random_uuid(), 1, '*', 'jar.opened', 1, "
    """'{"label":"hand","timestamp":"2026-11-21T05:00:00Z"}', 'hand' """
    "FROM generate_series(1, 3)"
)
NAMES = ("one", "two")


def start(program: str, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", program, *arguments])


@pytest.mark.slow
def test_none_misses_or_repeats(database: Database) -> None:
    rng = random.Random(20261121)
    with psycopg.connect(database.owner_url, autocommit=True) as owner:
        owner.execute("CREATE TABLE seen (n serial, name text, position bigint)")
        owner.execute("CREATE TABLE tracked (name text PRIMARY KEY, position bigint)")
        for name in NAMES:
            owner.execute("INSERT INTO tracked VALUES (%s, 0)", [name])
        writers = [start(WRITER, database.url, str(seed), "40") for seed in range(3)]
        urls = (database.url, database.owner_url)
        followers = {name: start(FOLLOWER, *urls, name) for name in NAMES}
        kills = 0
        while any(writer.poll() is None for writer in writers) or kills < 4:
            time.sleep(rng.uniform(0.1, 0.6))
            insert_by_hand(database.owner_url, rollback=rng.random() < 0.5)
            name = rng.choice(NAMES)
            if position(owner, name) > kills * 10:
                kill(followers[name])
                kills += 1
                followers[name] = start(FOLLOWER, *urls, name)
        assert [writer.returncode for writer in writers] == [0, 0, 0]
        insert_by_hand(database.owner_url, rollback=False)

        head = scalar(owner, "SELECT position FROM feesvc.log WHERE name = 'feesvc'")
        deadline = time.monotonic() + 20
        while min(position(owner, name) for name in NAMES) < head:
            assert time.monotonic() < deadline, "a follower does not arrive"
            time.sleep(0.05)
        for follower in followers.values():
            assert follower.poll() is None
            kill(follower)

        everything = list(range(1, head + 1))
        assert column(owner, "SELECT position FROM feesvc.event ORDER BY 1") == everything
        assert head > 480
        for name in NAMES:
            seen = column(owner, "SELECT position FROM seen WHERE name = %s ORDER BY n", name)
            assert seen == everything
        times = column(owner, "SELECT recorded_at FROM feesvc.event ORDER BY position")
        assert times == sorted(times)  # type: ignore[type-var]


def test_who_waits_is_woken_at_once(database: Database) -> None:
    with LogReader(database.url) as reader:
        assert reader.head() == 1 and reader.wait(0, 0)
        started = time.monotonic()
        assert not reader.wait(1, 0.2) and time.monotonic() - started < 1
        later = threading.Timer(0.2, insert_by_hand, [database.owner_url], {"rollback": False})
        later.start()
        started = time.monotonic()
        assert reader.wait(1, 10) and time.monotonic() - started < 0.9
        later.join()
        read = reader.read(1, 10, [Jar.Opened.TOPIC])
        assert [each.position for each in read] == [2, 3, 4]
        assert isinstance(read[0].event, Jar.Opened) and read[0].actor == "hand"
        assert reader.read(4, 10) == []
        pages = [[each.position for each in page] for page in reader.pages(1, 2)]
        assert pages == [[2, 3], [4]]
        assert list(reader.pages(0, 10, ["log.opened"])) == [reader.read(0, 1)]


def test_a_reader_that_lost_its_connection_says_so_once(database: Database) -> None:
    with (
        LogReader(database.url) as reader,
        LogReader(database.url, "other") as other,
        psycopg.connect(database.url, autocommit=True) as same_role,
    ):
        assert reader.head() == 1
        same_role.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
            "AND usename = current_user AND datname = current_database()"
        )
        with pytest.raises(StoreUnavailable):
            reader.head()
        assert reader.head() == 1
        with pytest.raises(LookupError, match="no log named"):
            other.head()


def insert_by_hand(owner_url: str, *, rollback: bool) -> None:
    with psycopg.connect(owner_url) as hand:
        hand.execute(BY_HAND)
        time.sleep(0.01)
        if rollback:
            hand.rollback()


def kill(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()


def position(owner: psycopg.Connection, name: str) -> int:
    return scalar(owner, "SELECT position FROM tracked WHERE name = %s", name)


def scalar(owner: psycopg.Connection, query: str, *arguments: str) -> int:
    found = column(owner, query, *arguments)[0]
    assert isinstance(found, int)
    return found


def column(owner: psycopg.Connection, query: str, *arguments: str) -> list[object]:
    return [row[0] for row in owner.execute(query.encode(), arguments).fetchall()]
