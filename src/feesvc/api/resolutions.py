"""Ends of cases over HTTP: proposed with what they move, agreed to by another person.

What moves no money, and risks no more than the agency lets one person decide on, ends at once.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import Field

from feesvc.api.callers import FINANCE
from feesvc.api.cases import CaseView, Who, case_for, respond_with, teller
from feesvc.api.idempotency import act_of
from feesvc.api.reclassifications import ItemBody
from feesvc.api.refunds import Digest, PlaceBody
from feesvc.api.wire import AgencyCode, Amount, Body, Day, Id, Reason, ReasonBody, text
from feesvc.application import reclassifying, refunds
from feesvc.application import resolving as commands
from feesvc.application.adjusting import AdjustmentWish
from feesvc.application.linking import MatchWish

router = APIRouter(tags=["cases"])


class AdjustBody(Body):
    """``amount`` in minor units, or all there is; of a correction, what is right.

    ``about`` is the assessment, transfer or batch; of a bank's charge it is the subject of the
    case, and all of the debit is meant. What lapses stands in ``place``, says from
    which day nobody may ask for it (``limited_on``), under which law, and under which budget
    ``codes`` it is to be remitted.
    """

    how: Literal[
        "receivable_written_off", "claim_written_off", "unclaimed", "claimed", "corrected",
        "bank_charged",
    ]  # fmt: skip
    about: Id
    amount: Amount | None = None
    place: Literal["suspense", "credit"] = "suspense"
    assessment: Id | None = None
    limited_on: Day | None = None
    legal_basis: Annotated[str, Field(max_length=200)] = ""
    codes: dict[text(64), text(64)] = Field(default_factory=dict, max_length=20)  # type: ignore[valid-type]


class MoveBody(Body):
    """Money in suspense, a credit, or held, as ``/reclassifications`` moves it."""

    how: Literal["apply", "hold_for_agency", "credit_payer", "disclaim"]
    item: ItemBody
    amount: Amount | None = None
    assessment: Id | None = None
    agency: AgencyCode | None = None
    subject: Id | None = None


class GiveBackBody(Body):
    """Money of a transfer that goes back to its payer, as ``/refunds`` does it."""

    how: Literal["refund"]
    transfer: Id
    amount: Amount
    item: PlaceBody | None = None
    method: Literal["intermediary", "bank_transfer"] = "intermediary"
    subject: Id | None = None


class MatchBody(Body):
    """A match that is proposed, and is confirmed with the case."""

    how: Literal["match"]
    match: Id


Moves: TypeAlias = AdjustBody | MoveBody | GiveBackBody | MatchBody
MovesBody: TypeAlias = Annotated[Moves, Field(discriminator="how")]


class ResolveBody(Body):
    """``resolution`` is how it ends, ``reason`` a code of the agency's rules of work.

    ``moves`` is done with the approval, and decides nothing before it.
    """

    resolution: Literal[
        "link", "split", "accept_timing", "correct_ledger", "request_correction", "claim",
        "refund", "apply_credit", "transfer_agency", "reallocate_code", "write_off",
        "forward_to_budget", "mark_invalid_source", "explained",
    ]  # fmt: skip
    reason: Reason
    moves: MovesBody | None = None


class ApproveBody(Body):
    """``digest`` is what the case shows: it binds the approval to exactly what was proposed.

    For a refund by bank transfer ``payee`` and ``acknowledge_name`` are those of its approval.
    """

    digest: Digest
    payee: Digest | None = None
    acknowledge_name: bool = False


@router.post("/cases/{id}/resolve", response_model=CaseView)
async def resolve(request: Request, id: UUID, body: ResolveBody, who: Who) -> Response:
    """End it, or propose so to a second person: where it moves money, or where more is at risk
    than one may decide on."""
    await case_for(who, id, FINANCE)
    act, tell = act_of(request, who, body), teller(who)
    wish = _wish(body.moves, body.reason)
    done = await commands.resolve_case(who.house, act, id, body.resolution, body.reason, wish, tell)
    return await respond_with(who, id, done)


@router.post("/cases/{id}/approve", response_model=CaseView)
async def approve(request: Request, id: UUID, body: ApproveBody, who: Who) -> Response:
    """Agree, as another person than proposed it, to exactly what was proposed: it is done."""
    await case_for(who, id, ("approver",))
    act, tell = act_of(request, who, body), teller(who)
    done = await commands.approve_case(
        who.house, act, id, body.digest, tell, payee=body.payee or "",
        acknowledged=body.acknowledge_name,
    )  # fmt: skip
    return await respond_with(who, id, done)


@router.post("/cases/{id}/send-back", response_model=CaseView)
async def send_back(request: Request, id: UUID, body: ReasonBody, who: Who) -> Response:
    """Do not agree to what was proposed: nothing moves, and the work goes on."""
    await case_for(who, id, ("approver",))
    act, tell = act_of(request, who, body), teller(who)
    done = await commands.send_back_case(who.house, act, id, body.reason, tell)
    return await respond_with(who, id, done)


def _wish(moves: Moves | None, reason: str) -> commands.Wish | None:
    match moves:
        case None:
            return None
        case MatchBody():
            return MatchWish(match=moves.match)
        case AdjustBody():
            return AdjustmentWish(
                kind=moves.how, about=moves.about, reason=reason, amount=moves.amount,
                place=moves.place, assessment=moves.assessment, limited_on=moves.limited_on,
                legal_basis=moves.legal_basis, codes=dict(moves.codes),
            )  # fmt: skip
        case MoveBody():
            return reclassifying.Wish(
                item=moves.item.item(), purpose=moves.how, reason=reason, amount=moves.amount,
                assessment=moves.assessment, beneficiary=moves.agency or "",
                subject=moves.subject,
            )  # fmt: skip
        case GiveBackBody():
            return refunds.Wish(
                transfer=moves.transfer, amount=moves.amount, lines={}, reason=reason,
                method=moves.method, subject=moves.subject,
                item=moves.item.bucket() if moves.item else None,
            )  # fmt: skip
