"""A scenario whose processes run when the story says so, and the cases that they open."""

from __future__ import annotations

from datetime import timedelta

from feesvc.domain.case import Case
from feesvc.processes import every
from feesvc.reacting.bookmarks import MemoryBookmarks
from feesvc.reacting.runner import Runner
from feesvc.testing.scenario import Scenario


class Reacting(Scenario):
    def __post_init__(self) -> None:
        super().__post_init__()
        self.bookmarks = MemoryBookmarks()

    async def run(self, later: timedelta = timedelta()) -> None:
        """Let time pass; then every process does all there is to do."""
        self.now += later
        busy = True
        while busy:
            busy = False
            for process in every(self.house):
                async with self.bookmarks.take(process.name) as bookmark:
                    runner = Runner(process, bookmark, self.store, lambda: self.now)
                    busy = await runner.turn() or busy

    async def cases(self) -> list[Case]:
        """In the order of their opening."""
        recorded = await self.store.read(0, 100_000, [Case.Opened.TOPIC])
        ids = [one.event.originator_id for one in recorded]
        found = await self.store.load(ids)
        return [one for one in map(found.get, ids) if isinstance(one, Case)]

    async def told(self) -> list[tuple[str, int, str]]:
        """Code, what is at risk, and state of every case, in the order of their opening."""
        return [(one.code, one.at_risk.amount, one.state) for one in await self.cases()]
