"""Connections for read routes: each answer sees one moment of one projection's tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg import Connection, IsolationLevel
from psycopg.rows import DictRow, dict_row
from psycopg_pool import ConnectionPool

from feesvc.projecting import Db
from feesvc.projecting.statements import statement


class Readers:
    """A pool for the routes of one projection; ``open`` is the ``OpenDb`` that they are given.

    Errors: those of psycopg, which the service answers with 503.
    """

    def __init__(self, url: str, schema: str, size: int = 8) -> None:
        self._schema = schema
        self._pool: ConnectionPool[Connection[DictRow]] = ConnectionPool(
            url,
            min_size=1,
            max_size=size,
            timeout=10,
            open=False,
            configure=self._configure,
            kwargs={"row_factory": dict_row, "connect_timeout": 10},
            name=f"read-{schema}",
        )

    def start(self) -> None:
        self._pool.open()

    def close(self) -> None:
        self._pool.close()

    @contextmanager
    def open(self) -> Iterator[Db]:
        """A read-only transaction with the projection's schema first on the search path."""
        with self._pool.connection() as connection, connection.cursor() as db:
            yield db

    def _configure(self, connection: Connection[DictRow]) -> None:
        connection.autocommit = True
        connection.execute(statement("search"), [self._schema])
        connection.autocommit = False
        connection.read_only = True
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
