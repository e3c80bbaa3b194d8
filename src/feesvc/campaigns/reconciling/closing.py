"""Closing: days of an agency's books closed by two officers, as the routes for it do."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from feesvc import plugins
from feesvc.api.completeness import vouched
from feesvc.api.positions import open_positions
from feesvc.application import closing
from feesvc.campaigns.reconciling.ground import OFFICER, SECOND, Ground
from feesvc.campaigns.reconciling.open_lines import left_open
from feesvc.domain.closing import Explanation
from feesvc.domain.period import Period
from feesvc.projecting.reading import Readers

OWNER = UUID(int=1)


@dataclass
class Closings:
    """``begun``: by agency and day, the position at which its books took no more entries."""

    ground: Ground
    begun: dict[tuple[str, date], int] = field(default_factory=dict)
    left: dict[tuple[str, date], Counter[UUID]] = field(default_factory=dict)
    """By the same: what the open lines of each batch came to just then."""
    _due: list[tuple[date, str, date]] = field(default_factory=list)

    def ask(self, on: date, agency: str, day: date) -> None:
        """The books of ``day`` are to be closed in the evening of ``on``."""
        self._due.append((on, agency, day))

    async def work(self, today: date) -> None:
        for due in [one for one in self._due if one[0] <= today]:
            self._due.remove(due)
            if due[1:] not in self.begun:
                await self._close(*due[1:])

    async def _close(self, agency: str, day: date) -> None:
        """Every red item of the sheet has an owner, with the reason that it is a campaign's."""
        house, name = self.ground.house, day.isoformat()
        await closing.begin_closing(house, self.ground.act(OFFICER), agency, name)
        period = await house.see(Period, house.store.ids.period(agency, name), name)
        self.begun[agency, day] = await closing.begun_at(house, period)
        self.ground.project()
        self.left[agency, day] = await left_open(self.ground)
        async with self._reading() as asked:
            sheet = await vouched(*asked, self.ground.act(OFFICER), period)
        told = [
            Explanation(item=one.item, owner=OWNER, reason="planted")
            for one in sheet.items if one.red
        ]  # fmt: skip
        act = self.ground.act(OFFICER)
        await closing.propose_close(house, act, sheet, sheet.digest, told)
        await closing.close(house, self.ground.act(SECOND), sheet, sheet.digest)

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[tuple[Any, Any]]:
        """What the routes need of a request: readers of every projection, and who asks."""
        assert self.ground.database is not None
        url = self.ground.database.url
        with ExitStack() as stack:
            readers = {name: Readers(url, name, 1) for name in plugins.projections()}
            for reader in readers.values():
                reader.start()
                stack.callback(reader.close)
            async with open_positions(url, self.ground.store.log) as positions:
                service = SimpleNamespace(readers=readers, positions=positions)
                app = SimpleNamespace(state=SimpleNamespace(service=service))
                yield SimpleNamespace(app=app), SimpleNamespace(house=self.ground.house)
