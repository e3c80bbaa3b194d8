"""Receipts: every settled assessment gets the next number of its agency's series, zero ones too.

One process gives them, so that a series has no gap and no request waits for it (DESIGN §3, 15).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

import structlog

from feesvc.application.house import House
from feesvc.application.receipts import Settled, number_receipts
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
        return self.wake(recorded, "number-1", self._house.now())

    def wake(self, recorded: Recorded, step: str, now: datetime) -> Sequence[Command | Due]:
        return [Command(step, lambda id: self._number(id, recorded, step))]

    async def answer(self, id: UUID, batch: Sequence[Recorded]) -> Sequence[tuple[Recorded, Due]]:
        """All of them in one append: a series is one stream, and an append has its price."""
        settled = {recorded.position: _settled(recorded) for recorded in batch}
        act = act_on(self._house, self.name, id, batch[0])
        left = await number_receipts(self._house, act, list(settled.values()))
        again = [recorded for recorded in batch if settled[recorded.position] in left]
        return [(recorded, self._again(recorded, "number-1")) for recorded in again]

    async def _number(self, id: UUID, recorded: Recorded, step: str) -> Sequence[Due]:
        act = act_on(self._house, self.name, id, recorded)
        if await number_receipts(self._house, act, [_settled(recorded)]):
            return [self._again(recorded, step)]
        return ()

    def _again(self, recorded: Recorded, step: str) -> Due:
        log.warning("receipt.waits", agency=recorded.agency)
        return Due(f"number-{int(step.rpartition('-')[2]) + 1}", self._house.now() + ASK_AGAIN)


def _settled(recorded: Recorded) -> Settled:
    """Of what was settled then, whatever has become of it since."""
    paid = recorded.event
    assert isinstance(paid, Assessment.Paid)
    return Settled(paid.originator_id, recorded.agency, paid.total)
