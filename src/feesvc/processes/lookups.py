"""Look-ups: a payment of which nothing was heard is asked after, for a notification can be lost.

Unknown is not failed (DESIGN §3, 4): money that was paid is found, however late it is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar

import structlog

from feesvc.application.house import House
from feesvc.application.payments import TIME_TO_PAY, look_up_payment
from feesvc.domain.aggregate import Aggregate, Refusal
from feesvc.domain.payment import Payment
from feesvc.intermediary import Refused, Unavailable
from feesvc.reacting import Command, Due, Recorded
from feesvc.secrets import Misconfigured

LADDER = (
    timedelta(minutes=5),
    TIME_TO_PAY + timedelta(minutes=1),
    timedelta(hours=6),
    timedelta(days=1),
    timedelta(days=3),
)
"""When a payment that has no end is looked up, after it was asked for."""

log = structlog.get_logger(__name__)


class Lookups:
    """Most payments have come to an end by the first look, and are left alone."""

    name: ClassVar[str] = "lookups"
    events: ClassVar[tuple[type[Aggregate.Event], ...]] = (Payment.Initiated,)

    def __init__(self, house: House) -> None:
        self._house = house

    def react(self, recorded: Recorded) -> Sequence[Command | Due]:
        return [_look(recorded, 1)]

    def wake(self, recorded: Recorded, step: str, now: datetime) -> Sequence[Command | Due]:
        attempt = int(step.rpartition("-")[2])
        return [Command(step, lambda _: self._look_up(recorded, attempt))]

    async def _look_up(self, recorded: Recorded, attempt: int) -> Sequence[Due]:
        id = recorded.event.originator_id
        if (await self._house.see(Payment, id, "payment")).ended is not None:
            return ()
        try:
            await look_up_payment(self._house, id)
        except (Unavailable, Refused, Refusal, Misconfigured) as why:
            log.warning("payment.not_looked_up", stream=id, error=str(why))
        if attempt == len(LADDER):
            return ()
        return [_look(recorded, attempt + 1)]


def _look(recorded: Recorded, attempt: int) -> Due:
    return Due(f"look-up-{attempt}", recorded.event.timestamp + LADDER[attempt - 1])
