"""One active match for each line and each capture, held by the database across pairs and groups."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import Connection, errors

from feesvc.assembly import prepare_database
from feesvc.embedded import Database
from feesvc.reconciling.matching.statements import statement

AGENCY = "G14"
PAIR = """
INSERT INTO feesvc.match_pair
    (id, run, agency, line, capture, amount, currency, rule, rules, how, state, active)
VALUES (feesvc.pair_id(%(run)s, %(line)s), %(run)s, %(agency)s, %(line)s, %(capture)s, 5, 'VND',
    'transaction', 0, 'key', 'confirmed', true)
"""
GROUP = """
WITH made AS (
    INSERT INTO feesvc.match_group
        (id, run, agency, leg, rule, rules, how, state, difference, currency, why)
    VALUES (%(group)s, %(run)s, %(agency)s, 'S', 'manual', 0, 'manual', 'confirmed', 0, 'VND', '{}')
)
SELECT 1
"""
MEMBER = """
INSERT INTO feesvc.match_member ("group", side, item, amount, active)
VALUES (%(group)s, %(side)s, %(item)s, 5, %(active)s)
"""
CAPTURE = UUID(int=7)


@pytest.fixture
def two(database: Database) -> Iterator[tuple[Connection[Any], Connection[Any]]]:
    """Two connections, each in a transaction of its own."""
    prepare_database(database.owner_url, "feesvc_service")
    with psycopg.connect(database.owner_url) as one, psycopg.connect(database.owner_url) as other:
        one.execute(
            "INSERT INTO feesvc.match_run (id, agency, account, leg, started_at, started_by, "
            "as_of, rules, calendar, log_position, inputs, result, state) "
            "VALUES (%s, %s, %s, 'S', now(), 'x', now(), 0, '', 0, '', '', 'concluded')",
            [RUN, AGENCY, uuid4()],
        )
        one.commit()
        yield one, other


RUN = UUID(int=3 << 64)


def pair(db: Connection[Any], line: int, capture: UUID) -> None:
    db.execute(PAIR, {"run": RUN, "agency": AGENCY, "line": line, "capture": capture})


def group(db: Connection[Any], line: int, capture: UUID, *, active: bool = True) -> UUID:
    id = uuid4()
    db.execute(GROUP, {"group": id, "run": RUN, "agency": AGENCY})
    for side, item in (("A", f"capture:{capture}"), ("B", f"line:{line}")):
        db.execute(MEMBER, {"group": id, "side": side, "item": item, "active": active})
    return id


ENTRIES = {
    "a capture": (lambda db: pair(db, 1, CAPTURE), lambda db: group(db, 2, CAPTURE)),
    "a line": (lambda db: pair(db, 1, CAPTURE), lambda db: group(db, 1, UUID(int=8))),
    "two pairs": (lambda db: pair(db, 1, CAPTURE), lambda db: pair(db, 2, CAPTURE)),
}


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("what", ENTRIES)
def test_of_two_transactions_that_match_the_same_one_fails(
    two: tuple[Connection[Any], Connection[Any]], what: str, turned: bool
) -> None:
    """Neither sees the other's match: only the database can know."""
    first, second = reversed(ENTRIES[what]) if turned else ENTRIES[what]
    one, other = two
    one.execute("SELECT 1")
    other.execute("SELECT count(*) FROM feesvc.match_pair")
    first(one)
    refused: list[Exception] = []

    def wait() -> None:
        try:
            second(other)
        except errors.UniqueViolation as error:
            refused.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    waiting.join(0.2)
    assert waiting.is_alive(), "the second did not wait for the first"
    one.commit()
    waiting.join(10)
    assert [type(error) for error in refused] == [errors.UniqueViolation]


def test_what_a_group_lets_go_is_free_and_what_it_takes_up_is_not(
    two: tuple[Connection[Any], Connection[Any]],
) -> None:
    db, _ = two
    held = group(db, 1, CAPTURE, active=False)
    pair(db, 2, CAPTURE)
    with pytest.raises(errors.UniqueViolation), db.transaction():
        db.execute(
            'UPDATE feesvc.match_member SET active = true WHERE "group" = %s AND side = %s',
            [held, "A"],
        )
    db.execute("UPDATE feesvc.match_pair SET state = 'reversed', active = false WHERE line = 2")
    db.execute('UPDATE feesvc.match_member SET active = true WHERE "group" = %s', [held])
    for taken in ((3, CAPTURE), (1, UUID(int=9))):
        with pytest.raises(errors.UniqueViolation), db.transaction():
            pair(db, *taken)
    db.execute('UPDATE feesvc.match_member SET active = false WHERE "group" = %s', [held])
    pair(db, 1, CAPTURE)


