"""Suspecting: which differences an event can have opened, or settled, by the table of case kinds.

on a transfer      credit A02–A05, suspense A01 A02 A06 S03 B03 N10 N11, held A07, 1250 S14 S15;
                   money of a bank in suspense is one case, B03, told as B04 or B08 where it is
                   that; settled money of an order that we hold as not paid is S03, told as S06
on an assessment   1100 A01
on a refund        2200 S13
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from uuid import UUID

from feesvc.application.differences import AGED, Sought
from feesvc.application.duties import last_day
from feesvc.application.house import House
from feesvc.application.residuals import DISPUTE, SUSPENSE, WRONG_AMOUNT, credit_of
from feesvc.domain import transfer_adjustments as adjustments
from feesvc.domain import transfer_events as transfers
from feesvc.domain.aggregate import Aggregate
from feesvc.domain.assessment import Assessment
from feesvc.domain.finding import CaseSubject
from feesvc.domain.origin import Origin
from feesvc.domain.payment import Payment
from feesvc.domain.placement import Placement
from feesvc.domain.refund import Refund
from feesvc.domain.transfer import Transfer
from feesvc.processes import duties
from feesvc.processes.requerying import STATES_DIFFER, order_of
from feesvc.processes.suspecting_payouts import PAYOUTS, Reading
from feesvc.reacting import Recorded

EVIDENCE_DAYS = 5
"""Business days in which a dispute is answered where its scheme sets no other term."""
CREDITS = ("A02", "A03", "A04", "A05")
SUSPENSES = ("A06", "S03", "B03", "N10", "N11")
NAMED: Mapping[str, str] = {"duplicate_credit": "B08", "over_credited": "B04"}
"""What a credit in suspense is told as; its case is that of any such credit (B03)."""
OF_CREDIT: Mapping[str, str] = {
    "overpaid": "A02", "duplicate": "A03", "reduced": "A04", "withdrawn": "A04",
}  # fmt: skip
OF_SUSPENSE: Mapping[str, str] = {
    "unknown_reference": "A06", "several_references": "A06", "unknown_settled_line": "S03",
    "refund_return": "B03", "wrong_currency": "N10", "wrong_merchant": "N11",
    "undone_credit": "B03", "duplicate_credit": "B03", "over_credited": "B03",
}  # fmt: skip


async def suspected(house: House, recorded: Recorded) -> list[Sought]:
    return await READINGS[type(recorded.event)](house, recorded, recorded.event)


def _of_transfer(recorded: Recorded, id: UUID, code: str, discriminator: str = "") -> Sought:
    subject = CaseSubject(kind="transfer", id=id)
    return Sought(
        agency=recorded.agency, code=code, subject=subject, discriminator=discriminator
    )  # fmt: skip


def _touched(recorded: Recorded, id: UUID, places: Iterable[Placement]) -> list[Sought]:
    """Every difference that money at these places of a transfer may be."""
    found: dict[tuple[str, str], Sought] = {}
    for place in places:
        if place.to == "credit":
            sought = [(code, credit_of(place.assessment)) for code in CREDITS]
        elif place.to == "suspense":
            sought = [(code, "") for code in SUSPENSES]
            sought += [(code, WRONG_AMOUNT) for code in ("A01", "A02")]
            sought.append((AGED, SUSPENSE))
        else:
            held = place.to == "held"
            sought = [(code, place.beneficiary) for code in ("A07", "T08")] if held else []
        found |= {each: _of_transfer(recorded, id, *each) for each in sought}
    return list(found.values())


async def _opened(
    house: House, recorded: Recorded, origin: Origin, place: Placement
) -> list[Sought]:
    """The difference that money is which was placed there just now; none on a line."""
    id = recorded.event.originator_id
    told = {"reason": place.reason, "intermediary": origin.intermediary}
    if place.to == "credit":
        code, discriminator = OF_CREDIT.get(place.reason, ""), credit_of(place.assessment)
        if place.reason == "withdrawn" and await _superseded(house, place.assessment):
            code = "A05"
    elif place.to == "suspense":
        code, discriminator = OF_SUSPENSE.get(place.reason, ""), ""
        if place.reason == "wrong_amount":
            code, discriminator = await _short_or_over(house, origin, place), WRONG_AMOUNT
        elif origin.via == "bank":
            code = "B03"
    else:
        code, discriminator = ("A07" if place.to == "held" else ""), place.beneficiary
    if not code:
        return []
    named = NAMED.get(place.reason, "")
    if code == "S03" and (payment := await order_of(house, id)) is not None:
        told["reference"] = payment.reference
        named = "" if payment.ended == "received" else STATES_DIFFER
    facts = {name: fact for name, fact in told.items() if fact}
    sought = _of_transfer(recorded, id, code, discriminator)
    return [replace(sought, opens=True, facts=facts, named=named)]


async def _superseded(house: House, assessment: UUID | None) -> bool:
    found = (await house.store.peek([assessment])).values() if assessment else ()
    return any(isinstance(one, Assessment) and one.withdrawn == "superseded" for one in found)


async def _short_or_over(house: House, origin: Origin, place: Placement) -> str:
    found = (await house.store.peek([origin.payment])).values() if origin.payment else ()
    asked = [one.amount.amount for one in found if isinstance(one, Payment)]
    return "A01" if asked and place.amount.amount < asked[0] else "A02"


async def _placed(house: House, recorded: Recorded, event: transfers.Placed) -> list[Sought]:
    found = [
        one
        for place in event.placements
        for one in await _opened(house, recorded, event.origin, place)
    ]
    if found or event.origin.payment is None:
        return found
    payment = await house.see(Payment, event.origin.payment, "payment")
    if event.occurred_at <= payment.expires_at:
        return []
    late = _of_transfer(recorded, event.originator_id, "A05", "late")
    return [replace(late, opens=True, by_rule="still_owed", facts={"reference": payment.reference})]


async def _re_placed(house: House, recorded: Recorded, event: transfers.RePlaced) -> list[Sought]:
    left = _touched(recorded, event.originator_id, [move.source for move in event.moves])
    came = [
        one
        for move in event.moves
        for one in await _opened(house, recorded, event.origin, move.target)
    ]
    return [*came, *_others(left, came)]


async def _taken(
    house: House, recorded: Recorded,
    event: transfers.Disclaimed | transfers.RefundReleased | transfers.Reversed
    | transfers.PayoutIdentified | adjustments.Lapsed,
) -> list[Sought]:  # fmt: skip
    id = event.originator_id
    sought = _touched(recorded, id, event.takes)
    if isinstance(event, transfers.Reversed):
        beyond = replace(_of_transfer(recorded, id, "S15"), opens=True)
        sought += [_of_transfer(recorded, id, "S02"), beyond]
    return sought


async def _settled(house: House, recorded: Recorded, event: Aggregate.Event) -> list[Sought]:
    """It is in a settlement, or claimed by two people: either way it is missing no more."""
    return [_of_transfer(recorded, event.originator_id, "S02")]


async def _disproved(
    house: House, recorded: Recorded, event: transfers.PayoutDisproved
) -> list[Sought]:  # fmt: skip
    """It waits in suspense again, as any credit does that nobody can place."""
    sought = _of_transfer(recorded, event.originator_id, "B03")
    return [replace(sought, opens=True, facts={"batch": event.batch})]


async def _disputed(house: House, recorded: Recorded, event: transfers.Disputed) -> list[Sought]:
    sought = _of_transfer(recorded, event.originator_id, "S14", event.dispute)
    by_scheme = await last_day(
        house, recorded.agency, "evidence", house.today(), event.origin.intermediary
    )
    due_on = by_scheme or house.calendar.plus(house.today(), EVIDENCE_DAYS)
    facts = {"dispute": event.dispute, "intermediary": event.origin.intermediary}
    return [replace(sought, opens=True, facts=facts, due_on=due_on)]


async def _decided(
    house: House, recorded: Recorded, event: transfers.DisputeWon | transfers.DisputeLost
) -> list[Sought]:
    """The outcome is posted by itself; what it took beyond all that was left, somebody explains."""
    id, dispute = event.originator_id, event.dispute
    won = isinstance(event, transfers.DisputeWon)
    outcome = replace(
        _of_transfer(recorded, id, "S15", dispute), opens=True,
        by_rule="won_and_posted" if won else "lost_and_posted",
        facts={"dispute": dispute, "outcome": "won" if won else "lost"},
    )  # fmt: skip
    ended = _of_transfer(recorded, id, "S14", dispute)
    aged = _of_transfer(recorded, id, AGED, f"{DISPUTE} {dispute}")
    return [ended, aged, outcome, *_touched(recorded, id, event.takes)]


async def _assessed(house: House, recorded: Recorded, event: Aggregate.Event) -> list[Sought]:
    """Only money that came can have been too little; all else may settle what is open."""
    subject = CaseSubject(kind="assessment", id=event.originator_id)
    short = isinstance(event, Assessment.CollectedBy)
    sought = Sought(agency=recorded.agency, code="A01", subject=subject, opens=short)
    return [sought, *await duties.dealt_with(house, recorded, event)]


async def _refund(house: House, recorded: Recorded, event: Aggregate.Event) -> list[Sought]:
    subject = CaseSubject(kind="refund", id=event.originator_id)
    sought = Sought(agency=recorded.agency, code="S13", subject=subject)
    if isinstance(event, Refund.Failed | Refund.Returned):
        facts = {"reference": event.reference, "reason": event.reason}
        return [replace(sought, opens=True, facts=facts)]
    if not isinstance(event, Refund.Approved):
        return [sought]
    return [
        one for take in event.takes for one in _touched(recorded, take.transfer, take.placements)
    ]


def _others(sought: Iterable[Sought], than: Iterable[Sought]) -> list[Sought]:
    known = {(one.code, one.discriminator) for one in than}
    return [one for one in sought if (one.code, one.discriminator) not in known]


READINGS: Mapping[type[Aggregate.Event], Reading] = {
    **PAYOUTS,
    Transfer.Placed: _placed,
    Transfer.RePlaced: _re_placed,
    Transfer.Disclaimed: _taken,
    Transfer.RefundReleased: _taken,
    Transfer.Reversed: _taken,
    Transfer.Settled: _settled,
    Transfer.Claimed: _settled,
    Transfer.PayoutIdentified: _taken,
    Transfer.PayoutDisproved: _disproved,
    Transfer.Lapsed: _taken,
    Transfer.Disputed: _disputed,
    Transfer.DisputeWon: _decided,
    Transfer.DisputeLost: _decided,
    Refund.Approved: _refund,
    Refund.Failed: _refund,
    Refund.Returned: _refund,
    Refund.Instructed: _refund,
    Refund.Reissued: _refund,
    Assessment.CollectedBy: _assessed,
    Assessment.UncollectedBy: _assessed,
    Assessment.Reduced: _assessed,
    Assessment.Waived: _assessed,
    Assessment.Cancelled: _assessed,
    Assessment.Superseded: _assessed,
    Assessment.WrittenOff: _assessed,
    Assessment.Forfeited: _assessed,
}
