"""Agency ledger: double entry per agency and currency, computed from the events alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from importlib.resources import files
from typing import ClassVar

from fastapi import APIRouter

from feesvc.domain.agency import Agency
from feesvc.domain.aggregate import Aggregate
from feesvc.domain.closing import Attested
from feesvc.projecting import Db, OpenDb, Projection, Recorded
from feesvc_agency_ledger.applying import apply
from feesvc_agency_ledger.attesting import attest
from feesvc_agency_ledger.closings import FOLLOWED, closed_digests
from feesvc_agency_ledger.movements import READERS
from feesvc_agency_ledger.routes import routes


class AgencyLedger:
    """What each agency is owed, what was collected, where it is, and to whom it is owed."""

    name: ClassVar[str] = "agency_ledger"
    version: ClassVar[int] = 2
    events: ClassVar[tuple[type[Aggregate.Event], ...]] = (
        *READERS, *FOLLOWED, Agency.Registered, Agency.Moved,
    )  # fmt: skip
    schema: ClassVar[str] = files(__name__).joinpath("schema.sql").read_text(encoding="utf-8")
    remembered: ClassVar[tuple[str, ...]] = ("rules_in_force",)

    def apply(self, batch: Sequence[Recorded], db: Db) -> None:
        apply(batch, db)

    def closed_digests(self, db: Db) -> Mapping[str, str]:
        return closed_digests(db)

    def attest(self, db: Db, agency: str, first: date, last: date, known: int) -> Attested:
        return attest(db, agency, first, last, known)

    def routes(self, open_db: OpenDb) -> APIRouter:
        return routes(open_db)


projection: Projection = AgencyLedger()
