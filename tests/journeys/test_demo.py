"""The demo run once: the balances of the hand, and what it says where one is not the hand's."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from feesvc.cli.demo.books import differences
from feesvc.cli.demo.script import Outcome, worked_by_hand
from feesvc.testing.database import discard

FEESVC = [str(Path(sys.executable).with_name("feesvc")), "demo"]
PATIENCE = 120

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The data of the demos of this module, one after the other."""
    folder = tmp_path_factory.mktemp("demo")
    yield folder
    discard(folder / "postgres")
    shutil.rmtree(folder, ignore_errors=True)


def demo(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*FEESVC, *map(str, arguments)], capture_output=True, text=True, timeout=PATIENCE,
        check=False,
    )  # fmt: skip


def test_the_balances_are_as_worked_by_hand(folder: Path) -> None:
    ran = demo("--once", "--json", "--folder", folder)
    assert (ran.returncode, ran.stderr) == (0, "")
    said = json.loads(ran.stdout)
    assert ran.stdout.count("\n") == 1
    assert set(said) == {"ledgers", "counts"}
    assert msgspec.convert(said, Outcome) == worked_by_hand()
    for ledger in said["ledgers"]:
        assert sum(ledger["accounts"].values()) == 0
        assert ledger["debits"] == ledger["credits"]


def test_a_figure_that_is_not_the_hands_is_named() -> None:
    right = worked_by_hand()
    assert differences(right, right) == []
    first = right.ledgers[0]
    wrong = msgspec.structs.replace(first, accounts={**first.accounts, "1200": 7})
    changed = msgspec.structs.replace(right, ledgers=(wrong, *right.ledgers[1:-1]))
    told = differences(changed, right)
    assert "G14 VND 1200: 7, by hand 400000000" in told
    assert "H26.THA VND debits: not there, by hand 900000" in told


WRONG = """
import sys
import msgspec
from feesvc.cli import main
from feesvc.cli.demo import running
right = running.worked_by_hand()
counts = msgspec.structs.replace(right.counts, events=right.counts.events + 1)
running.worked_by_hand = lambda: msgspec.structs.replace(right, counts=counts)
sys.argv = ["feesvc", "demo", "--once", "--json", "--folder", sys.argv[1]]
main()
"""


def test_a_wrong_figure_is_exit_code_one(folder: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", WRONG, str(folder)], capture_output=True, text=True,
        timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert ran.returncode == 1
    assert "counts events: 299, by hand 300" in ran.stderr
    assert json.loads(ran.stdout)["counts"]["events"] == 299


def test_two_demos_do_not_share_their_data(folder: Path, tmp_path: Path) -> None:
    (folder / "held").mkdir()
    lock = os.open(folder / "held", os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        ran = demo("--once", "--folder", folder / "held")
    finally:
        os.close(lock)
    assert ran.returncode == 1
    assert "runs on" in ran.stderr and "Traceback" not in ran.stderr
