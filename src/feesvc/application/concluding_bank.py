"""Concluding bank lines: payouts of batches, debits of orders, and money that nobody can place yet.

A credit that no batch explains waits in suspense (P09e), or pays what its references name (P09g,
B10); it is looked at again with each run, until it is known what it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta, timezone
from typing import Any
from uuid import UUID

from feesvc.application import batches
from feesvc.application.bank_accounts import NotACollectionAccount
from feesvc.application.bank_credits import BankCredit, take_bank_credit
from feesvc.application.bank_debits import BankDebit, take_bank_debit
from feesvc.application.bank_orders import (
    LineContradicts,
    NoSuchOrder,
    OrderLine,
    take_order_credit,
    take_order_debit,
)
from feesvc.application.crediting import Missing
from feesvc.application.file_accounts import file_account
from feesvc.application.house import House
from feesvc.domain.accounts import BankAccount
from feesvc.domain.bank_order import orders_in
from feesvc.domain.transfer import Transfer
from feesvc.money import Money
from feesvc.reconciling.matching.runs import Run
from feesvc.reconciling.matching.statements import statement
from feesvc.reconciling.rows import Cursor

HANOI = timezone(timedelta(hours=7))
DIRECT, OF_ORDER = "B10", "of_order"


async def book(house: House, db: Cursor, run: Run, principal: str) -> None:
    """What the run found of a bank account; repeating it books nothing twice."""
    account = await file_account(house, run.agency, run.account)
    assert account.bank is not None, "a bank leg is of a bank account"
    asked = {"agency": run.agency, "account": run.account}
    groups = await (await db.execute(statement("c_bank_groups"), asked)).fetchall()
    for group in groups:
        lines = await _lines(db, group["lines"])
        await _book(house, run, account.bank, group, lines, principal)
        await db.execute(statement("c_posted"), {"groups": [group["id"]]})
    found = await (await db.execute(statement("c_breaks"), {"run": run.id})).fetchall()
    for row in await _lines(db, [one["line"] for one in found]):
        if await _of_order(house, run, account.bank, row, principal):
            reason = OF_ORDER
        elif row["net"] > 0 and await _pays(house, run, account.bank, row, principal):
            reason = DIRECT
        else:
            continue
        await db.execute(statement("c_placed"), {"lines": [row["id"]], "reason": reason})
        await db.execute(statement("c_told"), {"run": run.id, "line": row["id"]})


async def _of_order(
    house: House, run: Run, bank: BankAccount, row: Mapping[str, Any], principal: str
) -> bool:
    """Whether a line that nothing awaited belongs to an order all the same.

    Cash was paid in, another agency's forwarding arrived, an order of ours came back, or the other
    account tells of a move.
    """
    orders = {kind for kind, _ in orders_in(" ".join(row["keys"]))}
    if not orders or (row["net"] < 0 and orders != {"custody_move"}):
        return False
    take = take_order_credit if row["net"] > 0 else take_order_debit
    try:
        await take(house, run.agency, _order(bank, row), principal)
    except (LineContradicts, NoSuchOrder):
        return False
    return True


async def _pays(
    house: House, run: Run, bank: BankAccount, row: Mapping[str, Any], principal: str
) -> bool:
    """Book a credit; whether it is known whose money it is.

    At the Treasury nobody pays us: what comes there, and is no refund that came back, is a case.
    """
    try:
        booked = await take_bank_credit(house, run.agency, _credit(bank, row), principal)
    except NotACollectionAccount:
        return False
    return not isinstance(booked, Transfer) or booked.origin.payment is not None


async def _book(
    house: House, run: Run, bank: BankAccount, group: Mapping[str, Any],
    lines: Sequence[dict[str, Any]], principal: str,
) -> None:  # fmt: skip
    others = [UUID(item.partition(":")[2]) for item in sorted(group["others"])]
    if all(item.startswith("batch:") for item in group["others"]):
        charge = group["difference"] if group["why"].get("account") == "5320" else 0
        missing = Missing(charge=Money(charge, group["currency"]) if charge else None)
        for line in lines:
            await batches.credit_batches(
                house, run.agency, others, _credit(bank, line), principal, missing
            )  # fmt: skip
        return
    for line in lines:
        if not any(orders_in(" ".join(line["keys"]))):
            await take_bank_debit(house, run.agency, _debit(bank, line), principal)
            continue
        take = take_order_debit if line["net"] < 0 else take_order_credit
        with suppress(LineContradicts):  # what does not fit is a case by now
            await take(house, run.agency, _order(bank, line), principal)


async def _lines(db: Cursor, ids: Sequence[int]) -> list[dict[str, Any]]:
    found = await db.execute(statement("c_bank_lines"), {"lines": list(ids)})
    return await found.fetchall()


def _credit(bank: BankAccount, row: Mapping[str, Any]) -> BankCredit:
    """Names and narratives stay in the sealed file: references alone are needed here."""
    return BankCredit(
        account=bank, reference=row["native_id"] or row["identity"],
        amount=Money(row["net"], row["currency"]),
        booked_on=row["occurred_at"].astimezone(HANOI).date(), value_on=row["value_on"],
        narrative=" ".join(row["keys"]), evidence=row["sha256"],
    )  # fmt: skip


def _debit(bank: BankAccount, row: Mapping[str, Any]) -> BankDebit:
    return BankDebit(
        account=bank, reference=row["native_id"] or row["identity"],
        amount=Money(-row["net"], row["currency"]),
        booked_on=row["occurred_at"].astimezone(HANOI).date(), narrative=" ".join(row["keys"]),
    )  # fmt: skip


def _order(bank: BankAccount, row: Mapping[str, Any]) -> OrderLine:
    return OrderLine(
        account=bank, reference=row["native_id"] or row["identity"],
        amount=Money(abs(row["net"]), row["currency"]),
        booked_on=row["occurred_at"].astimezone(HANOI).date(), narrative=" ".join(row["keys"]),
    )  # fmt: skip
