"""The ledger in a database: the contract of projections, and what its rows must always say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar

import psycopg
import pytest

from feesvc.domain.agency import Agency
from feesvc.domain.aggregate import Recorded
from feesvc.embedded import Database
from feesvc.projecting import Projection
from feesvc.projecting.installing import install
from feesvc.projecting.runner import ProjectionStopped, Runner, connect
from feesvc.testing.money_events import (
    ADVANCE,
    COLLECTOR,
    FEE,
    OWN,
    POSTAL,
    approved,
    collected,
    credit,
    disputed,
    failed,
    fee_line,
    instructed,
    line,
    lost,
    of_another,
    paid,
    placed,
    raised,
    raised_lines,
    re_placed,
    reduced,
    returned,
    settled,
    suspense,
    take,
    uncollected,
    won,
)
from feesvc.testing.projection import SERVICE, ProjectionContract
from feesvc.testing.recorded import NOON, ListedLog, in_order, recorded
from feesvc_agency_ledger import AgencyLedger


def story() -> list[Recorded]:
    """A surplus, a dispute, a refund that comes back, money for others; over some days."""
    two_takes = (take(line(40_000), transfer="T1"), take(credit(20_000), transfer="T2"))
    told = [
        _agency("G", ""),
        _agency(OWN, "G"),
        raised(FEE, 100_000),
        raised_lines(fee_line(ADVANCE, 300_000), fee_line(POSTAL, 30_000, 2), assessment="A2"),
        raised(FEE, 50_000, assessment="A3", agency=COLLECTOR),
        placed(line(100_000)),
        placed(line(100_000), credit(20_000), transfer="T2"),
        placed(suspense(75_000), transfer="T3"),
        placed(of_another(10_000), transfer="T4"),
        re_placed((suspense(75_000), line(75_000, kind=ADVANCE, assessment="A2")), transfer="T3"),
        collected(5_000, collector=COLLECTOR),
        uncollected(2_000, collector=COLLECTOR, due=True),
        settled(commission=1_100, tax=110),
        reduced(open=0, paid=0),
        disputed(100_000, fee=5_000),
        won(100_000),
        disputed(60_000),
        lost(line(60_000, due=True)),
        approved(takes=two_takes),
        instructed(60_000),
        failed(60_000),
        instructed(60_000),
        paid(60_000, fee=500),
        returned(60_000),
        instructed(60_000, method="bank_transfer"),
        paid(60_000),
    ]
    day = timedelta(hours=9)
    return [
        replace(event, recorded_at=NOON + day * (number // 6))
        for number, event in enumerate(in_order(told))
    ]


def _agency(code: str, parent: str) -> Recorded:
    return recorded(
        Agency.Registered, code, stream=code, code=code, name_vi=code, name_en=code, parent=parent
    )


class TestTheLedger(ProjectionContract):
    projection: ClassVar[Projection] = AgencyLedger()

    def events(self) -> Sequence[Recorded]:
        return story()


def project(database: Database, events: Sequence[Recorded], batch: int = 500) -> None:
    install(database.owner_url, SERVICE, [AgencyLedger()])
    with Runner(database.url, AgencyLedger(), ListedLog(events), batch) as runner:
        runner.catch_up()


def test_sums_and_open_items_are_those_of_the_postings(database: Database) -> None:
    project(database, story(), batch=4)
    with connect(database.url, "agency_ledger") as db:
        for table in ("known_balance", "balance WHERE span = 'Y'", "balance WHERE span = 'D'"):
            kept = db.execute(
                "SELECT agency, currency, account, sum(debits) AS d, sum(credits) AS c "
                f"FROM {table} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3".encode()
            ).fetchall()
            added = db.execute(
                "SELECT agency, currency, account, sum(greatest(amount, 0)) AS d, "
                "sum(greatest(-amount, 0)) AS c FROM posting GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
            ).fetchall()
            assert kept == added
        open_now = db.execute(
            "SELECT agency, account, sum(amount) AS n FROM open_item GROUP BY 1, 2 ORDER BY 1, 2"
        ).fetchall()
        held = db.execute(
            "SELECT agency, account, sum(amount) AS n FROM posting "
            "WHERE account IN (SELECT account FROM open_item) GROUP BY 1, 2 "
            "HAVING sum(amount) <> 0 ORDER BY 1, 2"
        ).fetchall()
        assert open_now == held


def test_a_refund_leaves_each_transfer_at_its_own_zero(database: Database) -> None:
    two = (take(line(40_000), transfer="T1"), take(credit(20_000), transfer="T2"))
    project(
        database,
        in_order([
            raised(FEE, 40_000), placed(line(40_000)), placed(credit(20_000), transfer="T2"),
            approved(takes=two), instructed(60_000), paid(60_000),
        ]),
    )  # fmt: skip
    with connect(database.url, "agency_ledger") as db:
        assert db.execute("SELECT * FROM open_item").fetchall() == []


def test_the_booked_day_never_goes_backwards(database: Database) -> None:
    events = in_order([raised(FEE, 1000), raised(FEE, 1000, assessment="A2")])
    events[1] = replace(events[1], recorded_at=NOON - timedelta(days=3))
    project(database, events, batch=1)
    with connect(database.url, "agency_ledger") as db:
        days = db.execute("SELECT DISTINCT booked_on FROM posting").fetchall()
        assert [row["booked_on"].isoformat() for row in days] == ["2026-11-20"]


def test_the_database_refuses_an_entry_that_does_not_add_up(database: Database) -> None:
    project(database, [])
    with connect(database.url, "agency_ledger") as db, pytest.raises(psycopg.errors.CheckViolation):
        db.execute(
            "INSERT INTO posting VALUES (1, 0, 'G14', 'VND', 1100, 5, 'P01', 1, now(), now(), "
            "now(), '', NULL, 0, NULL, NULL, NULL, '')"
        )


@pytest.mark.parametrize("change", ["UPDATE posting SET amount = 1", "DELETE FROM posting"])
def test_a_posting_is_never_changed(database: Database, change: str) -> None:
    project(database, story())
    for url in (database.url, database.owner_url):
        refused = pytest.raises(psycopg.errors.InsufficientPrivilege)
        with connect(url, "agency_ledger") as db, refused:
            db.execute(change.encode())


def test_a_place_that_no_rule_knows_stops_the_ledger(database: Database) -> None:
    allocated = replace(line(1000), state="allocated")
    events = in_order([raised(FEE, 1000), placed(allocated), raised(FEE, 5, assessment="A2")])
    with pytest.raises(ProjectionStopped) as stopped:
        project(database, events)
    assert stopped.value.position == 2 and stopped.value.topic == "transfer.placed"
    with connect(database.url, "agency_ledger") as db:
        row = db.execute("SELECT max(position) AS last FROM posting").fetchone()
        assert row == {"last": 1}
