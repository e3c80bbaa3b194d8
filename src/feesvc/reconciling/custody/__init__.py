"""Custody: what stands in an agency's accounts, what is owed out of them, and what waits to go.

The core's own projection, since commands decide by it: a remittance, a forwarding and a move of
retained money need cover (DESIGN §7). Its entry point stands in the pyproject.toml of the whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from typing import ClassVar

from fastapi import APIRouter

from feesvc.domain.aggregate import Aggregate
from feesvc.projecting import Db, OpenDb, Projection, Recorded
from feesvc.reconciling.custody import applying
from feesvc.reconciling.custody.readings import READINGS
from feesvc.reconciling.custody.routes import routes

__all__ = ["CustodyBooks", "projection"]


class CustodyBooks:
    """Sums per agency and currency, and what is held of each transfer and line."""

    name: ClassVar[str] = "custody"
    version: ClassVar[int] = 3
    events: ClassVar[tuple[type[Aggregate.Event], ...]] = tuple(READINGS)
    schema: ClassVar[str] = files(__name__).joinpath("schema.sql").read_text(encoding="utf-8")

    def apply(self, batch: Sequence[Recorded], db: Db) -> None:
        applying.apply(batch, db)

    def routes(self, open_db: OpenDb) -> APIRouter:
        return routes(open_db)


projection: Projection = CustodyBooks()
