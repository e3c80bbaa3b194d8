"""The port of projections, and the batched runner that keeps each one in step with the log.

A projection's rows and its position commit in one transaction, so a crash can neither lose an
event nor count it twice. An event that cannot be read stops the projection at that position.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, ClassVar, Protocol, TypeAlias

from fastapi import APIRouter
from psycopg import Cursor

from feesvc.domain.aggregate import Aggregate, Recorded

__all__ = ["Db", "OpenDb", "Projection", "Recorded"]

Db: TypeAlias = Cursor[dict[str, Any]]
"""A cursor with dict rows and the projection's own schema first on the search path."""
OpenDb: TypeAlias = Callable[[], AbstractContextManager[Db]]


class Projection(Protocol):
    """A question someone asks of the events, with the tables that answer it.

    Its name is the entry point's name, its PostgreSQL schema and its URL segment. Its SQL never
    qualifies a table. A new ``version`` means a rebuild.
    """

    name: ClassVar[str]
    version: ClassVar[int]
    events: ClassVar[tuple[type[Aggregate.Event], ...]]
    """What it listens to; the database filters out the rest."""
    schema: ClassVar[str]
    """SQL that creates its tables in an empty schema."""

    def apply(self, batch: Sequence[Recorded], db: Db) -> None:
        """Write what these events mean here: hundreds at a time, in log order, set-based."""
        ...

    def routes(self, open_db: OpenDb) -> APIRouter:
        """Synchronous read routes, mounted under ``/v1/agencies/{agency}/{name}``.

        The service has checked that the caller may read ``agency`` before a route runs.
        """
        ...
