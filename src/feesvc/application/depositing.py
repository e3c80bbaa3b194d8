"""Depositing: cash that is taken at a counter, and paid into the agency's bank account."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from feesvc.application.custody import custody_of, new_reference, order_id, owner_of
from feesvc.application.holdings import holdings
from feesvc.application.house import Act, Decision, Done, House
from feesvc.application.owing import by_assessment
from feesvc.application.remitting import account_for
from feesvc.domain.aggregate import Aggregate, Refusal
from feesvc.domain.assessment import Assessment
from feesvc.domain.bank_order import NothingToSend
from feesvc.domain.cash_deposit import MOST, CashDeposit, Taking
from feesvc.domain.origin import Origin
from feesvc.domain.placement import Placement
from feesvc.domain.transfer import Transfer
from feesvc.money import Money
from feesvc.store import Answer

Tell: TypeAlias = Callable[[CashDeposit], Answer] | None


class MoreThanIsOpen(Refusal):
    """More cash than is owed: the payer is given change, and nothing more is taken"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CashPaid:
    """Cash that an officer counted at a desk for one assessment; ``slip`` is the desk's own number
    for it, unique on the desk. ``amount`` in the assessment's currency.
    """

    assessment: UUID
    desk: str
    slip: str
    amount: Money
    paid_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDeposit:
    """All cash of one desk in one currency that was not handed in, up to 500 takings."""

    agency: str
    desk: str
    currency: str


def desk_id(house: House, agency: str, desk: str) -> UUID:
    """A cash desk is the account on which cash stands."""
    return house.store.ids.of("cash_desk", agency, desk)


async def take_cash(
    house: House, act: Act, paid: CashPaid, answer: Callable[[Transfer], Answer] | None = None
) -> Done[Transfer]:
    """Cash pays an assessment (P06k). The same desk and slip again books nothing new.

    Raises ``MoreThanIsOpen``. A POS terminal is no cash: it is an intermediary like any other.
    """

    async def decide() -> Decision[Transfer]:
        assessment = await house.one(Assessment, paid.assessment, f"assessment {paid.assessment}")
        desk = desk_id(house, assessment.agency, paid.desk)
        id = house.store.ids.transfer(desk, paid.slip)
        known = (await house.store.load([id])).get(id)
        if isinstance(known, Transfer):
            if known.amount != paid.amount:
                raise MoreThanIsOpen(f"slip {paid.slip} is of {known.amount}")
            return Decision(known)
        open_now = assessment.outstanding
        if paid.amount.currency != open_now.currency or paid.amount.amount > open_now.amount:
            raise MoreThanIsOpen(f"{open_now} is open")
        return Decision(*await _taken(house, act, paid, assessment, desk))

    return await house.settle(act, decide, answer)


async def _taken(
    house: House, act: Act, paid: CashPaid, assessment: Assessment, desk: UUID
) -> tuple[Transfer, list[Aggregate]]:
    owner = await owner_of(house, assessment.agency)
    transfer = Transfer.first(
        Transfer.Received, house.store.ids.transfer(desk, paid.slip), act.at,
        agency=assessment.agency, source="counter", evidence="", reference=paid.slip,
        origin=Origin(
            via="cash", intermediary="", account=desk, transaction=paid.slip, payment=None
        ),
        amount=paid.amount, occurred_at=paid.paid_at,
    )  # fmt: skip
    placements = [
        Placement(
            to="line", amount=Money(part, assessment.currency), assessment=assessment.id,
            line=number, kind=assessment.lines[number].kind, beneficiary=assessment.agency,
        )
        for number, part in assessment.fill(paid.amount.amount, owner.filling_order_on(act.day))
    ]  # fmt: skip
    transfer.place(placements, paid.paid_at, act.at)
    amounts = by_assessment(placements)[assessment.id]
    assessment.collect(assessment.agency, transfer.id, amounts, paid.paid_at, act.at)
    return transfer, [transfer, assessment]


async def hand_in(
    house: House, act: Act, new: NewDeposit, answer: Tell = None
) -> Done[CashDeposit]:
    """An officer takes a desk's cash to the bank. Raises ``NothingToSend``."""

    async def decide() -> Decision[CashDeposit]:
        account = await account_for(house, act, new.agency, "bank", new.currency)
        custody = await custody_of(house, act, new.agency)
        under_way = [id for id, kind in custody.open.items() if kind == "cash_deposit"]
        gone = {
            one.transfer
            for deposit in (await house.store.peek(under_way)).values()
            if isinstance(deposit, CashDeposit)
            for one in deposit.takings
        }
        takings = await _takings(house, new, gone)
        reference = await new_reference(house, "cash_deposit")
        deposit = CashDeposit.hand_in(
            order_id(house, "cash_deposit", reference), new.agency, act.principal, new.desk,
            reference, account, takings, act.at,
        )  # fmt: skip
        custody.draw("cash_deposit", deposit.id, act.at)
        return Decision(deposit, [deposit, custody])

    return await house.settle(act, decide, answer)


async def withdraw_deposit(
    house: House, act: Act, id: UUID, reason: str, answer: Tell = None
) -> Done[CashDeposit]:
    """It was not paid in: the cash waits for another deposit."""

    async def decide() -> Decision[CashDeposit]:
        deposit = await house.one(CashDeposit, id, f"cash deposit {id}")
        custody = await custody_of(house, act, deposit.agency)
        deposit.withdraw(act.principal, reason, act.at)
        custody.end(id, act.at)
        return Decision(deposit, [deposit, custody])

    return await house.settle(act, decide, answer)


async def credited(
    house: House, act: Act, deposit: CashDeposit, amount: Money, bank_reference: str,
    occurred_at: datetime,
) -> list[Aggregate]:  # fmt: skip
    """The bank credited it (P06l): its transfers are in the bank, and so the lines they pay."""
    deposit.credit(amount, bank_reference, occurred_at, act.at)
    custody = await custody_of(house, act, deposit.agency)
    custody.end(deposit.id, act.at)
    changed: dict[UUID, Aggregate] = {deposit.id: deposit, custody.id: custody}
    transfers = await house.store.load([one.transfer for one in deposit.takings])
    for transfer in transfers.values():
        assert isinstance(transfer, Transfer)
        transfer.bank(occurred_at, act.at)
        changed[transfer.id] = transfer
        lines = by_assessment(list(transfer.buckets))
        missing = [id for id in lines if id not in changed]
        changed |= await house.store.load(missing)
        for id in lines:
            assessment = changed[id]
            assert isinstance(assessment, Assessment)
            assessment.bank(transfer.id, occurred_at, act.at)
    return list(changed.values())


async def _takings(house: House, new: NewDeposit, gone: set[UUID]) -> list[Taking]:
    desk = desk_id(house, new.agency, new.desk)
    books = await holdings(house)
    waiting = await books.waiting(new.agency, "cash", new.currency, None, MOST + len(gone))
    ids = [one.transfer for one in waiting if one.transfer not in gone]
    found = [
        Taking(transfer=one.id, amount=one.amount)
        for one in (await house.store.peek(ids)).values()
        if isinstance(one, Transfer) and one.origin.account == desk and not one.in_bank
    ]
    if not found:
        raise NothingToSend(f"no cash waits at desk {new.desk}")
    return found[:MOST]
