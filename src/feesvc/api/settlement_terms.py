"""Settlement terms over HTTP: what a merchant account's contract promises, in business days."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field

from feesvc.api.callers import FINANCE, Caller, caller_of
from feesvc.api.idempotency import act_of, respond
from feesvc.api.telling import made
from feesvc.api.wire import Body, Day, View
from feesvc.application import accounts as commands
from feesvc.domain.merchant_account import LONGEST_TERM, MerchantAccount, SettlementTerm
from feesvc.store import Answer

router = APIRouter(tags=["merchant accounts"])
Who = Annotated[Caller, Depends(caller_of)]
Days = Annotated[int, Field(ge=0, le=LONGEST_TERM)]


class TermBody(Body):
    """Business days: from a payment to the settlement that holds it, from that to its credit."""

    settled_within: Days
    credited_within: Days
    effective_on: Day


class TermView(View):
    merchant_account: UUID
    settled_within: int
    credited_within: int
    effective_on: str


@router.post("/merchant-accounts/{id}/settlement-term", response_model=TermView)
async def set_term(request: Request, id: UUID, body: TermBody, who: Who) -> Response:
    """Say what the contract promises from a day on; what is later than that is a case."""
    account = await who.house.see(MerchantAccount, id, "")
    await who.require(account.agency, roles=FINANCE)
    act = act_of(request, who, body)
    told = TermView(merchant_account=id, **body.model_dump(mode="json"))

    def answer(_: MerchantAccount) -> Answer:
        return made(told, f"/v1/merchant-accounts/{id}", 200)

    async def again() -> Answer:
        return made(told, f"/v1/merchant-accounts/{id}", 200)

    term = SettlementTerm(settled_within=body.settled_within, credited_within=body.credited_within)
    done = await commands.set_settlement_term(
        who.house, act, id, term, body.effective_on, answer
    )  # fmt: skip
    return await respond(who, done, answer, again)
