"""Steps about an office's orders: cash, remittances, forwardings."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

from feesvc.application import (
    allocating,
    bank_orders,
    depositing,
    forwarding,
    registries,
    remitted,
    remitting,
)
from feesvc.application.house import Act, Done
from feesvc.campaigns.commanding import Everything, Step, Steps, told
from feesvc.campaigns.commanding.banking import vnd
from feesvc.campaigns.commanding.paying import checking
from feesvc.campaigns.commanding.standing import raised
from feesvc.domain.accounts import BankAccount
from feesvc.domain.agency import Agency
from feesvc.domain.bank_order import PURPOSES
from feesvc.domain.cash_deposit import CashDeposit
from feesvc.domain.custody_move import CustodyMove
from feesvc.domain.forwarding import Forwarding
from feesvc.domain.line import Kind
from feesvc.domain.remittance import ConfirmedLine, Remittance
from feesvc.testing.scenario import NOON

ORDERING = Steps()
DAY = date(2026, 11, 20)
OFFICER = "person:officer"
OPERATOR = BankAccount(bank="970415", number="POST", currency="VND")
ACCOUNTS = {
    purpose: BankAccount(bank="970436", number=f"00{number}", currency="VND")
    for number, purpose in enumerate(PURPOSES.values())
}


def office(e: Everything) -> str:
    """A unit that keeps its own accounts, apart from what the other steps leave open."""
    return f"{e.code}.2"


@ORDERING.of(registries.begin)
async def found(e: Everything, act: Act) -> object:
    def make() -> Agency:
        made = Agency.register(
            e.s.store.ids.agency(office(e)), office(e), "Phòng", "Unit", e.code, act.at
        )
        for purpose, account in ACCOUNTS.items():
            made.set_bank_account(purpose, account, date(2020, 1, 1), act.at)
        return made

    id = e.s.store.ids.agency(office(e))
    return await registries.begin(e.s.house, act, id, make, told)


def raises(name: str, kind: Kind, amount: int) -> Step:
    async def raise_it(e: Everything, act: Act) -> object:
        def make() -> Any:
            return raised(e, name, kind, vnd(amount), act, agency=office(e))

        return await registries.begin(e.s.house, act, e.id(name), make, told)

    return raise_it


def pays(name: str, amount: int) -> Step:
    async def pay(e: Everything, act: Act) -> object:
        paid = depositing.CashPaid(
            assessment=e.id(name), desk="D1", slip=f"{name} {amount}", amount=vnd(amount),
            paid_at=NOON,
        )  # fmt: skip
        return await depositing.take_cash(e.s.house, act, paid, told)

    return pay


def kept(e: Everything, name: str, done: Done[Any]) -> Done[Any]:
    """Remember what was made by its name."""
    if done.result is not None:
        e.ids[name] = done.result.id
    return done


def hands_in(name: str) -> Step:
    async def hand_in(e: Everything, act: Act) -> object:
        new = depositing.NewDeposit(agency=office(e), desk="D1", currency="VND")
        return kept(e, name, await depositing.hand_in(e.s.house, act, new, told))

    return hand_in


for name, kind, amount in (("fee in cash", "charge", 100_000), ("parcel", "postal", 30_000)):
    ORDERING.of(registries.begin)(raises(name, kind, amount))  # type: ignore[arg-type]
    ORDERING.of(depositing.take_cash)(pays(name, amount))
ORDERING.of(depositing.hand_in)(hands_in("mislaid"))


@ORDERING.of(depositing.withdraw_deposit)
async def withdraw(e: Everything, act: Act) -> object:
    return await depositing.withdraw_deposit(e.s.house, act, e.ids["mislaid"], "closed", told)


ORDERING.of(depositing.hand_in)(hands_in("deposit"))


def says(
    kind: type[CashDeposit | Remittance | Forwarding | CustodyMove], name: str,
    take: Callable[..., Awaitable[Any]], amount: int,
) -> Step:  # fmt: skip
    """The bank tells of an order, by its reference."""

    async def say(e: Everything, act: Act) -> object:
        order = await e.s.house.see(kind, e.ids[name], name)
        line = bank_orders.OrderLine(
            account=ACCOUNTS["collection"], reference=f"O {name}", amount=vnd(amount),
            booked_on=DAY, narrative=f"LENH {order.reference}",
        )  # fmt: skip
        return f"at version {(await take(e.s.house, office(e), line, OFFICER)).version}"

    return say


CREDIT, DEBIT = bank_orders.take_order_credit, bank_orders.take_order_debit
ORDERING.of(CREDIT)(says(CashDeposit, "deposit", CREDIT, 130_000))


@ORDERING.of(allocating.allocate)
async def split(e: Everything, act: Act) -> object:
    made = await allocating.allocate(e.s.house, act, office(e), DAY)
    return [str(one.amount) for each in made for one in each.totals]


def draws(name: str) -> Step:
    async def draw(e: Everything, act: Act) -> object:
        new = remitting.NewRemittance(
            agency=office(e), currency="VND", source="bank", execute_on=DAY, set_off=False
        )
        return kept(e, name, await remitting.draw_remittance(e.s.house, act, new, told))

    return draw


ORDERING.of(remitting.draw_remittance)(draws("not sent"))


@ORDERING.of(remitting.reject_remittance)
async def reject(e: Everything, act: Act) -> object:
    return await remitting.reject_remittance(
        e.s.house, checking(act), e.ids["not sent"], "wrong", told
    )


ORDERING.of(remitting.draw_remittance)(draws("remittance"))


@ORDERING.of(remitting.approve_remittance)
async def approve(e: Everything, act: Act) -> object:
    id = e.ids["remittance"]
    digest = (await e.s.house.see(Remittance, id, "")).digest
    return await remitting.approve_remittance(e.s.house, checking(act), id, digest, told)


ORDERING.of(DEBIT)(says(Remittance, "remittance", DEBIT, 100_000))


@ORDERING.of(remitted.confirm_remittance)
async def confirm(e: Everything, act: Act) -> object:
    id = e.ids["remittance"]
    lines = [ConfirmedLine(codes={}, amount=vnd(99_000))]  # less than was sent: a case
    return await remitted.confirm_remittance(e.s.house, act, id, "KB-1", lines, NOON, told)


def forwards(name: str) -> Step:
    async def forward(e: Everything, act: Act) -> object:
        new = forwarding.NewForwarding(
            agency=office(e), kind="postal", beneficiary="POST", currency="VND", execute_on=DAY,
            payee=OPERATOR,
        )  # fmt: skip
        return kept(e, name, await forwarding.draw_forwarding(e.s.house, act, new, told))

    return forward


ORDERING.of(forwarding.draw_forwarding)(forwards("not forwarded"))


@ORDERING.of(forwarding.reject_forwarding)
async def keep_it(e: Everything, act: Act) -> object:
    return await forwarding.reject_forwarding(
        e.s.house, checking(act), e.ids["not forwarded"], "wrong", told
    )


ORDERING.of(forwarding.draw_forwarding)(forwards("forwarding"))


@ORDERING.of(forwarding.approve_forwarding)
async def forward_it(e: Everything, act: Act) -> object:
    id = e.ids["forwarding"]
    digest = (await e.s.house.see(Forwarding, id, "")).digest
    return await forwarding.approve_forwarding(e.s.house, checking(act), id, digest, told)


ORDERING.of(DEBIT)(says(Forwarding, "forwarding", DEBIT, 30_000))
