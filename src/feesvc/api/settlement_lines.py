"""Settlement lines over HTTP: one line of what an intermediary says that it paid out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field, StrictInt

from feesvc.api.callers import FINANCE, Caller, caller_of
from feesvc.api.idempotency import act_of, respond
from feesvc.api.telling import made
from feesvc.api.wire import Body, Code, Currency, Moment, View, text
from feesvc.application import settlements
from feesvc.application.house import Decision, Done
from feesvc.domain.merchant_account import MerchantAccount
from feesvc.intermediary import LineKind, SettlementLine
from feesvc.money import LARGEST, Money
from feesvc.store import Answer

router = APIRouter(tags=["merchant accounts"])
Who = Annotated[Caller, Depends(caller_of)]
Signed = Annotated[StrictInt, Field(ge=-LARGEST, le=LARGEST)]


class SettlementLineBody(Body):
    """Signed minor units: what adds to the payout is plus, so a commission withheld is negative.

    ``gross``, ``commission`` and ``tax`` make ``net``. ``native_id`` is the line's own name at the
    intermediary, ``transaction`` the transfer's; ``at`` has a time zone.
    """

    batch: Code
    kind: LineKind = "payment"
    native_id: text(140)  # type: ignore[valid-type]
    transaction: text(140, 0) = ""  # type: ignore[valid-type]
    reference: text(140, 0) = ""  # type: ignore[valid-type]
    gross: Signed
    commission: Signed = 0
    tax: Signed = 0
    net: Signed
    currency: Currency
    at: Moment

    def line(self) -> SettlementLine:
        at: datetime = self.at
        return SettlementLine(
            kind=self.kind, native_id=self.native_id, transaction=self.transaction,
            reference=self.reference, gross=Money(self.gross, self.currency),
            commission=Money(self.commission, self.currency), tax=Money(self.tax, self.currency),
            net=Money(self.net, self.currency), at=at,
        )  # fmt: skip


class LineTakenView(View):
    """``left``: nothing is booked; it waits for matching or a person, and shows in its batch."""

    batch: str
    native_id: str
    state: settlements.LineTaken
    transfer: UUID | None


@router.post("/merchant-accounts/{id}/settlement-lines", response_model=LineTakenView)
async def take(request: Request, id: UUID, body: SettlementLineBody, who: Who) -> Response:
    """Take one settlement line, exactly as a document's lines are; the same line is booked once."""
    account = await who.house.see(MerchantAccount, id, "")
    await who.require(account.agency, roles=FINANCE)
    act = act_of(request, who, body)
    done: Done[settlements.LineTaken] | None = await who.house.before(act)
    transfer = who.house.store.ids.transfer(id, body.transaction) if body.transaction else None

    async def taken() -> Decision[settlements.LineTaken]:
        line = body.line()
        return Decision(
            await settlements.take_settlement_line(who.house, id, body.batch, line, who.principal)
        )

    def answer(state: settlements.LineTaken) -> Answer:
        said = LineTakenView(
            batch=body.batch, native_id=body.native_id, state=state,
            transfer=None if state == "left" else transfer,
        )  # fmt: skip
        return made(said, f"/v1/merchant-accounts/{id}", 200)

    async def again() -> Answer:
        return answer((await taken()).result)

    done = done or await who.house.settle(act, taken, answer)
    return await respond(who, done, answer, again)
