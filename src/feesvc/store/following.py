"""What followers read the log with: synchronous, in large pages, and waiting for more.

Positions are dense and given in the order of commits, so whoever reads on from the last position
he dealt with misses nothing and meets nothing twice.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any, Self, cast

import psycopg
from psycopg import Connection, Cursor

from feesvc.domain.aggregate import Recorded
from feesvc.store import StoreUnavailable
from feesvc.store.link import patient_conninfo
from feesvc.store.mapper import Row, recorded_of
from feesvc.store.statements import statement

_POLL = 1.0
"""Seconds after which to look anyway: a notification may be lost with its connection."""


class LogReader:
    """Reads one log in one thread. Errors: ``StoreUnavailable`` (call again), ``Unreadable``."""

    def __init__(self, url: str, log: str = "feesvc") -> None:
        """``url`` is the service's. The connection is made when first wanted, and again if lost."""
        self.log = log
        self._conninfo = patient_conninfo(url)
        self._connection: Connection[tuple[Any, ...]] | None = None

    def read(self, after: int, limit: int, topics: Sequence[str] = ()) -> list[Recorded]:
        """The log after a position, in order, at most ``limit``; ``topics`` () means all."""
        return recorded_of(self.rows(after, limit, topics))

    def pages(
        self, after: int, limit: int = 500, topics: Sequence[str] = ()
    ) -> Iterator[list[Recorded]]:
        """The log after a position to its end, page by page, for a replay.

        The database works on a page while the one before is decoded. Nothing else may be asked of
        this reader meanwhile. Pages of 500 stay in the processor's cache; larger ones are slower.
        """
        try:
            with self._connected().pipeline():
                ahead = self._ask(after, limit, topics)
                while rows := ahead.fetchall():
                    ahead = self._ask(rows[-1][0], limit, topics)
                    yield recorded_of(cast("list[Row]", rows))
        except psycopg.OperationalError as error:
            raise self._lost(error) from error

    def _ask(self, after: int, limit: int, topics: Sequence[str]) -> Cursor[tuple[Any, ...]]:
        arguments = {"log": self.log, "after": after, "limit": limit, "topics": list(topics)}
        name = statement("read_topics" if topics else "read")
        return self._connected().cursor(binary=True).execute(name, arguments, prepare=True)

    def rows(self, after: int, limit: int, topics: Sequence[str] = ()) -> list[Row]:
        """As ``read``, as the log keeps them: undecoded."""
        arguments: dict[str, Any] = {"after": after, "limit": limit}
        if topics:
            return cast("list[Row]", self._rows("read_topics", topics=list(topics), **arguments))
        return cast("list[Row]", self._rows("read", **arguments))

    def head(self) -> int:
        """The position of the last event recorded; 0 for an empty log."""
        rows = self._rows("head")
        if not rows:
            raise LookupError(f"there is no log named {self.log!r}: migrate the database first")
        position: int = rows[0][0]
        return position

    def wait(self, after: int, timeout: float) -> bool:
        """Whether anything stands after ``after``, as soon as it does or ``timeout`` seconds on."""
        deadline = time.monotonic() + timeout
        while True:
            if self.head() > after:
                return True
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            try:
                for _ in self._connected().notifies(timeout=min(left, _POLL), stop_after=1):
                    pass
            except psycopg.OperationalError as error:
                raise self._lost(error) from error

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _rows(self, name: str, **arguments: object) -> list[tuple[Any, ...]]:
        try:
            with self._connected().cursor(binary=True) as cursor:
                cursor.execute(statement(name), {"log": self.log, **arguments}, prepare=True)
                return cursor.fetchall()
        except psycopg.OperationalError as error:
            raise self._lost(error) from error

    def _connected(self) -> Connection[tuple[Any, ...]]:
        if self._connection is None or self._connection.closed:
            self._connection = psycopg.connect(self._conninfo, autocommit=True)
            self._connection.execute("SET TimeZone = 'UTC'")
            self._connection.execute("LISTEN feesvc")
        return self._connection

    def _lost(self, error: Exception) -> StoreUnavailable:
        self.close()
        return StoreUnavailable(str(error))
