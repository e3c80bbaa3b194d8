"""Payouts: once all of a batch has come, its transfers are banked, whatever happened meanwhile.

Whoever books a credit banks at once; this makes sure of it where that was cut short.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from feesvc.application.batch_arrivals import bank_settled
from feesvc.application.house import House
from feesvc.domain.aggregate import Aggregate
from feesvc.domain.batch import Batch
from feesvc.processes.acting import act_on
from feesvc.reacting import Command, Due, Recorded


class Payouts:
    """Banking is idempotent: what was banked already is passed over."""

    name: ClassVar[str] = "payouts"
    events: ClassVar[tuple[type[Aggregate.Event], ...]] = (
        Batch.Declared, Batch.LinesSettled, Batch.Credited, Batch.CarriedOver, Batch.TakenUp,
        Batch.PaidByUs, Batch.ToBudget,
    )  # fmt: skip

    def __init__(self, house: House) -> None:
        self._house = house

    def react(self, recorded: Recorded) -> Sequence[Command | Due]:
        return [Command("bank", lambda id: self._bank(id, recorded))]

    def wake(self, recorded: Recorded, step: str, now: datetime) -> Sequence[Command | Due]:
        return ()

    async def _bank(self, id: UUID, recorded: Recorded) -> None:
        act = act_on(self._house, self.name, id, recorded)
        event = recorded.event
        occurred_at = getattr(event, "occurred_at", event.timestamp)
        batch = event.originator_id
        await bank_settled(self._house, batch, occurred_at, act.principal, cause=act.cause)
