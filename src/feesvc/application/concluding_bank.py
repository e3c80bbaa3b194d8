"""Concluding bank lines: payouts of batches, debits of orders, and money that nobody can place yet.

A credit that no batch explains waits in suspense (P09e), or pays what its references name (P09g,
B10); it is looked at again with each run, until it is known what it was.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta, timezone
from functools import partial
from itertools import repeat
from typing import Any
from uuid import UUID

import structlog

from feesvc.application import batches
from feesvc.application.bank_credits import BankCredit, take_bank_credit
from feesvc.application.bank_debits import BankDebit, take_bank_debit
from feesvc.application.bank_orders import (
    LineContradicts,
    OrderLine,
    orders_named,
    take_order_credit,
    take_order_debit,
)
from feesvc.application.bank_references import naming_ours
from feesvc.application.bank_words import BankWords
from feesvc.application.crediting import Missing
from feesvc.application.file_accounts import file_account
from feesvc.application.house import House
from feesvc.application.taking_back import taken_back
from feesvc.application.together import some_at_a_time, together
from feesvc.domain.accounts import BankAccount
from feesvc.domain.aggregate import Refusal
from feesvc.domain.batch import Batch
from feesvc.domain.custody_move import CustodyMove
from feesvc.domain.transfer import Transfer
from feesvc.money import Money
from feesvc.reconciling.matching.runs import Run
from feesvc.reconciling.matching.statements import statement
from feesvc.reconciling.rows import Cursor

HANOI = timezone(timedelta(hours=7))
DIRECT, OF_ORDER, RECOVERY, TAKEN_BACK, CHARGED = "B10", "of_order", "recovery", "B07", "charged"
AGAIN = "credited_again"

log = structlog.get_logger(__name__)


async def book(house: House, db: Cursor, run: Run, principal: str) -> None:
    """What the run found of a bank account; repeating it books nothing twice.

    Credits that name nothing of ours are booked together, all others one by one in the bank's
    order: the first that names a payment pays it.
    """
    account = await file_account(house, run.agency, run.account)
    assert account.bank is not None, "a bank leg is of a bank account"
    asked = {"agency": run.agency, "account": run.account}
    groups = await (await db.execute(statement("c_bank_groups"), asked)).fetchall()
    for group in groups:
        lines = await _lines(db, group["lines"])
        try:
            for line in lines:
                if await _was_charged(house, run, line):
                    raise LineContradicts("it was booked as the bank's charge")
            await _book(house, run, account.bank, group, lines, principal)
        except Refusal as why:
            await _unmatch(house, db, run, group, lines, why, principal)
            continue
        await db.execute(statement("c_posted"), {"groups": [group["id"]]})
    words = BankWords(house, account)
    told = await (await db.execute(statement("c_breaks"), {"run": run.id})).fetchall()
    found = [one for one in told if one["state"] == "open"]
    named = {one["line"]: one["candidates"] for one in found}
    twice = {one["line"] for one in found if one["code"] == "B08"}
    lines = await _lines(db, list(named))
    alone = [row for row in lines if row["net"] > 0 and not named[row["id"]]]
    said = {row["id"]: " ".join(row["keys"]) for row in alone}
    naming = await naming_ours(house, run.agency, said)
    nobodys = [row for row in alone if row["id"] not in naming]
    for some in some_at_a_time(nobodys):
        ways = (partial(_pays, house, run, account.bank, row, words, principal) for row in some)
        done = await together(map(_booked, some, repeat(DIRECT), ways))
        ours = [row["id"] for row, is_ours in zip(some, done, strict=True) if is_ours]
        await _placed(db, run, ours, DIRECT)
    taken = {row["id"] for row in nobodys}
    for row in (row for row in lines if row["id"] not in taken):
        others = named[row["id"]]
        again = others if row["id"] in twice else ()
        in_turn: dict[str, Callable[[], Awaitable[bool]]] = {
            CHARGED: partial(_was_charged, house, run, row),
            TAKEN_BACK: partial(taken_back, house, db, run, row, others, principal),
            AGAIN: partial(_credits_again, house, run, account.bank, row, again, principal),
            OF_ORDER: partial(_of_order, house, run, account.bank, row, principal),
            RECOVERY: partial(_recovers, house, run, account.bank, row, others, principal),
            DIRECT: partial(_pays, house, run, account.bank, row, words, principal),
        }
        for reason, way in in_turn.items():
            if await _booked(row, reason, way):
                await _placed(db, run, [row["id"]], reason)
                break


async def _placed(db: Cursor, run: Run, lines: Sequence[int], reason: str) -> None:
    """Whose money these are is known: no run need look at them again."""
    if lines:
        await db.execute(statement("c_placed"), {"lines": list(lines), "reason": reason})
        await db.execute(statement("c_told"), {"run": run.id, "lines": list(lines)})


async def _booked(row: Mapping[str, Any], reason: str, way: Callable[[], Awaitable[bool]]) -> bool:
    """Whether the line is booked this way. What refuses it leaves it to the next way, or to a
    case: no line stops its run.
    """
    try:
        return await way()
    except Refusal as why:
        log.warning("bank_line.refused", line=row["id"], reason=reason, error=type(why).__name__)
        return False


async def _of_order(
    house: House, run: Run, bank: BankAccount, row: Mapping[str, Any], principal: str
) -> bool:
    """Whether a line that nothing awaited belongs to an order all the same.

    Cash was paid in, another agency's forwarding arrived, an order of ours came back, or the other
    account tells of a move.
    """
    orders = await orders_named(house, run.agency, " ".join(row["keys"]))
    moves = all(isinstance(order, CustodyMove) for order in orders)
    if not orders or (row["net"] < 0 and not moves):
        return False
    take = take_order_credit if row["net"] > 0 else take_order_debit
    await take(house, run.agency, _order(bank, row), principal)
    return True


async def _was_charged(house: House, run: Run, row: Mapping[str, Any]) -> bool:
    """Whether two people said that it is the bank's charge."""
    id = charge_id(house, run.account, row)
    return row["net"] < 0 and id in await house.store.peek([id])


