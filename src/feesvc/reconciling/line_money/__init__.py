"""Line money: what is banked of each line and waits to be split, and what was split.

The core's own projection: its entry point stands in the pyproject.toml of the whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from typing import ClassVar

from fastapi import APIRouter

from feesvc.domain.aggregate import Aggregate
from feesvc.domain.allocation import Allocation
from feesvc.projecting import Db, OpenDb, Recorded
from feesvc.reconciling.line_money import applying
from feesvc.reconciling.line_money.books import READINGS
from feesvc.reconciling.line_money.routes import router

__all__ = ["LineMoney", "projection"]


class LineMoney:
    """Banked money that waits, by line and day; and the allocations that were made."""

    name: ClassVar[str] = "line_money"
    version: ClassVar[int] = 1
    events: ClassVar[tuple[type[Aggregate.Event], ...]] = (*READINGS, Allocation.Made)
    schema: ClassVar[str] = files(__name__).joinpath("schema.sql").read_text(encoding="utf-8")

    def apply(self, batch: Sequence[Recorded], db: Db) -> None:
        applying.apply(batch, db)

    def routes(self, open_db: OpenDb) -> APIRouter:
        return router(open_db)


projection = LineMoney()
