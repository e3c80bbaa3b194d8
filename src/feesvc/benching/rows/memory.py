"""memory: what a worker holds at most while it replays a log, and one twice as long."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence

from feesvc.benching.figures import Figure, Unequal
from feesvc.benching.stage import Stage
from feesvc.benching.telling import Teller, fill_log

EVENTS = 1_000_000
MIB = 1024 * 1024
APART, MOST = 10, 300


def measure(stage: Stage) -> Sequence[Figure]:
    once = stage.sized(EVENTS, 1000)
    with stage.database() as log:
        stage.say(f"writing {2 * once:,} events")
        head = fill_log(log.owner_url, Teller(2 * once))
        peaks = []
        for position in (head - once, head):
            stage.say(f"replaying {position:,}")
            with stage.database() as tables:
                peaks.append(_peak(tables.url, log.url, position))
    apart = abs(peaks[1] - peaks[0])
    return (
        Figure(
            name="memory", ours=max(peaks), other=MOST, unit="MiB", bar=1, ceiling=True,
            against="the most that a worker may hold",
        ),
        Figure(
            name="memory.growth", ours=apart, other=APART, unit="MiB", bar=1, ceiling=True,
            against=f"how far {once:,} and {2 * once:,} events may lie apart",
        ),
    )  # fmt: skip


def _peak(tables_url: str, log_url: str, position: int) -> float:
    """MiB."""
    command = [sys.executable, "-m", "feesvc.benching.replaying", tables_url, log_url]
    told = subprocess.run([*command, str(position)], stdout=subprocess.PIPE, check=True).stdout
    said = json.loads(told)
    if said["reached"] != position:
        raise Unequal(f"the worker stopped at {said['reached']} of {position}")
    return float(said["peak"]) / MIB
