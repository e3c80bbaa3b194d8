"""Batches over HTTP: what an intermediary settles at once, and what the bank credits of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel

from feesvc.api.bank_credits import BankAccountOfAgency
from feesvc.api.batch_forms import (
    BatchCreditBody,
    BatchView,
    DeclareBody,
    LinesBody,
    NamedCreditBody,
    PayoutBody,
    ReversedCreditBody,
    TakeUpBody,
    ToBudgetBody,
    batch_view,
)
from feesvc.api.callers import ANY_ROLE, FINANCE, NOT_FOUND, Caller, caller_of
from feesvc.api.idempotency import act_of, respond
from feesvc.api.telling import made, shown
from feesvc.api.wire import AgencyCode
from feesvc.application import batches as commands
from feesvc.application.crediting import Missing
from feesvc.application.house import Decision, Done
from feesvc.domain.batch import Batch
from feesvc.domain.merchant_account import MerchantAccount
from feesvc.money import Money
from feesvc.store import Answer

router = APIRouter(tags=["batches"])
Who = Annotated[Caller, Depends(caller_of)]
AT = "/agencies/{agency}/batches"


@router.post(AT, status_code=201, response_model=BatchView)
async def declare(request: Request, agency: AgencyCode, body: DeclareBody, who: Who) -> Response:
    """Say what a batch adds up to. The same again changes nothing, other totals replace it."""
    await who.require(agency, roles=FINANCE)
    account = await who.house.see(MerchantAccount, body.merchant_account, "")
    if account.agency != agency:
        raise NOT_FOUND

    async def do() -> Batch:
        return await commands.declare_batch(who.house, account.id, body.declared(), who.principal)

    id = commands.batch_id(who.house, account.id, body.batch)
    return await _asked(request, who, id, body, do, 201)


@router.get(f"{AT}/{{batch}}", response_model=BatchView)
async def see(request: Request, agency: AgencyCode, batch: UUID, who: Who) -> Response:
    """One batch: what was declared, what its lines add up to, what has come of it."""
    await who.require(agency, roles=ANY_ROLE)
    found = await _batch(who, agency, batch)
    return shown(request, batch_view(found), found)


@router.post(f"{AT}/{{batch}}/credits", response_model=BatchView)
async def credit(
    request: Request, agency: AgencyCode, batch: UUID, body: BatchCreditBody, who: Who
) -> Response:
    """Book a bank credit as its payout; all that it settled is in the bank once all has come."""
    others = [await _batch(who, agency, other) for other in body.with_batches]
    missing = Missing(
        charge=Money(body.charge, body.currency) if body.charge else None, claim=body.claim,
        over=body.over,
    )  # fmt: skip

    async def do() -> Batch:
        ids = [batch, *(other.id for other in others)]
        found = await commands.credit_batches(
            who.house, agency, ids, body.line(), who.principal, missing
        )
        return found[0]

    return await _of(request, who, agency, batch, body, do)


@router.post(f"{AT}/{{batch}}/credits/reverse", response_model=BatchView)
async def reverse(
    request: Request, agency: AgencyCode, batch: UUID, body: ReversedCreditBody, who: Who
) -> Response:
    """The bank took a credit back: every batch that shared it expects its part again."""

    async def do() -> Batch:
        bank = await _bank(who, agency, batch, body.account)
        return await commands.reverse_batch_credit(
            who.house, agency, batch, bank, body.reference, body.booked_on, body.reason,
            who.principal,
        )  # fmt: skip

    return await _of(request, who, agency, batch, body, do)


@router.post(f"{AT}/{{batch}}/credits/undo", response_model=BatchView)
async def undo(
    request: Request, agency: AgencyCode, batch: UUID, body: NamedCreditBody, who: Who
) -> Response:
    """A credit was not its payout: it waits in suspense, and may be another batch's."""

    async def do() -> Batch:
        bank = await _bank(who, agency, batch, body.account)
        return await commands.undo_batch_credit(
            who.house, agency, batch, bank, body.reference, body.reason, who.principal
        )

    return await _of(request, who, agency, batch, body, do)


