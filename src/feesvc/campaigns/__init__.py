"""Campaigns: each tries to break the service in one way, by a seed, and says what it found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TypeAlias

NAMES = ("kill", "races", "commands", "callbacks", "orders", "simulation", "reconciliation")

Say: TypeAlias = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Trial:
    """One run of a campaign. The same seed and size try the same things again."""

    seed: int
    short: bool
    folder: Path
    """An empty folder for what it needs meanwhile."""
    say: Say
    days: int = 0
    """For a campaign of days: so many of them; 0: as many as it usually takes."""


@dataclass(slots=True)
class Finding:
    """What a run did, in figures, and whatever was not as it should be: nothing, one hopes."""

    figures: dict[str, int | float] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def run(name: str, trial: Trial) -> Finding:
    """Run a campaign, from the main thread; it ends everything that it starts."""
    found: Finding = import_module(f"{__name__}.{name}").run(trial)
    return found
