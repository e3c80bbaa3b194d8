"""What only one may do, asked by many at once over HTTP, is done once; nothing is lost."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
def test_a_round_of_races_has_one_winner_each() -> None:
    program = Path(sys.executable).with_name("feesvc")
    ran = subprocess.run(
        [program, "campaign", "races", "--short", "--json"], capture_output=True, text=True,
        timeout=280, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    said = json.loads(ran.stdout)
    assert said["faults"] == []
    assert said["figures"]["answers 409"] >= 1
