"""Lateness: which clocks an event starts, and what is suspected when one of them is due.

settlement     S02  captured, and in no settlement within the contract's term
credit         B02  declared by the intermediary, and not credited within the contract's term
refund         S10  paid back through the intermediary, and in no settlement within the term
confirmation   T06  debited for the State budget, and not confirmed after three business days since
                    we know
forwarding     T08  in our bank for somebody else, and not passed on after 24 hours
remittance     T02  split, and the budget's share not remitted by the agency's term
advance        T09  held, and neither applied, returned nor forfeited by the agency's term
reply          N16  a settlement that does not agree, and nobody told its writer so in time
suspense, dispute, claim   G05  2150, 1250 and 1290 after 30 days
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any, TypeAlias
from uuid import UUID

from feesvc.application.differences import Sought
from feesvc.application.house import HANOI, House
from feesvc.application.residuals import (
    CLAIM,
    DISPUTE,
    FORWARDING,
    HELD,
    SUSPENSE,
    WRONG_AMOUNT,
)
from feesvc.domain import batch_events as batches
from feesvc.domain import transfer_adjustments as adjustments
from feesvc.domain import transfer_events as transfers
from feesvc.domain.agency import Agency
from feesvc.domain.aggregate import Aggregate
from feesvc.domain.allocation import Allocation
from feesvc.domain.assessment import Assessment
from feesvc.domain.batch import Batch
from feesvc.domain.finding import CaseSubject, SubjectKind
from feesvc.domain.merchant_account import MerchantAccount, SettlementTerm
from feesvc.domain.placement import Placement
from feesvc.domain.refund import Refund
from feesvc.domain.remittance import Remittance
from feesvc.domain.statement import Statement
from feesvc.domain.transfer import Transfer
from feesvc.processes import duties
from feesvc.processes.duties import over
from feesvc.reacting import Due, Recorded

AGED = timedelta(days=30)
TO_FORWARD = timedelta(hours=24)
"""Another body passes on all that it received within 24 hours (TT 74/2022/TT-BTC)."""
TO_CONFIRM = 3

Starting: TypeAlias = Callable[[House, Recorded, Any], Awaitable[list[Due]]]


async def start(house: House, recorded: Recorded) -> Sequence[Due]:
    """The clocks that this event starts."""
    return await STARTS[type(recorded.event)](house, recorded, recorded.event)


async def suspected(house: House, recorded: Recorded, clock: str) -> list[Sought]:
    """What is late if it still stands, now that ``clock`` is due."""
    if clock == "reply":
        return await duties.unanswered(house, recorded)
    id = recorded.event.originator_id
    kind, code, discriminator = LATE[clock]
    ages: Sequence[tuple[str, str]] = AGES.get(clock, ())
    if clock == DISPUTE:
        assert isinstance(recorded.event, transfers.Disputed)
        discriminator = f"{DISPUTE} {recorded.event.dispute}"
        ages = [("S14", recorded.event.dispute)]
    facts = {"since": recorded.event.timestamp.astimezone(HANOI).date().isoformat()}
    sought = Sought(
        agency=recorded.agency, code=code, subject=CaseSubject(kind=kind, id=id), facts=facts,
        discriminator=discriminator, opens=True, ages=ages,
    )  # fmt: skip
    if clock != FORWARDING:
        return [sought]
    held = [
        replace(sought, discriminator=agency, ages=[("A07", agency)])
        for agency in await _held_for(house, id)
    ]
    return [sought, *held]


async def _held_for(house: House, id: UUID) -> list[str]:
    """The agencies for which a transfer in our bank is held, for no line yet."""
    found = (await house.store.peek([id])).get(id)
    if not isinstance(found, Transfer) or not found.in_bank:
        return []
    held = (place for place in found.buckets if place.to == HELD and place.state != "forwarded")
    return sorted({place.beneficiary for place in held})


async def _placed(house: House, recorded: Recorded, event: transfers.Placed) -> list[Due]:
    dues = _aged(event, event.placements)
    day = event.occurred_at.astimezone(HANOI).date()
    if event.origin.via == "bank" and _of_others(recorded.agency, event.placements):
        dues.append(Due("forwarding-1", passed_on_by(event.occurred_at)))
    term = await _term(house, event.origin.account, day)
    if term is not None and event.origin.via == "intermediary":
        dues.append(Due("settlement-1", over(house.calendar.plus(day, term.settled_within))))
    return dues


async def _re_placed(house: House, recorded: Recorded, event: transfers.RePlaced) -> list[Due]:
    came = [move.target for move in event.moves]
    dues = _aged(event, came)
    if _of_others(recorded.agency, came):
        dues.append(Due("forwarding-1", event.timestamp + TO_FORWARD))
    return dues


async def _banked(house: House, recorded: Recorded, event: transfers.Banked) -> list[Due]:
    return [Due("forwarding-1", passed_on_by(event.occurred_at))]


def passed_on_by(credited_at: datetime) -> datetime:
    """When money that the bank credited then is late for whom it is for.

    Banks tell days, which are recorded as their midnights: of such a credit the 24 hours are
    surely over with the day after it, and nobody is called late before.
    """
    by_day = credited_at.astimezone(HANOI).time() == time()
    return credited_at + TO_FORWARD + by_day * timedelta(days=1)


async def _unsettled(house: House, recorded: Recorded, event: transfers.Unsettled) -> list[Due]:
    """It waits for a settlement again, from now on."""
    term = await _term(house, event.origin.account, house.today())
    if term is None:
        return []
    return [Due("settlement-1", over(house.calendar.plus(house.today(), term.settled_within)))]


async def _claimed(house: House, recorded: Recorded, event: adjustments.Claimed) -> list[Due]:
    return [Due("claimed-1", event.timestamp + AGED)]


async def _disputed(house: House, recorded: Recorded, event: transfers.Disputed) -> list[Due]:
    return [Due("dispute-1", event.timestamp + AGED)]


async def _refunded(house: House, recorded: Recorded, event: Refund.Paid) -> list[Due]:
    day = event.occurred_at.astimezone(HANOI).date()
    term = await _term(house, event.origin.account, day)
    if term is None:
        return []
    return [Due("refund-1", over(house.calendar.plus(day, term.settled_within)))]


async def _declared(house: House, recorded: Recorded, event: batches.Declared) -> list[Due]:
    """A batch that is declared anew starts its clock anew; what came by then is not missing."""
    term = await _term(house, event.origin.account, event.settled_on)
    if term is None or event.net.amount <= 0:
        return []
    credited_by = house.calendar.plus(event.settled_on, term.credited_within)
    return [Due("credit-1", over(credited_by))]


async def _credited(house: House, recorded: Recorded, event: batches.Credited) -> list[Due]:
    return [Due("claim-1", event.timestamp + AGED)] if event.short else []


async def _debited(house: House, recorded: Recorded, event: Remittance.Debited) -> list[Due]:
    """Told late, it runs from then: what we do not know of nobody can have confirmed to us."""
    day = max(event.occurred_at, event.timestamp).astimezone(HANOI).date()
    return [Due("confirmation-1", over(house.calendar.plus(day, TO_CONFIRM)))]


def _aged(event: Aggregate.Event, places: Sequence[Placement]) -> list[Due]:
    suspense = any(place.to == "suspense" for place in places)
    return [Due("suspense-1", event.timestamp + AGED)] if suspense else []


def _of_others(agency: str, places: Sequence[Placement]) -> bool:
    return any(place.beneficiary not in ("", agency) for place in places)


async def _term(house: House, account: UUID, day: date) -> SettlementTerm | None:
    """What the contract of a merchant account promised on a day; a bank account has none."""
    found = (await house.store.peek([account])).get(account)
    return found.term_on(day) if isinstance(found, MerchantAccount) else None


LATE: Mapping[str, tuple[SubjectKind, str, str]] = {
    "settlement": ("transfer", "S02", ""),
    "credit": ("batch", "B02", ""),
    "refund": ("refund", "S10", ""),
    "confirmation": ("order", "T06", ""),
    "forwarding": ("transfer", "T08", FORWARDING),
    "suspense": ("transfer", "G05", SUSPENSE),
    "dispute": ("transfer", "G05", DISPUTE),
    "claim": ("batch", "G05", CLAIM),
    "claimed": ("transfer", "G05", CLAIM),
    "remittance": ("allocation", "T02", ""),
    "advance": ("assessment", "T09", ""),
}
"""By clock: what it is about, its code, and what tells it from others of that code."""
AGES: Mapping[str, Sequence[tuple[str, str]]] = {
    "suspense": [
        *((code, "") for code in ("A06", "S03", "B03", "N10", "N11")),
        *((code, WRONG_AMOUNT) for code in ("A01", "A02")),
    ],
    "claim": [("B04", "")],
}
"""Under which code and discriminator the same money may stand in a case already, by clock: that
case gets the clock's code, so that no money has two."""
STARTS: Mapping[type[Aggregate.Event], Starting] = {
    Transfer.Placed: _placed,
    Transfer.RePlaced: _re_placed,
    Transfer.Banked: _banked,
    Transfer.Unsettled: _unsettled,
    Transfer.Claimed: _claimed,
    Transfer.Disputed: _disputed,
    Refund.Paid: _refunded,
    Batch.Declared: _declared,
    Batch.Credited: _credited,
    Remittance.Debited: _debited,
    Allocation.Made: duties.allocated,
    Assessment.CollectedBy: duties.advanced,
    Agency.Registered: duties.registered,
    Statement.Accepted: duties.settlement_told,
}