async def _only_batch(house: House, named: Sequence[str]) -> Batch | None:
    """The batch that a line names, where it names nothing else."""
    if len(named) != 1 or not named[0].startswith("batch:"):
        return None
    return await house.see(Batch, UUID(named[0].partition(":")[2]), named[0])


async def _recovers(
    house: House, run: Run, bank: BankAccount, row: Mapping[str, Any], named: Sequence[str],
    principal: str,
) -> bool:  # fmt: skip
    """Whether it is to the đồng what one batch that it names was short of, and claimed (P09i)."""
    batch = await _only_batch(house, named)
    if batch is None or batch.money(batch.claimed) != Money(row["net"], row["currency"]):
        return False
    await batches.recover_claim(house, run.agency, batch.id, _credit(bank, row), principal)
    return True


async def _credits_again(
    house: House, run: Run, bank: BankAccount, row: Mapping[str, Any], named: Sequence[str],
    principal: str,
) -> bool:  # fmt: skip
    """Whether it pays, to the đồng, the one batch whose payout a debit of this run took back."""
    batch = await _only_batch(house, named)
    if batch is None or batch.money(batch.outstanding) != Money(row["net"], row["currency"]):
        return False
    await batches.credit_batches(house, run.agency, [batch.id], _credit(bank, row), principal)
    return True


async def _pays(
    house: House, run: Run, bank: BankAccount, row: Mapping[str, Any], words: BankWords,
    principal: str,
) -> bool:  # fmt: skip
    """Book a credit; whether it is known whose money it is.

    At the Treasury nobody pays us: what comes there, and is no refund that came back, is a case.
    """
    if row["net"] < 0:
        return False
    credit = _credit(bank, row)
    id = house.store.ids.transfer(run.account, credit.reference)
    if id not in await house.store.peek([id]):
        said = await words.of(row)
        credit = replace(
            credit, narrative=said.narrative, payer=said.payer, payer_account=said.payer_account
        )
    booked = await take_bank_credit(house, run.agency, credit, principal)
    return not isinstance(booked, Transfer) or booked.origin.payment is not None


