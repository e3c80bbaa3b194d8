"""Batch forms: what requests about settlement batches say, and how a batch is shown."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field, StrictInt

from feesvc.api.bank_credits import BankAccountOfAgency
from feesvc.api.wire import Amount, Body, Code, Currency, Day, Id, Moment, MoneyView, Reason, View
from feesvc.api.wire import text as text_of
from feesvc.application.bank_credits import BankCredit
from feesvc.application.batches import Declared
from feesvc.domain.accounts import BankAccount
from feesvc.domain.batch import Batch
from feesvc.domain.batch_credit import BatchCredit
from feesvc.money import LARGEST, Money

Signed = Annotated[StrictInt, Field(ge=-LARGEST, le=LARGEST)]


class DeclareBody(Body):
    """Minor units, payouts left out; ``gross`` less ``commission`` and ``tax`` is ``net``."""

    merchant_account: Id
    batch: Code
    currency: Currency
    gross: Signed
    commission: Signed = 0
    tax: Signed = 0
    net: Signed
    count: Annotated[StrictInt, Field(ge=0, le=10_000_000)]
    settled_on: Day

    def declared(self) -> Declared:
        return Declared(**self.model_dump(exclude={"merchant_account"}))


class PayoutBody(Body):
    """One line of a bank account. ``reference`` is the bank's own, unique on the account."""

    account: BankAccountOfAgency
    reference: text_of(140)  # type: ignore[valid-type]
    amount: Amount
    currency: Currency
    booked_on: Day

    def bank_account(self) -> BankAccount:
        return BankAccount(
            bank=self.account.bank, number=self.account.number, currency=self.currency
        )

    def money(self) -> Money:
        return Money(self.amount, self.currency)

    def line(self) -> BankCredit:
        return BankCredit(
            account=self.bank_account(), reference=self.reference, amount=self.money(),
            booked_on=self.booked_on, value_on=self.booked_on,
        )  # fmt: skip


class BatchCreditBody(PayoutBody):
    """A credit that is the batch's, and that of the batches ``with_batches``, in this order.

    ``charge`` in minor units was the bank's own, within its tariff; ``claim`` claims what is
    missing then; ``over`` lets what is too much wait in suspense.
    """

    with_batches: list[Id] = Field(default=[], max_length=100)
    charge: Amount | None = None
    claim: bool = False
    over: bool = False


class NamedCreditBody(Body):
    """A credit of the batch by the bank's reference."""

    account: BankAccountOfAgency
    reference: text_of(140)  # type: ignore[valid-type]
    reason: Reason


class ReversedCreditBody(NamedCreditBody):
    """The bank took it back on ``booked_on``."""

    booked_on: Day


class TakeUpBody(Body):
    """``amount`` that the batch ``source`` owes was taken off this one."""

    source: Id
    amount: Amount
    occurred_at: Moment


class ToBudgetBody(Body):
    """It went straight into the State budget account; ``reference`` is the Treasury's."""

    reference: text_of(140)  # type: ignore[valid-type]
    amount: Amount
    booked_on: Day


class LinesBody(Body):
    """Lines of the batch by their names."""

    lines: list[text_of(300)] = Field(min_length=1, max_length=1000)  # type: ignore[valid-type]
    reason: Reason


class PartView(View):
    """A bank credit's part in the batch."""

    bank_account: UUID
    reference: str
    whole: MoneyView
    amount: MoneyView
    short: MoneyView
    charge: MoneyView
    batches: list[UUID]


class DeclaredView(View):
    gross: MoneyView
    commission: MoneyView
    tax: MoneyView
    net: MoneyView
    count: int
    settled_on: str
    statement: UUID | None


class BatchView(View):
    """``settled``: what its ``lines`` booked add up to. ``residual``: what was declared beyond
    that. ``outstanding``: what has not come. ``in_transit``: what the ledger holds of it on 1210.
    """

    id: UUID
    agency: str
    merchant_account: UUID
    intermediary: str
    batch: str
    currency: str
    declared: DeclaredView | None
    lines: int
    lines_by_kind: dict[str, MoneyView]
    settled: MoneyView
    residual: MoneyView
    arrived: MoneyView
    outstanding: MoneyView
    in_transit: MoneyView
    claimed: MoneyView
    reserved: MoneyView
    carried: bool
    in_full: bool
    credits: list[PartView]


def batch_view(batch: Batch) -> BatchView:
    def money(amount: int) -> MoneyView:
        return MoneyView(amount=amount, currency=batch.currency)

    kinds: dict[str, int] = {}
    for line in batch.lines.values():
        kinds[line.kind] = kinds.get(line.kind, 0) + line.net.amount
    return BatchView(
        id=batch.id, agency=batch.agency, merchant_account=batch.origin.account,
        intermediary=batch.origin.intermediary, batch=batch.origin.batch, currency=batch.currency,
        declared=_declared(batch), lines=len(batch.lines),
        lines_by_kind={kind: money(amount) for kind, amount in sorted(kinds.items())},
        settled=money(batch.settled_net), residual=money(batch.residual),
        arrived=money(batch.arrived), outstanding=money(batch.outstanding),
        in_transit=money(batch.in_transit), claimed=money(batch.claimed),
        reserved=money(batch.reserved), carried=batch.carried, in_full=batch.in_full,
        credits=[_part(credit) for credit in batch.credits.values()],
    )  # fmt: skip


def _declared(batch: Batch) -> DeclaredView | None:
    said = batch.declared
    if said is None:
        return None
    return DeclaredView(
        gross=MoneyView.of(said.gross), commission=MoneyView.of(said.commission),
        tax=MoneyView.of(said.tax), net=MoneyView.of(said.net), count=said.count,
        settled_on=said.settled_on.isoformat(), statement=said.statement,
    )  # fmt: skip


def _part(credit: BatchCredit) -> PartView:
    return PartView(
        bank_account=credit.bank_account, reference=credit.reference,
        whole=MoneyView.of(credit.whole), amount=MoneyView.of(credit.amount),
        short=MoneyView.of(credit.short), charge=MoneyView.of(credit.charge),
        batches=list(credit.batches),
    )  # fmt: skip
