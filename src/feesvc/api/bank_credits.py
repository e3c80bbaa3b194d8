"""Bank credits over HTTP: one credit line of an agency's own bank account, and its reversal."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field

from feesvc.api.callers import FINANCE, NOT_FOUND, Caller, caller_of
from feesvc.api.idempotency import act_of, respond
from feesvc.api.refunds import PlaceView, place_view
from feesvc.api.telling import made
from feesvc.api.wire import (
    AgencyCode,
    Amount,
    Body,
    Code,
    Currency,
    Day,
    MoneyView,
    Reason,
    View,
    text,
)
from feesvc.application import bank_credits as commands
from feesvc.application.house import Decision, Done
from feesvc.domain.accounts import BankAccount
from feesvc.domain.aggregate import Aggregate
from feesvc.domain.batch import Batch
from feesvc.domain.refund import Refund
from feesvc.domain.transfer import Transfer
from feesvc.money import Money
from feesvc.store import Answer

router = APIRouter(tags=["bank credits"])
Who = Annotated[Caller, Depends(caller_of)]
AsTold = Annotated[str, Field(max_length=2000)]
"""As the bank tells it, whatever letters it holds. Personal: kept sealed, in no answer."""


class BankAccountOfAgency(Body):
    """One of the agency's collection accounts, as it was set for the agency."""

    bank: Code
    number: Code


class BankCreditBody(Body):
    """``reference`` is the bank's own, unique on the account; days are Asia/Ho_Chi_Minh.

    ``value_on`` is ``booked_on`` where it is left out.
    """

    account: BankAccountOfAgency
    reference: text(140)  # type: ignore[valid-type]
    amount: Amount
    currency: Currency
    booked_on: Day
    value_on: Day | None = None
    narrative: AsTold = ""
    payer_name: AsTold = ""
    payer_bank: AsTold = ""
    payer_account: AsTold = ""

    def line(self) -> commands.BankCredit:
        return commands.BankCredit(
            account=BankAccount(
                bank=self.account.bank, number=self.account.number, currency=self.currency
            ),
            reference=self.reference, amount=Money(self.amount, self.currency),
            booked_on=self.booked_on, value_on=self.value_on or self.booked_on,
            narrative=self.narrative, payer=self.payer_name, payer_bank=self.payer_bank,
            payer_account=self.payer_account,
        )  # fmt: skip


class BankCreditReversedBody(Body):
    """The bank took the credit back on ``booked_on``; ``reason`` is a code."""

    booked_on: Day
    reason: Reason


class BankCreditView(View):
    """Where the money of a credit stands: on ``transfer``, owed again by a ``refund`` that came
    back, or in the payout of a ``batch``. ``payer`` is the subject that the bank's words of
    whoever paid are kept under; ``payment`` is what the narrative named, if it named one of ours.
    """

    transfer: UUID | None
    refund: UUID | None
    batch: UUID | None = None
    agency: str
    reference: str
    amount: MoneyView
    payment: UUID | None
    payer: UUID | None
    reversed: bool
    placements: list[PlaceView]


@router.post("/agencies/{agency}/bank-credits", status_code=201, response_model=BankCreditView)
async def take(request: Request, agency: AgencyCode, body: BankCreditBody, who: Who) -> Response:
    """Book one credit line. The same account and bank reference is booked once for good."""
    await who.require(agency, roles=FINANCE)
    act = act_of(request, who, body)
    done: Done[Aggregate] | None = await who.house.before(act)

    async def taken() -> Decision[Aggregate]:
        line = body.line()
        return Decision(await commands.take_bank_credit(who.house, agency, line, who.principal))

    def answer(found: Aggregate) -> Answer:
        return _answer(who, found, body.reference, 201)

    async def again() -> Answer:
        return answer((await taken()).result)

    done = done or await who.house.settle(act, taken, answer)
    return await respond(who, done, answer, again)


@router.post("/agencies/{agency}/bank-credits/{id}/reverse", response_model=BankCreditView)
async def reverse(
    request: Request, agency: AgencyCode, id: UUID, body: BankCreditReversedBody, who: Who
) -> Response:
    """The bank took the credit back: the exact reverse of where its money stands."""
    await who.require(agency, roles=FINANCE)
    found = await who.house.see(Transfer, id, "")
    if found.agency != agency:
        raise NOT_FOUND
    act = act_of(request, who, body)
    done: Done[Aggregate] | None = await who.house.before(act)

    async def taken() -> Decision[Aggregate]:
        reversed_now = await commands.reverse_bank_credit(
            who.house, agency, id, body.booked_on, body.reason, who.principal
        )
        return Decision(reversed_now)

    def answer(found: Aggregate) -> Answer:
        assert isinstance(found, Transfer)
        return _answer(who, found, found.origin.transaction, 200)

    async def again() -> Answer:
        return answer(await who.house.see(Transfer, id, ""))

    done = done or await who.house.settle(act, taken, answer)
    return await respond(who, done, answer, again)


def _answer(who: Caller, found: Aggregate, reference: str, status: int) -> Answer:
    if isinstance(found, Refund):
        came_back = BankCreditView(
            transfer=None, refund=found.id, agency=found.agency, reference=reference,
            amount=MoneyView.of(found.amount), payment=None, payer=None, reversed=False,
            placements=[],
        )  # fmt: skip
        return made(came_back, f"/v1/refunds/{found.id}", status)
    if isinstance(found, Batch):
        amounts = [one.whole for one in found.credits.values() if one.reference == reference]
        payout = BankCreditView(
            transfer=None, refund=None, batch=found.id, agency=found.agency, reference=reference,
            amount=MoneyView.of(amounts[0]), payment=None, payer=None, reversed=False,
            placements=[],
        )  # fmt: skip
        return made(payout, f"/v1/agencies/{found.agency}/batches/{found.id}", status)
    assert isinstance(found, Transfer)
    said = BankCreditView(
        transfer=found.id, refund=None, agency=found.agency, reference=reference,
        amount=MoneyView.of(found.amount), payment=found.origin.payment,
        payer=who.house.store.ids.payer(found.id), reversed=found.reversed,
        placements=[place_view(placement) for placement in found.buckets],
    )  # fmt: skip
    return made(said, f"/v1/transfers/{found.id}", status)
