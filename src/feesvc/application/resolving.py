"""Resolving: how a case ends. What it moves is proposed with it, and done when it is approved.

The approval, what it moves and the end of the case are one append: nobody approves a case whose
money then does not move. No case ends with money left on its control account, unless what is left
was written off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias
from uuid import UUID

from feesvc.application import reclassifying, refunds
from feesvc.application.adjusting import AdjustmentWish, approve_adjustment, propose_adjustment
from feesvc.application.charging import still_open
from feesvc.application.house import Act, Decision, Done, House, Unknown
from feesvc.application.linking import (
    MatchWish,
    ProposedMatch,
    confirm_match,
    proposed_match,
    reject_match,
)
from feesvc.application.residuals import residual_of
from feesvc.domain.adjustment import Adjustment
from feesvc.domain.agency import Agency
from feesvc.domain.aggregate import Aggregate, Refusal
from feesvc.domain.case import Case
from feesvc.domain.finding import MoneyStillOpen, Resolution
from feesvc.domain.reclassification import Reclassification
from feesvc.domain.refund import Refund
from feesvc.domain.transfer import Transfer
from feesvc.money import Money
from feesvc.store import Answer

Wish: TypeAlias = AdjustmentWish | reclassifying.Wish | refunds.Wish | MatchWish
Posting: TypeAlias = Adjustment | Reclassification | Refund | ProposedMatch
Tell: TypeAlias = Callable[[Case], Answer] | None


class NotThatWay(Refusal):
    """This resolution does not move money in that way"""


MOVES: Mapping[Resolution, frozenset[str]] = {
    "write_off": frozenset({"receivable_written_off", "claim_written_off"}),
    "claim": frozenset({"claimed"}),
    "forward_to_budget": frozenset({"unclaimed"}),
    "correct_ledger": frozenset({"corrected", "bank_charged"}),
    "apply_credit": frozenset({"apply", "credit_payer"}),
    "transfer_agency": frozenset({"hold_for_agency", "apply"}),
    "mark_invalid_source": frozenset({"disclaim"}),
    "refund": frozenset({"refund"}),
    "link": frozenset({"match"}),
    "split": frozenset({"match"}),
}
"""By resolution, what it may move; those that are not named move nothing."""
ALWAYS: frozenset[Resolution] = frozenset(MOVES) - {"mark_invalid_source", "claim"}
"""Resolutions that are nothing without what they move. A claim may be of what was never booked."""
BY_MATCH: frozenset[Resolution | None] = frozenset({"link", "split"})


async def resolve_case(
    house: House, act: Act, case_id: UUID, resolution: Resolution, reason: str,
    wish: Wish | None = None, answer: Tell = None,
) -> Done[Case]:  # fmt: skip
    """Propose how a case ends; what moves no money, and risks no more than the agency lets one
    person decide on, ends at once. Raises ``NotThatWay``, ``MoneyStillOpen``, and what a wish does.
    """

    async def decide() -> Decision[Case]:
        case = await house.one(Case, case_id, f"case {case_id}")
        _check_way(resolution, wish)
        if wish is not None:
            posting, changed = await _proposed(house, act, case, wish)
            case.propose(
                act.principal, resolution, reason, _amount(posting), act.at, posting.id,
                posting.digest,
            )  # fmt: skip
            return Decision(case, [case, *changed])
        await _check_explained(house, case, resolution)
        owner = await house.see(Agency, house.store.ids.agency(case.agency), case.agency)
        limit = owner.approval_limit_on(case.at_risk.currency, act.day)
        if case.at_risk.amount > limit:
            case.propose(act.principal, resolution, reason, case.at_risk, act.at)
        else:
            case.close_alone(resolution, reason, limit, act.at)
        return Decision(case, [case])

    return await house.settle(act, decide, answer)


async def approve_case(
    house: House, act: Act, case_id: UUID, digest: str, answer: Tell = None, *, payee: str = "",
    acknowledged: bool = False,
) -> Done[Case]:  # fmt: skip
    """Another person agrees to exactly what was proposed: its money moves, and the case ends.

    ``payee`` and ``acknowledged`` are as for a refund by bank transfer.
    """

    async def decide() -> Decision[Case]:
        case = await house.one(Case, case_id, f"case {case_id}")
        case.approve(act.principal, digest, act.at)
        changed: list[Aggregate] = []
        if case.posting is not None and case.resolution in BY_MATCH:
            await confirm_match(house, act, case.posting)
        elif case.posting is not None:
            changed = await _agreed(house, act, case.posting, payee, acknowledged)
        near = {one.id: one for one in changed}
        left = await residual_of(house, case.code, case.subject, case.discriminator, near)
        posted = tuple(near) or ((case.posting,) if case.posting else ())
        case.close(posted, left or Money(0, case.at_risk.currency), act.at)
        return Decision(case, [case, *changed])

    return await house.settle(act, decide, answer)


async def send_back_case(
    house: House, act: Act, case_id: UUID, reason: str, answer: Tell = None
) -> Done[Case]:
    """Do not agree: what was to move does not, and the work goes on."""

    async def decide() -> Decision[Case]:
        case = await house.one(Case, case_id, f"case {case_id}")
        posting = case.posting
        case.send_back(reason, act.at)
        changed: Iterable[Aggregate] = ()
        if posting is not None and case.resolution in BY_MATCH:
            await reject_match(house, posting)
        elif posting is not None:
            changed = await _refused(house, act, posting, reason)
        return Decision(case, [case, *changed])

    return await house.settle(act, decide, answer)


def _check_way(resolution: Resolution, wish: Wish | None) -> None:
    if wish is None:
        if resolution in ALWAYS:
            raise NotThatWay(f"{resolution} says what it moves")
        return
    how = _how(wish)
    if how not in MOVES.get(resolution, ()):
        raise NotThatWay(f"{resolution} by {how}")


def _how(wish: Wish) -> str:
    match wish:
        case AdjustmentWish():
            return wish.kind
        case reclassifying.Wish():
            return wish.purpose
        case refunds.Wish():
            return "refund"
        case MatchWish():
            return "match"


async def _check_explained(house: House, case: Case, resolution: Resolution) -> None:
    debited = await still_open(house, case)
    if debited is not None and resolution != "claim":
        raise MoneyStillOpen(f"{debited} left the bank, and nothing is booked of it")
    left = await residual_of(house, case.code, case.subject, case.discriminator)
    if left is not None and left.amount:
        raise MoneyStillOpen(f"{left} stands on its control account: say what becomes of it")


async def _proposed(
    house: House, act: Act, case: Case, wish: Wish
) -> tuple[Posting, list[Aggregate]]:
    """What waits for the same approval, and all that is recorded with it."""
    if isinstance(wish, AdjustmentWish):
        adjustment = await propose_adjustment(house, act, case, wish)
        return adjustment, [adjustment]
    if isinstance(wish, MatchWish):
        return await proposed_match(house, case, wish), []
    transfer = wish.transfer if isinstance(wish, refunds.Wish) else wish.item.transfer
    if (await house.see(Transfer, transfer, f"transfer {transfer}")).agency != case.agency:
        raise Unknown(f"transfer {transfer}")
    if isinstance(wish, refunds.Wish):
        refund = await refunds.ask_for(house, act, wish)
        return refund.result, list(refund.changed)
    moved = await reclassifying.ask_for(house, act, wish, by_two=True)
    return moved.result, list(moved.changed)


async def _agreed(
    house: House, act: Act, posting: UUID, payee: str, acknowledged: bool
) -> list[Aggregate]:
    found = (await house.store.load([posting]))[posting]
    match found:
        case Adjustment():
            adjusted = await approve_adjustment(house, act, found, found.digest)
            return list(adjusted.changed)
        case Reclassification():
            moved = await reclassifying.agree_to(house, act, found, found.digest)
            return list(moved.changed)
        case _:
            assert isinstance(found, Refund)
            refund = await refunds.agree_to(house, act, posting, found.digest, payee, acknowledged)
            return list(refund.changed)


async def _refused(house: House, act: Act, posting: UUID, reason: str) -> Iterable[Aggregate]:
    found = (await house.store.load([posting]))[posting]
    if isinstance(found, Refund):
        return (await refunds.refuse(house, act, posting, reason)).changed
    assert isinstance(found, Adjustment | Reclassification)
    found.reject(act.principal, reason, act.at)
    return [found]


def _amount(posting: Posting) -> Money:
    return posting.source.amount if isinstance(posting, Reclassification) else posting.amount
