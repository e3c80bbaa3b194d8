"""The batched runner: keeps one projection in step with the log, a transaction per batch."""

from __future__ import annotations

import random
from collections.abc import Sequence
from threading import Event as Flag
from types import TracebackType
from typing import Any, Protocol, Self

import psycopg
import structlog
from psycopg import Connection
from psycopg.rows import DictRow, dict_row

from feesvc.projecting import Db, Projection, Recorded
from feesvc.projecting.statements import statement
from feesvc.store import StoreUnavailable

TRANSIENT = (psycopg.OperationalError, psycopg.InterfaceError, StoreUnavailable)
"""The database, not the event: tried again, with patience, for as long as it takes."""
BATCH = 1000
_BUSY_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 30.0

_log = structlog.get_logger(__name__)


class Log(Protocol):
    """What the runner needs of the log; ``feesvc.store.following.LogReader`` is one."""

    def read(self, after: int, limit: int, topics: Sequence[str] = ()) -> Sequence[Recorded]: ...

    def head(self) -> int: ...

    def wait(self, after: int, timeout: float) -> object:
        """Return when there may be something after a position, or after ``timeout`` seconds."""
        ...


class NotInstalled(Exception):
    """The projection has no tables in this database, or those of another version."""


class ProjectionStopped(Exception):
    """An event cannot be read or applied. Nothing may skip it: a person mends the cause.

    All that came before ``position`` is applied; nothing after it is.
    """

    def __init__(self, projection: str, position: int, topic: str, reason: str) -> None:
        super().__init__(f"{projection} stopped at position {position} ({topic}): {reason}")
        self.projection = projection
        self.position = position
        self.topic = topic
        self.reason = reason


class Runner:
    """The only active worker of one projection: an advisory lock of its connection says so.

    Not to be shared by threads. ``url`` is the service's; ``log`` has a connection of its own.
    """

    def __init__(self, url: str, projection: Projection, log: Log, batch: int = BATCH) -> None:
        self.projection = projection
        self.stopped: ProjectionStopped | None = None
        self._url = url
        self._log = log
        self._batch = batch
        self._topics = [event.TOPIC for event in projection.events]
        self._connection: Connection[DictRow] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self.close()

    def run(self, stopping: Flag) -> None:
        """Follow the log until ``stopping`` is set; raises ``ProjectionStopped``, ``NotInstalled``.

        Waits while another runner holds the projection, and while the database is away.
        """
        failures = 0
        while not stopping.is_set():
            try:
                if not self.hold():
                    stopping.wait(_BUSY_SECONDS)
                    continue
                before, after = self.step()
                failures = 0
                if after == before:
                    self._log.wait(after, _BUSY_SECONDS)
            except TRANSIENT as error:
                self.close()
                failures += 1
                pause = min(0.1 * 2**failures, _LONGEST_PAUSE_SECONDS) * random.uniform(0.5, 1)  # noqa: S311
                _log.warning(
                    "projection.retry", projection=self.projection.name, error=str(error),
                    seconds=round(pause, 1),
                )  # fmt: skip
                stopping.wait(pause)

    def catch_up(self) -> int:
        """Apply all there is now and return the position reached; for tests, demo and benchmarks.

        Raises what ``run`` does, and transient errors; ``NotInstalled`` if another runner is at it.
        """
        if not self.hold():
            raise NotInstalled(f"{self.projection.name} is held by another runner")
        while True:
            before, after = self.step()
            if before == after:
                return after

    def hold(self) -> bool:
        """Become the only runner of this projection; False while another one is."""
        if self._connection is not None:
            return True
        connection = connect(self._url, self.projection.name)
        try:
            # What a server crash could take back is rows and position together: done again.
            connection.execute(statement("session"))
            row = connection.execute(statement("hold"), [self.projection.name]).fetchone()
            if row and row["held"]:
                self._connection, connection = connection, None  # type: ignore[assignment]
                return True
            return False
        finally:
            if connection is not None:
                connection.close()

    def step(self) -> tuple[int, int]:
        """Apply one batch. Returns the positions before and after it: equal at the log's end."""
        limit = self._batch
        while True:
            try:
                return self._transaction(limit)
            except (NotInstalled, *TRANSIENT):
                raise
            except Exception as error:
                # Apply what comes before the guilty event, so that it alone is what stops us.
                if limit == 1:
                    raise self._stop(error) from error
                limit = max(1, limit // 4)

    def close(self) -> None:
        """Give the projection up to another runner."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _transaction(self, limit: int) -> tuple[int, int]:
        assert self._connection is not None, "hold() comes first"
        with self._connection.transaction(), self._connection.cursor() as db:
            before = self._locked(db)
            head = self._log.head()
            batch = self._log.read(before, limit, self._topics)
            # Fewer than asked for: nothing else up to the head, which was read first, is ours.
            full = len(batch) == limit
            after = batch[-1].position if full else max(head, before, _last(batch))
            if batch:
                self.projection.apply(batch, db)
            if after != before:
                db.execute(statement("advance"), [after, self.projection.name])
        self.stopped = None
        return before, after

    def _locked(self, db: Db) -> int:
        row = db.execute(statement("lock"), [self.projection.name]).fetchone()
        if row is None or row["version"] != self.projection.version:
            found = row["version"] if row else "none"
            raise NotInstalled(
                f"{self.projection.name} is installed in version {found}, not "
                f"{self.projection.version}: install or rebuild it"
            )
        position: int = row["position"]
        return position

    def _stop(self, error: Exception) -> ProjectionStopped:
        """Say where and why, for the status that others read; the position stays where it was."""
        assert self._connection is not None
        position, topic = self._guilty(error)
        self.stopped = ProjectionStopped(
            self.projection.name, position, topic, f"{type(error).__name__}: {error}"
        )
        self._connection.execute(statement("stop"), [str(self.stopped), self.projection.name])
        _log.error(
            "projection.stopped", projection=self.projection.name, position=position, topic=topic,
            error=str(error),
        )  # fmt: skip
        return self.stopped

    def _guilty(self, error: Exception) -> tuple[int, str]:
        position, topic = getattr(error, "position", None), getattr(error, "topic", None)
        if isinstance(position, int) and isinstance(topic, str):
            return position, topic
        assert self._connection is not None
        with self._connection.transaction(), self._connection.cursor() as db:
            before = self._locked(db)
            batch = self._log.read(before, 1, self._topics)
        return (batch[0].position, batch[0].event.TOPIC) if batch else (before + 1, "unknown")


def connect(url: str, schema: str, **options: Any) -> Connection[DictRow]:
    """A connection on which unqualified names are those of ``schema``."""
    connection = psycopg.connect(
        url, autocommit=True, row_factory=dict_row, connect_timeout=10, **options
    )
    connection.execute(statement("search"), [schema])
    return connection


def _last(batch: Sequence[Recorded]) -> int:
    return batch[-1].position if batch else 0
