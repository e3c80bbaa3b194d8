"""Backfill: files of captures and lines matched by DuckDB, in this process, into a file of pairs.

For a month or a year at once, where PostgreSQL would take minutes. The passes are those of a run
over settlement payments: keys, ambiguity, duplicates, linked breaks, and what only looks alike as
a proposal. Nothing is booked: the file says what belongs together, and a hash of it.
Needs the extra ``backfill``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from feesvc.domain.match_terms import MatchTerms

PASSES = ("read", "transaction", "reference", "linked", "similarity", "result")


@dataclass(frozen=True, slots=True)
class Backfilled:
    """What was found: pairs by their pass, breaks by their code, and a hash of all of it."""

    pairs: Mapping[str, int]
    breaks: Mapping[str, int]
    result: str


def match_files(
    captures: Path, lines: Path, found: Path, terms: MatchTerms, orders: Path | None = None
) -> Backfilled:
    """Match two CSV files; ``found`` becomes a Parquet file of line, capture, pass and code.

    Captures: ``id, transaction, reference, amount, currency, day``; lines: ``identity`` (unique)
    instead of ``id``, and ``batch``. Amounts are minor units, days ISO dates of Asia/Ho_Chi_Minh,
    references ASCII. Windows are calendar days here: twice ``terms.days``. ``orders``: the
    references of orders of ours that nobody is known to have paid, under ``reference``: a line that
    names one of them, letter for letter, is that order's money, and no damaged one of another.
    """
    import duckdb

    asked = {
        "captures": str(captures), "lines": str(lines), "reach": terms.days * 2,
        "orders": str(orders),
        "distance": terms.distance, "margin": terms.margin,
    }  # fmt: skip
    with duckdb.connect(config={"preserve_insertion_order": False}) as db:
        db.execute("SET VARIABLE asked = ?::JSON", [json.dumps(asked)])
        for name in PASSES:
            if name == "similarity":
                db.execute(_statement("ordered" if orders else "not_ordered"))
            db.execute(_statement(name))
            if name == "transaction" and db.execute(_statement("left_over")).fetchone():
                db.execute(_statement("read_again"))
        rows = db.execute(_statement("numbers")).fetchall()
        [hashed] = db.execute(_statement("hash")).fetchall()
        db.execute("COPY found TO $found (FORMAT parquet)", {"found": str(found)})
    return Backfilled(
        {name: count for name, code, count in rows if not code},
        {code: count for _, code, count in rows if code},
        hashed[0],
    )


@cache
def _statement(name: str) -> str:
    return files(__package__).joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
