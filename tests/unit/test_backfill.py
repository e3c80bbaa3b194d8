"""Files matched by Polars: each line has its pair or its code, in whatever order they stand."""

from __future__ import annotations

import random
from hashlib import sha256
from pathlib import Path

import polars as pl
import pytest

from feesvc.domain.match_terms import MatchTerms
from feesvc.reconciling.backfill import Backfilled, BadFile, match_files

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
13,"",FV5512ABQ7732Z,600,VND,2026-11-03
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
12,"",FV5512ABQ773XZ,600,VND,2026-11-04,B2
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
    found = _found(tmp_path, CAPTURES, LINES)
    rows = pl.read_parquet(tmp_path / "found.parquet").rows()
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


def test_a_result_is_the_hash_of_its_file(tmp_path: Path) -> None:
    found = _found(tmp_path, CAPTURES, LINES)
    assert found.result == sha256((tmp_path / "found.parquet").read_bytes()).hexdigest()
    assert found.result != _found(tmp_path, CAPTURES, LINES[:-1]).result


@pytest.mark.parametrize(
    ("captures", "lines", "why"),
    [
        (["1,T,,x,VND,2026-11-02"], LINES, "captures.csv: .*`x`.*amount"),
        (["1,T,,100,VND,2026-02-30"], LINES, "captures.csv: .*2026-02-30.*day"),
        (["1,T,,100,,2026-11-02"], LINES, "captures.csv: row 2 has no currency"),
        (CAPTURES, [LINES[0], ",T,,100,VND,2026-11-02,B1"], "lines.csv: row 3 has no identity"),
        (CAPTURES, ["1,T,,100,VND,2026-11-02,B1,more"], "lines.csv: .*(field|column)"),
        (CAPTURES, [LINES[0], LINES[0]], "several lines have the identity 1"),
    ],
)  # fmt: skip
def test_a_file_that_says_something_else_is_refused(
    tmp_path: Path, captures: list[str], lines: list[str], why: str
) -> None:
    with pytest.raises(BadFile, match=why):
        _found(tmp_path, captures, lines)
    assert not (tmp_path / "found.parquet").exists()


def test_columns_in_another_order_are_refused(tmp_path: Path) -> None:
    (tmp_path / "captures.csv").write_text("id,reference,transaction,amount,currency,day\n")
    with pytest.raises(BadFile, match="its first row is not id,transaction"):
        match_files(
            tmp_path / "captures.csv", tmp_path / "none.csv", tmp_path / "found", MatchTerms()
        )


def _found(folder: Path, captures: list[str], lines: list[str]) -> Backfilled:
    head = "transaction,reference,amount,currency,day"
    (folder / "captures.csv").write_text("\n".join([f"id,{head}", *captures]) + "\n")
    (folder / "lines.csv").write_text("\n".join([f"identity,{head},batch", *lines]) + "\n")
    return match_files(
        folder / "captures.csv", folder / "lines.csv", folder / "found.parquet", MatchTerms()
    )
