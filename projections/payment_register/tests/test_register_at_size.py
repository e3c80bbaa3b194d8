"""At size: every search of the register goes by an index, and a batch costs few statements."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import DictRow

from feesvc.embedded import Server
from feesvc.projecting.installing import install
from feesvc.projecting.runner import connect
from feesvc_payment_register import projection, wanted

SOMEBODY = UUID("00000000-0000-0000-0000-000000004242")
NOTHING: dict[str, Any] = dict.fromkeys(
    ["portal", "reference", "state", "intermediary", "currency", "beginning", "transaction",
     "assessment", "subjects", "placed", "payment", "method", "before", "least", "most", "since",
     "until", "part", "part_pattern"],
)  # fmt: skip
FILLED = Path(__file__).with_name("filled.sql").read_bytes()


@pytest.fixture(scope="module")
def filled(database_server: Server, migrated: str) -> Iterator[Connection[DictRow]]:
    database = database_server.create("feesvc_test_register", template=migrated)
    install(database.owner_url, str(conninfo_to_dict(database.url)["user"]), [projection])
    with connect(database.owner_url, projection.name) as connection:
        connection.execute(FILLED)
        yield connection
    database_server.drop(database.name)


@pytest.mark.parametrize(
    ("search", "asked"),
    [
        ("search_payments", {}),
        ("search_payments", {"before": 20_000}),
        ("search_payments", {"reference": "R4242"}),
        ("search_payments", {"state": "disputed"}),
        ("search_payments", {"portal": "P3"}),
        ("search_payments", {"intermediary": "I1"}),
        ("search_payments", wanted.amounts(42_420, None, None)),
        ("search_payments", wanted.amounts(None, 42_000, 42_400)),
        ("search_payments", wanted.days("2026-03-15")),
        ("search_payments", {"beginning": wanted.beginning("G14-261120-424")}),
        ("search_payments", wanted.somewhere("0-4242")),
        ("search_payments", {"transaction": "T4242"}),
        ("search_payments", {"assessment": SOMEBODY}),
        ("search_payments", {"subjects": [SOMEBODY]}),
        ("search_transfers", {}),
        ("search_transfers", {"placed": "suspense"}),
        ("search_transfers", {"placed": "credit"}),
        ("search_transfers", {"state": "disputed"}),
        ("search_transfers", {"transaction": "T4242"}),
        ("search_transfers", {"reference": "R4242"}),
        ("search_transfers", {"payment": SOMEBODY}),
        ("search_transfers", {"portal": "P3"}),
        ("search_transfers", wanted.amounts(42_420, None, None)),
        ("search_transfers", wanted.days("2026-03-15")),
        ("search_assessments", {"state": "open"}),
        ("search_assessments", {"portal": "P3"}),
        ("search_assessments", {"subjects": [SOMEBODY]}),
        ("search_assessments", {"beginning": wanted.beginning("G14-261120-424")}),
        ("search_assessments", wanted.somewhere("0-4242")),
        ("search_assessments", wanted.amounts(42_420, None, None)),
        ("search_assessments", wanted.days("2026-03-15")),
        ("search_refunds", {"state": "requested"}),
        ("search_refunds", {"reference": "R4242"}),
        ("search_refunds", wanted.days("2026-03-15")),
    ],
)
def test_a_search_reads_few_rows(
    filled: Connection[DictRow], search: str, asked: dict[str, Any]
) -> None:
    sql = files("feesvc_payment_register").joinpath("sql", f"{search}.sql").read_bytes()
    query = {**NOTHING, "agency": "G14", "rows": 51, **asked}
    explained = b"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + sql

    [row] = filled.execute(explained, query, prepare=False).fetchall()

    plan = row["QUERY PLAN"][0]["Plan"]
    assert "Seq Scan" not in json.dumps(plan)
    assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < 1500, json.dumps(plan, indent=1)


def test_days_are_those_of_hanoi() -> None:
    assert wanted.days("2026-11-21") == {
        "since": datetime(2026, 11, 20, 17, tzinfo=UTC),
        "until": datetime(2026, 11, 21, 17, tzinfo=UTC),
    }


def test_what_a_pattern_means_is_taken_as_it_is() -> None:
    assert wanted.beginning("a%_\\") == "A\\%\\_\\\\%"
