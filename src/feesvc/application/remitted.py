"""Remitted: what the bank and the State Treasury say of a remittance once it was sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from feesvc.application.cases import case_of
from feesvc.application.holdings import holdings
from feesvc.application.house import Act, Decision, Done, House
from feesvc.application.remitting_lapses import undo_remitted_lapses
from feesvc.domain.aggregate import Aggregate
from feesvc.domain.assessment import Assessment
from feesvc.domain.bank_order import codes_text
from feesvc.domain.budget_claim import BudgetClaim
from feesvc.domain.finding import CaseSubject, Finding
from feesvc.domain.remittance import MOST, ConfirmedLine, Remittance
from feesvc.money import Money
from feesvc.store import Answer

Tell: TypeAlias = Callable[[Remittance], Answer] | None


async def confirm_remittance(
    house: House, act: Act, id: UUID, number: str, lines: Sequence[ConfirmedLine],
    confirmed_at: datetime, answer: Tell = None,
) -> Done[Remittance]:  # fmt: skip
    """The Treasury confirms what it received. Codes that differ are a case (T04), amounts another
    (T03); what the Treasury says is recorded all the same.
    """

    async def decide() -> Decision[Remittance]:
        remittance = await house.one(Remittance, id, f"remittance {id}")
        remittance.confirm(number, lines, confirmed_at, act.at)
        changed: list[Aggregate] = [remittance]
        finding = difference(remittance, number, lines)
        if finding is not None:
            changed += await case_of(house, act, finding)
        return Decision(remittance, changed)

    return await house.settle(act, decide, answer)


def difference(
    remittance: Remittance, number: str, lines: Sequence[ConfirmedLine]
) -> Finding | None:
    """What the Treasury's confirmation says otherwise; None where it says the same.

    At risk is what does not stand where it was sent, once: under other codes it is the same money.
    """
    ours = {codes_text(sorted(e.codes.items())): e.amount.amount for e in remittance.entries}
    theirs: dict[str, int] = {}
    for line in lines:
        codes = codes_text(sorted(line.codes.items()))
        theirs[codes] = theirs.get(codes, 0) + line.amount.amount
    if ours == theirs:
        return None
    wrong = {codes for codes in ours.keys() | theirs.keys() if ours.get(codes) != theirs.get(codes)}
    parts = [ours.get(codes, 0) - theirs.get(codes, 0) for codes in wrong]
    missing, beyond = sum(p for p in parts if p > 0), -sum(p for p in parts if p < 0)
    same_sum = sum(ours.values()) == sum(theirs.values())
    return Finding(
        agency=remittance.agency, code="T04" if same_sum else "T03",
        subject=CaseSubject(kind="order", id=remittance.id), discriminator=number,
        at_risk=Money(max(missing, beyond), remittance.total.currency),
        facts={
            f"codes {codes}"[:200]: f"sent {ours.get(codes, 0)}, confirmed {theirs.get(codes, 0)}"
            for codes in sorted(wrong)
        },
    )  # fmt: skip


async def undo_remitted(house: House, remittance: Remittance, at: datetime) -> list[Aggregate]:
    """The shares wait again, and what was set off is claimed again.

    What was refunded meanwhile as remitted (P11d) came back with the rest: the claims on the budget
    for it are set off against what is payable again.
    """
    loaded = await house.store.load(list({share.assessment for share in remittance.shares}))
    waiting = 0
    changed: list[Aggregate] = []
    for assessment in loaded.values():
        assert isinstance(assessment, Assessment)
        assessment.undo_remittance(remittance.id, at)
        waiting += sum(
            part.amount.amount - part.retained.amount
            for event in assessment.news
            for part in getattr(event, "parts", ())
        )
        changed.append(assessment)
    lapsed, transfers = await undo_remitted_lapses(house, remittance, at)
    waiting += lapsed
    changed += transfers
    for one in remittance.set_off:
        claim = await house.one(BudgetClaim, one.claim, "claim")
        claim.undo_set_off(remittance.id, at)
        changed.append(claim)
    changed += await _set_off_refunded(house, remittance, remittance.total.amount - waiting, at)
    return changed


async def _set_off_refunded(
    house: House, remittance: Remittance, left: int, at: datetime
) -> list[BudgetClaim]:
    if left <= 0:
        return []
    undone = {one.claim for one in remittance.set_off}
    books = await holdings(house)
    ids = await books.claims(remittance.agency, remittance.total.currency, MOST)
    changed = []
    for claim in (await house.store.load([id for id in ids if id not in undone])).values():
        if isinstance(claim, BudgetClaim) and left and claim.left:
            amount = min(left, claim.left)
            claim.set_off(remittance.id, Money(amount, remittance.total.currency), at)
            left -= amount
            changed.append(claim)
    return changed
