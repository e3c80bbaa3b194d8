"""The tables of a projection: installed once, read at one moment, never changed by a reader."""

from __future__ import annotations

import psycopg
import pytest

from feesvc.embedded import Database
from feesvc.projecting.installing import install
from feesvc.projecting.reading import Readers
from feesvc.projecting.rebuilding import rebuild
from feesvc.store.following import LogReader
from feesvc.testing.projection import SERVICE
from feesvc.testing.tally import Tally


def test_install_makes_what_is_missing_once(database: Database) -> None:
    assert install(database.owner_url, SERVICE, [Tally()]) == ["tally"]
    assert install(database.owner_url, SERVICE, [Tally()]) == []


def test_readers_see_the_projection_and_change_nothing(database: Database) -> None:
    install(database.owner_url, SERVICE, [Tally()])
    readers = Readers(database.url, "tally")
    readers.start()
    try:
        with readers.open() as db:
            assert db.execute("SELECT count(*) AS n FROM tally").fetchone() == {"n": 0}
        with readers.open() as db, pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            db.execute("DELETE FROM tally")
        with LogReader(database.url) as log:
            rebuild(database.owner_url, SERVICE, Tally(), log)
        with readers.open() as db:
            assert db.execute("SELECT count(*) AS n FROM tally").fetchone() == {"n": 0}
    finally:
        readers.close()
