"""Bank orders: lines of the agency's own accounts that name an order of ours, and what they book.

Statements take their lines through the same commands. The same account and bank reference again
books nothing; a line that does not fit the order it names opens a case and books nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from feesvc.application.bank_accounts import midnight
from feesvc.application.cases import case_of, open_case
from feesvc.application.custody import custody_of, order_id, owner_of
from feesvc.application.depositing import credited
from feesvc.application.forwarded import arrive
from feesvc.application.forwarding import undo_forwarded
from feesvc.application.house import Act, Decision, House
from feesvc.application.remitted import undo_remitted
from feesvc.domain.accounts import BankAccount, Purpose
from feesvc.domain.agency import Agency
from feesvc.domain.aggregate import Aggregate, Refusal
from feesvc.domain.bank_order import AnotherAmount, NotThere, orders_in
from feesvc.domain.cash_deposit import CashDeposit
from feesvc.domain.custody_move import CustodyMove, MoveKind
from feesvc.domain.finding import CaseSubject, Finding
from feesvc.domain.forwarding import Forwarding
from feesvc.domain.remittance import Remittance
from feesvc.money import Money

PURPOSES: Sequence[Purpose] = (
    "collection", "treasury_deposit", "treasury_custody", "treasury_fees",
)  # fmt: skip


BOOKED_BY: Mapping[MoveKind, tuple[str, Purpose]] = {
    "retained_to_deposit": ("debit", "collection"),
    "retained_to_deposit_from_fees": ("debit", "treasury_fees"),
    "retained_back": ("credit", "collection"),
    "whole_from_retained": ("credit", "collection"),
    "whole_from_estimate": ("credit", "collection"),
    "invoice_paid": ("debit", "treasury_deposit"),
    "advance_to_custody": ("debit", "collection"),
    "fees_to_treasury": ("debit", "collection"),
}
"""The line of which account books a move; the other account's line only agrees with it."""


class NoSuchOrder(Refusal):
    """The line names no order of ours, or several; nothing was booked"""


class LineContradicts(Refusal):
    """The line does not fit the order that it names: a case was opened, and nothing was booked"""


class NotAnAccount(Refusal):
    """The agency never named that account as its own"""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """One line of an account. ``amount`` is positive; ``narrative`` names the order."""

    account: BankAccount
    reference: str
    amount: Money
    booked_on: date
    narrative: str

    @property
    def occurred_at(self) -> datetime:
        return midnight(self.booked_on)


async def take_order_debit(house: House, agency: str, line: OrderLine, principal: str) -> Aggregate:
    """The account was debited for an order: a remittance (P16b, P16f, P16h), a forwarding (P20b,
    P20f, P20i), a move between own accounts. Gives the order.
    """

    async def book(act: Act, order: Aggregate) -> list[Aggregate]:
        changed: list[Aggregate] = [order]
        match order:
            case Remittance() | Forwarding():
                _check_account(line, order.debited)
                order.debit(line.amount, line.reference, line.occurred_at, act.at)
                if isinstance(order, Forwarding) and order.kind == "collector":
                    changed.append(await _ended(house, act, order))
            case CustodyMove():
                return await _moved(house, act, order, line, "debit")
            case _:
                raise NotThere("a debit does not pay it")
        return changed

    return await _take(house, agency, line, principal, "order_debit", book)


async def take_order_credit(
    house: House, agency: str, line: OrderLine, principal: str
) -> Aggregate:
    """The account was credited: forwarded money arrived (P20d, P20j) or came back, a remittance
    was returned (P16c, a case T05), cash was paid in (P06l), own money was moved. Gives the order.
    """

    async def book(act: Act, order: Aggregate) -> list[Aggregate]:
        match order:
            case Forwarding() if order.beneficiary == agency:
                return await arrive(house, act, order, line.amount, line.reference, _at(line))
            case Forwarding() if order.agency == agency:
                order.give_back(line.amount, line.reference, "returned_by_bank", _at(line), act.at)
                return [order, *await undo_forwarded(house, order, act)]
            case Remittance():
                _check_account(line, order.debited)
                return await _returned(house, act, order, line)
            case CashDeposit():
                _check_account(line, order.account)
                return await credited(house, act, order, line.amount, line.reference, _at(line))
            case CustodyMove():
                return await _moved(house, act, order, line, "credit")
            case _:
                raise NotThere("a credit does not belong to it")

    return await _take(house, agency, line, principal, "order_credit", book)


