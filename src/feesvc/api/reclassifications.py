"""Reclassifications over HTTP: suspense and credit moved by one officer, agreed to by another."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from feesvc.api.callers import ANY_ROLE, FINANCE, Caller, caller_of
from feesvc.api.idempotency import act_of, respond
from feesvc.api.refunds import ApproveBody, PlaceView, place_view
from feesvc.api.subjects import subject_of
from feesvc.api.telling import made, shown
from feesvc.api.wire import (
    AgencyCode,
    Amount,
    Body,
    Id,
    MoneyView,
    PersonBody,
    Reason,
    ReasonBody,
    View,
)
from feesvc.application import reclassifying as commands
from feesvc.application.house import Act
from feesvc.domain.reclassification import Purpose, Reclassification
from feesvc.domain.transfer import Transfer
from feesvc.store import Answer

router = APIRouter(tags=["suspense"])
Who = Annotated[Caller, Depends(caller_of)]


class ItemBody(Body):
    """An item as the list of suspense tells it: a place of one transfer's free money.

    ``assessment``: of a credit, what it was too much for; ``agency``: of held money, for whom.
    """

    transfer: Id
    kind: Literal["suspense", "credit", "held", "surcharge"] = "suspense"
    assessment: Id | None = None
    agency: AgencyCode | None = None

    def item(self) -> commands.Item:
        return commands.Item(
            transfer=self.transfer, place=self.kind, assessment=self.assessment,
            beneficiary=self.agency or "",
        )  # fmt: skip


class MovedBody(Body):
    """``amount`` in minor units; all that is there, or all that is owed, where it is left out."""

    item: ItemBody
    amount: Amount | None = None
    reason: Reason


class ApplyBody(MovedBody):
    """To an assessment of the agency that has the money, or of ``agency``."""

    assessment: Id
    agency: AgencyCode | None = None


class HoldBody(MovedBody):
    """For another agency, which has not said yet what it is for."""

    agency: AgencyCode


class CreditBody(MovedBody):
    """For a payer who was identified and owes nothing: a known ``subject``, or ``payer``. What is
    left of a surcharge is its payer's.
    """

    subject: Id | None = None
    payer: PersonBody | None = None


class ReclassificationView(View):
    """``digest`` binds the approval to exactly this. ``needs_second``: another person approves."""

    id: UUID
    agency: str
    state: str
    purpose: Purpose
    transfer: UUID
    source: PlaceView
    targets: list[PlaceView]
    amount: MoneyView
    reason: str
    subject: UUID | None
    maker: str
    needs_second: bool
    digest: str


def view(asked: Reclassification) -> ReclassificationView:
    return ReclassificationView(
        id=asked.id, agency=asked.agency, state=asked.state, purpose=asked.purpose,
        transfer=asked.transfer, source=place_view(asked.source),
        targets=[place_view(target) for target in asked.targets],
        amount=MoneyView.of(asked.source.amount), reason=asked.reason, subject=asked.subject,
        maker=asked.maker, needs_second=asked.needs_second, digest=asked.digest,
    )  # fmt: skip


@router.post("/suspense/apply", status_code=201, response_model=ReclassificationView)
async def apply(request: Request, body: ApplyBody, who: Who) -> Response:
    """Pay an assessment with it (P23a; of a credit P06a; of another agency P23c)."""
    act, agency = await _asked(request, who, body)
    wish = commands.Wish(
        item=body.item.item(), purpose="apply", reason=body.reason, amount=body.amount,
        assessment=body.assessment, beneficiary=body.agency or agency,
    )  # fmt: skip
    return await _ask(who, act, wish)


@router.post("/suspense/hold", status_code=201, response_model=ReclassificationView)
async def hold(request: Request, body: HoldBody, who: Who) -> Response:
    """Hold it for another agency (P23c), until it is applied to an assessment of that agency."""
    act, _ = await _asked(request, who, body)
    wish = commands.Wish(
        item=body.item.item(), purpose="hold_for_agency", reason=body.reason, amount=body.amount,
        beneficiary=body.agency,
    )  # fmt: skip
    return await _ask(who, act, wish)


@router.post("/suspense/credit", status_code=201, response_model=ReclassificationView)
async def credit(request: Request, body: CreditBody, who: Who) -> Response:
    """Its payer is identified and owes nothing: it is their credit from now on (P23e)."""
    act, agency = await _asked(request, who, body)
    wish = commands.Wish(
        item=body.item.item(), purpose="credit_payer", reason=body.reason, amount=body.amount,
        subject=await subject_of(who, act, [agency], body.subject, body.payer),
    )  # fmt: skip
    return await _ask(who, act, wish)


@router.post("/suspense/disclaim", status_code=201, response_model=ReclassificationView)
async def disclaim(request: Request, body: MovedBody, who: Who) -> Response:
    """It is proved not to be ours: the intermediary's, who still has it (P23d).

    Money in the agency's own bank is refunded, or the bank takes its credit back (P23f).
    """
    act, _ = await _asked(request, who, body)
    wish = commands.Wish(
        item=body.item.item(), purpose="disclaim", reason=body.reason, amount=body.amount
    )
    return await _ask(who, act, wish)


@router.post("/reclassifications/{id}/approve", response_model=ReclassificationView)
async def approve(request: Request, id: UUID, body: ApproveBody, who: Who) -> Response:
    """Agree, as another person than asked, to exactly what was asked; the money moves at once."""
    await who.require((await _seen(who, id)).agency, roles=("approver",))
    act = act_of(request, who, body)
    done = await commands.approve_reclassification(who.house, act, id, body.digest, _decided)
    return await respond(who, done, _decided, _again(who, id))


@router.post("/reclassifications/{id}/reject", response_model=ReclassificationView)
async def reject(request: Request, id: UUID, body: ReasonBody, who: Who) -> Response:
    """It will not be done: the money stands where it stood. Whoever asked may take it back so."""
    await who.require((await _seen(who, id)).agency, roles=("approver", "finance"))
    act = act_of(request, who, body)
    done = await commands.reject_reclassification(who.house, act, id, body.reason, _decided)
    return await respond(who, done, _decided, _again(who, id))


@router.get("/reclassifications/{id}", response_model=ReclassificationView)
async def see(request: Request, id: UUID, who: Who) -> Response:
    """One reclassification, with the digest that its approval is bound to."""
    asked = await _seen(who, id)
    return shown(request, view(asked), asked)


async def _asked(request: Request, who: Caller, body: MovedBody) -> tuple[Act, str]:
    transfer = await who.house.see(Transfer, body.item.transfer, "")
    await who.require(transfer.agency, roles=FINANCE)
    return act_of(request, who, body), transfer.agency


async def _ask(who: Caller, act: Act, wish: commands.Wish) -> Response:
    done = await commands.request_reclassification(who.house, act, wish, _made)

    async def again() -> Answer:
        id = who.house.store.ids.reclassification(act.id)
        return _made(await who.house.see(Reclassification, id, ""))

    return await respond(who, done, _made, again)


async def _seen(who: Caller, id: UUID) -> Reclassification:
    asked = await who.house.see(Reclassification, id, "")
    await who.require(asked.agency, roles=ANY_ROLE)
    return asked


def _again(who: Caller, id: UUID) -> Callable[[], Awaitable[Answer]]:
    async def again() -> Answer:
        return _decided(await who.house.see(Reclassification, id, ""))

    return again


def _made(asked: Reclassification) -> Answer:
    return made(view(asked), f"/v1/reclassifications/{asked.id}")


def _decided(asked: Reclassification) -> Answer:
    return made(view(asked), f"/v1/reclassifications/{asked.id}", 200)
