"""One account of a BAI2 file: its balances, its entries, and that they make each other."""

from __future__ import annotations

from typing import Any

from bai2.constants import TypeCodeTransaction  # type: ignore[import-untyped]

from feesvc.money import Money, total
from feesvc.statement import Balance, BankEntry, BankStatement, Unreadable

OPENING, CLOSING, CREDITS, DEBITS = "010", "015", "100", "400"
SIGN = {TypeCodeTransaction.credit: 1, TypeCodeTransaction.debit: -1}


def statement(account: Any, group: Any, *, interim: bool) -> BankStatement:
    """Amounts of BAI2 are in minor units already. Raises ``Unreadable``."""
    head = account.header
    currency = head.currency or group.currency or ""
    number = str(head.customer_account_number or "").replace(" ", "")
    if not number or len(currency) != 3:
        raise Unreadable(
            "F05", f"account {number or 'without a number'} in {currency or 'nothing'}"
        )
    entries = [
        _entry(one, group.as_of_date, currency, f"account {number}, record {place}")
        for place, one in enumerate(account.children, 1)
    ]
    said = {summary.type_code.code: summary for summary in head.summary_items if summary.type_code}
    for code, sign in ((CREDITS, 1), (DEBITS, -1)):
        _check(said.get(code), [e for e in entries if e.amount.amount * sign > 0], number)
    opening, closing = (_balance(said.get(code), currency, group) for code in (OPENING, CLOSING))
    warnings = []
    if opening is None or closing is None:
        missing = "opening" if opening is None else "closing"
        warnings = [f"no {missing} balance: nothing proves that every entry is here"]
    elif not interim:
        _roll(opening, closing, entries, currency, number)
    return BankStatement(
        kind="report" if interim else "statement", account=number, currency=currency,
        identity=f"{group.originator_id}-{group.as_of_date}", sequence=None, opening=opening,
        closing=closing, entries=entries, warnings=tuple(warnings),
    )  # fmt: skip


def _entry(one: Any, booked_on: Any, currency: str, place: str) -> BankEntry:
    code = one.type_code
    if code is None or code.transaction not in SIGN:
        raise Unreadable("F12", "a record that is neither credit nor debit", place=place)
    names = [name.strip() for name in (one.bank_reference, one.customer_reference) if name]
    valued = (one.availability or {}).get("date") if one.availability else None
    return BankEntry(
        native_id=names[0] if names else "",
        amount=Money(SIGN[code.transaction] * (one.amount or 0), currency), booked_on=booked_on,
        value_on=valued or booked_on, narrative=" ".join((one.text or "").rstrip("/").split()),
        references=tuple(dict.fromkeys(names)), code=code.code, place=place,
    )  # fmt: skip


def _check(summary: Any, entries: list[BankEntry], number: str) -> None:
    """Declared sums cover every entry, where entries are listed at all."""
    if summary is None or summary.amount is None:
        return
    found, count = sum(abs(e.amount.amount) for e in entries), summary.item_count
    if found != summary.amount or (count is not None and count != len(entries)):
        what = summary.type_code.description
        why = f"{what}: {count} of {summary.amount} declared, {len(entries)} of {found} there"
        raise Unreadable("F06", why, place=f"account {number}")


def _balance(summary: Any, currency: str, group: Any) -> Balance | None:
    if summary is None or summary.amount is None:
        return None
    return Balance(amount=Money(summary.amount, currency), on=group.as_of_date)


def _roll(
    opening: Balance, closing: Balance, entries: list[BankEntry], currency: str, number: str
) -> None:
    booked = total((e.amount for e in entries), currency)
    off = closing.amount - opening.amount - booked
    if off:
        why = f"{opening.amount} and entries of {booked} are not {closing.amount}: {off} is missing"
        raise Unreadable("F09", why, place=f"account {number}")
