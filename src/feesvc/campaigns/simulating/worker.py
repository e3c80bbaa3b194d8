"""The worker: every process on its bookmark; whatever kills it, another one goes on from there."""

from __future__ import annotations

from feesvc import processes
from feesvc.campaigns.simulating.weather import Crashed
from feesvc.processes.clocks import Clocks
from feesvc.reacting.bookmarks import MemoryBookmark
from feesvc.reacting.runner import Runner
from feesvc.testing.at_once import at_once
from feesvc.testing.world import World


class Worker:
    """``crashes`` counts its deaths. What is on the bookmarks outlives them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.crashes = 0
        self.bookmarks = {kind.name: MemoryBookmark() for kind in processes.KINDS}
        self._start()

    def _start(self) -> None:
        self._runners = [
            Runner(process, self.bookmarks[process.name], self.world.store, self.world.clock)
            for process in processes.every(self.world.house)
        ]

    def turn(self) -> bool:
        """Let every process do what there is to do now. False: there was nothing.

        Raises ``ProcessStopped``: a process met what it cannot answer, which is always a fault.
        """
        busy = False
        for runner in list(self._runners):
            try:
                while at_once(runner.turn()):
                    busy = True
            except runner.passing:
                busy = True
            except Crashed:
                self.crashes += 1
                self._start()
                return True
        return busy

    def waits_for(self) -> int:
        """Steps that are due later, but for clocks, which only tell people what is late."""
        working = [each for name, each in self.bookmarks.items() if name != Clocks.name]
        return sum(len(bookmark.waiting) for bookmark in working)
