"""Processes killed at random moments of a short year leave the books of an undisturbed one."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from feesvc.campaigns.comparing import Left, Rows, differences
from feesvc.campaigns.dossiers import dossiers

LEFT = Left(
    rows={"ledger.posting": Counter({("G14", 1200, 5): 2, ("G14", 2500, -5): 2})},
    events=Counter({"payment.initiated": 2}),
    numbers={"BI-26T": [2, 1]},
    misnumbered=0,
)


@pytest.mark.slow
def test_a_short_year_outlives_its_processes() -> None:
    program = Path(sys.executable).with_name("feesvc")
    ran = subprocess.run(
        [program, "campaign", "kill", "--short", "--json"], capture_output=True, text=True,
        timeout=280, check=False,
    )  # fmt: skip
    assert "seed" in ran.stderr
    assert ran.returncode == 0, ran.stderr
    said = json.loads(ran.stdout)
    assert said["faults"] == []
    for victim in ("api", "api worker", "worker"):
        assert said["figures"][f"kills of {victim}"] >= 1
    assert said["figures"]["requests without an answer"] >= 1


def test_a_seed_tells_the_same_dossiers_again() -> None:
    assert dossiers(7, 40) == dossiers(7, 40)
    assert dossiers(7, 40) != dossiers(8, 40)
    assert len({dossier.code for dossier in dossiers(7, 400)}) == 400


def test_books_that_differ_are_told_apart() -> None:
    """Otherwise a campaign that finds nothing would say nothing."""
    other: dict[str, Rows] = {
        "ledger.posting": Counter({("G14", 1200, 5): 1, ("G14", 2500, -5): 2})
    }
    assert list(differences(LEFT, LEFT)) == []
    assert list(differences(replace(LEFT, rows=other), LEFT)) == [
        "ledger.posting lacks 1 of ('G14', 1200, 5)"
    ]
    assert list(differences(replace(LEFT, rows={}), LEFT))
    assert list(differences(replace(LEFT, events=Counter({"payment.initiated": 3})), LEFT))
    for given in ([1, 3], [1, 1], [1]):
        assert list(differences(replace(LEFT, numbers={"BI-26T": given}), LEFT))
    assert list(differences(replace(LEFT, misnumbered=1), LEFT))
