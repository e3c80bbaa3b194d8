"""One account of a BAI2 file: its balances, its entries, and that they make each other."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bai2.constants import TypeCodeTransaction  # type: ignore[import-untyped]

from feesvc.money import Money, total
from feesvc.statement import Balance, BankEntry, BankStatement
from feesvc_bai2_text.records import Record, Summary, summaries
from feesvc_bai2_text.sections import Account, differences

OPENING, CLOSING = "010", "015"
SUMS = {"100": ("credits", 1), "400": ("debits", -1)}
SIGN = {TypeCodeTransaction.credit: 1, TypeCodeTransaction.debit: -1}
CURRENCY = re.compile("[A-Z]{3}")


def statement(account: Any, group: Any, where: Account, *, interim: bool) -> BankStatement:
    """Amounts of BAI2 are in minor units already. Raises ``Unreadable``."""
    currency = account.header.currency or group.currency or ""
    number = str(account.header.customer_account_number or "").replace(" ", "")
    if not number:
        raise where.head.broken("F05", "an account without a number")
    if CURRENCY.fullmatch(currency) is None:
        raise where.head.broken("F05", "an account without a currency of three capital letters")
    entries = [
        _entry(one, group.as_of_date, currency, record)
        for one, record in zip(account.children, where.entries, strict=True)
    ]
    said = {summary.code: summary for summary in summaries(where.head)}
    _check(said, entries, where.head)
    opening, closing = (_balance(said.get(code), currency, group) for code in (OPENING, CLOSING))
    warnings = []
    if opening is None or closing is None:
        missing = "opening" if opening is None else "closing"
        warnings = [f"no {missing} balance: nothing proves that every entry is here"]
    elif not interim:
        _roll(opening, closing, entries, currency, where.head)
    return BankStatement(
        kind="report" if interim else "statement", account=number, currency=currency,
        identity=f"{group.originator_id}-{group.as_of_date}", sequence=None, opening=opening,
        closing=closing, entries=entries, warnings=tuple(warnings),
    )  # fmt: skip


def _entry(one: Any, booked_on: Any, currency: str, record: Record) -> BankEntry:
    code = one.type_code
    if code is None or code.transaction not in SIGN:
        raise record.broken("F12", "neither a credit nor a debit")
    names = [name.strip() for name in (one.bank_reference, one.customer_reference) if name]
    valued = (one.availability or {}).get("date") if one.availability else None
    return BankEntry(
        native_id=names[0] if names else "",
        amount=Money(SIGN[code.transaction] * (one.amount or 0), currency), booked_on=booked_on,
        value_on=valued or booked_on, narrative=" ".join((one.text or "").rstrip("/").split()),
        references=tuple(dict.fromkeys(names)), code=code.code, place=record.place,
    )  # fmt: skip


def _check(said: Mapping[str, Summary], entries: Sequence[BankEntry], head: Record) -> None:
    """Declared sums cover every entry."""
    for code, (name, sign) in SUMS.items():
        summary = said.get(code)
        if summary is None or summary.amount is None:
            continue
        counted = [abs(e.amount.amount) for e in entries if e.amount.amount * sign > 0]
        pairs = [(f"sum of {name} ({code})", summary.amount, sum(counted))]
        if summary.items is not None:
            pairs.append((f"number of {name} ({code})", summary.items, len(counted)))
        breaks = differences(pairs)
        if breaks:
            raise head.broken("F06", breaks, code)


def _balance(summary: Summary | None, currency: str, group: Any) -> Balance | None:
    if summary is None or summary.amount is None:
        return None
    return Balance(amount=Money(summary.amount, currency), on=group.as_of_date)


def _roll(
    opening: Balance, closing: Balance, entries: Sequence[BankEntry], currency: str, head: Record
) -> None:
    booked = total((e.amount for e in entries), currency)
    off = closing.amount - opening.amount - booked
    if off:
        why = f"{opening.amount} and entries of {booked} are not {closing.amount}: {off} is missing"
        raise head.broken("F09", why, CLOSING)
