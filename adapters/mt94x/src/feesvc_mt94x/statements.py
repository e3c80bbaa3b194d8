"""One statement: every :61: of it, checked against its balances or its declared sums."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import mt940

from feesvc.money import Money, exact, total
from feesvc.statement import Balance, BankEntry, BankStatement, Unreadable
from feesvc_mt94x.entries import entry

DIALECTS: tuple[dict[int | str, Any] | None, ...] = (
    None, {mt940.tags.StatementASNB.id: mt940.tags.StatementASNB()},
)  # fmt: skip
"""The standard's field 61, and one with a longer customer reference that some banks write."""
LINES = re.compile(r"(?m)^:61:(.*)$")
BALANCES = re.compile(r"(?m)^:6[02][FM]:")
SUMS = {"sum_debit_entries": -1, "sum_credit_entries": 1}
SUM = re.compile(r"(?m)^:90([DC]):(\d+)[A-Z]{3}")


def statement(block: str, number: int, line: int, warning: str) -> BankStatement:
    """``line`` is that of the block in its file. Raises ``Unreadable``."""
    read = _parsed(block, number, line)
    places = [line + block[: found.start()].count("\n") for found in LINES.finditer(block)]
    written = LINES.findall(block)
    if len(written) != len(read):
        raise Unreadable("F05", f"{len(written)} fields :61:, {len(read)} of them readable",
                         place=f"line {line}")  # fmt: skip
    account = str(read.data.get("account_identification") or "").strip().replace(" ", "")
    if not account:
        raise Unreadable("F05", f"statement {number} names no account", place=f"line {line}")
    currency = _currency(block, read, line)
    told = [
        entry(one.data, text, currency, place)
        for one, text, place in zip(read, written, places, strict=True)
    ]
    entries = [one for one, _ in told]
    opening, closing = _balance(read, "opening"), _balance(read, "closing")
    warnings = [words for words in (warning, *(said for _, said in told)) if words]
    report = not BALANCES.search(block)
    if report:
        _check_sums(block, read, entries, currency, line)
    else:
        warnings += _rolled(opening, closing, entries, currency, line)
    sequence = str(read.data.get("statement_number") or "")
    return BankStatement(
        kind="report" if report else "statement", account=account, currency=currency,
        identity=str(read.data.get("transaction_reference") or "").strip(),
        sequence=int(sequence) if sequence.isdecimal() and int(sequence) else None,
        opening=opening, closing=closing, entries=entries, warnings=tuple(warnings),
    )  # fmt: skip


def _parsed(block: str, number: int, line: int) -> Any:
    why = ""
    for tags in DIALECTS:
        try:
            [read] = mt940.parse_statements(block, tags=tags)
        except (RuntimeError, ValueError, ArithmeticError, AssertionError, KeyError) as error:
            why = why or str(error).partition("\n")[0]
        else:
            return read
    raise Unreadable("F05", f"statement {number}: {why}", place=f"line {line}")


def _currency(block: str, read: Any, line: int) -> str:
    said = {
        amount.currency
        for name in ("final", "intermediate")
        for side in ("opening", "closing")
        if (found := read.data.get(f"{name}_{side}_balance")) and (amount := found.amount)
    }
    said |= {read.data[name].currency for name in SUMS if read.data.get(name)}
    if not said and (floor := re.search(r"(?m)^:34F:([A-Z]{3})", block)):
        said = {floor[1]}
    if len(said) != 1:
        raise Unreadable("F05", f"one account in {sorted(map(str, said))}", place=f"line {line}")
    return str(said.pop())


def _balance(read: Any, side: str) -> Balance | None:
    found = read.data.get(f"final_{side}_balance") or read.data.get(f"intermediate_{side}_balance")
    if found is None:
        return None
    return Balance(amount=money(found.amount.amount, found.amount.currency), on=found.date)


def money(amount: Decimal, currency: str) -> Money:
    """Raises ``ValueError``."""
    return exact(format(amount, "f"), currency)


def _check_sums(block: str, read: Any, entries: list[BankEntry], currency: str, line: int) -> None:
    """MT942 declares how many debits and credits there are, and what they make."""
    declared = {direction: int(count) for direction, count in SUM.findall(block)}
    for name, sign in SUMS.items():
        if not read.data.get(name):
            continue
        counted = [e for e in entries if e.amount.amount * sign > 0]
        found = sum(abs(e.amount.amount) for e in counted)
        said = money(abs(read.data[name].amount), currency)
        number = declared.get("D" if sign < 0 else "C", len(counted))
        if (len(counted), found) != (number, said.amount):
            why = f"{number} entries of {said} declared, {len(counted)} of {Money(found, currency)}"
            raise Unreadable("F06", why, place=f"line {line}")


def _rolled(
    opening: Balance | None, closing: Balance | None, entries: list[BankEntry], currency: str,
    line: int,
) -> list[str]:  # fmt: skip
    if opening is None or closing is None:
        missing = "opening" if opening is None else "closing"
        return [f"no {missing} balance: nothing proves that every entry is here"]
    booked = total((one.amount for one in entries), currency)
    off = closing.amount - opening.amount - booked
    if off:
        why = f"{opening.amount} and entries of {booked} are not {closing.amount}: {off} is missing"
        raise Unreadable("F09", why, place=f"line {line}")
    return []
