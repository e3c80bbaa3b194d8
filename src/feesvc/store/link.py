"""One connection to the database that comes back by itself, for one statement at a time."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import psycopg
from psycopg import AsyncConnection, errors
from psycopg.conninfo import make_conninfo

from feesvc.store import StoreUnavailable

Connection: TypeAlias = AsyncConnection[tuple[Any, ...]]

_SESSION = b"""
SELECT set_config('lock_timeout', '5s', false), set_config('TimeZone', 'UTC', false),
       set_config('jit', 'off', false),
       set_config('enable_seqscan', 'off', false), set_config('enable_hashjoin', 'off', false),
       set_config('enable_mergejoin', 'off', false)
"""
"""Index look-ups, whatever old statistics say; nobody waits for ever behind a forgotten lock."""

FAULT_OF_THE_COMMAND = (
    errors.DataError,
    errors.IntegrityError,
    errors.ProgramLimitExceeded,
    UnicodeError,
    OverflowError,
)
"""What the same command would meet again; everything else is the database's state."""


def patient_conninfo(url: str) -> str:
    """``url`` with a watch over the line: a dead peer is noticed, no query is ever cancelled."""
    return make_conninfo(
        url,
        connect_timeout=5,
        keepalives_idle=5,
        keepalives_interval=2,
        keepalives_count=3,
        tcp_user_timeout=10_000,
    )


_LEAVE = (
    errors.ReadOnlySqlTransaction,
    errors.OperatorIntervention,
    errors.FeatureNotSupported,  # a prepared plan that a migration has outdated
)


class Link:
    """Repeats a statement after a lost connection, so a statement must bear repeating."""

    def __init__(
        self, url: str, patience: float, greet: Callable[[Connection], Awaitable[None]]
    ) -> None:
        """``greet`` is called on each new connection before anything else is."""
        self._conninfo = patient_conninfo(url)
        self._patience = patience
        self._greet = greet
        self._connection: Connection | None = None
        self._alone = asyncio.Lock()
        self._closed = False

    async def rows(self, query: bytes, arguments: dict[str, Any]) -> list[tuple[Any, ...]]:
        """All rows of a statement; raises ``StoreUnavailable``, or ``FAULT_OF_THE_COMMAND``."""
        async with self._alone:
            loop = asyncio.get_running_loop()
            deadline = loop.time() + self._patience
            pause = 0.02
            while True:
                if self._closed:
                    raise StoreUnavailable("the store is closed")
                try:
                    connection = await self._connected()
                    cursor = connection.cursor(binary=True)
                    await cursor.execute(query, arguments, prepare=True)
                    return await cursor.fetchall()
                except FAULT_OF_THE_COMMAND:
                    raise
                except (psycopg.Error, OSError) as error:
                    await self._drop_if_broken(error)
                    # What the database does not know or allow, it will not in ten seconds either.
                    hopeless = isinstance(error, psycopg.ProgrammingError)
                    if hopeless or loop.time() + pause > deadline:
                        raise StoreUnavailable(str(error)) from error
                await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311 - a pause
                pause = min(pause * 2, 1)

    async def close(self) -> None:
        self._closed = True
        if self._connection is not None:
            await self._connection.close()

    async def _connected(self) -> Connection:
        if self._connection is None or self._connection.closed:
            connection = await AsyncConnection.connect(self._conninfo, autocommit=True)
            try:
                await connection.execute(_SESSION)
                await self._greet(connection)
            except BaseException:
                await connection.close()
                raise
            self._connection = connection
        return self._connection

    async def _drop_if_broken(self, error: Exception) -> None:
        """A server that became a standby, or is going away, is left as well as a dead one."""
        left = isinstance(error, _LEAVE)
        if self._connection is not None and (self._connection.broken or left):
            await self._connection.close()
            self._connection = None
