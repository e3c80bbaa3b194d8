"""Case list: what does not add up and is not explained yet, from the events alone."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from typing import ClassVar

from fastapi import APIRouter

from feesvc.domain.aggregate import Aggregate
from feesvc.projecting import Db, OpenDb, Recorded
from feesvc_case_list import applying
from feesvc_case_list.routes import router

__all__ = ["CaseList", "projection"]


class CaseList:
    """Cases of an agency, with their money at risk, their clock and their age."""

    name: ClassVar[str] = "case_list"
    version: ClassVar[int] = 2
    events: ClassVar[tuple[type[Aggregate.Event], ...]] = tuple(applying.READINGS)
    schema: ClassVar[str] = files(__name__).joinpath("schema.sql").read_text(encoding="utf-8")

    def apply(self, batch: Sequence[Recorded], db: Db) -> None:
        applying.apply(batch, db)

    def routes(self, open_db: OpenDb) -> APIRouter:
        return router(open_db)


projection = CaseList()
