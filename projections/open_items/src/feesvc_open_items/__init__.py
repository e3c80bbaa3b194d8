"""Open items: captures, settlement lines, batches and bank credits that nothing matches yet."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from typing import ClassVar

from fastapi import APIRouter

from feesvc.domain.aggregate import Aggregate
from feesvc.projecting import Db, OpenDb, Recorded
from feesvc_open_items import applying
from feesvc_open_items.reading import ENDING, OPENING, READINGS
from feesvc_open_items.routes import routes

__all__ = ["OpenItems", "projection"]


class OpenItems:
    """What an agency's finance staff have to explain, with its age."""

    name: ClassVar[str] = "open_items"
    version: ClassVar[int] = 2
    events: ClassVar[tuple[type[Aggregate.Event], ...]] = (*READINGS, *OPENING, *ENDING)
    schema: ClassVar[str] = files(__name__).joinpath("schema.sql").read_text(encoding="utf-8")

    def apply(self, batch: Sequence[Recorded], db: Db) -> None:
        applying.apply(batch, db)

    def routes(self, open_db: OpenDb) -> APIRouter:
        return routes(open_db)


projection = OpenItems()
