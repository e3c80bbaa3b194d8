"""Rows: the tables of files, statements, lines, runs and matches, on connections of a pool."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

from psycopg import AsyncConnection, AsyncCursor, InterfaceError, OperationalError
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool, PoolClosed, PoolTimeout

from feesvc.store import StoreUnavailable

Cursor: TypeAlias = AsyncCursor[dict[str, Any]]


class Rows:
    """Safe to share between the tasks of one event loop; whoever made the pool closes it."""

    def __init__(self, pool: AsyncConnectionPool[AsyncConnection[Any]]) -> None:
        self._pool = pool

    @asynccontextmanager
    async def cursor(self) -> AsyncIterator[Cursor]:
        """A connection of one's own for as long as this lasts, each statement of it committed.

        ``cursor.connection.transaction()`` makes several statements one. Raises
        ``StoreUnavailable``.
        """
        try:
            async with self._pool.connection() as connection:
                await connection.set_autocommit(True)
                try:
                    async with connection.cursor(row_factory=dict_row) as cursor:
                        yield cursor
                finally:
                    if not connection.closed:
                        await connection.rollback()
                        await connection.set_autocommit(False)
        except (OperationalError, InterfaceError, PoolTimeout, PoolClosed) as error:
            raise StoreUnavailable(type(error).__name__) from error

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Cursor]:
        """All that is done on this cursor is done, or nothing is. Raises ``StoreUnavailable``."""
        async with self.cursor() as cursor, cursor.connection.transaction():
            yield cursor
