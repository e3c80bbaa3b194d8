"""Payees over HTTP: to which bank account a refund goes, and who confirmed it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import model_validator

from feesvc.api.callers import FINANCE, Caller, caller_of
from feesvc.api.idempotency import act_of, respond
from feesvc.api.refunds import Digest, refund_of
from feesvc.api.telling import made, shown
from feesvc.api.wire import Body, Reason, RefundAccountBody, View
from feesvc.application import payees as commands
from feesvc.domain.payee import NameCheck, Payee
from feesvc.people import RefundAccount
from feesvc.store import Answer

router = APIRouter(tags=["refunds"])
Who = Annotated[Caller, Depends(caller_of)]


class PayeeBody(Body):
    """An ``account``, or whose on record: the refund's ``subject``, or the ``payer`` of the bank
    credit that it gives back. Bank is a BIN or a BIC.
    """

    account: RefundAccountBody | None = None
    known: commands.Known | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> PayeeBody:
        if (self.account is None) == (self.known is None):
            raise ValueError("give either account or known")
        return self


class ConfirmBody(Body):
    """``digest`` is what the payee shows; ``acknowledge_name`` as for an approval."""

    digest: Digest
    acknowledge_name: bool = False


class PayeeView(View):
    """``name_check``: whether the holder's name reads as the payer's; ``unknown`` where none is.

    ``digest`` binds a confirmation to this account.
    """

    refund: UUID
    name_check: NameCheck
    giver: str
    confirmed_by: list[str]
    digest: str


class PayeeAccountView(PayeeView):
    """With the account itself, for an officer with a reason. Reading it is put on record."""

    bank: str | None = None
    number: str | None = None
    holder: str | None = None


def view(payee: Payee) -> PayeeView:
    return PayeeView(
        refund=payee.refund, name_check=payee.name_check, giver=payee.giver,
        confirmed_by=payee.checkers, digest=payee.digest,
    )  # fmt: skip


@router.post("/refunds/{id}/payee", response_model=PayeeView)
async def name(request: Request, id: UUID, body: PayeeBody, who: Who) -> Response:
    """Say to which account the refund goes. Kept encrypted; the answer tells only the check."""
    refund = await refund_of(who, id)
    await who.require(refund.agency, scope="refunds:write", roles=FINANCE)
    act = act_of(request, who, body)
    if body.account is not None:
        account = RefundAccount(**body.account.model_dump())
    else:
        assert body.known is not None
        account = await commands.known_account(who.house, id, body.known, who.principal)
    done = await commands.name_payee(who.house, act, id, account, _told)

    async def again() -> Answer:
        return _told(await commands.payee_of(who.house, id))

    return await respond(who, done, _told, again)


@router.post("/refunds/{id}/payee/confirm", response_model=PayeeView)
async def confirm(request: Request, id: UUID, body: ConfirmBody, who: Who) -> Response:
    """Agree, as another person than named it, to an account named after the approval."""
    await who.require((await refund_of(who, id)).agency, roles=("approver",))
    act = act_of(request, who, body)
    done = await commands.confirm_payee(
        who.house, act, id, body.digest, body.acknowledge_name, _told
    )

    async def again() -> Answer:
        return _told(await commands.payee_of(who.house, id))

    return await respond(who, done, _told, again)


@router.get("/refunds/{id}/payee", response_model=PayeeAccountView)
async def see(
    request: Request, id: UUID, who: Who, reason: Annotated[Reason | None, Query()] = None
) -> Response:
    """Who it goes to; with a ``reason``, an officer reads the account, and that is on record."""
    refund = await refund_of(who, id)
    payee = await commands.payee_of(who.house, id)
    said = PayeeAccountView(**view(payee).model_dump())
    if reason is not None:
        await who.require(refund.agency, roles=("finance", "approver"))
        account = await commands.account_of(who.house, payee, reason, who.principal)
        if account is not None:
            told = {"bank": account.bank, "number": account.number, "holder": account.holder}
            said = said.model_copy(update=told)
    return shown(request, said)


def _told(payee: Payee) -> Answer:
    return made(view(payee), f"/v1/refunds/{payee.refund}/payee", 200)
