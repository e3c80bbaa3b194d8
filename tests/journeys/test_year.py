"""A year's dossiers: the same seed, the same books, also when the run is killed in the middle."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from feesvc.cli.demo.year.content import FIRST, STORIES, slices
from feesvc.testing.database import discard

YEAR = [str(Path(sys.executable).with_name("feesvc")), "demo", "--year", "--json", "--folder"]
DOSSIERS = 200
PATIENCE = 120


@pytest.fixture
def folders(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """The data of two years."""
    both = tmp_path / "one", tmp_path / "other"
    yield both
    for folder in both:
        discard(folder / "postgres")
        shutil.rmtree(folder, ignore_errors=True)


def test_a_seed_decides_all_of_a_year() -> None:
    year = list(slices(3_000, 7))
    assert year == list(slices(3_000, 7))
    assert year != list(slices(3_000, 8))
    dossiers = [dossier for slice_ in year for dossier in slice_.dossiers]
    assert [dossier.number for dossier in dossiers] == list(range(1, 3_001))
    assert len({dossier.code for dossier in dossiers}) == 3_000
    assert {dossier.submitted_on.year for dossier in dossiers} == {FIRST.year}
    assert len({slice_.moment.month for slice_ in year}) == 12
    told = Counter(dossier.story for dossier in dossiers)
    assert set(told) == set(STORIES) and told["paid"] > 2_600


def test_the_whole_year_comes_on_every_day() -> None:
    assert sum(len(slice_.dossiers) for slice_ in slices(67_791, 2026)) == 67_791
    assert len(list(slices(67_791, 2026))) == 365


def take(folder: Path, *more: str) -> dict[str, Any]:
    command = [*YEAR, str(folder), "--dossiers", str(DOSSIERS), "--seed", "3", *more]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stderr
    said: dict[str, Any] = json.loads(ran.stdout)
    return said


@pytest.mark.slow
def test_a_year_that_was_killed_goes_on_to_the_same_books(folders: tuple[Path, Path]) -> None:
    whole = take(folders[0])
    rates = {rate["name"]: rate for rate in whole["rates"]}
    assert rates["dossiers"]["count"] == DOSSIERS and rates["commands"]["rate"] > 0
    assert whole["ledgers"]

    cut = subprocess.Popen(
        [*YEAR, str(folders[1]), "--dossiers", str(DOSSIERS), "--seed", "3"],
        stdout=subprocess.DEVNULL,
    )
    done = _dossiers(folders[1])
    while next(done) < DOSSIERS // 4:
        assert cut.poll() is None
    cut.kill()
    cut.wait()

    resumed = take(folders[1], "--keep")
    assert resumed["ledgers"] == whole["ledgers"]


def _dossiers(folder: Path) -> Iterator[int]:
    """How many were raised so far, asked again and again."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        host = (folder / "postgres" / "socket").resolve()
        try:
            with psycopg.connect(
                host=str(host), dbname="feesvc", user="feesvc_service", connect_timeout=2
            ) as db:
                row = db.execute(
                    "SELECT count(*) FROM feesvc.event WHERE topic = 'assessment.raised'"
                ).fetchone()
                yield row[0] if row else 0
        except psycopg.Error:
            yield 0
        time.sleep(0.02)
    raise TimeoutError("the year never got under way")
