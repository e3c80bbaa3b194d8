"""Refunds and transfers over HTTP: what can be given back, asked by one, approved by another."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field

from feesvc.api.callers import ANY_ROLE, FINANCE, NOT_FOUND, Caller, caller_of
from feesvc.api.idempotency import act_of, respond
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
from feesvc.application import refunds as commands
from feesvc.application.house import act_of as also
from feesvc.application.payees import name_payee
from feesvc.domain.payment import Payment
from feesvc.domain.placement import Bucket, Placement
from feesvc.domain.refund import Method, Refund
from feesvc.domain.transfer import Transfer
from feesvc.store import Answer

router = APIRouter(tags=["refunds"])
Who = Annotated[Caller, Depends(caller_of)]


class RefundLineBody(Body):
    assessment: Id
    line: Annotated[int, Field(strict=True, ge=1, le=999)]
    amount: Amount


class PlaceBody(Body):
    """``assessment``: of a credit, what it was too much for; ``agency``: of money held for one."""

    kind: Literal["suspense", "credit", "held"]
    assessment: Id | None = None
    agency: AgencyCode | None = None

    def bucket(self) -> Bucket:
        return (self.kind, self.assessment, 0, self.agency or "")


class RefundBody(Body):
    """``amount`` in minor units of the transfer's currency; ``lines`` where it matters which.

    ``item`` is one place of its money, as the list of suspense tells it. Without either: suspense
    and credits first, then the lines filled last.
    """

    transfer: Id
    amount: Amount
    lines: list[RefundLineBody] = Field(default=[], max_length=100)
    item: PlaceBody | None = None
    method: Literal["intermediary", "bank_transfer"] = "intermediary"
    reason: Reason
    subject: Id | None = None
    payee: PersonBody | None = None


Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class ApproveBody(Body):
    """``digest`` is what was shown: it binds the approval to exactly what was asked."""

    digest: Digest


class ApproveRefundBody(ApproveBody):
    """For a bank transfer ``payee`` is the digest of the account that the refund goes to, and
    ``acknowledge_name`` says that its holder, not known to be the payer, was seen.
    """

    payee: Digest | None = None
    acknowledge_name: bool = False


class ReissueBody(Body):
    """By which way it is sent now."""

    method: Method


class PlaceView(View):
    to: str
    amount: MoneyView
    assessment: UUID | None
    line: int
    agency: str
    reason: str


class RefundView(View):
    id: UUID
    agency: str
    state: str
    method: str
    amount: MoneyView
    reason: str
    digest: str
    transfer: UUID
    takes: list[PlaceView]
    maker: str
    reference: str


class TransferView(View):
    """``free`` is what stands where ``placements`` say, and may still be given back."""

    id: UUID
    agency: str
    intermediary: str
    transaction: str
    reference: str
    payment: UUID | None
    amount: MoneyView
    free: MoneyView
    refunded: MoneyView
    settled: bool
    reversed: bool
    placements: list[PlaceView]


def place_view(placement: Placement) -> PlaceView:
    return PlaceView(
        to=placement.to, amount=MoneyView.of(placement.amount), assessment=placement.assessment,
        line=placement.line, agency=placement.beneficiary, reason=placement.reason,
    )  # fmt: skip


def view(refund: Refund) -> RefundView:
    return RefundView(
        id=refund.id, agency=refund.agency, state=refund.state, method=refund.method,
        amount=MoneyView.of(refund.amount), reason=refund.reason, digest=refund.digest,
        transfer=refund.takes[0].transfer, maker=refund.maker, reference=refund.reference,
        takes=[place_view(p) for take in refund.takes for p in take.placements],
    )  # fmt: skip


@router.post("/refunds", status_code=201, response_model=RefundView)
async def request_refund(request: Request, body: RefundBody, who: Who) -> Response:
    """Ask that money be given back. It is set aside at once, and waits for another's approval.

    By bank transfer it goes to the ``payee``'s refund account, if one is given here.
    """
    transfer = await _transfer(who, body.transfer)
    await who.require(transfer.agency, scope="refunds:write", roles=FINANCE)
    act = act_of(request, who, body)
    wish = commands.Wish(
        transfer=body.transfer, amount=body.amount, reason=body.reason, method=body.method,
        lines={(line.assessment, line.line): line.amount for line in body.lines},
        item=body.item.bucket() if body.item else None,
        portal=who.portal.code if who.portal else "",
        subject=await subject_of(who, act, [transfer.agency], body.subject, body.payee),
    )  # fmt: skip
    done = await commands.request_refund(who.house, act, wish, _asked)
    id = who.house.store.ids.refund(act.id)
    account = body.payee.details().refund_account if body.payee else None
    if body.method == "bank_transfer" and account is not None:
        naming = also(act, who.house.store.ids.of("name_payee", str(act.id)))
        await name_payee(who.house, naming, id, account)

    async def again() -> Answer:
        return _asked(await who.house.see(Refund, id, ""))

    return await respond(who, done, _asked, again)


@router.post("/refunds/{id}/approve", response_model=RefundView)
async def approve(request: Request, id: UUID, body: ApproveRefundBody, who: Who) -> Response:
    """Agree, as another person than asked, to exactly what was asked.

    A bank transfer that no person asked for takes two approvers: it stays requested after one.
    """
    await who.require((await refund_of(who, id)).agency, roles=("approver",))
    act = act_of(request, who, body)
    done = await commands.approve_refund(
        who.house, act, id, body.digest, _ended, payee=body.payee or "",
        acknowledged=body.acknowledge_name,
    )  # fmt: skip
    return await respond(who, done, _ended, _again(who, id))


@router.post("/refunds/{id}/reject", response_model=RefundView)
async def reject(request: Request, id: UUID, body: ReasonBody, who: Who) -> Response:
    """It will not be paid: the money stands where it stood."""
    await who.require((await refund_of(who, id)).agency, roles=("approver",))
    act = act_of(request, who, body)
    done = await commands.reject_refund(who.house, act, id, body.reason, _ended)
    return await respond(who, done, _ended, _again(who, id))


@router.post("/refunds/{id}/reissue", response_model=RefundView)
async def reissue(request: Request, id: UUID, body: ReissueBody, who: Who) -> Response:
    """Send again, perhaps another way, what could not be sent, failed or came back.

    Through the intermediary the service sends it by itself; by bank transfer it waits for a list.
    """
    await who.require((await refund_of(who, id)).agency, roles=FINANCE)
    act = act_of(request, who, body)
    done = await commands.reissue_refund(who.house, act, id, body.method, _ended)
    return await respond(who, done, _ended, _again(who, id))


@router.get("/refunds/{id}", response_model=RefundView)
async def see_refund(request: Request, id: UUID, who: Who) -> Response:
    """One refund, with the digest that its approval is bound to."""
    refund = await refund_of(who, id)
    return shown(request, view(refund), refund)


@router.get("/transfers/{id}", response_model=TransferView)
async def see_transfer(request: Request, id: UUID, who: Who) -> Response:
    transfer = await _transfer(who, id)
    currency = transfer.amount.currency
    said = TransferView(
        id=transfer.id, agency=transfer.agency, intermediary=transfer.origin.intermediary,
        transaction=transfer.origin.transaction, reference=transfer.reference,
        payment=transfer.origin.payment, amount=MoneyView.of(transfer.amount),
        free=MoneyView(amount=transfer.buckets.total, currency=currency),
        refunded=MoneyView(amount=transfer.refunded, currency=currency),
        settled=transfer.settled, reversed=transfer.reversed,
        placements=[place_view(placement) for placement in transfer.buckets],
    )  # fmt: skip
    return shown(request, said, transfer)


async def _transfer(who: Caller, id: UUID) -> Transfer:
    transfer = await who.house.see(Transfer, id, "")
    await who.require(transfer.agency, scope="payments:read", roles=ANY_ROLE)
    if who.portal is not None and await _portal_of(who, transfer) != who.portal.code:
        raise NOT_FOUND
    return transfer


async def _portal_of(who: Caller, transfer: Transfer) -> str:
    """The portal that asked for this money; nobody's where it names no payment."""
    payment = transfer.origin.payment
    return (await who.house.see(Payment, payment, "")).portal if payment else ""


async def refund_of(who: Caller, id: UUID) -> Refund:
    refund = await who.house.see(Refund, id, "")
    await who.require(refund.agency, scope="refunds:read", roles=ANY_ROLE)
    if who.portal is not None and refund.portal != who.portal.code:
        raise NOT_FOUND
    return refund


def _again(who: Caller, id: UUID) -> Callable[[], Awaitable[Answer]]:
    async def again() -> Answer:
        return _ended(await who.house.see(Refund, id, ""))

    return again


def _asked(refund: Refund) -> Answer:
    return made(view(refund), f"/v1/refunds/{refund.id}")


def _ended(refund: Refund) -> Answer:
    return made(view(refund), f"/v1/refunds/{refund.id}", 200)
