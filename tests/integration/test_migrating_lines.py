"""Lines that an earlier schema kept with their states stand as they stood, and count once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from importlib.resources import files
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import Connection, errors

from feesvc import migrations
from feesvc.embedded import Server

BEFORE = 50
ACCOUNT, FILE, STATEMENT = UUID(int=1), UUID(int=2), UUID(int=3)
STATES = [
    ("l1", "open", "S03"), ("l2", "matched", ""), ("l3", "placed", "of_batch"),
    ("l1", "repeated", "line:1"), ("l2", "superseded", "matched"), ("l4", "read", ""),
]  # fmt: skip
FILED = """
INSERT INTO feesvc.source_file (id, agency, source, account, sha256, size, format, profile,
    profile_version, came_by, received_at, received_by, state, verdict, place, why)
VALUES (%(file)s, 'G14', 'settlement', %(account)s, 'x', 1, 'x', '', 0, 'upload', now(), 'x',
    'accepted', '', '', '')
"""
STATED = """
INSERT INTO feesvc.statement (id, file, ordinal, agency, source, account, currency, identity,
    ends_on, count, gross, commission, tax, net, state)
VALUES (%(statement)s, %(file)s, 1, 'G14', 'settlement', %(account)s, 'VND', 'B-1', now(), 6, 6, 0,
    0, 6, 'accepted')
"""
LINE = """
INSERT INTO feesvc.{table} (statement, number, place, agency, account, leg, identity, native_id,
    kind, transaction, reference, original, told_transaction, told_reference, told_original, batch,
    keys, gross, commission, tax, net, currency, occurred_at, value_on, state, reason)
VALUES (%(statement)s, %(number)s, '', 'G14', %(account)s, 'S', %(identity)s, %(identity)s,
    'payment', '', '', '', '', '', '', '', '{{}}', 1, 0, 0, 1, 'VND', now(), now(), %(state)s,
    %(reason)s)
"""
ASKED = {"account": ACCOUNT, "file": FILE, "statement": STATEMENT}


@pytest.fixture
def earlier(database_server: Server) -> Iterator[tuple[Connection[Any], str]]:
    """A database as the files up to ``BEFORE`` left it, and its owner's address."""
    fresh = database_server.create(f"feesvc_test_{uuid4().hex[:12]}")
    folder = files(migrations)
    names = sorted(one.name for one in folder.iterdir() if one.name[:4].isdigit())
    with psycopg.connect(fresh.owner_url, autocommit=True) as db:
        db.execute(folder.joinpath("migration.sql").read_bytes())
        for name in [name for name in names if int(name[:4]) <= BEFORE]:
            sql = folder.joinpath(name).read_bytes()
            db.execute(sql)
            db.execute(
                "INSERT INTO feesvc.migration (number, name, sha256) VALUES (%s, %s, %s)",
                [int(name[:4]), name, hashlib.sha256(sql).hexdigest()],
            )
        yield db, fresh.owner_url
    database_server.drop(fresh.name)


def test_lines_stand_as_they_stood(
    earlier: tuple[Connection[Any], str], database_server: Server
) -> None:
    db, owner_url = earlier
    db.execute(FILED, ASKED)
    db.execute(STATED, ASKED)
    for number, (identity, state, reason) in enumerate(STATES, start=1):
        put(db, "line", number, identity, state, reason)
    asked = "SELECT * FROM feesvc.line ORDER BY number"
    before = db.execute(asked).fetchall()

    assert migrations.apply(owner_url, database_server.service_role)
    assert db.execute(asked).fetchall() == before
    unmatched = "SELECT line, state, reason FROM feesvc.unmatched_line ORDER BY line"
    assert db.execute(unmatched).fetchall() == [(1, "open", "S03"), (3, "placed", "of_batch")]
    with pytest.raises(errors.UniqueViolation):
        put(db, "told_line", 7, "l2", "stands", "")
    put(db, "told_line", 7, "l2", "repeated", "line:2")


def put(
    db: Connection[Any], table: str, number: int, identity: str, state: str, reason: str
) -> None:
    line = {"number": number, "identity": identity, "state": state, "reason": reason}
    db.execute(LINE.format(table=table).encode(), {**ASKED, **line})
