"""Statements on a pool of connections, whose every failure to answer is ``PeopleUnavailable``."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

from psycopg import AsyncConnection, AsyncCursor, InterfaceError, OperationalError
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool, PoolClosed, PoolTimeout

from feesvc.people import PeopleUnavailable
from feesvc.people.parcels import sql

Pool: TypeAlias = AsyncConnectionPool[AsyncConnection[Any]]
Row: TypeAlias = Mapping[str, Any]


class Pooled:
    """What stands on the pool. Statements are the files of ``sql``."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def _rows(self, statement: str, parameters: Row) -> list[dict[str, Any]]:
        async with self._cursor() as db:
            await db.execute(sql(statement), parameters)
            return await db.fetchall()

    async def _do(self, statement: str, parameters: Row) -> None:
        async with self._cursor() as db:
            await db.execute(sql(statement), parameters)

    @asynccontextmanager
    async def _cursor(self) -> AsyncIterator[AsyncCursor[dict[str, Any]]]:
        """For one statement, committed at the end."""
        try:
            async with (
                self._pool.connection() as connection,
                connection.cursor(row_factory=dict_row) as db,
            ):
                yield db
        except (OperationalError, InterfaceError, PoolTimeout, PoolClosed) as error:
            raise PeopleUnavailable(type(error).__name__) from error

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[AsyncCursor[dict[str, Any]]]:
        """For several statements, whether or not the pool's connections commit each by itself."""
        async with self._cursor() as db, db.connection.transaction():
            yield db
