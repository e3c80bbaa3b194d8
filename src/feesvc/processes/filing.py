"""Filing: whatever happened after a file's events were recorded, its rows come after them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from feesvc.application.files import finish
from feesvc.application.house import House
from feesvc.domain.aggregate import Aggregate
from feesvc.domain.statement import Statement
from feesvc.reacting import Command, Due, Recorded


class Filing:
    """Nearly always it finds everything done: whoever accepted the file did it at once."""

    name: ClassVar[str] = "filing"
    events: ClassVar[tuple[type[Aggregate.Event], ...]] = (
        Statement.Accepted,
        Statement.Superseded,
    )

    def __init__(self, house: House) -> None:
        self._house = house

    def react(self, recorded: Recorded) -> Sequence[Command | Due]:
        return [Command("finish", lambda id: self._finish(id, recorded))]

    def wake(self, recorded: Recorded, step: str, now: datetime) -> Sequence[Command | Due]:
        return self.react(recorded)

    async def _finish(self, id: UUID, recorded: Recorded) -> Sequence[Due]:
        event = recorded.event
        assert isinstance(event, Statement.Accepted | Statement.Superseded)
        await finish(self._house, event.told.file, f"process:{self.name}")
        return ()