@router.post(f"{AT}/{{batch}}/recoveries", response_model=BatchView)
async def recover(
    request: Request, agency: AgencyCode, batch: UUID, body: PayoutBody, who: Who
) -> Response:
    """What a credit was short of came after all, as a credit of its own."""

    async def do() -> Batch:
        return await commands.recover_claim(who.house, agency, batch, body.line(), who.principal)

    return await _of(request, who, agency, batch, body, do)


@router.post(f"{AT}/{{batch}}/carry", response_model=BatchView)
async def carry(request: Request, agency: AgencyCode, batch: UUID, who: Who) -> Response:
    """A negative batch is to be netted in a later one."""

    async def do() -> Batch:
        return await commands.carry_forward(who.house, batch, who.principal)

    return await _of(request, who, agency, batch, None, do)


@router.post(f"{AT}/{{batch}}/take-up", response_model=BatchView)
async def take_up(
    request: Request, agency: AgencyCode, batch: UUID, body: TakeUpBody, who: Who
) -> Response:
    """What an earlier batch owes was taken off this one."""
    source = await _batch(who, agency, body.source)

    async def do() -> Batch:
        amount = Money(body.amount, source.currency)
        return await commands.take_up(
            who.house, batch, source.id, amount, body.occurred_at, who.principal
        )

    return await _of(request, who, agency, batch, body, do)


@router.post(f"{AT}/{{batch}}/pay", response_model=BatchView)
async def pay(
    request: Request, agency: AgencyCode, batch: UUID, body: PayoutBody, who: Who
) -> Response:
    """The bank debited what a negative batch owes."""

    async def do() -> Batch:
        return await commands.pay_negative(
            who.house, agency, batch, body.bank_account(), body.reference, body.money(),
            body.booked_on, who.principal,
        )  # fmt: skip

    return await _of(request, who, agency, batch, body, do)


@router.post(f"{AT}/{{batch}}/to-budget", response_model=BatchView)
async def to_budget(
    request: Request, agency: AgencyCode, batch: UUID, body: ToBudgetBody, who: Who
) -> Response:
    """It went straight into the State budget account."""

    async def do() -> Batch:
        found = await _batch(who, agency, batch)
        amount = Money(body.amount, found.currency)
        return await commands.to_budget(
            who.house, batch, body.reference, amount, body.booked_on, who.principal
        )

    return await _of(request, who, agency, batch, body, do)


@router.post(f"{AT}/{{batch}}/lines/undo", response_model=BatchView)
async def unsettle(
    request: Request, agency: AgencyCode, batch: UUID, body: LinesBody, who: Who
) -> Response:
    """Lines were not what they were booked as: the exact reverse of their booking."""

    async def do() -> Batch:
        return await commands.unsettle_lines(
            who.house, batch, body.lines, body.reason, who.principal
        )

    return await _of(request, who, agency, batch, body, do)


async def _of(
    request: Request, who: Caller, agency: str, batch: UUID, body: BaseModel | None,
    do: Callable[[], Awaitable[Batch]],
) -> Response:  # fmt: skip
    await who.require(agency, roles=FINANCE)
    await _batch(who, agency, batch)
    return await _asked(request, who, batch, body, do, 200)


async def _asked(
    request: Request, who: Caller, id: UUID, body: BaseModel | None,
    do: Callable[[], Awaitable[Batch]], status: int,
) -> Response:  # fmt: skip
    """What is done is recorded under commands of its own; the request, once it all is."""
    act = act_of(request, who, body)
    done: Done[Batch] | None = await who.house.before(act)

    async def doing() -> Decision[Batch]:
        return Decision(await do())

    def answer(found: Batch) -> Answer:
        at = f"/v1/agencies/{found.agency}/batches/{found.id}"
        return made(batch_view(found), at, status)

    async def again() -> Answer:
        return answer(await who.house.see(Batch, id, ""))

    done = done or await who.house.settle(act, doing, answer)
    return await respond(who, done, answer, again)


async def _batch(who: Caller, agency: str, id: UUID) -> Batch:
    await who.require(agency, roles=ANY_ROLE)
    found = await who.house.see(Batch, id, "")
    if found.agency != agency:
        raise NOT_FOUND
    return found


async def _bank(who: Caller, agency: str, batch: UUID, account: BankAccountOfAgency) -> UUID:
    found = await _batch(who, agency, batch)
    return who.house.store.ids.bank_account(agency, account.bank, account.number, found.currency)
