"""Refunds by bank transfer in a scenario: asked for, named, agreed to, drawn, told by the bank."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from feesvc.application import payees, payment_lists, refunds
from feesvc.application.bank_credits import BankCredit, take_bank_credit
from feesvc.application.bank_debits import BankDebit, take_bank_debit
from feesvc.domain.accounts import BankAccount
from feesvc.domain.agency import Agency
from feesvc.domain.payee import Payee
from feesvc.domain.payment_list import PaymentList
from feesvc.domain.refund import Refund
from feesvc.money import Money
from feesvc.people import RefundAccount
from feesvc.testing.scenario import Scenario
from feesvc.testing.walk_agency import COLLECTION

DAY = date(2026, 11, 19)
HOLDER = RefundAccount(bank="970415", number="1020304050", holder="NGUYEN VAN DUC")


def vnd(amount: int) -> Money:
    return Money(amount, "VND")


async def agency(s: Scenario) -> UUID:
    """G14 with a collection account; gives its merchant account."""
    account = await s.agency("G14", "settling")
    owner = await s.house.one(Agency, s.store.ids.agency("G14"), "")
    owner.set_bank_account("collection", COLLECTION, date(2026, 1, 1), s.now)
    await s.keep(owner)
    return account


async def paid(s: Scenario, account: UUID, amount: int = 100_000, transaction: str = "T-1") -> UUID:
    fee = await s.assessment("G14", ("fee", amount))
    payment = await s.payment(account, fee)
    await s.money(account, payment.reference, amount, transaction)
    return s.store.ids.transfer(account, transaction)


async def asked(s: Scenario, transfer: UUID, amount: int = 40_000, by: str = "person:maker",
                **more: Any) -> Refund:  # fmt: skip
    wish = refunds.Wish(
        transfer=transfer, amount=amount, lines={}, reason="x", method="bank_transfer", **more
    )
    done = await refunds.request_refund(s.house, s.house.act(s.some_id(), by), wish)
    assert done.result is not None
    return done.result


async def named(
    s: Scenario, refund: Refund, to: RefundAccount = HOLDER, by: str = "person:maker"
) -> Payee:
    done = await payees.name_payee(s.house, s.house.act(s.some_id(), by), refund.id, to)
    assert done.result is not None
    return done.result


async def approve(
    s: Scenario, refund: Refund, payee: Payee | None, by: str = "person:checker", seen: bool = True
) -> Refund:
    act = s.house.act(s.some_id(), by)
    await refunds.approve_refund(
        s.house, act, refund.id, refund.digest, payee=payee.digest if payee else "",
        acknowledged=seen,
    )  # fmt: skip
    return await see(s, refund)


async def see(s: Scenario, refund: Refund) -> Refund:
    return await s.house.one(Refund, refund.id, "refund")


async def ready(s: Scenario, transfer: UUID, amount: int = 40_000) -> Refund:
    """Asked, its account named, both agreed to."""
    refund = await asked(s, transfer, amount)
    return await approve(s, refund, await named(s, refund))


async def drawn(s: Scenario, *wanted: Refund, debited: BankAccount = COLLECTION) -> PaymentList:
    new = payment_lists.NewList(
        agency="G14", debited=debited, refunds=[one.id for one in wanted], execute_on=DAY
    )
    act = s.house.act(s.some_id(), "person:finance")
    done = await payment_lists.draw_list(s.house, act, new)
    assert done.result is not None
    return done.result


async def debit(
    s: Scenario, narrative: str, amount: int, reference: str = "FT9",
    account: BankAccount = COLLECTION,
) -> Refund:  # fmt: skip
    line = BankDebit(
        account=account, reference=reference, amount=vnd(amount), booked_on=DAY,
        narrative=narrative,
    )  # fmt: skip
    return await take_bank_debit(s.house, "G14", line, "person:finance")


async def credit(
    s: Scenario,
    narrative: str,
    amount: int,
    reference: str = "FT10",
    account: BankAccount = COLLECTION,
) -> Any:
    line = BankCredit(
        account=account, reference=reference, amount=vnd(amount), booked_on=DAY, value_on=DAY,
        narrative=narrative,
    )  # fmt: skip
    return await take_bank_credit(s.house, "G14", line, "person:finance")
