"""The port of processes: they follow the log and answer events with commands.

A process's position and its due list commit together; its commands carry ids made from the
event, the process and the step, so that a crash between the two repeats nothing. A rebuild never
runs a process.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol
from uuid import UUID

from feesvc.domain.aggregate import Aggregate, Recorded

__all__ = ["Command", "Due", "Process", "Recorded"]


@dataclass(frozen=True, slots=True)
class Due:
    """Wake the process for the same event again, at ``at`` or soon after.

    ``step`` is used once per event: a wake that wants another says so in its name, as in
    ``look-up-3``.
    """

    step: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Command:
    """One step of an answer.

    ``run`` is given the command id; a repeat of it must change nothing. What it returns is due
    later, for a step whose follow-up depends on what came of it.
    """

    step: str
    run: Callable[[UUID], Awaitable[Sequence[Due] | None]]


class Process(Protocol):
    name: ClassVar[str]
    events: ClassVar[tuple[type[Aggregate.Event], ...]]

    def react(self, recorded: Recorded) -> Sequence[Command | Due]:
        """What this event calls for. Pure: the commands do the work."""
        ...

    def wake(self, recorded: Recorded, step: str, now: datetime) -> Sequence[Command | Due]:
        """What a due step of an earlier event calls for now."""
        ...
