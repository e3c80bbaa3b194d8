"""Nobody changes or reorders what is recorded: not the service, not the owner by a slip."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import errors

from feesvc import migrations
from feesvc.embedded import Database

BY_HAND = (
    "INSERT INTO feesvc.event (log, stream, version, agency, topic, form, state, actor) "
    "SELECT 'feesvc', gen_random_uuid(), 1, '*', 'jar.opened', 1, "
    """'{"label":"hand","timestamp":"2026-11-21T05:00:00Z"}', 'hand' """
    "FROM generate_series(1, 3)"
)
PLACED = (
    "INSERT INTO feesvc.event (log, position, stream, version, agency, topic, form, state, "
    "recorded_at, actor, command) SELECT 'feesvc', n, gen_random_uuid(), 1, '*', 'jar.opened', 1, "
    "'', now(), 'hand', gen_random_uuid() FROM generate_series({first}, {last}) n"
)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE feesvc.event SET agency = 'G15'",
        "DELETE FROM feesvc.event",
        "TRUNCATE feesvc.event",
        "DELETE FROM feesvc.command",
        "TRUNCATE feesvc.command",
        "UPDATE feesvc.command SET fingerprint = 'x'",
        "DELETE FROM feesvc.log",
        "TRUNCATE feesvc.log",
    ],
)
def test_what_is_recorded_stays(database: Database, change: str) -> None:
    for url in (database.url, database.owner_url):
        with (
            psycopg.connect(url, autocommit=True) as connection,
            pytest.raises(errors.InsufficientPrivilege),
        ):
            connection.execute(change.encode())


@pytest.mark.parametrize(
    "change",
    [
        BY_HAND,
        "UPDATE feesvc.command SET answer = 'x'",
        "UPDATE feesvc.log SET epoch = 'x'",
        "INSERT INTO feesvc.command SELECT * FROM feesvc.command",
        "SELECT setval('feesvc.number', 1)",
        "SELECT feesvc.create_log('mine')",
        "CREATE TABLE feesvc.mine (x int)",
        "ALTER TABLE feesvc.event DISABLE TRIGGER append_only",
        "DROP TABLE feesvc.event",
        "UPDATE feesvc.migration SET sha256 = ''",
        "UPDATE feesvc.told_line SET net = net + 1",
        "DELETE FROM feesvc.told_line",
    ],
)
def test_the_service_may_append_and_read_only(database: Database, change: str) -> None:
    with (
        psycopg.connect(database.url, autocommit=True) as service,
        pytest.raises(errors.InsufficientPrivilege),
    ):
        service.execute(change.encode())


@pytest.mark.parametrize(
    "placed",
    [
        PLACED.format(first=2, last=2),
        PLACED.format(first=2, last=4),
        PLACED.format(first=9, last=9),
        PLACED.format(first=0, last=0),
        PLACED.format(first=1, last=1),
        PLACED.format(first=2, last=2).replace("'feesvc', n", "'other', n"),
        "UPDATE feesvc.log SET position = 7; " + PLACED.format(first=7, last=7),
        "UPDATE feesvc.log SET position = 7",
        "UPDATE feesvc.log SET position = 0",
    ],
)
def test_a_position_made_by_hand_is_refused(database: Database, placed: str) -> None:
    with psycopg.connect(database.owner_url, autocommit=True) as owner:
        with pytest.raises((errors.CheckViolation, errors.UniqueViolation)):
            owner.execute(placed.encode())
        assert positions(owner) == [1]


def test_an_insert_by_hand_gets_its_place_in_the_order(database: Database) -> None:
    with (
        psycopg.connect(database.owner_url) as slow,
        psycopg.connect(database.owner_url, autocommit=True) as quick,
        psycopg.connect(database.url, autocommit=True) as service,
    ):
        slow.execute(BY_HAND)
        quick.execute("SET lock_timeout = '200ms'")
        with pytest.raises(errors.LockNotAvailable):
            quick.execute(BY_HAND)
        assert positions(service) == [1]
        slow.rollback()
        quick.execute(BY_HAND)
        slow.execute(BY_HAND)
        slow.commit()
        assert positions(service) == list(range(1, 8))


def test_migrating_again_does_nothing_and_an_edited_file_is_refused(database: Database) -> None:
    with psycopg.connect(database.url) as service:
        role = service.execute("SELECT current_user").fetchone()
        assert role is not None
    with psycopg.connect(database.owner_url, autocommit=True) as owner:
        assert migrations.apply(database.owner_url, role[0]) == []
        assert migrations.pending(database.url) == []
        owner.execute("UPDATE feesvc.migration SET sha256 = 'x' WHERE number = 1")
        with pytest.raises(migrations.MigrationRefused, match="0001_log"):
            migrations.apply(database.owner_url, role[0])
        with pytest.raises(migrations.MigrationRefused, match="0001_log"):
            migrations.pending(database.url)
        with pytest.raises(migrations.MigrationRefused, match="no role 'nobody_here'"):
            migrations.apply(database.owner_url, "nobody_here")


def test_a_bare_database_has_everything_pending(bare_database: Database) -> None:
    assert migrations.pending(bare_database.url)[0] == "0001_log.sql"


def positions(connection: psycopg.Connection) -> list[int]:
    rows = connection.execute("SELECT position FROM feesvc.event ORDER BY position").fetchall()
    return [row[0] for row in rows]
