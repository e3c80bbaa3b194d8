"""Requerying: an order that we hold as not paid, and others say was paid, is asked after again.

Only the intermediary's own answer makes it paid (S06): until then the money stays where it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar
from uuid import UUID

import structlog

from feesvc.application.house import House
from feesvc.application.payments import look_up_payment
from feesvc.domain.aggregate import Aggregate, Refusal
from feesvc.domain.case import Case
from feesvc.domain.payment import Payment
from feesvc.domain.transfer import Transfer
from feesvc.intermediary import Refused, Unavailable
from feesvc.processes.ladder import next_rung, time_of
from feesvc.reacting import Command, Due, Recorded
from feesvc.secrets import Misconfigured

STATES_DIFFER = "S06"
"""Settled money whose order we hold as not paid, or a claim that nobody vouches for."""

log = structlog.get_logger(__name__)


class Requerying:
    """Asks at once, and then as look-ups do, for as long as the case is open."""

    name: ClassVar[str] = "requerying"
    events: ClassVar[tuple[type[Aggregate.Event], ...]] = (Case.Opened, Case.Reassessed)
    at_once: ClassVar[int] = 10

    def __init__(self, house: House) -> None:
        self._house = house

    async def lane(self, recorded: Recorded) -> str:
        payment = await self._asked(recorded)
        return payment.intermediary if payment is not None else ""

    def react(self, recorded: Recorded) -> Sequence[Command | Due]:
        assert isinstance(recorded.event, Case.Opened | Case.Reassessed)
        if recorded.event.code != STATES_DIFFER:
            return ()
        return [Due("ask-0", recorded.event.timestamp)]

    def wake(self, recorded: Recorded, step: str, now: datetime) -> Sequence[Command | Due]:
        rung = int(step.rpartition("-")[2])
        return [Command(step, lambda id: self._ask(recorded, rung))]

    async def _ask(self, recorded: Recorded, rung: int) -> Sequence[Due]:
        case = await self._house.see(Case, recorded.event.originator_id, "case")
        payment = await self._asked(recorded)
        if payment is None or case.state == "closed":
            return ()
        try:
            await look_up_payment(self._house, payment.id)
        except (Unavailable, Refused, Refusal, Misconfigured) as why:
            log.warning("payment.not_looked_up", stream=payment.id, error=str(why))
        following = next_rung(recorded.event.timestamp, rung, self._house.now())
        if following is None:
            return ()
        return [Due(f"ask-{following}", time_of(recorded.event.timestamp, following))]

    async def _asked(self, recorded: Recorded) -> Payment | None:
        case = await self._house.see(Case, recorded.event.originator_id, "case")
        if case.subject.kind == "payment":
            return await self._house.see(Payment, case.subject.id, "payment")
        return await order_of(self._house, case.subject.id)


async def order_of(house: House, transfer: UUID) -> Payment | None:
    """The order of ours that money from an intermediary names, whether or not it was met by it."""
    found = (await house.store.peek([transfer])).get(transfer)
    if not isinstance(found, Transfer) or not found.reference:
        return None
    id = house.store.ids.payment(found.origin.account, found.reference)
    payment = (await house.store.peek([id])).get(id)
    return payment if isinstance(payment, Payment) else None
