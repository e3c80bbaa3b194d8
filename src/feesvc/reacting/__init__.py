"""The port of processes: they follow the log and answer events with commands.

A process's position and its due list commit together; its commands carry ids made from the
event, the process and the step, so that a crash between the two repeats nothing. A rebuild never
runs a process.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol, runtime_checkable
from uuid import UUID

from feesvc.domain.aggregate import Aggregate, Recorded

__all__ = ["Answering", "Command", "Due", "Laned", "Process", "Recorded"]


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


# What only some do. Having the members is the whole opt-in.


@runtime_checkable
class Laned(Protocol):
    """Due steps run side by side, in lanes that do not wait for each other.

    Without it they run one after the other, in the order in which they are due.
    """

    at_once: ClassVar[int]
    """How many steps of one lane run at the same time."""

    async def lane(self, recorded: Recorded) -> str:
        """The lane of this event's steps, such as the intermediary that they ask."""
        ...


@runtime_checkable
class Answering(Protocol):
    """Answers many events with one command, in place of ``react``."""

    async def answer(self, id: UUID, batch: Sequence[Recorded]) -> Sequence[tuple[Recorded, Due]]:
        """One command for all of them, in log order; a repeat of it must change nothing.

        It may come again with other neighbours: what was answered of it must be left alone. What
        it gives is due later, of the events it names.
        """
        ...
