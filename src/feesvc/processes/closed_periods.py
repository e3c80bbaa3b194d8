"""Closed periods: money of a day whose period takes no more entries (G02).

The ledger counts it in the next open day and lists it (``/late-entries``); the case is recorded as
cleared by that rule, so that whoever closed the period reads how often it happened, and why.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from feesvc.application.closing import begun_at
from feesvc.application.differences import Sought
from feesvc.application.house import HANOI, House
from feesvc.domain import batch_events as batches
from feesvc.domain import transfer_events as transfers
from feesvc.domain.aggregate import Aggregate
from feesvc.domain.batch import Batch
from feesvc.domain.finding import CaseSubject, SubjectKind
from feesvc.domain.period import Period
from feesvc.domain.transfer import Transfer
from feesvc.money import Money, total
from feesvc.reacting import Recorded

KINDS: Mapping[type[Aggregate.Event], SubjectKind] = {
    Transfer.Placed: "transfer",
    Transfer.Reversed: "transfer",
    Batch.Credited: "batch",
    Batch.CreditReversed: "batch",
}
"""News from outside that moves money, and what it is about; settlement lines follow their batch."""


async def late_entries(house: House, recorded: Recorded) -> list[Sought]:
    """The one case of this event, where the closing of its period began before it was recorded."""
    event: Any = recorded.event
    kind = KINDS.get(type(event))
    if kind is None:
        return []
    name = await _closed(house, recorded.agency, event.occurred_at, recorded.position)
    if not name:
        return []
    about = CaseSubject(kind=kind, id=event.originator_id)
    facts = {"period": name, "occurred_at": event.occurred_at.isoformat(), "what": event.TOPIC}
    return [
        Sought(
            agency=recorded.agency, code="G02", subject=about,
            discriminator=f"{name} {event.TOPIC}", opens=True, stated=_amount(event),
            by_rule="counts_in_the_next_open_day", facts=facts,
        )
    ]  # fmt: skip


async def _closed(house: House, agency: str, at: datetime, position: int) -> str:
    """The name of the smallest period of the day that had begun to close; empty where none had."""
    names = _names(at.astimezone(HANOI).date())
    ids = [house.store.ids.period(agency, name) for name in names]
    found = await house.store.peek(ids)
    for name, id in zip(names, ids, strict=True):
        period = found.get(id)
        if isinstance(period, Period) and 0 < await begun_at(house, period) < position:
            return name
    return ""


def _names(day: date) -> tuple[str, str, str]:
    return day.isoformat(), f"{day:%Y-%m}", f"{day:%Y}"


def _amount(event: Any) -> Money:
    if isinstance(event, batches.Credited | batches.CreditReversed):
        return event.amount
    placed = event.placements if isinstance(event, transfers.Placed) else event.takes
    amounts = [one.amount for one in placed]
    return total(amounts, amounts[0].currency) if amounts else Money(0, "VND")
