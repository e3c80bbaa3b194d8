"""Captures: what lines of settlements and banks may match, from the events alone.

The core's own projection: its entry point stands in the pyproject.toml of the whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from typing import ClassVar

from fastapi import APIRouter

from feesvc.domain.aggregate import Aggregate
from feesvc.projecting import Db, OpenDb, Recorded
from feesvc.reconciling.captures import applying
from feesvc.reconciling.captures.routes import router

__all__ = ["Captures", "projection"]


class Captures:
    """One row for each payment, refund and dispute through an intermediary, batch and order."""

    name: ClassVar[str] = "captures"
    version: ClassVar[int] = 1
    events: ClassVar[tuple[type[Aggregate.Event], ...]] = tuple(applying.READINGS)
    schema: ClassVar[str] = files(__name__).joinpath("schema.sql").read_text(encoding="utf-8")

    def apply(self, batch: Sequence[Recorded], db: Db) -> None:
        applying.apply(batch, db)

    def routes(self, open_db: OpenDb) -> APIRouter:
        return router(open_db)


projection = Captures()
