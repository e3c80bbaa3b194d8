"""Files matched by DuckDB: each line has its pair or its code, in whatever order they stand."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from feesvc.domain.match_terms import MatchTerms

pytest.importorskip("duckdb")
from feesvc.reconciling.backfill import Backfilled, match_files

CAPTURES = """
1,T-1,FV-AAAA-0001-BB,100,VND,2026-11-02
2,t 2,,100,VND,2026-11-02
3,TWICE,,100,VND,2026-11-02
4,SAME,,100,VND,2026-11-02
5,SAME,,100,VND,2026-11-02
6,SAME,,200,VND,2026-11-02
7,SHORT,,100,VND,2026-11-02
8,DOLLARS,,100,USD,2026-11-02
9,,FV-CCCC-0002-DD,300,VND,2026-11-02
10,,FV8F3K20D7M1XY,400,VND,2026-11-03
11,--,FVSHORT,500,VND,2026-11-03
12,OTHER,FV5512ABQ7731Z,600,VND,2026-11-03
13,,FV5512ABQ7732Z,600,VND,2026-11-03
14,,HELDWHOLE77,700,VND,2026-11-03
15,,ABCDEFGH,800,VND,2026-11-03
""".strip().splitlines()
LINES = """
1,t1,,100,VND,2026-11-02,B1
2,T2,,100,VND,2026-11-02,B1
3,TWICE,,100,VND,2026-11-02,B1
30,TWICE,,100,VND,2026-11-02,B1
31,TWICE,,100,VND,2026-11-03,B2
4,SAME,,100,VND,2026-11-02,B1
6,SAME,,200,VND,2026-11-02,B1
60,SAME,,201,VND,2026-11-02,B1
7,SHORT,,99,VND,2026-11-02,B1
8,DOLLARS,,100,VND,2026-11-02,B1
9,THEIRS,fvcccc0002dd,300,VND,2026-11-02,B1
10,,FV8F3X20D7M1XY,400,VND,2026-11-04,B2
11,-,FVSHOR,500,VND,2026-11-04,B2
12,,FV5512ABQ773XZ,600,VND,2026-11-04,B2
14,,SAYING HELDWHOLE77 AND MORE,700,VND,2026-11-04,B2
15,,ABCDEFGX,800,VND,2026-12-24,B2
99,NOBODY,,1,VND,2026-11-02,B1
""".strip().splitlines()
PAIRS = {1: (1, "transaction"), 2: (2, "transaction"), 3: (3, "transaction"),
         6: (6, "transaction"), 9: (9, "reference"), 10: (10, "similarity"),
         11: (11, "similarity"), 14: (14, "similarity")}  # fmt: skip
CODES = {30: "S07", 31: "S08", 4: "S20", 60: "S04", 7: "S04", 8: "S05", 12: "S20", 15: "S03",
         99: "S03"}  # fmt: skip


def test_every_line_has_its_pair_or_its_code(tmp_path: Path) -> None:
    import duckdb

    found = _found(tmp_path, CAPTURES, LINES)
    rows = duckdb.read_parquet(str(tmp_path / "found.parquet")).fetchall()
    assert {line: (capture, name) for line, capture, name, code in rows if not code} == PAIRS
    assert {line: code for line, _, _, code in rows if code} == CODES
    assert len(rows) == len(LINES)
    assert (sum(found.pairs.values()), sum(found.breaks.values())) == (len(PAIRS), len(CODES))


def test_no_order_changes_the_result(tmp_path: Path) -> None:
    seen = set()
    for seed in range(4):
        order = random.Random(seed)
        captures, lines = list(CAPTURES), list(LINES)
        order.shuffle(captures)
        order.shuffle(lines)
        seen.add(_found(tmp_path, captures, lines).result)
    assert len(seen) == 1


def _found(folder: Path, captures: list[str], lines: list[str]) -> Backfilled:
    head = "transaction,reference,amount,currency,day"
    (folder / "captures.csv").write_text("\n".join([f"id,{head}", *captures]) + "\n")
    (folder / "lines.csv").write_text("\n".join([f"identity,{head},batch", *lines]) + "\n")
    return match_files(
        folder / "captures.csv", folder / "lines.csv", folder / "found.parquet", MatchTerms()
    )
