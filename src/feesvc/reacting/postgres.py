"""Bookmarks in PostgreSQL: one connection per process holds its lock and writes its place."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from importlib.resources import files
from typing import Any

from psycopg import AsyncConnection, InterfaceError, OperationalError
from psycopg.rows import DictRow, dict_row

from feesvc.reacting.bookmarks import Bookmark, Taken, Waiting
from feesvc.store import StoreUnavailable


def _sql(name: str) -> bytes:
    return files(__package__).joinpath("sql", f"{name}.sql").read_bytes()


TAKE, POSITION, DUE, MOVE = (_sql(name) for name in ("take", "position", "due", "move"))


class PostgresBookmarks:
    """Reads and writes feesvc.process and feesvc.due as the service's role."""

    def __init__(self, url: str, log: str) -> None:
        self._url = url
        self._log = log

    @asynccontextmanager
    async def take(self, process: str) -> AsyncIterator[Bookmark]:
        with _unavailable():
            connection = await AsyncConnection.connect(
                self._url, autocommit=True, row_factory=dict_row, connect_timeout=10
            )
        try:
            yield await _hold(connection, {"process": process, "log": self._log})
        finally:
            await connection.close()


class PostgresBookmark:
    """Lost with its connection, and the lock with it: only the holder can write."""

    def __init__(
        self, connection: AsyncConnection[DictRow], key: Mapping[str, str], position: int
    ) -> None:
        self.position = position
        self._connection = connection
        self._key = key

    async def due(self, now: datetime, limit: int) -> Sequence[Waiting]:
        named = {**self._key, "now": now, "limit": limit}
        return [Waiting(**row) for row in await _rows(self._connection, DUE, named)]

    async def move(
        self, position: int, add: Sequence[Waiting] = (), done: Sequence[Waiting] = ()
    ) -> None:
        named = {
            **self._key,
            "held": self.position,
            "position": position,
            "positions": [waiting.position for waiting in add],
            "steps": [waiting.step for waiting in add],
            "times": [waiting.at for waiting in add],
            "done_positions": [waiting.position for waiting in done],
            "done_steps": [waiting.step for waiting in done],
        }
        rows = await _rows(self._connection, MOVE, named)
        if not rows[0]["ours"]:
            raise Taken(f"{self._key} was moved away from {self.position} by another")
        self.position = position


async def _hold(connection: AsyncConnection[DictRow], key: Mapping[str, str]) -> PostgresBookmark:
    if not (await _rows(connection, TAKE, key))[0]["ours"]:
        raise Taken(key["process"])
    position = (await _rows(connection, POSITION, key))[0]["position"]
    return PostgresBookmark(connection, key, position)


async def _rows(
    connection: AsyncConnection[DictRow], sql: bytes, named: Mapping[str, Any]
) -> list[DictRow]:
    with _unavailable():
        return await (await connection.execute(sql, named)).fetchall()


@contextmanager
def _unavailable() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise StoreUnavailable(str(error)) from error
