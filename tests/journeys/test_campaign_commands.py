"""Every command of the application has one effect, though the database's reply to it is lost."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from feesvc.campaigns.commanding import commands
from feesvc.campaigns.commands import STEPS
from feesvc.campaigns.rows import FILED


def test_no_command_is_forgotten() -> None:
    assert set(commands()) == {command for command, _ in [*STEPS, *FILED]}


@pytest.mark.slow
def test_every_command_outlives_a_lost_reply() -> None:
    program = Path(sys.executable).with_name("feesvc")
    ran = subprocess.run(
        [program, "campaign", "commands", "--short", "--json"], capture_output=True, text=True,
        timeout=280, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    said = json.loads(ran.stdout)
    assert said["faults"] == []
    assert said["figures"]["replies cut off"] >= len(STEPS)
