"""Bank debits over HTTP: one debit line of an agency's own bank account, and the refund it paid."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from feesvc.api.bank_credits import AsTold, BankAccountOfAgency
from feesvc.api.callers import FINANCE, Caller, caller_of
from feesvc.api.idempotency import act_of, respond
from feesvc.api.refunds import RefundView
from feesvc.api.refunds import view as refund_view
from feesvc.api.telling import made
from feesvc.api.wire import AgencyCode, Amount, Body, Currency, Day, text
from feesvc.application import bank_debits as commands
from feesvc.application.house import Decision, Done
from feesvc.domain.accounts import BankAccount
from feesvc.domain.refund import Refund
from feesvc.money import Money
from feesvc.store import Answer

router = APIRouter(tags=["bank debits"])
Who = Annotated[Caller, Depends(caller_of)]


class BankDebitBody(Body):
    """``reference`` is the bank's own, unique on the account; ``narrative``, or the end-to-end id,
    names the refund. The amount is positive; days are Asia/Ho_Chi_Minh.
    """

    account: BankAccountOfAgency
    reference: text(140)  # type: ignore[valid-type]
    amount: Amount
    currency: Currency
    booked_on: Day
    narrative: AsTold

    def line(self) -> commands.BankDebit:
        return commands.BankDebit(
            account=BankAccount(
                bank=self.account.bank, number=self.account.number, currency=self.currency
            ),
            reference=self.reference, amount=Money(self.amount, self.currency),
            booked_on=self.booked_on, narrative=self.narrative,
        )  # fmt: skip


@router.post("/agencies/{agency}/bank-debits", response_model=RefundView)
async def take(request: Request, agency: AgencyCode, body: BankDebitBody, who: Who) -> Response:
    """The bank paid a refund. The same account and bank reference is booked once for good.

    A debit that does not fit the refund it names is not booked: it opens a case.
    """
    await who.require(agency, roles=FINANCE)
    act = act_of(request, who, body)
    done: Done[Refund] | None = await who.house.before(act)

    async def taken() -> Decision[Refund]:
        line = body.line()
        return Decision(await commands.take_bank_debit(who.house, agency, line, who.principal))

    def answer(refund: Refund) -> Answer:
        return made(refund_view(refund), f"/v1/refunds/{refund.id}", 200)

    async def again() -> Answer:
        return answer((await taken()).result)

    done = done or await who.house.settle(act, taken, answer)
    return await respond(who, done, answer, again)