def test_a_pair_reads_as_a_group_of_two(two: tuple[Connection[Any], Connection[Any]]) -> None:
    db, _ = two
    pair(db, 12, CAPTURE)
    made = db.execute(
        "SELECT id, run, leg, how, state, difference, why FROM feesvc.every_group"
    ).fetchone()
    id = UUID(hex=RUN.hex[:16] + f"{12:016x}")
    assert made == (id, RUN, "S", "key", "confirmed", 0, {"lost": []})
    members = db.execute(
        'SELECT side, item, amount, active FROM feesvc.every_member WHERE "group" = %s '
        "ORDER BY side", [id],
    ).fetchall()  # fmt: skip
    assert members == [("A", f"capture:{CAPTURE}", 5, True), ("B", "line:12", 5, True)]


FILL = """
INSERT INTO feesvc.match_pair
    (id, run, agency, line, capture, amount, currency, rule, rules, how, state, active)
SELECT feesvc.pair_id(%(run)s, n), %(run)s, %(agency)s, n, gen_random_uuid(), 5, 'VND',
    'transaction', 0, 'key', CASE WHEN n %% 1000 = 7 THEN 'reversed' ELSE 'posted' END,
    n %% 1000 <> 7
FROM generate_series(%(first)s::bigint, %(first)s::bigint + 9999) AS n
"""
NOTHING: dict[str, Any] = {"run": None, "state": None, "after": None}
MIDDLE = UUID(hex=RUN.hex[:16] + f"{5_000:016x}")
ASKED: dict[str, tuple[dict[str, Any], int]] = {
    "all": ({}, 51),
    "a state that most have": ({"state": "posted"}, 51),
    "a state that few have": ({"state": "reversed"}, 10),
    "a state that none has": ({"state": "confirmed"}, 0),
    "the next page": ({"state": "posted", "after": MIDDLE}, 51),
    "a run": ({"run": RUN}, 51),
    "few of a run": ({"run": RUN, "state": "posted", "after": MIDDLE}, 51),
}


def test_a_list_of_matches_reads_few_pairs(
    two: tuple[Connection[Any], Connection[Any]],
) -> None:
    """Another agency has as many in runs before and after: none of them is read."""
    db, _ = two
    for number, (run, agency) in enumerate(
        ((UUID(int=1 << 64), "A1"), (RUN, AGENCY), (UUID(int=9 << 64), "Z9"))
    ):
        db.execute(FILL, {"run": run, "agency": agency, "first": 1 + 10_000 * number})
    db.execute("UPDATE feesvc.match_pair SET id = feesvc.pair_id(run, line - 10000) "
               "WHERE agency = %s", [AGENCY])  # fmt: skip
    db.commit()
    with db.cursor() as plain:
        plain.execute("ANALYZE feesvc.match_pair")
    explained = b"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + statement("groups")
    for name, (asked, rows) in ASKED.items():
        query = {**NOTHING, "agency": AGENCY, "rows": 51, **asked}
        found = db.execute(statement("groups"), query, prepare=False).fetchall()
        assert len(found) == rows, name
        assert [one[0] for one in found] == sorted(one[0] for one in found), name
        [(told,)] = db.execute(explained, query, prepare=False).fetchall()
        plan = told[0]["Plan"]
        assert _read(plan) < 1_000, (name, json.dumps(plan, indent=1))


def _read(plan: dict[str, Any]) -> int:
    """Rows of pairs that were looked at, those that a filter left out among them."""
    own = 0
    if plan.get("Relation Name") == "match_pair":
        left_out = plan.get("Rows Removed by Filter", 0)
        own = (plan["Actual Rows"] + left_out) * plan["Actual Loops"]
    return int(own) + sum(_read(one) for one in plan.get("Plans", ()))
