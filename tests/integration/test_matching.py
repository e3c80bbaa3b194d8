"""A run finds what belongs together, names what does not, the same whatever came first."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4, uuid5

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feesvc.application import matching
from feesvc.application.house import House
from feesvc.assembly import prepare_database
from feesvc.domain.match_terms import MatchTerms
from feesvc.embedded import Database, Server
from feesvc.reconciling.matching.runs import RunUnderWay, alone
from feesvc.testing.ground import KEY, Ground
from feesvc.testing.said_and_captured import (
    ACCOUNT,
    AGENCY,
    NOON,
    SPACE,
    Captured,
    Said,
    at_head,
    put_batches,
    put_captures,
    put_statement,
)

DAY = NOON.date()


CAPTURES = [
    Captured(name="by transaction", transaction="T-1", reference="R1"),
    Captured(name="by reference", transaction="ours 2", reference="FV-0002", amount=50_000),
    Captured(name="short", transaction="T3", amount=70_000),
    Captured(name="in dollars", transaction="T4", currency="USD", amount=500),
    Captured(name="twin a", reference="TWIN", amount=10_000),
    Captured(name="twin b", reference="TWIN", amount=10_000),
    Captured(name="told twice", transaction="T5"),
    Captured(name="gone", transaction="T6", state="reversed"),
    Captured(name="damaged", transaction="9988776655", reference="FV00000077", amount=33_000),
    Captured(name="never", transaction="T99"),
    Captured(name="refund", kind="refund", original="T-1", amount=-40_000, transaction="RF1"),
    Captured(name="other refund", kind="refund", original="T5", amount=-1_000),
    Captured(name="asked refund", kind="refund", original="T3", amount=-7_000, state="asked"),
    Captured(name="wished refund", kind="refund", original="T9", amount=-6_000, state="asked"),
    Captured(name="told refund", kind="refund", original="T8", amount=-4_000, transaction="RF8"),
    Captured(name="dispute", kind="dispute", original="T3", amount=-70_000),
]  # fmt: skip
MONDAY = [
    Said(name="l1", transaction="t1"),
    Said(name="l2", transaction="theirs 2", reference="fv0002", amount=50_000),
    Said(name="l3", transaction="T3", amount=69_000),
    Said(name="l4", transaction="T4", amount=500),
    Said(name="l5", reference="TWIN", amount=10_000),
    Said(name="l6", transaction="T5"),
    Said(name="l7", transaction="T5"),
    Said(name="l8", transaction="T6"),
    Said(name="l9", transaction="99887X6655", amount=33_000),
    Said(name="l10", transaction="nobody's", amount=12_345),
    Said(name="r1", kind="refund", original="T1", amount=-40_000),
    Said(name="r2", kind="refund", original="T5", amount=-2_000),
    Said(name="r3", kind="refund", original="T3", amount=-7_000),
    Said(name="r4", kind="refund", original="T77", amount=-7_000),
    Said(name="r5", kind="refund", original="T8", amount=-4_000, transaction="RF8"),
    Said(name="r6", kind="refund", original="T8", amount=-2_000, transaction="RF9"),
    Said(name="r7", kind="refund", original="T9", amount=-2_000),
    Said(name="d1", kind="dispute", original="T3", amount=-70_000),
    Said(name="a1", kind="adjustment", amount=-5),
    Said(name="f1", kind="fee", amount=-11),
]  # fmt: skip
TUESDAY = [Said(name="l11", transaction="T5", at=NOON + timedelta(days=1))]
FOUND = {"l1": "by transaction", "l2": "by reference", "l6": "told twice", "r1": "refund",
         "r5": "told refund", "d1": "dispute"}  # fmt: skip
CODES = {
    "l3": "S04", "l4": "S05", "l5": "S20", "l7": "S07", "l8": "S06", "l9": "S19", "l10": "S03",
    "l11": "S08", "r2": "S12", "r3": "S11", "r4": "S11", "r6": "S11", "r7": "S11",
    "a1": "S17", "f1": "to_batch",
}  # fmt: skip
LATER = DAY + timedelta(days=1)


def test_every_line_is_found_or_named(ground: Ground) -> None:
    put_captures(ground.db, CAPTURES)
    put_statement(ground.db, "B-1", MONDAY)
    put_statement(ground.db, "B-2", TUESDAY)
    run = ground.run(as_of=LATER)
    names = {str(one.id): one.name for one in CAPTURES}
    assert {line: names[id] for line, id in ground.pairs().items()} == FOUND
    assert ground.codes() == CODES
    assert (run.groups, run.proposals, run.complete) == (len(FOUND), 1, True)
    assert sum(run.breaks.values()) == len(CODES) - 1
    counted = {row["disposition"]: row["lines"] for row in run.numbers["by_disposition"]}
    assert counted == {"matched": 6, "break": 14, "of_batch": 1}


def test_a_rejected_line_of_yesterday_is_told_twice_today(ground: Ground) -> None:
    put_captures(ground.db, CAPTURES)
    put_statement(ground.db, "B-1", [MONDAY[5]])
    ground.run()
    ground.db.execute("UPDATE feesvc.match_run SET state = 'concluded'")
    ground.db.execute("UPDATE captures.capture SET state = 'settled' WHERE transaction = 'T5'")
    put_statement(ground.db, "B-2", TUESDAY)
    ground.run(as_of=LATER)
    assert ground.codes() == {"l11": "S08"}


@pytest.fixture(scope="module")
def template(database_server: Server) -> Iterator[Database]:
    made = database_server.create("feesvc_matching_template")
    prepare_database(made.owner_url, "feesvc_service")
    yield made
    database_server.drop(made.name)


def test_no_order_of_arrival_changes_what_is_found(
    template: Database, database_server: Server, tmp_path: Any
) -> None:
    (tmp_path / "key").write_text(KEY)
    seen = set()
    for seed in range(4):
        order = random.Random(seed)
        fresh = database_server.create(f"feesvc_matching_{seed}", template.name)
        ground = Ground(fresh, f"file:{tmp_path / 'key'}")
        captures, files = list(CAPTURES), [("B-1", MONDAY), ("B-2", TUESDAY)]
        order.shuffle(captures)
        order.shuffle(files)
        put_captures(ground.db, captures)
        for identity, lines in files:
            put_statement(ground.db, identity, lines)
        at_head(ground.db)
        run = ground.run(as_of=LATER, dry=True)
        seen.add((run.inputs, run.result))
        ground.db.close()
        database_server.drop(fresh.name)
    assert len(seen) == 1 and "" not in next(iter(seen))


def test_a_dry_run_writes_its_own_row_and_nothing_else(ground: Ground) -> None:
    put_captures(ground.db, CAPTURES)
    put_statement(ground.db, "B-1", MONDAY)
    dry = ground.run(dry=True)
    assert (dry.state, dry.numbers["would_match"], dry.numbers["would_propose"]) == (
        "dry",
        len(FOUND),
        1,
    )
    assert dry.numbers["by_code"]["S20"] == 1
    assert (ground.pairs(), ground.codes()) == ({}, {})
    assert ground.run().result == dry.result
    only_keys = MatchTerms(passes=("transaction",))
    fewer = ground.run(dry=True, terms=(7, only_keys))
    assert (fewer.rules, fewer.numbers["would_match"]) == (7, 0)


def test_a_killed_run_is_taken_up_again(ground: Ground) -> None:
    put_captures(ground.db, CAPTURES)
    put_statement(ground.db, "B-1", MONDAY)
    begun = uuid4()
    ground.db.execute(
        "INSERT INTO feesvc.match_run (id, agency, account, leg, started_at, started_by, as_of, "
        "rules, calendar, log_position, inputs, result, state) "
        "VALUES (%s, %s, %s, 'S', now(), 'person:b', %s, 0, '', 1, '', '', 'under_way')",
        [begun, AGENCY, ACCOUNT, DAY],
    )
    run = ground.run(id=begun)
    assert (run.id, run.started_by, run.groups) == (begun, "person:b", len(FOUND))
    again = ground.run(id=begun)
    assert again == run


def test_two_runs_at_one_account_exclude_each_other(ground: Ground) -> None:
    put_captures(ground.db, CAPTURES)
    put_statement(ground.db, "B-1", MONDAY)

    async def meanwhile(house: House) -> None:
        async with house.rows.cursor() as other, alone(other, ACCOUNT, "S"):
            with pytest.raises(RunUnderWay):
                await matching.run(
                    house, AGENCY, ACCOUNT, "S", DAY, principal="person:a", id=uuid4()
                )

    ground.do(meanwhile)
    assert ground.rows("SELECT * FROM feesvc.match_run") == []
    assert ground.run().groups == len(FOUND)


def test_a_bank_account_is_matched_by_batches_and_never_by_an_amount_alone(ground: Ground) -> None:
    bank = uuid5(SPACE, "bank")
    put_batches(ground.db, [
        ("PO-1", 98_900, DAY), ("PO-2", 50_000, DAY), ("PO-3", 60_000, DAY),
        ("PO-4", 70_000, DAY), ("PO-5", 1_000, DAY),
    ])  # fmt: skip
    put_statement(ground.db, "bank 1", [
        Said(name="exact", amount=98_900, keys=("po1",), kind="credit"),
        Said(name="merged", amount=110_000, keys=("PO2", "PO3"), kind="credit"),
        Said(name="again", amount=98_900, keys=("PO1",), kind="credit"),
        Said(name="short", amount=69_500, keys=("PO4",), kind="credit"),
        Said(name="bare", amount=1_000, kind="credit"),
        Said(name="unknown", amount=777, kind="credit"),
        Said(name="out", amount=-500, kind="debit"),
    ], leg="B", account=bank)  # fmt: skip
    run = ground.run("B", account=bank)
    assert set(ground.pairs()) == {"exact", "merged"}
    assert ground.codes() == {
        "again": "B08", "short": "B04", "bare": "S19", "unknown": "B03", "out": "B11",
    }  # fmt: skip
    assert (run.proposals, run.complete) == (0, True)


AMOUNTS = st.sampled_from([1_000, 2_000])
REFERENCES = st.sampled_from(["", "A", "B"])


@pytest.fixture(scope="module")
def shared(template: Database, database_server: Server, tmp_path_factory: Any) -> Iterator[Ground]:
    key = tmp_path_factory.mktemp("keys") / "key"
    key.write_text(KEY)
    fresh = database_server.create("feesvc_matching_shared", template.name)
    ground = Ground(fresh, f"file:{key}")
    at_head(ground.db)
    yield ground
    ground.db.close()
    database_server.drop(fresh.name)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    captures=st.lists(st.tuples(REFERENCES, REFERENCES, AMOUNTS), max_size=6),
    lines=st.lists(st.tuples(REFERENCES, REFERENCES, AMOUNTS), min_size=1, max_size=6),
)
def test_no_item_is_in_two_matches_and_every_line_is_explained(
    shared: Ground, captures: Sequence[Any], lines: Sequence[Any]
) -> None:
    """Whatever keys collide: one active group per item, equal sums, one disposition per line."""
    ground = shared
    ground.db.execute(
        "TRUNCATE feesvc.match_pair, feesvc.match_member, feesvc.match_break, feesvc.match_group, "
        "feesvc.match_run, feesvc.told_line, feesvc.unmatched_line, feesvc.statement, "
        "feesvc.source_file, captures.capture"
    )
    put_captures(ground.db, [
        Captured(name=f"c{n}", transaction=t and f"T{t}", reference=r, amount=a)
        for n, (t, r, a) in enumerate(captures)
    ])  # fmt: skip
    put_statement(ground.db, "B", [
        Said(name=f"l{n}", transaction=t and f"T{t}", reference=r, amount=a)
        for n, (t, r, a) in enumerate(lines)
    ])  # fmt: skip
    run = ground.run()
    items = [row["item"] for row in ground.rows(
        "SELECT item FROM feesvc.every_member WHERE active"
    )]  # fmt: skip
    assert len(items) == len(set(items))
    sums = ground.rows(
        "SELECT \"group\", sum(amount) FILTER (WHERE side = 'A') - "
        "sum(amount) FILTER (WHERE side = 'B') AS left FROM feesvc.every_member GROUP BY 1"
    )
    assert all(row["left"] == 0 for row in sums)
    assert set(ground.pairs()) | set(ground.codes()) == {f"l{n}" for n in range(len(lines))}
    assert not set(ground.pairs()) & set(ground.codes())
    assert run.complete


def test_a_run_says_up_to_where_it_knew_the_log(ground: Ground) -> None:
    put_statement(ground.db, "B-1", MONDAY)
    run = ground.run()
    assert run.log_position == ground.rows("SELECT position FROM feesvc.log")[0]["position"]
