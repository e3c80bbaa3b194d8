"""Bookmarks: where each process stands in the log and what it waits for; in memory here."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, order=True)
class Waiting:
    """A due step of the event at ``position``; sorts by the time it is due."""

    at: datetime
    position: int
    step: str


class Taken(Exception):
    """Another runner has the bookmark of this process: it is the active one."""


class Bookmark(Protocol):
    """The place of one process in the log, held by one runner. Errors: ``StoreUnavailable``."""

    position: int
    """Every event up to here was answered."""

    async def due(self, now: datetime, limit: int) -> Sequence[Waiting]:
        """What is due at ``now``, the longest overdue first."""
        ...

    async def move(
        self, position: int, add: Sequence[Waiting] = (), done: Sequence[Waiting] = ()
    ) -> None:
        """Move to ``position``, add to the due list and take ``done`` off it, all or nothing.

        A step that waits already for the same event is left as it is. Raises ``Taken`` when the
        bookmark is no longer ours.
        """
        ...


class Bookmarks(Protocol):
    def take(self, process: str) -> AbstractAsyncContextManager[Bookmark]:
        """Hold a process's bookmark; at 0 for a new one. Raises ``Taken``, ``StoreUnavailable``."""
        ...


@dataclass(slots=True)
class MemoryBookmark:
    position: int = 0
    waiting: list[Waiting] = field(default_factory=list)
    held: bool = False

    async def due(self, now: datetime, limit: int) -> Sequence[Waiting]:
        return sorted(waiting for waiting in self.waiting if waiting.at <= now)[:limit]

    async def move(
        self, position: int, add: Sequence[Waiting] = (), done: Sequence[Waiting] = ()
    ) -> None:
        self.position = position
        if add:
            known = {(waiting.position, waiting.step) for waiting in self.waiting}
            self.waiting += [one for one in add if (one.position, one.step) not in known]
        if done:
            gone = set(done)
            self.waiting = [one for one in self.waiting if one not in gone]


class MemoryBookmarks:
    """For tests and simulation: what is moved stays moved, whatever becomes of the runner."""

    def __init__(self) -> None:
        self.kept: dict[str, MemoryBookmark] = {}

    @asynccontextmanager
    async def take(self, process: str) -> AsyncIterator[Bookmark]:
        bookmark = self.kept.setdefault(process, MemoryBookmark())
        if bookmark.held:
            raise Taken(process)
        bookmark.held = True
        try:
            yield bookmark
        finally:
            bookmark.held = False
