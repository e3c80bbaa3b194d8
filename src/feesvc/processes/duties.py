"""Duties that are late: the State budget's share (T02), advances (T09), files by calendar (F01),
and settlements that nobody answered in time (N16).

Nothing of a duty is late while nobody set its term (``domain.duties``). Inside its term a share to
be remitted is an open item, not a case: T01 becomes T02 without a person.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID

from feesvc.application.differences import Sought
from feesvc.application.duties import last_day
from feesvc.application.house import HANOI, House, Unknown
from feesvc.application.settlement_results import settlement_result
from feesvc.domain.agency import Agency
from feesvc.domain.aggregate import Aggregate
from feesvc.domain.allocation import Allocation
from feesvc.domain.assessment import Assessment
from feesvc.domain.assessment_events import CollectedBy
from feesvc.domain.finding import CaseSubject
from feesvc.domain.merchant_account import MerchantAccount
from feesvc.domain.remittance import Remittance
from feesvc.domain.statement import Statement
from feesvc.money import Money
from feesvc.reacting import Due, Recorded

DAILY = "daily"


async def allocated(house: House, recorded: Recorded, event: Allocation.Made) -> list[Due]:
    """The budget's share of what was split is due by the agency's term."""
    day = event.timestamp.astimezone(HANOI).date()
    due_on = await last_day(house, recorded.agency, "remittance", day)
    return [] if due_on is None else [Due("remittance-1", over(due_on))]


async def advanced(house: House, recorded: Recorded, event: CollectedBy) -> list[Due]:
    """An advance is to be applied, returned or forfeited some time after it was paid."""
    if not any(part.kind == "advance" for part in event.parts):
        return []
    day = event.occurred_at.astimezone(HANOI).date()
    due_on = await last_day(house, recorded.agency, "advance", day)
    return [] if due_on is None else [Due("advance-1", over(due_on))]


async def settlement_told(house: House, recorded: Recorded, event: Statement.Accepted) -> list[Due]:
    """Some contracts let their figures stand where nobody objected to them in time."""
    found = (await house.store.peek([event.account])).get(event.account)
    if house.kept is None or not isinstance(found, MerchantAccount):
        return []
    day = event.timestamp.astimezone(HANOI).date()
    due_on = await last_day(house, recorded.agency, "reply", day, found.intermediary)
    return [] if due_on is None else [Due("reply-1", over(due_on))]


async def unanswered(house: House, recorded: Recorded) -> list[Sought]:
    """The settlement whose figures stand from now on, where something in them does not agree and
    nobody has asked about it: under no inquiry, and its case not ended.
    """
    event = recorded.event
    assert isinstance(event, Statement.Accepted)
    try:
        result = await settlement_result(house, recorded.agency, event.told.statement)
    except Unknown:  # another file took its place: that one has a clock of its own
        return []
    lines = result.unanswered
    if not lines:
        return []
    facts = {
        "batch": result.batch, "intermediary": result.intermediary, "lines": str(len(lines)),
        "codes": " ".join(sorted({line.code for line in lines})),
    }  # fmt: skip
    return [
        Sought(
            agency=recorded.agency, code="N16", opens=True, facts=facts,
            subject=CaseSubject(kind="file", id=event.told.file), discriminator=result.batch,
            stated=Money(sum(abs(line.net.amount) for line in lines), event.currency),
            evidence=result.sha256,
        )
    ]  # fmt: skip


async def registered(house: House, recorded: Recorded, event: Agency.Registered) -> list[Due]:
    return [] if house.kept is None else [tomorrow(house.now())]


def tomorrow(now: datetime) -> Due:
    """Each agency is looked at once a day, when the day before is over."""
    day = now.astimezone(HANOI).date()
    return Due(f"{DAILY}-{day + timedelta(days=1):%Y%m%d}", over(day))


async def remitted(house: House, recorded: Recorded, event: Aggregate.Event) -> list[Sought]:
    """What went on, or came back, of what was split at several times."""
    found = (await house.store.peek([event.originator_id])).get(event.originator_id)
    if not isinstance(found, Remittance):
        return []
    split = await house.store.peek([*dict.fromkeys(share.assessment for share in found.shares)])
    allocations: dict[UUID, None] = {}
    for one in split.values():
        if isinstance(one, Assessment):
            allocations |= dict.fromkeys(one.allocations)
    made = await house.store.peek(list(allocations))
    return [
        Sought(agency=recorded.agency, code="T02", subject=CaseSubject(kind="allocation", id=id))
        for id in allocations
        if isinstance(made.get(id), Allocation)
    ]


async def dealt_with(house: House, recorded: Recorded, event: Aggregate.Event) -> list[Sought]:
    about = CaseSubject(kind="assessment", id=event.originator_id)
    return [Sought(agency=recorded.agency, code="T09", subject=about)]


def over(day: date) -> datetime:
    """When a day, Asia/Ho_Chi_Minh, is over."""
    return datetime.combine(day + timedelta(days=1), time(), HANOI)
