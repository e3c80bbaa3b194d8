"""Positions: how far a projection has come behind the log, for every answer of a ledger."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files
from typing import Any

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

POSITIONS = files(__package__).joinpath("positions.sql").read_text().encode()


class Positions:
    """Asks the database; errors are psycopg's, which the service answers with 503."""

    def __init__(self, pool: AsyncConnectionPool[AsyncConnection[Any]], log: str) -> None:
        self._pool = pool
        self._log = log

    async def of(self, projection: str) -> tuple[int, int]:
        """The position of the projection and of the log's last event; zeros when not installed."""
        asked = {"projection": projection, "log": self._log}
        async with self._pool.connection() as connection:
            row = await (await connection.execute(POSITIONS, asked)).fetchone()
        return (row[0], row[1]) if row else (0, 0)


@asynccontextmanager
async def open_positions(url: str, log: str) -> AsyncIterator[Positions]:
    pool: AsyncConnectionPool[AsyncConnection[Any]] = AsyncConnectionPool(
        url, min_size=1, max_size=4, timeout=10, open=False, kwargs={"autocommit": True}
    )
    async with pool:
        yield Positions(pool, log)
