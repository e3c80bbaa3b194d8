"""Order lines over HTTP: a bank line that names an order of the agency, booked once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from feesvc.api.bank_credits import AsTold, BankAccountOfAgency
from feesvc.api.callers import FINANCE, Caller, caller_of
from feesvc.api.idempotency import act_of, respond
from feesvc.api.telling import made
from feesvc.api.wire import AgencyCode, Amount, Body, Currency, Day, View, text
from feesvc.application import bank_orders as commands
from feesvc.application.house import Decision, Done, House
from feesvc.domain.accounts import BankAccount
from feesvc.domain.aggregate import Aggregate
from feesvc.domain.cash_deposit import CashDeposit
from feesvc.domain.custody_move import CustodyMove
from feesvc.domain.forwarding import Forwarding
from feesvc.domain.remittance import Remittance
from feesvc.money import Money
from feesvc.store import Answer

router = APIRouter(tags=["order lines"])
Who = Annotated[Caller, Depends(caller_of)]
Kind: TypeAlias = Literal["remittance", "forwarding", "custody_move", "cash_deposit"]
PATHS: dict[Kind, str] = {
    "remittance": "remittances", "forwarding": "forwardings", "custody_move": "custody-moves",
    "cash_deposit": "cash-deposits",
}  # fmt: skip


class OrderLineBody(Body):
    """``reference`` is the bank's own, unique on the account; ``narrative`` names the order.

    The amount is positive; days are Asia/Ho_Chi_Minh.
    """

    account: BankAccountOfAgency
    reference: text(140)  # type: ignore[valid-type]
    amount: Amount
    currency: Currency
    booked_on: Day
    narrative: AsTold

    def line(self) -> commands.OrderLine:
        return commands.OrderLine(
            account=BankAccount(
                bank=self.account.bank, number=self.account.number, currency=self.currency
            ),
            reference=self.reference, amount=Money(self.amount, self.currency),
            booked_on=self.booked_on, narrative=self.narrative,
        )  # fmt: skip


class OrderView(View):
    """The order that the line belongs to, and how it stands."""

    id: UUID
    kind: Kind
    agency: str
    reference: str
    state: str


def view(order: Aggregate) -> OrderView:
    assert isinstance(order, Remittance | Forwarding | CustodyMove | CashDeposit)
    kind: Kind = order.TOPIC  # type: ignore[assignment]
    return OrderView(
        id=order.id, kind=kind, agency=order.agency, reference=order.reference, state=order.state
    )


@router.post("/agencies/{agency}/order-debits", response_model=OrderView)
async def debit(request: Request, agency: AgencyCode, body: OrderLineBody, who: Who) -> Response:
    """The bank or the Treasury paid an order. A line that does not fit it opens a case."""
    return await _take(request, agency, body, who, commands.take_order_debit)


@router.post("/agencies/{agency}/order-credits", response_model=OrderView)
async def credit(request: Request, agency: AgencyCode, body: OrderLineBody, who: Who) -> Response:
    """Money came that an order tells of: forwarded to us, brought back, paid in, or moved here."""
    return await _take(request, agency, body, who, commands.take_order_credit)


async def _take(
    request: Request, agency: str, body: OrderLineBody, who: Caller,
    take: Callable[[House, str, commands.OrderLine, str], Awaitable[Aggregate]],
) -> Response:  # fmt: skip
    await who.require(agency, roles=FINANCE)
    act = act_of(request, who, body)
    done: Done[Aggregate] | None = await who.house.before(act)

    async def taken() -> Decision[Aggregate]:
        return Decision(await take(who.house, agency, body.line(), who.principal))

    def answer(order: Aggregate) -> Answer:
        told = view(order)
        return made(told, f"/v1/{PATHS[told.kind]}/{told.id}", 200)

    async def again() -> Answer:
        return answer((await taken()).result)

    done = done or await who.house.settle(act, taken, answer)
    return await respond(who, done, answer, again)
