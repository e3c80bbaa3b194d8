"""Remittances: what was collected for the State budget against what was passed on and confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from typing import ClassVar

from fastapi import APIRouter

from feesvc.domain.aggregate import Aggregate
from feesvc.projecting import Db, OpenDb, Recorded
from feesvc_remittances import applying
from feesvc_remittances.routes import routes

__all__ = ["Remittances", "projection"]


class Remittances:
    """Receipts and remittance proof by fee item and budget codes."""

    name: ClassVar[str] = "remittances"
    version: ClassVar[int] = 2
    events: ClassVar[tuple[type[Aggregate.Event], ...]] = applying.EVENTS
    schema: ClassVar[str] = files(__name__).joinpath("schema.sql").read_text(encoding="utf-8")

    def apply(self, batch: Sequence[Recorded], db: Db) -> None:
        applying.apply(batch, db)

    def routes(self, open_db: OpenDb) -> APIRouter:
        return routes(open_db)


projection = Remittances()
