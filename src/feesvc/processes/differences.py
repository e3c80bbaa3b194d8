"""Differences: what happened to money that a person may have to explain, found as it happens.

Each answer is a review of what now stands (``application.differences``), so that a case is opened
once, cleared when nothing is left of it, and open again when something is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from feesvc.application.differences import review
from feesvc.application.house import House
from feesvc.domain.aggregate import Aggregate
from feesvc.processes.acting import act_on
from feesvc.processes.closed_periods import late_entries
from feesvc.processes.suspecting import READINGS, suspected
from feesvc.reacting import Command, Due, Recorded


class Differences:
    """Opens and clears by rule what the core itself can see; files and statements say the rest."""

    name: ClassVar[str] = "differences"
    events: ClassVar[tuple[type[Aggregate.Event], ...]] = tuple(READINGS)

    def __init__(self, house: House) -> None:
        self._house = house

    def react(self, recorded: Recorded) -> Sequence[Command | Due]:
        return [Command("review", lambda id: self._review(id, recorded))]

    def wake(self, recorded: Recorded, step: str, now: datetime) -> Sequence[Command | Due]:
        return ()

    async def _review(self, id: UUID, recorded: Recorded) -> None:
        sought = await suspected(self._house, recorded)
        sought += await late_entries(self._house, recorded)
        if sought:
            await review(self._house, act_on(self._house, self.name, id, recorded), sought)
