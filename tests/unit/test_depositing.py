"""Cash at a counter: taken up to what is open, handed in once, banked when the bank says so."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from feesvc.application import bank_orders, depositing
from feesvc.application.bank_orders import LineContradicts, OrderLine
from feesvc.application.depositing import CashPaid, MoreThanIsOpen, NewDeposit
from feesvc.application.holdings import holdings
from feesvc.domain.accounts import BankAccount
from feesvc.domain.agency import Agency
from feesvc.domain.bank_order import NothingToSend
from feesvc.domain.cash_deposit import CashDeposit
from feesvc.money import Money
from feesvc.testing.scenario import Scenario, story

ACCOUNT = BankAccount(bank="VCB", number="0011", currency="VND")


def vnd(amount: int) -> Money:
    return Money(amount, "VND")


async def founded(s: Scenario) -> None:
    await s.agency("G14")
    agency = await s.house.one(Agency, s.store.ids.agency("G14"), "")
    agency.set_bank_account("collection", ACCOUNT, date(2020, 1, 1), s.now)
    await s.keep(agency)


def line(amount: int, narrative: str) -> OrderLine:
    return OrderLine(
        account=ACCOUNT, reference=f"B {amount}", amount=vnd(amount),
        booked_on=date(2026, 11, 20), narrative=narrative,
    )  # fmt: skip


async def cash(s: Scenario, assessment: UUID, amount: int, slip: str = "S-0") -> None:
    paid = CashPaid(assessment=assessment, desk="D1", slip=slip, amount=vnd(amount), paid_at=s.now)
    await depositing.take_cash(s.house, s.house.act(s.some_id(), "person:clerk"), paid)


async def deposit(s: Scenario) -> CashDeposit:
    new = NewDeposit(agency="G14", desk="D1", currency="VND")
    done = await depositing.hand_in(s.house, s.house.act(s.some_id(), "person:clerk"), new)
    assert done.result is not None
    return done.result


async def surplus(s: Scenario) -> int:
    return (await (await holdings(s.house)).cover("G14", "VND")).surplus


@story
async def test_cash_is_taken_up_to_what_is_open_and_paid_in_once(s: Scenario) -> None:
    await founded(s)
    fee = await s.assessment("G14", ("fee", 100_000))
    with pytest.raises(MoreThanIsOpen):
        await cash(s, fee, 100_001)
    await cash(s, fee, 40_000, "S-1")
    await cash(s, fee, 40_000, "S-1")
    assert (await s.see(fee)).outstanding == vnd(60_000)
    await cash(s, fee, 60_000, "S-2")
    assert (await s.see(fee)).state == "paid"
    handed = await deposit(s)
    assert handed.total == vnd(100_000)
    with pytest.raises(NothingToSend):
        await deposit(s)
    with pytest.raises(LineContradicts):
        await bank_orders.take_order_credit(
            s.house, "G14", line(99_000, handed.reference), "person:finance"
        )
    assert (await s.see(fee)).lines[1].banked == 0
    await bank_orders.take_order_credit(
        s.house, "G14", line(100_000, handed.reference), "person:finance"
    )
    assert (await s.see(fee)).lines[1].banked == 100_000
    assert await surplus(s) == 90_000
