"""Refunding: an approved refund is sent, and an instruction is followed until it has an end.

The instruction is on record before it is sent, and is looked up under its own reference: no answer
is not a no (DESIGN §3, 3 and 4), and nothing is sent again before it was looked up. What has no
end when the ladder has none left is a case for people.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

import structlog

from feesvc.application.cases import open_case
from feesvc.application.house import House
from feesvc.application.refunding import RESEND_STATES, instruct_refund, look_up_refund
from feesvc.domain.aggregate import Aggregate, Refusal
from feesvc.domain.finding import CaseSubject, Finding
from feesvc.domain.refund import Refund
from feesvc.intermediary import Unavailable
from feesvc.processes.acting import act_on
from feesvc.processes.ladder import next_rung, time_of
from feesvc.reacting import Command, Due, Recorded
from feesvc.secrets import Misconfigured

SEND_AGAIN = timedelta(hours=1)
TRIES = 24
"""So often a refund that cannot be sent is tried before people are told; it is tried on."""

log = structlog.get_logger(__name__)


class Refunding:
    """One sick intermediary holds up the refunds of no other."""

    name: ClassVar[str] = "refunding"
    events: ClassVar[tuple[type[Aggregate.Event], ...]] = (
        Refund.Approved, Refund.Reissued, Refund.Instructed,
    )  # fmt: skip
    at_once: ClassVar[int] = 10

    def __init__(self, house: House) -> None:
        self._house = house

    async def lane(self, recorded: Recorded) -> str:
        refund = await self._house.see(Refund, recorded.event.originator_id, "refund")
        return refund.takes[0].origin.intermediary

    def react(self, recorded: Recorded) -> Sequence[Command | Due]:
        event = recorded.event
        if isinstance(event, Refund.Approved | Refund.Reissued) and event.method == "intermediary":
            return [Due("send-1", event.timestamp)]
        if isinstance(event, Refund.Instructed) and event.method == "intermediary":
            return [Due("look-up-1", time_of(event.timestamp, 1))]
        return ()

    def wake(self, recorded: Recorded, step: str, now: datetime) -> Sequence[Command | Due]:
        what, _, attempt = step.rpartition("-")
        if what == "send":
            return [Command(step, lambda id: self._send(id, recorded, int(attempt)))]
        return [Command(step, lambda id: self._look_up(id, recorded, int(attempt)))]

    async def _send(self, id: UUID, recorded: Recorded, attempt: int) -> Sequence[Due]:
        act = act_on(self._house, self.name, id, recorded)
        refund = await self._house.see(Refund, recorded.event.originator_id, "refund")
        if refund.state not in RESEND_STATES:
            return ()  # the instruction stands, and is looked up before it is sent again
        try:
            await instruct_refund(self._house, act, refund.id)
        except Unavailable as why:
            # The instruction is on record, and that event has its own look-ups.
            log.warning("refund.unanswered", stream=refund.id, error=str(why))
        except (Refusal, Misconfigured) as why:
            # The agency's account there is closed or not set up: its other refunds, and everybody
            # else's, go on meanwhile.
            log.error("refund.not_sent", stream=refund.id, agency=recorded.agency, error=str(why))
            if attempt == TRIES:
                await open_case(self._house, act, _finding(refund, "not_sent", type(why).__name__))
            return [Due(f"send-{attempt + 1}", self._house.now() + SEND_AGAIN)]
        return ()

    async def _look_up(self, id: UUID, recorded: Recorded, rung: int) -> Sequence[Due]:
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
        following = next_rung(instructed.timestamp, rung, self._house.now())
        if following is not None:
            return [Due(f"look-up-{following}", time_of(instructed.timestamp, following))]
        await open_case(self._house, act, _finding(refund, refund.reference, refund.state))
        return ()


def _finding(refund: Refund, discriminator: str, state: str) -> Finding:
    origin = refund.takes[0].origin
    facts = {"intermediary": origin.intermediary, "reference": refund.reference, "state": state}
    return Finding(
        agency=refund.agency, code="N01", subject=CaseSubject(kind="refund", id=refund.id),
        at_risk=refund.amount, discriminator=discriminator, facts=facts,
    )  # fmt: skip
