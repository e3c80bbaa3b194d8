"""Daily reconciliation: what we captured and what intermediaries settled, day by day, two-sided."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from importlib.resources import files
from typing import ClassVar

from fastapi import APIRouter

from feesvc.domain.aggregate import Aggregate
from feesvc.domain.closing import Attested
from feesvc.projecting import Db, OpenDb, Recorded
from feesvc_daily_reconciliation import applying
from feesvc_daily_reconciliation.routes import attest, routes

__all__ = ["DailyReconciliation", "projection"]


class DailyReconciliation:
    """The sheet of QĐ 31/2021: per agency, intermediary, type of transaction and day."""

    name: ClassVar[str] = "daily_reconciliation"
    version: ClassVar[int] = 3
    events: ClassVar[tuple[type[Aggregate.Event], ...]] = applying.EVENTS
    schema: ClassVar[str] = files(__name__).joinpath("schema.sql").read_text(encoding="utf-8")

    def apply(self, batch: Sequence[Recorded], db: Db) -> None:
        applying.apply(batch, db)

    def attest(self, db: Db, agency: str, first: date, last: date, known: int) -> Attested:
        return attest(db, agency, first, last, known)

    def routes(self, open_db: OpenDb) -> APIRouter:
        return routes(open_db)


projection = DailyReconciliation()
