"""Glances: whoever reads a payment without an end has us ask how it stands, once in a while.

The answer waits for nothing: the next reader sees what was said. A payer who comes back from the
intermediary's page is such a reader; what their browser says moves no money.
"""

from __future__ import annotations

import asyncio
from asyncio import Task
from collections import OrderedDict
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self
from uuid import UUID

import structlog

from feesvc.application.house import House
from feesvc.application.payments import look_up_payment
from feesvc.domain.aggregate import Refusal
from feesvc.domain.payment import Payment
from feesvc.intermediary import Refused, Unavailable
from feesvc.people import PeopleUnavailable
from feesvc.secrets import Misconfigured
from feesvc.store import StoreUnavailable

FRESH = timedelta(seconds=10)
"""A payer needs longer than that, and a notification is on its way."""
PAUSE = timedelta(seconds=30)
"""Between two glances at one payment."""
STALE = timedelta(days=7)
"""Who reads a payment that old learns nothing new from asking."""
AT_ONCE = 8
REMEMBERED = 10_000

PASSING = (Unavailable, Refused, Refusal, Misconfigured, StoreUnavailable, PeopleUnavailable)
log = structlog.get_logger(__name__)


class Glances:
    """One per process that answers; leaving it gives up those under way."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._looked_at: OrderedDict[UUID, datetime] = OrderedDict()
        self._under_way: set[Task[None]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def at(self, payment: Payment, *, paid: bool = False) -> None:
        """Begin to ask, unless it was asked a moment ago, or enough is asked already.

        ``paid``: nothing is owed any more of what it pays.
        """
        now = self._house.now()
        pending = payment.ended is None or payment.unheard
        if (
            not (pending or (payment.met_in_parts and not paid))
            or not FRESH <= now - payment.created_on <= STALE
        ):
            return
        before = self._looked_at.get(payment.id)
        if len(self._under_way) >= AT_ONCE or (before is not None and now - before < PAUSE):
            return
        self._looked_at[payment.id] = now
        self._looked_at.move_to_end(payment.id)
        if len(self._looked_at) > REMEMBERED:
            self._looked_at.popitem(last=False)
        task = asyncio.create_task(self._look_up(payment.id))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _look_up(self, id: UUID) -> None:
        try:
            await look_up_payment(self._house, id)
        except PASSING as why:
            log.info("payment.not_looked_up", stream=id, error=str(why))