async def _book(
    house: House, run: Run, bank: BankAccount, group: Mapping[str, Any],
    lines: Sequence[dict[str, Any]], principal: str,
) -> None:  # fmt: skip
    others = [UUID(item.partition(":")[2]) for item in sorted(group["others"])]
    if all(item.startswith("batch:") for item in group["others"]):
        for line in lines:
            missing = _missing(group) if line is lines[-1] else None
            if line["net"] < 0 and len(others) == 1:
                debit = _debit(bank, line)
                await batches.pay_negative(
                    house, run.agency, others[0], bank, debit.reference, debit.amount,
                    debit.booked_on, principal,
                )  # fmt: skip
                continue
            await batches.credit_batches(
                house, run.agency, others, _credit(bank, line), principal, missing
            )  # fmt: skip
        return
    for line in lines:
        if not await orders_named(house, run.agency, " ".join(line["keys"])):
            await take_bank_debit(house, run.agency, _debit(bank, line), principal)
            continue
        take = take_order_debit if line["net"] < 0 else take_order_credit
        with suppress(LineContradicts):  # what does not fit is a case by now
            await take(house, run.agency, _order(bank, line), principal)


def _missing(group: Mapping[str, Any]) -> Missing:
    """Where the difference of a match goes: a bank charge, a claim, or suspense of what is over."""
    account, difference = group["why"].get("account"), group["difference"]
    charge = Money(difference, group["currency"]) if account == "5320" else None
    return Missing(charge=charge, claim=account == "1290", over=account == "2150")


async def _unmatch(
    house: House, db: Cursor, run: Run, group: Mapping[str, Any], lines: Sequence[dict[str, Any]],
    why: Refusal, principal: str,
) -> None:  # fmt: skip
    """What was matched cannot be booked any more: its lines are open, and a person is told."""
    log.warning("match.refused", stream=group["id"], agency=run.agency, error=type(why).__name__)
    for item in sorted(group["others"]) if len(lines) > 1 else ():
        batch = (await house.store.peek([UUID(item.partition(":")[2])])).popitem()[1]
        for line in lines:
            if isinstance(batch, Batch) and (run.account, booked_as(line)) in batch.credits:
                await batches.undo_batch_credit(
                    house, run.agency, batch.id, run.account, booked_as(line), "rest_refused",
                    principal,
                )  # fmt: skip
    code = "B04" if lines[0]["net"] > 0 else "T03"
    await db.execute(statement("c_unmatch"), {"run": run.id, "group": group["id"], "code": code})


async def _lines(db: Cursor, ids: Sequence[int]) -> list[dict[str, Any]]:
    found = await db.execute(statement("c_bank_lines"), {"lines": list(ids)})
    return await found.fetchall()


def booked_as(row: Mapping[str, Any]) -> str:
    """The bank's own name of a line; its identity where another line of the account has it too."""
    return str(row["identity"] if row["shared"] or not row["native_id"] else row["native_id"])


def charge_id(house: House, account: UUID, row: Mapping[str, Any]) -> UUID:
    """The stream of a debit that was the bank's charge."""
    return house.store.ids.of("bank_charge", str(account), booked_as(row))


def _credit(bank: BankAccount, row: Mapping[str, Any]) -> BankCredit:
    """Names and narratives stay in the sealed file until they are needed."""
    return BankCredit(
        account=bank, reference=booked_as(row),
        amount=Money(row["net"], row["currency"]),
        booked_on=row["occurred_at"].astimezone(HANOI).date(), value_on=row["value_on"],
        references=" ".join(row["keys"]), evidence=row["sha256"],
    )  # fmt: skip


def _debit(bank: BankAccount, row: Mapping[str, Any]) -> BankDebit:
    return BankDebit(
        account=bank, reference=booked_as(row),
        amount=Money(-row["net"], row["currency"]),
        booked_on=row["occurred_at"].astimezone(HANOI).date(), narrative=" ".join(row["keys"]),
    )  # fmt: skip


def _order(bank: BankAccount, row: Mapping[str, Any]) -> OrderLine:
    return OrderLine(
        account=bank, reference=booked_as(row),
        amount=Money(abs(row["net"]), row["currency"]),
        booked_on=row["occurred_at"].astimezone(HANOI).date(), narrative=" ".join(row["keys"]),
    )  # fmt: skip
