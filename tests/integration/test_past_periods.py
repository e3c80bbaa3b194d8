"""Rules tried on a past period: what they would find of it, and what of how it stands they keep."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

import pytest

from feesvc.domain.match_terms import MatchTerms
from feesvc.reconciling.matching.past import BadPeriod
from feesvc.reconciling.matching.runs import Run
from feesvc.testing.ground import Ground
from feesvc.testing.said_and_captured import (
    NOON,
    SPACE,
    Captured,
    Said,
    put_batches,
    put_captures,
    put_statement,
)

DAY = NOON.date()
LATER = DAY + timedelta(days=1)
PERIOD = (DAY, DAY)
COUNTS = ("lines", "kept", "gained", "lost", "otherwise", "asked")
ONLY_REFERENCES = (0, MatchTerms(passes=("reference",)))


def counted(run: Run) -> dict[str, int]:
    return {name: run.numbers["period"][name] for name in COUNTS if run.numbers["period"][name]}


def became(ground: Ground, run: Run) -> dict[str, str]:
    names = {
        row["id"]: row["identity"] for row in ground.rows("SELECT id, identity FROM feesvc.line")
    }
    return {names[one["line"]]: one["became"] for one in run.numbers["period"]["differing"]}


def written(ground: Ground) -> dict[str, Any]:
    """All that a run could change, but the rows of runs."""
    return {
        table: sorted(map(str, ground.rows(f"SELECT * FROM {table}")))
        for table in (
            "feesvc.told_line", "feesvc.unmatched_line", "feesvc.match_pair", "feesvc.match_group",
            "feesvc.match_member", "feesvc.match_break", "captures.capture", "captures.awaited",
        )
    }  # fmt: skip


@pytest.fixture
def settled(ground: Ground) -> Ground:
    """A day that was matched and booked, but for a line that nobody knew of; and the day after."""
    put_captures(ground.db, [
        Captured(name="c1", transaction="T1", reference="R1"),
        Captured(name="c2", transaction="T2"),
        Captured(name="c3", reference="R3"),
        Captured(name="next", transaction="T9"),
    ])  # fmt: skip
    put_statement(ground.db, "B-1", [
        Said(name="l1", transaction="T1", reference="R1"),
        Said(name="l2", transaction="T2"),
        Said(name="l3", reference="R3"),
        Said(name="unknown", transaction="T4"),
        Said(name="fee", kind="fee", amount=-5),
    ])  # fmt: skip
    put_statement(ground.db, "B-2", [
        Said(name="after", transaction="T9", at=NOON + timedelta(days=1))
    ])  # fmt: skip
    assert ground.run(as_of=LATER).groups == 4
    ground.db.execute("UPDATE feesvc.match_run SET state = 'concluded'")
    ground.db.execute("UPDATE captures.capture SET state = 'settled'")
    put_captures(ground.db, [Captured(name="told by a line", transaction="T4", state="settled")])
    ground.db.execute(
        "UPDATE feesvc.unmatched_line SET state = 'placed' WHERE reason IN ('S03', 'to_batch')"
    )
    return ground


def test_the_same_rules_find_the_same_again_and_write_nothing(settled: Ground) -> None:
    before = written(settled)
    plain = settled.run(dry=True)
    assert (plain.numbers["would_match"], plain.numbers["conflicts"]) == (0, 0)
    run = settled.run(dry=True, period=PERIOD)
    assert (run.state, run.numbers["would_match"], run.numbers["conflicts"]) == ("dry", 3, 1)
    assert run.numbers["by_code"] == {"S03": 1}
    assert counted(run) == {"lines": 5, "kept": 3}
    assert run.numbers["period"]["differing"] == []
    assert written(settled) == before
    again = settled.run(dry=True, period=PERIOD)
    assert (again.inputs, again.result, again.numbers) == (run.inputs, run.result, run.numbers)


def test_other_rules_lose_what_they_do_not_look_for(settled: Ground) -> None:
    run = settled.run(dry=True, period=PERIOD, terms=ONLY_REFERENCES)
    assert (run.numbers["would_match"], run.numbers["by_code"]) == (2, {"S03": 2})
    assert counted(run) == {"lines": 5, "kept": 2, "lost": 1}
    assert became(settled, run) == {"l2": "lost"}
    [lost] = run.numbers["period"]["differing"]
    assert lost["would"] == [] and f"capture:{uuid5(SPACE, 'c2')}" in lost["stands"]


def test_what_another_day_was_matched_with_is_nobodys_else(settled: Ground) -> None:
    """The day after stands in its own match: the period takes nothing from it."""
    put_statement(settled.db, "B-3", [Said(name="late", transaction="T9")])
    run = settled.run(dry=True, period=PERIOD)
    assert run.numbers["by_code"] == {"S03": 1, "S08": 1}
    assert counted(run) == {"lines": 6, "kept": 3}
    both = settled.run(dry=True, period=(DAY, LATER))
    assert counted(both) == {"lines": 7, "kept": 3, "gained": 1, "lost": 1}
    assert became(settled, both) == {"late": "gained", "after": "lost"}


def test_a_line_that_is_open_and_would_be_matched_is_gained(ground: Ground) -> None:
    put_captures(ground.db, [Captured(name="c1", reference="R1")])
    put_statement(ground.db, "B-1", [Said(name="l1", reference="R1")])
    assert ground.run(terms=(0, MatchTerms(passes=("transaction",)))).groups == 0
    run = ground.run(dry=True, period=PERIOD)
    assert (counted(run), became(ground, run)) == ({"lines": 1, "gained": 1}, {"l1": "gained"})


def test_rules_that_agree_on_another_pair_say_otherwise(ground: Ground) -> None:
    put_captures(ground.db, [
        Captured(name="by transaction", transaction="T1", reference="R2"),
        Captured(name="by reference", transaction="T2", reference="R1"),
    ])  # fmt: skip
    put_statement(ground.db, "B-1", [Said(name="l1", transaction="T1", reference="R1")])
    assert ground.run().groups == 1
    run = ground.run(dry=True, period=PERIOD, terms=ONLY_REFERENCES)
    assert counted(run) == {"lines": 1, "otherwise": 1}
    [other] = run.numbers["period"]["differing"]
    assert f"capture:{uuid5(SPACE, 'by reference')}" in other["would"]
    assert f"capture:{uuid5(SPACE, 'by transaction')}" in other["stands"]


def test_a_match_that_a_person_confirmed_would_be_asked_for_again(ground: Ground) -> None:
    put_captures(ground.db, [Captured(name="c", transaction="9988776655", reference="FV00000077")])
    put_statement(ground.db, "B-1", [Said(name="l", transaction="99887X6655")])
    assert ground.run().proposals == 1
    ground.db.execute("UPDATE feesvc.match_group SET state = 'posted'")
    ground.db.execute("UPDATE feesvc.match_member SET active = true")
    ground.db.execute("DELETE FROM feesvc.unmatched_line")
    ground.db.execute("UPDATE captures.capture SET state = 'settled'")
    run = ground.run(dry=True, period=PERIOD)
    assert (run.numbers["would_match"], run.numbers["would_propose"]) == (0, 1)
    assert (counted(run), became(ground, run)) == ({"lines": 1, "asked": 1}, {"l": "asked"})


def test_a_refund_that_was_settled_is_found_again(ground: Ground) -> None:
    """As it was when it was matched: what happened to it since is of no account here."""
    put_captures(ground.db, [
        Captured(name="refund", kind="refund", original="T1", amount=-40_000),
        Captured(name="part", transaction="T2"),
    ])  # fmt: skip
    put_statement(ground.db, "B-1", [
        Said(name="r1", kind="refund", original="T1", amount=-40_000),
        Said(name="l2", transaction="T2"),
    ])  # fmt: skip
    assert ground.run().groups == 2
    ground.db.execute("UPDATE captures.capture SET state = 'settled'")
    ground.db.execute("UPDATE captures.capture SET amount = 60000 WHERE kind = 'payment'")
    run = ground.run(dry=True, period=PERIOD)
    assert (counted(run), run.numbers["conflicts"]) == ({"lines": 2, "kept": 2}, 0)


BANK = uuid5(SPACE, "bank")


def banked(ground: Ground) -> None:
    put_batches(ground.db, [
        ("PO-1", 98_900, DAY), ("PO-2", 50_000, DAY), ("PO-3", 60_000, DAY), ("PO-4", 70_000, DAY),
    ])  # fmt: skip
    put_statement(ground.db, "bank 1", [
        Said(name="exact", amount=98_900, keys=("po1",), kind="credit"),
        Said(name="merged", amount=110_000, keys=("PO2", "PO3"), kind="credit"),
        Said(name="short", amount=69_500, keys=("PO4",), kind="credit"),
        Said(name="unknown", amount=777, kind="credit"),
    ], leg="B", account=BANK)  # fmt: skip
    assert ground.run("B", account=BANK).groups == 2
    ground.db.execute(
        "UPDATE captures.awaited SET state = 'done', done = amount WHERE keys && '{PO1,PO2,PO3}'"
    )


def test_a_bank_account_is_looked_at_as_if_nothing_of_it_had_been_paid(ground: Ground) -> None:
    banked(ground)
    before = written(ground)
    assert (
        ground.rows("SELECT count(*) AS n FROM captures.awaited WHERE state = 'done'")[0]["n"] == 3
    )
    run = ground.run("B", account=BANK, dry=True, period=PERIOD)
    assert run.numbers["would_match"] == 2
    assert run.numbers["by_code"] == {"B04": 1, "B03": 1}
    assert counted(run) == {"lines": 4, "kept": 2}
    assert written(ground) == before
    fewer = (0, MatchTerms(passes=("batch",)))
    lost = ground.run("B", account=BANK, dry=True, period=PERIOD, terms=fewer)
    assert (counted(lost), became(ground, lost)) == (
        {"lines": 4, "kept": 1, "lost": 1}, {"merged": "lost"},
    )  # fmt: skip


def test_a_credit_that_the_bank_took_back_takes_nothing_from_the_one_that_came_again(
    ground: Ground,
) -> None:
    put_batches(ground.db, [("PO-1", 98_900, DAY)])
    put_statement(ground.db, "bank 1", [
        Said(name="first", amount=98_900, keys=("po1",), kind="credit"),
        Said(name="back", amount=-98_900, keys=("po1",), kind="debit"),
    ], leg="B", account=BANK)  # fmt: skip
    ground.db.execute(
        "UPDATE feesvc.unmatched_line SET state = 'placed', reason = CASE WHEN line = "
        "(SELECT min(line) FROM feesvc.unmatched_line) THEN 'taken_back' ELSE 'B07' END"
    )
    put_statement(ground.db, "bank 2", [
        Said(name="again", amount=98_900, keys=("po1",), kind="credit"),
    ], leg="B", account=BANK)  # fmt: skip
    assert ground.run("B", account=BANK).groups == 1
    ground.db.execute("UPDATE captures.awaited SET state = 'done', done = amount")
    run = ground.run("B", account=BANK, dry=True, period=PERIOD)
    assert (counted(run), run.numbers["by_code"]) == ({"lines": 2, "kept": 1}, {"B07": 1})


def test_a_credit_in_parts_on_two_days_is_looked_at_whole(ground: Ground) -> None:
    put_batches(ground.db, [("PO-1", 98_900, DAY)])
    for name, amount, on in (("first", 90_000, DAY), ("rest", 8_900, LATER)):
        put_statement(ground.db, f"bank {name}", [
            Said(name=name, amount=amount, keys=("po1",), kind="credit", at=NOON),
        ], leg="B", account=BANK, on=on)  # fmt: skip
    assert ground.run("B", account=BANK, as_of=LATER).groups == 1
    ground.db.execute("UPDATE captures.awaited SET state = 'done', done = amount")
    run = ground.run("B", account=BANK, dry=True, period=PERIOD)
    assert (run.numbers["would_match"], counted(run)) == (1, {"lines": 2, "kept": 2})


@pytest.mark.parametrize(
    ("period", "dry"),
    [
        ((DAY, DAY - timedelta(days=1)), True),
        ((DAY, DAY + timedelta(days=366)), True),
        ((DAY, DAY), False),
    ],
)
def test_a_period_is_a_year_at_most_and_tried_only(ground: Ground, period: Any, dry: bool) -> None:
    with pytest.raises(BadPeriod):
        ground.run(period=period, dry=dry)
    assert ground.rows("SELECT * FROM feesvc.match_run") == []


def test_an_ordinary_run_follows_a_dry_one_of_a_period(settled: Ground) -> None:
    settled.run(dry=True, period=PERIOD)
    put_captures(settled.db, [Captured(name="new", transaction="T77")])
    put_statement(settled.db, "B-5", [Said(name="new", transaction="T77")])
    assert settled.run(as_of=LATER, id=UUID(int=5)).groups == 1
