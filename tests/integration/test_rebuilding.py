"""Installing and rebuilding projections: beside the live one, swapped at once, or refused."""

from __future__ import annotations

import threading

import pytest

from feesvc.embedded import Database
from feesvc.projecting.installing import RebuildNeeded, install
from feesvc.projecting.rebuilding import ClosedPeriodChanged, rebuild
from feesvc.projecting.runner import NotInstalled, connect
from feesvc.store.following import LogReader
from feesvc.testing.projection import SERVICE
from feesvc.testing.tally import (
    ClosedTally,
    Tally,
    counted,
    live_digest,
    runner,
    status,
    until,
    write_ends,
)


@pytest.fixture
def tallied(database: Database) -> Database:
    install(database.owner_url, SERVICE, [Tally()])
    return database


def test_a_rebuild_beside_a_live_runner_equals_it(tallied: Database) -> None:
    stopping = threading.Event()
    write_ends(tallied.owner_url, 0, 200)
    with runner(tallied) as following, LogReader(tallied.url) as log:
        working = threading.Thread(target=following.run, args=[stopping])
        working.start()
        told: list[tuple[int, int]] = []

        def more(position: int, head: int) -> None:
            if not told:
                write_ends(tallied.owner_url, 200, 50)
            told.append((position, head))

        reached = rebuild(tallied.owner_url, SERVICE, Tally(), log, more)
        assert told and reached >= 250
        write_ends(tallied.owner_url, 250, 50)
        until(lambda: counted(tallied) == (300, 300))
        stopping.set()
        working.join(10)
    live = live_digest(tallied)
    with LogReader(tallied.url) as log:
        rebuild(tallied.owner_url, SERVICE, Tally(), log)
    assert live_digest(tallied) == live


def test_a_rebuild_that_would_change_a_closed_period_is_refused(tallied: Database) -> None:
    write_ends(tallied.owner_url, 0, 5)
    with runner(tallied, ClosedTally()) as following:
        following.catch_up()
    with connect(tallied.owner_url, "tally") as db:
        db.execute("UPDATE tally SET n = 4")
    before = live_digest(tallied)
    with LogReader(tallied.url) as log, pytest.raises(ClosedPeriodChanged, match="G14"):
        rebuild(tallied.owner_url, SERVICE, ClosedTally(), log)
    assert live_digest(tallied) == before
    with connect(tallied.owner_url, "tally") as db:
        db.execute("UPDATE tally SET n = 5")
    with LogReader(tallied.url) as log:
        rebuild(tallied.owner_url, SERVICE, ClosedTally(), log)


def test_another_version_needs_a_rebuild_and_ends_the_old_runner(tallied: Database) -> None:
    class Second(Tally):
        version = 2
        schema = Tally.schema + "CREATE TABLE more (n int);"

    write_ends(tallied.owner_url, 0, 5)
    with runner(tallied) as old, LogReader(tallied.url) as log:
        old.catch_up()
        with pytest.raises(RebuildNeeded, match="feesvc rebuild tally"):
            install(tallied.owner_url, SERVICE, [Second()])
        rebuild(tallied.owner_url, SERVICE, Second(), log)
        with pytest.raises(NotInstalled):
            old.catch_up()
    assert install(tallied.owner_url, SERVICE, [Second()]) == []
    with runner(tallied, Second()) as new:
        new.catch_up()
    assert counted(tallied) == (5, 5) and status(tallied).version == 2
