"""Look-ups: a payment of which nothing was heard is asked after, for a notification can be lost.

Unknown is not failed (DESIGN §3, 4): money that was paid is found, however late it is told. What
has no end when the ladder has none left is a case for people.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar, Literal
from uuid import UUID

import structlog

from feesvc.application.cases import open_case
from feesvc.application.contradictions import of_no_end
from feesvc.application.house import House
from feesvc.application.payments import is_awaited, look_up_payment
from feesvc.domain.aggregate import Aggregate, Refusal
from feesvc.domain.payment import Payment
from feesvc.intermediary import Refused, Unavailable
from feesvc.processes.acting import act_on
from feesvc.processes.ladder import LADDER, next_rung, time_of
from feesvc.reacting import Command, Due, Recorded
from feesvc.secrets import Misconfigured

UNHEARD_FOR = timedelta(days=1)
"""How long a payment is asked after whose time is over and of whose money nobody knew."""

log = structlog.get_logger(__name__)


class Lookups:
    """Most payments have come to an end by the next look, and are left alone."""

    name: ClassVar[str] = "lookups"
    events: ClassVar[tuple[type[Aggregate.Event], ...]] = (Payment.Initiated,)
    at_once: ClassVar[int] = 10

    def __init__(self, house: House) -> None:
        self._house = house

    async def lane(self, recorded: Recorded) -> str:
        assert isinstance(recorded.event, Payment.Initiated)
        return recorded.event.intermediary

    def react(self, recorded: Recorded) -> Sequence[Command | Due]:
        return [_look(recorded, 1)]

    def wake(self, recorded: Recorded, step: str, now: datetime) -> Sequence[Command | Due]:
        rung = int(step.rpartition("-")[2])
        return [Command(step, lambda id: self._look_up(id, recorded, rung))]

    async def _look_up(self, id: UUID, recorded: Recorded, rung: int) -> Sequence[Due]:
        began, payment_id = recorded.event.timestamp, recorded.event.originator_id
        if not await is_awaited(self._house, await self._payment(payment_id)):
            return ()
        try:
            await look_up_payment(self._house, payment_id)
        except (Unavailable, Refused, Refusal, Misconfigured) as why:
            log.warning("payment.not_looked_up", stream=payment_id, error=str(why))
        payment = await self._payment(payment_id)
        following = next_rung(began, rung, self._house.now())
        awaited = await is_awaited(self._house, payment)
        if not awaited or (payment.unheard and not _soon(following)):
            return ()
        if following is not None:
            return [_look(recorded, following)]
        if payment.met_in_parts:
            return ()  # what is left is owed like anything else, and may be paid in another way
        act = act_on(self._house, self.name, id, recorded)
        code: Literal["A08", "N07"] = "N07" if payment.doubt else "A08"
        await open_case(self._house, act, of_no_end(payment, code))
        return ()

    async def _payment(self, id: UUID) -> Payment:
        return await self._house.see(Payment, id, f"payment {id}")


def _soon(rung: int | None) -> bool:
    return rung is not None and LADDER[rung - 1] <= UNHEARD_FOR


def _look(recorded: Recorded, rung: int) -> Due:
    return Due(f"look-up-{rung}", time_of(recorded.event.timestamp, rung))
