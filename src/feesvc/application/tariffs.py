"""Tariffs: proposed and approved by two people, and held against the commission of each line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from uuid import UUID

from feesvc.application.cases import open_case
from feesvc.application.house import HANOI, Act, Decision, Done, House
from feesvc.domain.aggregate import Aggregate
from feesvc.domain.commission_invoice import CommissionInvoice
from feesvc.domain.finding import CaseSubject, Finding
from feesvc.domain.merchant_account import MerchantAccount
from feesvc.domain.tariff import Tariff, TariffTerms
from feesvc.domain.transfer import Transfer
from feesvc.intermediary import SettlementLine
from feesvc.money import Money
from feesvc.store import Answer


def tariff_id(house: House, account: UUID) -> UUID:
    return house.store.ids.of("tariff", str(account))


async def propose_tariff(
    house: House, act: Act, account_id: UUID, terms: TariffTerms, valid_from: date,
    answer: Callable[[Tariff], Answer] | None = None,
) -> Done[Tariff]:  # fmt: skip
    """Propose what the contract of a merchant account says from a day on.

    Raises ``TariffMalformed``.
    """
    account = await house.see(MerchantAccount, account_id, f"merchant account {account_id}")
    id = tariff_id(house, account_id)

    async def decide() -> Decision[Tariff]:
        found = (await house.store.load([id])).get(id)
        if not isinstance(found, Tariff):
            found = Tariff.open(id, account.agency, account_id, act.at)
        found.propose(terms, valid_from, act.principal, act.at)
        return Decision(found, [found])

    return await house.settle(act, decide, answer)


async def decide_tariff(
    house: House, act: Act, account_id: UUID, do: Callable[[Tariff], None],
    answer: Callable[[Tariff], Answer] | None = None,
) -> Done[Tariff]:  # fmt: skip
    """Record another person's word on a proposal: approved, or rejected."""

    async def decide() -> Decision[Tariff]:
        found = await house.one(Tariff, tariff_id(house, account_id), f"tariff of {account_id}")
        do(found)
        return Decision(found, [found])

    return await house.settle(act, decide, answer)


async def tariff_on(house: House, account: UUID, day: date, currency: str) -> TariffTerms | None:
    """The terms in force on a day, Asia/Ho_Chi_Minh; None where nobody has agreed on any."""
    found = await _tariff(house, account)
    return found.on(day, currency) if found else None


async def bank_charge(house: House, account: UUID, day: date, currency: str) -> int:
    """The most that the bank keeps of one payout, in minor units; 0 without a tariff."""
    terms = await tariff_on(house, account, day, currency)
    return terms.bank_charge if terms else 0


def surcharge_on(tariff: Aggregate | None, owed: Money, day: date) -> Money:
    """What the payer is asked for on top of what is owed: nothing where the agency bears it."""
    terms = tariff.on(day, owed.currency) if isinstance(tariff, Tariff) else None
    return Money(terms.surcharge(owed.amount) if terms else 0, owed.currency)


async def check_commission(
    house: House, account_id: UUID, batch: str, lines: Sequence[tuple[UUID, SettlementLine]],
    principal: str,
) -> int:  # fmt: skip
    """Open S09 for every payment line whose commission or tax is another than the tariff says by
    more than its rounding unit; gives how many. Without a tariff nothing is wrong. What the payer
    paid on top is not counted among what it is taken of.
    """
    tariff = await _tariff(house, account_id)
    wrong = 0
    for transfer, line in lines if tariff else ():
        assert tariff is not None
        terms = tariff.on(_day(line.at), line.net.currency)
        if terms is None:
            continue
        on_top = await _surcharge_of(house, transfer) if terms.borne_by == "payer" else 0
        commission, tax = terms.commission(line.gross.amount - on_top)
        beyond = (-line.commission.amount - commission, -line.tax.amount - tax)
        if max(abs(beyond[0]), abs(beyond[1])) <= terms.unit:
            continue
        wrong += 1
        finding = Finding(
            agency=tariff.agency, code="S09", subject=CaseSubject(kind="transfer", id=transfer),
            at_risk=Money(abs(sum(beyond)), line.net.currency), discriminator=batch,
            facts={
                "batch": batch, "line": line.native_id, "gross": str(line.gross.amount),
                "commission": str(-line.commission.amount), "by_tariff": str(commission),
                "tax": str(-line.tax.amount), "tax_by_tariff": str(tax),
            },
        )  # fmt: skip
        act = house.act(finding.case_id(house.store.ids), principal)
        await open_case(house, act, finding)
    return wrong


async def take_invoice(
    house: House, act: Act, account_id: UUID, number: str, month: str, commission: Money,
    tax: Money, issued_at: datetime, answer: Callable[[CommissionInvoice], Answer] | None = None,
) -> Done[CommissionInvoice]:  # fmt: skip
    """Record a monthly invoice of commission, once per number of the account (P07c).

    Raises ``NothingInvoiced``, ``InvoiceContradicts``.
    """
    account = await house.see(MerchantAccount, account_id, f"merchant account {account_id}")
    id = house.store.ids.of("commission_invoice", str(account_id), number)

    async def decide() -> Decision[CommissionInvoice]:
        found = (await house.store.load([id])).get(id)
        if isinstance(found, CommissionInvoice):
            found.same(month, commission, tax)
            return Decision(found, [found])
        received = CommissionInvoice.receive(
            id, account.agency, account_id, account.intermediary, number, month, commission, tax,
            issued_at, act.at,
        )  # fmt: skip
        return Decision(received, [received])

    return await house.settle(act, decide, answer)


async def _tariff(house: House, account: UUID) -> Tariff | None:
    id = tariff_id(house, account)
    found: Aggregate | None = (await house.store.peek([id])).get(id)
    return found if isinstance(found, Tariff) else None


async def _surcharge_of(house: House, transfer: UUID) -> int:
    """What its payer paid on top of what was owed, in minor units."""
    found = (await house.store.peek([transfer])).get(transfer)
    return found.surcharge if isinstance(found, Transfer) else 0


def _day(moment: datetime) -> date:
    return moment.astimezone(HANOI).date()
