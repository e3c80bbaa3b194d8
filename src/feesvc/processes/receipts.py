"""Receipts: every settled assessment gets the next number of its agency's series, zero ones too.

One process gives them, so that a series has no gap and no request waits for it (DESIGN §3, 15).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

import structlog

from feesvc.application.house import House, Unknown
from feesvc.application.receipts import number_receipt
from feesvc.domain.aggregate import Aggregate
from feesvc.domain.assessment import Assessment
from feesvc.processes.acting import act_on
from feesvc.reacting import Command, Due, Recorded

ASK_AGAIN = timedelta(hours=1)
"""An agency that has chosen no series yet holds up nobody else's numbers."""

log = structlog.get_logger(__name__)


class Receipts:
    """Asks again every hour for an agency without a series: its assessments wait, none is lost."""

    name: ClassVar[str] = "receipts"
    events: ClassVar[tuple[type[Aggregate.Event], ...]] = (Assessment.Paid,)

    def __init__(self, house: House) -> None:
        self._house = house

    def react(self, recorded: Recorded) -> Sequence[Command | Due]:
        return [Command("number-1", lambda id: self._number(id, recorded, 1))]

    def wake(self, recorded: Recorded, step: str, now: datetime) -> Sequence[Command | Due]:
        attempt = int(step.rpartition("-")[2])
        return [Command(step, lambda id: self._number(id, recorded, attempt))]

    async def _number(self, id: UUID, recorded: Recorded, attempt: int) -> Sequence[Due]:
        act, paid = act_on(self._house, self.name, id, recorded), recorded.event
        assert isinstance(paid, Assessment.Paid)
        try:
            # Of what was settled then, whatever has become of it since.
            await number_receipt(self._house, act, paid.originator_id, recorded.agency, paid.total)
        except Unknown as unknown:
            log.warning("receipt.waits", agency=recorded.agency, error=str(unknown))
            return [Due(f"number-{attempt + 1}", self._house.now() + ASK_AGAIN)]
        return ()
