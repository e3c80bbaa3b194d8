"""Budget claims: remitted money that was given back is claimed of the State budget, by itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from feesvc.application.claiming import claimed_by, open_claims
from feesvc.application.house import House
from feesvc.domain.aggregate import Aggregate
from feesvc.domain.assessment import Assessment
from feesvc.domain.refund import Refund
from feesvc.processes.acting import act_on
from feesvc.reacting import Command, Due, Recorded


class BudgetClaims:
    """One claim for each giving back; what becomes of it people decide."""

    name: ClassVar[str] = "budget_claims"
    events: ClassVar[tuple[type[Aggregate.Event], ...]] = (
        Refund.Approved, Assessment.UncollectedBy,
    )  # fmt: skip

    def __init__(self, house: House) -> None:
        self._house = house

    def react(self, recorded: Recorded) -> Sequence[Command | Due]:
        if claimed_by(self._house, recorded) is None:
            return ()
        return [Command("claim", lambda id: self._claim(id, recorded))]

    def wake(self, recorded: Recorded, step: str, now: datetime) -> Sequence[Command | Due]:
        return ()

    async def _claim(self, id: UUID, recorded: Recorded) -> None:
        await open_claims(self._house, act_on(self._house, self.name, id, recorded), recorded)
