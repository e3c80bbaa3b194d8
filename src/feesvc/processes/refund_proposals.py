"""Refund proposals: money that was paid twice, or for a withdrawn fee, is proposed to be returned.

Only proposed: a person approves it, as with every refund (DESIGN §6, rows P06d and P06w).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import ClassVar
from uuid import UUID

import structlog

from feesvc.application.house import House
from feesvc.application.refunds import NoRefundHere, Wish, request_refund
from feesvc.domain.aggregate import Aggregate
from feesvc.domain.assessment import Assessment
from feesvc.domain.buckets import MoreThanIsLeft
from feesvc.domain.payment import Payment
from feesvc.domain.placement import Placement
from feesvc.domain.transfer import Transfer
from feesvc.domain.transfer_events import Placed, RePlaced
from feesvc.processes.acting import act_on
from feesvc.reacting import Command, Due, Recorded

PROPOSED = ("duplicate", "withdrawn")
"""An overpayment, or what a reduction freed, waits for the payer's word; these owe nothing."""

log = structlog.get_logger(__name__)


class RefundProposals:
    """The way the money came, where its intermediary makes refunds; else by bank transfer."""

    name: ClassVar[str] = "refund_proposals"
    events: ClassVar[tuple[type[Aggregate.Event], ...]] = (Transfer.Placed, Transfer.RePlaced)

    def __init__(self, house: House) -> None:
        self._house = house

    def react(self, recorded: Recorded) -> Sequence[Command | Due]:
        placed = recorded.event
        assert isinstance(placed, Transfer.Placed | Transfer.RePlaced)
        credits = [p for p in _places(placed) if p.to == "credit" and p.reason in PROPOSED]
        if not credits:
            return ()
        return [Command("propose", lambda id: self._propose(id, recorded, placed, credits))]

    def wake(self, recorded: Recorded, step: str, now: datetime) -> Sequence[Command | Due]:
        return ()

    async def _propose(
        self, id: UUID, recorded: Recorded, placed: Placed | RePlaced,
        credits: Sequence[Placement],
    ) -> None:  # fmt: skip
        wish = Wish(
            transfer=placed.originator_id,
            amount=sum(credit.amount.amount for credit in credits),
            lines={},
            reason=credits[0].reason,
            method="intermediary",
            portal=await self._portal(placed.origin.payment),
        )
        try:
            if placed.origin.via == "intermediary":
                await self._ask(id, recorded, wish)
                return
        except NoRefundHere as why:
            log.info("refund.by_bank_transfer", stream=wish.transfer, error=str(why))
        subject = await self._subject(credits[0].assessment)
        await self._ask(id, recorded, replace(wish, method="bank_transfer", subject=subject))

    async def _ask(self, id: UUID, recorded: Recorded, wish: Wish) -> None:
        try:
            await request_refund(self._house, act_on(self._house, self.name, id, recorded), wish)
        except MoreThanIsLeft as why:
            # Someone asked before us: the money is set aside, or gone back already.
            log.info("refund.not_proposed", stream=wish.transfer, error=str(why))

    async def _portal(self, payment: UUID | None) -> str:
        if payment is None:
            return ""
        return (await self._house.see(Payment, payment, f"payment {payment}")).portal

    async def _subject(self, assessment: UUID | None) -> UUID | None:
        if assessment is None:
            return None
        return (await self._house.see(Assessment, assessment, "assessment")).subject


def _places(placed: Placed | RePlaced) -> Sequence[Placement]:
    """Where money from outside went; what a decision of our own freed waits for the payer."""
    if isinstance(placed, Placed):
        return placed.placements
    if placed.reason == "late_notification":
        return [move.target for move in placed.moves]
    return ()
