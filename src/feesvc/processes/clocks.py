"""Clocks: what should have happened by now and did not, and cases that nobody ended in time.

One due list for all of them. A clock is started by an event and looks, when it is due, at what
stands by then: a step that runs late, or twice, finds the same. Days are of Asia/Ho_Chi_Minh, and
business days those of the house's calendar.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import ClassVar
from uuid import UUID

from feesvc.application.cases import escalate_case
from feesvc.application.differences import review
from feesvc.application.expecting import expect_files
from feesvc.application.house import HANOI, House
from feesvc.domain import case_events as cases
from feesvc.domain.aggregate import Aggregate
from feesvc.domain.case import Case
from feesvc.processes.acting import act_on
from feesvc.processes.duties import DAILY, over, tomorrow
from feesvc.processes.lateness import STARTS, start, suspected
from feesvc.reacting import Command, Due, Recorded

OVERDUE = "overdue"
LEVELS = (0, 7, 30)
"""A case goes up one level when its last day is over, and one more so many days after that."""


class Clocks:
    """Timers of differences, and of the cases that people work on."""

    name: ClassVar[str] = "clocks"
    events: ClassVar[tuple[type[Aggregate.Event], ...]] = (
        Case.Opened, Case.Inquired, Case.Reassessed, Case.Reopened, *STARTS,
    )  # fmt: skip

    def __init__(self, house: House) -> None:
        self._house = house

    def react(self, recorded: Recorded) -> Sequence[Command | Due]:
        event = recorded.event
        if isinstance(event, cases.Opened | cases.Inquired | cases.Reassessed | cases.Reopened):
            late_already = event.due_on < event.timestamp.astimezone(HANOI).date()
            return () if late_already else _levels(event.due_on)
        return [Command("start", lambda id: start(self._house, recorded))]

    def wake(self, recorded: Recorded, step: str, now: datetime) -> Sequence[Command | Due]:
        name, _, number = step.rpartition("-")
        if name == DAILY:
            return [Command(step, lambda id: self._every_day(id, recorded))]
        if name == OVERDUE:
            level = int(number)
            return [Command(step, lambda id: self._escalate(id, recorded, level))]
        return [Command(step, lambda id: self._look(id, recorded, name))]

    async def _escalate(self, id: UUID, recorded: Recorded, level: int) -> None:
        """Unless it is closed, or was given more time since: that has a clock of its own."""
        act = act_on(self._house, self.name, id, recorded)
        late_by = timedelta(days=LEVELS[level - 1])
        await escalate_case(self._house, act, recorded.event.originator_id, level, late_by)

    async def _every_day(self, id: UUID, recorded: Recorded) -> Sequence[Due]:
        act = act_on(self._house, self.name, id, recorded)
        await expect_files(self._house, act, recorded.agency)
        return [tomorrow(self._house.now())]

    async def _look(self, id: UUID, recorded: Recorded, clock: str) -> None:
        sought = await suspected(self._house, recorded, clock)
        await review(self._house, act_on(self._house, self.name, id, recorded), sought)


def _levels(due_on: date) -> list[Due]:
    return [
        Due(f"{OVERDUE}-{level}", over(due_on + timedelta(days=days)))
        for level, days in enumerate(LEVELS, start=1)
    ]