async def _take(
    house: House, agency: str, line: OrderLine, principal: str, what: str,
    book: Callable[[Act, Aggregate], Awaitable[list[Aggregate]]],
) -> Aggregate:  # fmt: skip
    account = _own_account(house, await owner_of(house, agency), line.account)
    fact = house.store.ids.of("fact", str(account), what, line.reference)
    act = Act(id=fact, principal=principal, at=house.now())
    id = await _named(house, agency, line)
    if await house.store.find(fact) is None:

        async def decide() -> Decision[None]:
            order = (await house.store.load([id]))[id]
            return Decision(None, await book(act, order))

        try:
            await house.take(act, decide)
        except (NotThere, AnotherAmount) as why:
            await _contradict(house, act, agency, id, line, str(why))
    return (await house.store.peek([id]))[id]


async def orders_named(house: House, agency: str, narrative: str) -> list[Aggregate]:
    """The orders that a bank's text names, of this agency or forwarded to it."""
    ids = [order_id(house, *named) for named in dict.fromkeys(orders_in(narrative))]
    found = await house.store.peek(ids) if ids else {}
    return [
        order for order in found.values()
        if order.agency == agency
        or (isinstance(order, Forwarding) and order.beneficiary == agency)
    ]  # fmt: skip


async def _named(house: House, agency: str, line: OrderLine) -> UUID:
    """The one order that the narrative names."""
    found = await orders_named(house, agency, line.narrative)
    if len(found) != 1:
        raise NoSuchOrder(line.reference)
    return found[0].id


async def _returned(house: House, act: Act, order: Remittance, line: OrderLine) -> list[Aggregate]:
    if order.state == "approved":  # the debit was not told yet: it went out, and came back
        order.debit(line.amount, f"{line.reference} out", line.occurred_at, act.at)
    order.give_back(line.amount, line.reference, "returned_by_bank", line.occurred_at, act.at)
    undone = await undo_remitted(house, order, act.at)
    finding = Finding(
        agency=order.agency, code="T05", subject=CaseSubject(kind="order", id=order.id),
        at_risk=line.amount, discriminator=line.reference, facts={"remittance": order.reference},
    )  # fmt: skip
    return [order, *undone, *await case_of(house, act, finding)]


async def _moved(
    house: House, act: Act, order: CustodyMove, line: OrderLine, direction: str
) -> list[Aggregate]:
    """One side of a move books it; what the other account says of it is no news."""
    owner = await owner_of(house, order.agency)
    booking, purpose = BOOKED_BY[order.kind]
    if direction != booking or line.account not in owner.ever_held(purpose):
        if line.amount != order.amount:
            raise AnotherAmount(f"{order.reference} is of {order.amount}, not {line.amount}")
        return [order]
    order.book(line.amount, line.reference, line.occurred_at, act.at)
    return [order, await _ended(house, act, order)]


async def _ended(house: House, act: Act, order: Aggregate) -> Aggregate:
    custody = await custody_of(house, act, order.agency)
    custody.end(order.id, act.at)
    return custody


async def _contradict(
    house: House, act: Act, agency: str, id: UUID, line: OrderLine, why: str
) -> None:
    """A second debit of a remittance is T07, what else does not fit one T03, other debits B11."""
    order = (await house.store.peek([id]))[id]
    code = "B11"
    if isinstance(order, Remittance):
        code = "T07" if order.state in ("debited", "confirmed") else "T03"
    finding = Finding(
        agency=agency, code=code, subject=CaseSubject(kind="order", id=id), at_risk=line.amount,
        discriminator=line.reference,
        facts={"line": line.reference, "said": str(line.amount), "why": why},
    )  # fmt: skip
    await open_case(house, act, finding)
    raise LineContradicts(why)


def _own_account(house: House, owner: Agency, account: BankAccount) -> UUID:
    if not any(account in owner.ever_held(purpose) for purpose in PURPOSES):
        raise NotAnAccount(f"{account.bank} in {account.currency} of {owner.agency}")
    return house.store.ids.bank_account(
        owner.agency, account.bank, account.number, account.currency
    )


def _check_account(line: OrderLine, expected: BankAccount) -> None:
    if line.account != expected:
        raise AnotherAmount(f"the account at {expected.bank} was to be used")


def _at(line: OrderLine) -> datetime:
    return line.occurred_at
