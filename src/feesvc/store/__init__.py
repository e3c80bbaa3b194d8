"""The event store, behind a small async port: load aggregates, append commands, read the log.

Three implementations under one contract (``feesvc.testing.store``): ``grouped`` PostgreSQL, which
carries many commands in one round trip; ``memory`` for unit tests, permutations and simulation;
``stock``, the library's own recorder in a thread, for benchmarks only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol
from uuid import UUID

from feesvc.domain.aggregate import Aggregate, Recorded
from feesvc.domain.ids import Ids


@dataclass(frozen=True, slots=True)
class Answer:
    """What the caller was told: an HTTP status, the body's bytes, the path of what was made."""

    status: int
    body: bytes
    location: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One decision, to be recorded once. Its events are all recorded or none is.

    ``id`` names it for good: a second append of the same id is a repeat, whatever it holds.
    ``fingerprint`` is a hash of what was asked, so that a repeat can be told from a misuse.
    """

    id: UUID
    principal: str
    actor: str
    events: Sequence[tuple[str, Aggregate.Event]]
    """Each event with the agency it belongs to."""
    fingerprint: bytes = b""
    cause: str = ""
    answer: Answer | None = None


class Verdict(Enum):
    RECORDED = "recorded"
    REPEAT = "repeat"
    STALE = "stale"
    """Another command reached one of the streams first: load and decide again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Appended:
    """What became of a command.

    On ``REPEAT`` the rest tells of the first time: its fingerprint, positions, time and answer.
    ``answer`` is None while the first one is still at work, and once its bytes were purged
    (``answered`` tells which). A command that recorded no event has ``first`` 0 and ``last`` 0.
    """

    verdict: Verdict
    first: int = 0
    last: int = 0
    recorded_at: datetime | None = None
    fingerprint: bytes = b""
    answered: bool = False
    answer: Answer | None = None


class Store(Protocol):
    """Safe to use from many tasks of one event loop. Errors: ``StoreUnavailable``."""

    log: str
    """The name of the log; on the wire a position is ``<log>-<n>``."""
    epoch: str
    """Random, part of every wire reference; a restore sets a new one before anything is sent."""
    ids: Ids

    async def load(self, ids: Sequence[UUID]) -> dict[UUID, Aggregate]:
        """The aggregates of these streams as of now, free to be changed; missing ones absent."""
        ...

    async def peek(self, ids: Sequence[UUID]) -> dict[UUID, Aggregate]:
        """As ``load``, but shared and never to be changed: folded once, brought up to date."""
        ...

    async def append(self, command: Command) -> Appended:
        """Record a command durably, or say why not. A lost reply is resubmitted as it was.

        Cannot be cancelled: a caller that goes away leaves a whole command behind, or none.
        Raises ``Unstorable`` for a command that the database cannot hold.
        """
        ...

    async def find(self, command: UUID) -> Appended | None:
        """The verdict a repeat of this command would get; None when it was never recorded."""
        ...

    async def answer(self, command: UUID, answer: Answer) -> None:
        """Keep what was told for a command recorded without an answer; the first answer stands."""
        ...

    async def history(
        self, stream: UUID, after: int = 0, limit: int | None = None
    ) -> Sequence[Recorded]:
        """The events of one stream after a version, oldest first; ``limit`` None means all."""
        ...

    async def read(self, after: int, limit: int, topics: Sequence[str] = ()) -> Sequence[Recorded]:
        """The log after a position, in order, at most ``limit`` events; ``topics`` () means all."""
        ...

    async def head(self) -> int:
        """The position of the last event recorded; 0 for an empty log."""
        ...

    async def numbers(self) -> int:
        """The next number for a wire reference: never the same twice, gaps allowed."""
        ...

    async def close(self) -> None: ...


class StoreUnavailable(Exception):
    """The database does not answer. Nothing is known of the command: repeat it as it was."""


class Unstorable(Exception):
    """The database cannot hold what the command says, such as a NUL in a text."""
