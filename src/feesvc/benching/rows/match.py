"""match: a million captures against as many settlement lines, from files to recorded pairs.

Ours runs every pass and names what has no match; the other one, bare DuckDB, reads, joins on the
transaction and writes the pairs. Which line is which was planted, and is checked.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

from feesvc.benching.figures import Figure, Unequal, interleaved
from feesvc.benching.stage import Stage
from feesvc.domain.match_terms import MatchTerms
from feesvc.reconciling.backfill import Backfilled, match_files

CAPTURES = 1_000_000
HUNDRED = 100
SHARES = {"transaction": 95 + 1, "similarity": 1}
"""Of each hundred captures: those that have a line of the same key, and a damaged one."""
BREAKS = {"S04": 1, "S07": 1, "S03": 2}
"""Of each hundred: another amount, a line told again, and lines that nobody knows of."""


def measure(stage: Stage) -> Sequence[Figure]:
    captures = stage.sized(CAPTURES, 1000) // HUNDRED * HUNDRED
    with TemporaryDirectory(prefix="feesvc-bench-") as folder:
        here = Path(folder)
        stage.say(f"writing {captures:,} captures and their lines")
        plant(here, captures)
        times = interleaved(stage.rounds, lambda: _ours(here, captures), lambda: _bare(here))
    return (
        Figure(
            name="match", ours=times[0], other=times[1], unit="s", bar=2, ceiling=True,
            against="bare DuckDB reading, joining and writing the pairs",
        ),
    )  # fmt: skip


def plant(here: Path, captures: int) -> None:
    """Both files, from a seed; which line is of which capture its identity says."""
    import duckdb

    with duckdb.connect() as db:
        db.execute("SET VARIABLE captures = ?", [captures])
        db.execute(_statement("plant_settlements"))
        db.execute("COPY capture TO $to (HEADER)", {"to": str(here / "captures.csv")})
        db.execute("COPY line TO $to (HEADER)", {"to": str(here / "lines.csv")})


def check(found: Backfilled, here: Path, captures: int) -> None:
    """Raises ``Unequal`` where what was planted was not found, or something else was."""
    import duckdb

    hundreds = captures // HUNDRED
    pairs = {name: share * hundreds for name, share in SHARES.items()}
    breaks = {code: share * hundreds for code, share in BREAKS.items()}
    if dict(found.pairs) != pairs or dict(found.breaks) != breaks:
        raise Unequal(f"{found.pairs} {found.breaks}, planted {pairs} {breaks}")
    with duckdb.connect() as db:
        asked = {"found": str(here / "found.parquet")}
        [(wrong,)] = db.execute(_statement("wrong_pairs"), asked).fetchall()
    if wrong:
        raise Unequal(f"{wrong} pairs are of other captures")


def _ours(here: Path, captures: int) -> float:
    began = time.perf_counter()
    found = match_files(
        here / "captures.csv", here / "lines.csv", here / "found.parquet", MatchTerms()
    )
    took = time.perf_counter() - began
    check(found, here, captures)
    return took


def _bare(here: Path) -> float:
    import duckdb

    began = time.perf_counter()
    with duckdb.connect(config={"preserve_insertion_order": False}) as db:
        db.execute(_statement("bare_pairs"), {
            "captures": str(here / "captures.csv"), "lines": str(here / "lines.csv"),
            "pairs": str(here / "pairs.parquet"),
        })  # fmt: skip
    return time.perf_counter() - began


@cache
def _statement(name: str) -> str:
    return files("feesvc.benching").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
