"""Claiming: what the State budget owes after remitted money was given back, and how that ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from feesvc.application.house import Act, Decision, Done, House
from feesvc.domain.aggregate import Aggregate, Recorded
from feesvc.domain.assessment_events import UncollectedBy
from feesvc.domain.budget_claim import BudgetClaim, Cause, Way
from feesvc.domain.refund import Refund
from feesvc.domain.transfer import Transfer
from feesvc.money import Money, total
from feesvc.store import Answer

Tell: TypeAlias = Callable[[BudgetClaim], Answer] | None


def claim_id(house: House, about: UUID, discriminator: str) -> UUID:
    """The claim that one giving back makes: made by what gave it back, and where."""
    return house.store.ids.of("budget_claim", str(about), discriminator)


async def open_claims(house: House, act: Act, recorded: Recorded) -> None:
    """Open what an event makes a claim on the budget; a claim that stands is left as it is."""
    found = claimed_by(house, recorded)
    if found is None:
        return
    id, agency, cause, about, amount = found

    async def decide() -> Decision[None]:
        if id in await house.store.peek([id]):
            return Decision(None)
        claim = BudgetClaim.open(id, agency, cause, about, amount, act.at)
        return Decision(None, [claim])

    await house.take(act, decide)


def claimed_by(house: House, recorded: Recorded) -> tuple[UUID, str, Cause, UUID, Money] | None:
    """The claim that an event makes (P11d, P13e, P13n, P02d): its remitted parts, of its agency."""
    event = recorded.event
    if isinstance(event, Refund.Approved):
        parts = [
            placement.amount
            for take in event.takes
            for placement in take.placements
            if placement.state == "remitted" and placement.beneficiary == recorded.agency
        ]
        amount = total(parts, event.amount.currency)
        id = claim_id(house, event.originator_id, "refund")
        return (id, recorded.agency, "refund", event.originator_id, amount) if amount else None
    assert isinstance(event, UncollectedBy)
    if event.why == "refunded" and event.collector == recorded.agency:
        return None  # its refund says so
    remitted = [part.amount for part in event.parts if part.state == "remitted"]
    if not remitted:
        return None
    amount = total(remitted, remitted[0].currency)
    lost = event.why in ("dispute_lost", "reversed")
    about = event.transfer if lost else event.originator_id
    cause: Cause = "transfer" if lost else "assessment"
    id = claim_id(house, event.originator_id, str(recorded.position))
    return id, recorded.agency, cause, about, amount


async def repay_claim(
    house: House, act: Act, id: UUID, amount: Money, bank_reference: str, occurred_at: datetime,
    answer: Tell = None,
) -> Done[BudgetClaim]:  # fmt: skip
    """The State budget paid it into the collection account (P11e), by a line of the bank."""

    async def decide() -> Decision[BudgetClaim]:
        claim = await house.one(BudgetClaim, id, f"claim {id}")
        claim.repay(amount, bank_reference, occurred_at, act.at)
        return Decision(claim, [claim])

    return await house.settle(act, decide, answer)


async def propose_end(
    house: House, act: Act, id: UUID, way: Way, amount: Money, reason: str, confirmation: str,
    answer: Tell = None,
) -> Done[BudgetClaim]:  # fmt: skip
    """Propose that the Treasury has repaid the payer itself, or has refused the claim."""

    async def decide() -> Decision[BudgetClaim]:
        claim = await house.one(BudgetClaim, id, f"claim {id}")
        claim.propose(act.principal, way, amount, reason, confirmation, act.at)
        return Decision(claim, [claim])

    return await house.settle(act, decide, answer)


async def approve_end(
    house: House, act: Act, id: UUID, digest: str, answer: Tell = None
) -> Done[BudgetClaim]:
    """Another person agrees: the Treasury repaid the payer (P11g), or refused (P11h).

    What it repaid is a part of the refund, in the same append; a refund that is on its way whole
    cannot be repaid so (``WrongState``).
    """

    async def decide() -> Decision[BudgetClaim]:
        claim = await house.one(BudgetClaim, id, f"claim {id}")
        claim.approve(act.principal, digest, act.at)
        changed: list[Aggregate] = [claim]
        for event in claim.news:
            if isinstance(event, BudgetClaim.RepaidToPayer):
                changed += await _paid_by_treasury(house, act, event.refund, event.amount)
        return Decision(claim, changed)

    return await house.settle(act, decide, answer)


async def _paid_by_treasury(
    house: House, act: Act, refund_id: UUID, amount: Money
) -> list[Aggregate]:
    refund = await house.one(Refund, refund_id, f"refund {refund_id}")
    refund.hand_to_treasury(amount, act.at)
    changed: list[Aggregate] = [refund]
    if refund.state == "paid":
        for take in refund.takes:
            transfer = await house.one(Transfer, take.transfer, "transfer")
            transfer.pay_refund(refund.id, act.at)
            changed.append(transfer)
    return changed


async def reject_end(
    house: House, act: Act, id: UUID, reason: str, answer: Tell = None
) -> Done[BudgetClaim]:
    """It does not end so; the claim stands."""

    async def decide() -> Decision[BudgetClaim]:
        claim = await house.one(BudgetClaim, id, f"claim {id}")
        claim.reject(act.principal, reason, act.at)
        return Decision(claim, [claim])

    return await house.settle(act, decide, answer)
