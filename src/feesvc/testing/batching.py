"""Batches in scenarios: an agency with a bank account, settlement lines and bank credits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from feesvc.application import batches
from feesvc.application.bank_credits import BankCredit
from feesvc.application.batches import Declared, MatchedLine
from feesvc.domain.accounts import BankAccount
from feesvc.domain.agency import Agency
from feesvc.domain.batch import Batch
from feesvc.intermediary import LineKind, SettlementLine
from feesvc.money import Money
from feesvc.testing.scenario import NOON, Scenario

COLLECTION = BankAccount(bank="970436", number="0071000123456", currency="VND")
DAY = date(2026, 11, 21)
WHO = "person:finance"


def vnd(amount: int) -> Money:
    return Money(amount, "VND")


def line(
    kind: LineKind, name: str, gross: int, commission: int = 0, tax: int = 0, *,
    transaction: str = "", reference: str = "",
) -> SettlementLine:  # fmt: skip
    """One line in đồng; commission and tax are positive where they are withheld."""
    return SettlementLine(
        kind=kind, native_id=name, transaction=transaction, reference=reference, gross=vnd(gross),
        commission=vnd(-commission), tax=vnd(-tax), net=vnd(gross - commission - tax), at=NOON,
    )  # fmt: skip


def payment(transaction: str, gross: int, commission: int = 0, tax: int = 0) -> SettlementLine:
    return line("payment", f"N {transaction}", gross, commission, tax, transaction=transaction)


def credit(amount: int, reference: str = "FT1") -> BankCredit:
    return BankCredit(
        account=COLLECTION, reference=reference, amount=vnd(amount), booked_on=DAY, value_on=DAY
    )


@dataclass
class Payouts:
    """One agency, one merchant account, and what its intermediary and its bank say."""

    s: Scenario
    account: UUID
    bank: UUID

    @classmethod
    async def begin(cls, s: Scenario, agency: str = "G14") -> Payouts:
        account = await s.agency(agency, "settling")
        owner = await s.house.one(Agency, s.store.ids.agency(agency), agency)
        owner.set_bank_account("collection", COLLECTION, date(2020, 1, 1), s.now)
        await s.keep(owner)
        bank = s.store.ids.bank_account(
            agency, COLLECTION.bank, COLLECTION.number, COLLECTION.currency
        )
        return cls(s, account, bank)

    def id(self, batch: str) -> UUID:
        return batches.batch_id(self.s.house, self.account, batch)

    async def paid(self, transaction: str, amount: int) -> UUID:
        """A fee of that amount is paid under that transaction; gives its assessment."""
        fee = await self.s.assessment("G14", ("fee", amount))
        asked = await self.s.payment(self.account, fee)
        await self.s.money(self.account, asked.reference, amount, transaction)
        return fee

    async def settle(self, batch: str, *lines: SettlementLine) -> list[str]:
        matched = [MatchedLine(line=one) for one in lines]
        done = await batches.settle_lines(self.s.house, self.account, batch, matched, WHO)
        return list(done.states)

    async def declare(self, batch: str, net: int, count: int = 1) -> Batch:
        said = Declared(
            batch=batch, currency="VND", gross=net, commission=0, tax=0, net=net, count=count,
            settled_on=DAY,
        )  # fmt: skip
        return await batches.declare_batch(self.s.house, self.account, said, WHO)

    async def see(self, batch: str) -> Batch:
        return await self.s.house.see(Batch, self.id(batch), batch)

    async def banked(self, transaction: str) -> bool:
        return (await self.s.transfer(self.account, transaction)).in_bank
