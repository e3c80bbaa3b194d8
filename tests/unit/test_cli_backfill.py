"""The command that matches files by themselves."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pytest
from typer.testing import CliRunner

from feesvc.cli import assembled

HEAD = "transaction,reference,amount,currency,day"
CAPTURES = f"id,{HEAD}\n1,T-1,,100,VND,2026-11-02\n2,T-2,,300,VND,2026-11-02\n"
LINES = f"identity,{HEAD},batch\n7,t1,,100,VND,2026-11-02,B1\n8,T9,,5,VND,2026-11-02,B1\n"


@pytest.fixture
def said(tmp_path: Path) -> list[str]:
    (tmp_path / "captures.csv").write_text(CAPTURES)
    (tmp_path / "lines.csv").write_text(LINES)
    names = ("captures.csv", "lines.csv", "found.parquet")
    return ["backfill", *(str(tmp_path / name) for name in names)]


def test_it_says_what_became_of_each_line(said: list[str]) -> None:
    ran = CliRunner().invoke(assembled(said), [*said, "--json"])
    hashed = sha256(Path(said[-1]).read_bytes()).hexdigest()
    assert ran.exit_code == 0
    assert json.loads(ran.stdout) == {
        "pairs": {"transaction": 1}, "breaks": {"S03": 1}, "result": hashed,
    }  # fmt: skip
    shown = CliRunner().invoke(assembled(said), said)
    assert shown.exit_code == 0
    assert hashed in shown.stdout


def test_a_bad_file_is_named_and_nothing_is_written(said: list[str]) -> None:
    Path(said[2]).write_text(LINES.replace(",5,", ",five,"))
    ran = CliRunner().invoke(assembled(said), said)
    assert ran.exit_code == 1
    assert "lines.csv" in ran.stderr
    assert "five" in ran.stderr
    assert "nothing was written" in ran.stderr
    assert not Path(said[-1]).exists()


def test_nothing_that_is_read_is_written_over(said: list[str]) -> None:
    said[3] = said[2]
    ran = CliRunner().invoke(assembled(said), said)
    assert ran.exit_code == 1
    assert "lines.csv: it is read" in ran.stderr
    assert Path(said[2]).read_text() == LINES


def test_where_nothing_can_be_written_is_said(said: list[str]) -> None:
    said[3] = str(Path(said[3]).parent / "nowhere" / "found.parquet")
    ran = CliRunner().invoke(assembled(said), said)
    assert ran.exit_code == 1
    assert "nowhere" in ran.stderr


def test_a_file_that_is_not_there_is_asked_for(said: list[str]) -> None:
    Path(said[1]).unlink()
    assert CliRunner().invoke(assembled(said), said).exit_code == 2
