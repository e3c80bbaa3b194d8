"""Refunding: an approved refund is sent, and an instruction is followed until it has an end.

The instruction is on record before it is sent, and is looked up under its own reference: no answer
is not a no (DESIGN §3, 3 and 4).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

import structlog

from feesvc.application.house import House
from feesvc.application.refunding import instruct_refund, look_up_refund
from feesvc.domain.aggregate import Aggregate, Refusal
from feesvc.domain.refund import Refund
from feesvc.intermediary import Unavailable
from feesvc.processes.acting import act_on
from feesvc.reacting import Command, Due, Recorded
from feesvc.secrets import Misconfigured

LADDER = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=6),
    *(timedelta(days=day) for day in range(1, 8)),
)
"""When an instruction is looked up, after it was given; a payer's bank may take a week."""
SEND_AGAIN = timedelta(hours=1)

log = structlog.get_logger(__name__)


class Refunding:
    name: ClassVar[str] = "refunding"
    events: ClassVar[tuple[type[Aggregate.Event], ...]] = (Refund.Approved, Refund.Instructed)

    def __init__(self, house: House) -> None:
        self._house = house

    def react(self, recorded: Recorded) -> Sequence[Command | Due]:
        event = recorded.event
        if isinstance(event, Refund.Approved) and event.method == "intermediary":
            return [Command("send-1", lambda id: self._send(id, recorded, 1))]
        if isinstance(event, Refund.Instructed) and event.method == "intermediary":
            return [Due("look-up-1", event.timestamp + LADDER[0])]
        return ()

    def wake(self, recorded: Recorded, step: str, now: datetime) -> Sequence[Command | Due]:
        what, _, attempt = step.rpartition("-")
        if what == "send":
            return [Command(step, lambda id: self._send(id, recorded, int(attempt)))]
        return [Command(step, lambda id: self._look_up(id, recorded, int(attempt)))]

    async def _send(self, id: UUID, recorded: Recorded, attempt: int) -> Sequence[Due]:
        act = act_on(self._house, self.name, id, recorded)
        refund = recorded.event.originator_id
        try:
            await instruct_refund(self._house, act, refund)
        except Unavailable as why:
            # The instruction is on record, and that event has its own look-ups.
            log.warning("refund.unanswered", stream=refund, error=str(why))
        except (Refusal, Misconfigured) as why:
            # The agency's account there is closed or not set up: its other refunds, and everybody
            # else's, go on meanwhile.
            log.error("refund.not_sent", stream=refund, agency=recorded.agency, error=str(why))
            return [Due(f"send-{attempt + 1}", self._house.now() + SEND_AGAIN)]
        return ()

    async def _look_up(self, id: UUID, recorded: Recorded, attempt: int) -> Sequence[Due]:
        act = act_on(self._house, self.name, id, recorded)
        instructed = recorded.event
        assert isinstance(instructed, Refund.Instructed)
        refund = await self._house.see(Refund, instructed.originator_id, "refund")
        if refund.reference != instructed.reference:
            return ()  # it was sent again under another reference, which is followed instead
        try:
            if await look_up_refund(self._house, act, refund.id):
                return ()
        except (Unavailable, Refusal, Misconfigured) as why:
            log.warning("refund.not_looked_up", stream=refund.id, error=str(why))
        if attempt == len(LADDER):
            log.error("refund.without_end", stream=refund.id, agency=recorded.agency)
            return ()
        pause = LADDER[attempt] - LADDER[attempt - 1]
        return [Due(f"look-up-{attempt + 1}", self._house.now() + pause)]
