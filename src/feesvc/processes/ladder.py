"""The ladder: when something without an end is looked up, from seconds to a week (and no further).

Times count from when it was asked for. Rungs that went by while nobody could look are left out.
"""

from __future__ import annotations

from datetime import datetime, timedelta

LADDER = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=6),
    *(timedelta(days=day) for day in range(1, 8)),
)


def next_rung(began: datetime, climbed: int, now: datetime) -> int | None:
    """The rung after ``climbed``, counted from 1, that is not gone by; None after the last."""
    for rung in range(climbed + 1, len(LADDER) + 1):
        if began + LADDER[rung - 1] > now:
            return rung
    return None


def time_of(began: datetime, rung: int) -> datetime:
    return began + LADDER[rung - 1]
