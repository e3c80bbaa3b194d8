"""The batched runner on a real log: killed, disconnected, doubled, stopped, rebuilt."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time

import psycopg
import pytest

from feesvc.domain.payment import Payment
from feesvc.embedded import Database
from feesvc.projecting import LOG, Recorded
from feesvc.projecting.digesting import lag
from feesvc.projecting.installing import install
from feesvc.projecting.runner import ProjectionStopped, connect
from feesvc.store.following import LogReader
from feesvc.testing.projection import SERVICE
from feesvc.testing.recorded import some_id
from feesvc.testing.tally import Tally, counted, runner, status, until, write_ends, write_rows

FOLLOW = """
import sys, threading
from feesvc.projecting.runner import Runner
from feesvc.store.following import LogReader
from feesvc.testing.tally import Tally
url = sys.argv[1]
Runner(url, Tally(), LogReader(url), batch=3).run(threading.Event())
"""
DIE = """
import os, signal, sys
from feesvc.projecting.runner import Runner
from feesvc.store.following import LogReader
from feesvc.testing.tally import Tally
class Dying(Tally):
    def apply(self, batch, db):
        super().apply(batch, db)
        if batch[-1].position > int(sys.argv[2]):
            os.kill(os.getpid(), signal.SIGKILL)
url = sys.argv[1]
Runner(url, Dying(), LogReader(url), batch=5).catch_up()
"""


@pytest.fixture
def tallied(database: Database) -> Database:
    install(database.owner_url, SERVICE, [Tally()])
    return database


def test_positions_advance_over_what_a_projection_does_not_listen_to(tallied: Database) -> None:
    with runner(tallied) as following, LogReader(tallied.url) as log:
        assert following.catch_up() == log.head() > 0
    assert counted(tallied) == (0, 0)
    with psycopg.connect(tallied.url) as connection:
        assert lag(connection, "tally") == 0


@pytest.mark.parametrize("batch", [1, 7, 1000])
def test_every_event_is_applied_once(tallied: Database, batch: int) -> None:
    write_ends(tallied.owner_url, 0, 25)
    with runner(tallied, batch=batch) as following:
        following.catch_up()
        write_ends(tallied.owner_url, 25, 5, agency="H29")
        following.catch_up()
    assert counted(tallied) == (30, 30)


def test_a_kill_between_rows_and_position_takes_back_both(tallied: Database) -> None:
    write_ends(tallied.owner_url, 0, 40)
    child = subprocess.run(
        [sys.executable, "-c", DIE, tallied.url, "17"], check=False, capture_output=True
    )
    assert child.returncode == -9, child.stderr
    seen, total = counted(tallied)
    assert 0 < seen < 40 and seen == total
    with connect(tallied.url, "tally") as db:
        last = db.execute("SELECT max(position) AS last FROM seen").fetchone()
    assert last == {"last": status(tallied).position}
    with runner(tallied) as following:
        following.catch_up()
    assert counted(tallied) == (40, 40)


def test_a_follower_killed_at_random_misses_and_repeats_nothing(tallied: Database) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    dice = random.Random(seed)
    for turn in range(4):
        child = subprocess.Popen([sys.executable, "-c", FOLLOW, tallied.url])
        write_ends(tallied.owner_url, turn * 100, 100)
        time.sleep(dice.uniform(0.2, 1.2))
        child.kill()
        child.wait()
    with runner(tallied) as following:
        deadline = time.monotonic() + 10
        while not following.hold():  # the server notices a dead client a moment later
            assert time.monotonic() < deadline
            time.sleep(0.05)
        following.catch_up()
    assert counted(tallied) == (400, 400)


def test_a_second_runner_waits_until_the_first_is_gone(tallied: Database) -> None:
    stopping = threading.Event()
    with runner(tallied) as first, runner(tallied) as second:
        assert first.hold()
        assert not second.hold()
        waiting = threading.Thread(target=second.run, args=[stopping])
        waiting.start()
        write_ends(tallied.owner_url, 0, 3)
        time.sleep(0.7)
        assert counted(tallied) == (0, 0)
        first.close()
        until(lambda: counted(tallied) == (3, 3))
        stopping.set()
        waiting.join(10)


def test_a_lost_connection_is_made_again(tallied: Database) -> None:
    stopping = threading.Event()
    with runner(tallied) as following:
        working = threading.Thread(target=following.run, args=[stopping])
        working.start()
        write_ends(tallied.owner_url, 0, 3)
        until(lambda: counted(tallied) == (3, 3))
        with psycopg.connect(tallied.owner_url, autocommit=True) as owner:
            owner.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid() "
                "AND usename = current_user"
            )
        with psycopg.connect(tallied.url, autocommit=True) as service:
            service.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                "AND usename = current_user"
            )
        write_ends(tallied.owner_url, 3, 3)
        until(lambda: counted(tallied) == (6, 6))
        stopping.set()
        working.join(10)


def test_an_unreadable_event_stops_the_projection_there(tallied: Database) -> None:
    write_ends(tallied.owner_url, 0, 10)
    unreadable = (LOG, some_id("broken"), 1, "G14", Payment.Ended.TOPIC, 1, b'{"reason": 1}')
    write_rows(tallied.owner_url, [unreadable])
    write_ends(tallied.owner_url, 10, 10)
    with runner(tallied) as following:
        with pytest.raises(ProjectionStopped) as stopped:
            following.run(threading.Event())
        assert following.stopped is stopped.value
    assert stopped.value.topic == "payment.ended"
    assert counted(tallied) == (10, 10)
    now = status(tallied)
    assert now.position == stopped.value.position - 1 and now.lag == 11
    assert "payment.ended" in now.stopped and str(stopped.value.position) in now.stopped


def test_an_event_that_cannot_be_applied_stops_it_and_once_mended_it_goes_on(
    tallied: Database,
) -> None:
    class Wrong(Tally):
        def apply(self, batch: list[Recorded], db: object) -> None:  # type: ignore[override]
            if any(r.event.originator_id == some_id("payment 7") for r in batch):
                raise ZeroDivisionError("a bug")
            super().apply(batch, db)  # type: ignore[arg-type]

    write_ends(tallied.owner_url, 0, 20)
    with runner(tallied, Wrong()) as following, pytest.raises(ProjectionStopped, match="a bug"):
        following.catch_up()
    assert counted(tallied) == (7, 7)
    assert status(tallied).stopped
    with runner(tallied) as mended:
        mended.catch_up()
    assert counted(tallied) == (20, 20)
    assert status(tallied).stopped == ""
