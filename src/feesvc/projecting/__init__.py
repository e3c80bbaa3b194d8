"""The port of projections, and the words their read routes share.

A projection's rows and its position commit in one transaction, so a crash can neither lose an
event nor count it twice. An event that cannot be read stops the projection at that position.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from typing import Any, ClassVar, Protocol, TypeAlias, runtime_checkable

from fastapi import APIRouter
from psycopg import Cursor

from feesvc.domain.aggregate import Aggregate, Recorded
from feesvc.domain.closing import Attested
from feesvc.projecting.asking import (
    LOG,
    BadQuery,
    Span,
    cursor_of,
    parts_of,
    position_of,
    span_of,
    wire,
)

__all__ = [
    "LOG",
    "Attesting",
    "BadQuery",
    "ClosedPeriods",
    "Db",
    "OpenDb",
    "Projection",
    "Recorded",
    "Remembering",
    "Span",
    "cursor_of",
    "parts_of",
    "position_of",
    "span_of",
    "wire",
]

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


@runtime_checkable
class ClosedPeriods(Protocol):
    """Optional: a projection with periods that were closed, which a rebuild must not change."""

    def closed_digests(self, db: Db) -> Mapping[str, str]:
        """A digest of the rows of each closed period, by the period's name."""
        ...


@runtime_checkable
class Attesting(Protocol):
    """Optional: a projection that says what the close of a period rests on."""

    def attest(self, db: Db, agency: str, first: date, last: date, known: int) -> Attested:
        """What it vouches for of an agency's own book, of these days (Asia/Ho_Chi_Minh, both
        included), as known at a position that it has passed. The same every time it is asked.
        """
        ...


@runtime_checkable
class Remembering(Protocol):
    """Optional: a projection with tables that the log alone cannot give back.

    A rebuild starts with their rows as they are, so that they must hold only what was decided once
    for good, such as the position from which a version of posting rules is in force.
    """

    remembered: ClassVar[tuple[str, ...]]
    """Names of tables."""
