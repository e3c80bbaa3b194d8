"""One statement: every :61: of it, checked against its balances or its declared sums."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import mt940

from feesvc.money import Money, total
from feesvc.statement import Balance, BankEntry, BankStatement, Unreadable
from feesvc.statement.faults import bad_lines, by_balances
from feesvc_mt94x.entries import entry, gained
from feesvc_mt94x.fields import BEGINS, Field, balance, currency, declared, fields
from feesvc_mt94x.lines import Written, written

DIALECTS: tuple[dict[int | str, Any] | None, ...] = (
    None, {mt940.tags.StatementASNB.id: mt940.tags.StatementASNB()},
)  # fmt: skip
"""The standard's field 61, and one with a longer customer reference that some banks write."""
OPENING, CLOSING = ("60F", "60M"), ("62F", "62M")
"""Balances in the order in which they count; an intermediate one is a page's own."""
SUMS = {"90D": ("debits", -1), "90C": ("credits", 1)}
UNPROVEN = "nothing proves that every entry is here"


def statement(block: str, number: int, line: int, warning: str) -> BankStatement:
    """``line`` is that of the block in its file. Raises ``Unreadable``."""
    block = _without_envelope(block)
    found = list(fields(block, line))
    unit = _currency(found, number, line)
    opening, closing = _balance(found, OPENING), _balance(found, CLOSING)
    lines = [field for field in found if field.tag == "61"]
    ours = _written(lines, unit, opening, closing)
    read = _parsed(block, number, line)
    if len(lines) != len(read):
        why = f"statement {number}: {len(lines)} fields :61:, {len(read)} of them readable"
        raise Unreadable("F05", why, place=f"line {line}")
    account = str(read.data.get("account_identification") or "").strip().replace(" ", "")
    if not account:
        raise Unreadable("F05", f"statement {number} names no account", place=f"line {line}")
    entries = [
        entry(one.data, field, said) for one, field, said in zip(read, lines, ours, strict=True)
    ]
    report = opening is None and closing is None
    unproven = (
        _summed(found, entries, unit) if report else _rolled(found, opening, closing, entries, unit)
    )
    # What nothing proves comes first: a list of many warnings is cut off at its end.
    warnings = [words for words in (*unproven, warning, *(said.warning for said in ours)) if words]
    sequence = str(read.data.get("statement_number") or "")
    return BankStatement(
        kind="report" if report else "statement", account=account, currency=unit,
        identity=str(read.data.get("transaction_reference") or "").strip(),
        sequence=int(sequence) if sequence.isdecimal() and int(sequence) else None,
        opening=opening, closing=closing, entries=entries, warnings=tuple(warnings),
    )  # fmt: skip


def _written(
    lines: Sequence[Field], unit: str, opening: Balance | None, closing: Balance | None
) -> Sequence[Written]:  # fmt: skip
    """Raises ``Unreadable``: the first line that is wrong, with what balances leave for it."""
    ours: list[Written] = []
    faults: list[Unreadable] = []
    for field in lines:
        try:
            ours.append(written(field, unit))
        except Unreadable as fault:
            if fault.code != "F05":
                raise
            faults.append(fault)
    if faults:
        raise bad_lines(faults, by_balances(opening, closing, [gained(one) for one in ours]))
    return ours


def _without_envelope(block: str) -> str:
    """Without the end of its message and the blocks that the next one begins with."""
    body, _, behind = block.rpartition("\n-}")
    return block if BEGINS.search(behind) else f"{body}\n"


def _parsed(block: str, number: int, line: int) -> Any:
    """What the library says of it is for its authors, and may repeat what stands in the file."""
    for tags in DIALECTS:
        try:
            [read] = mt940.parse_statements(block, tags=tags)
        except (RuntimeError, ValueError, ArithmeticError, AssertionError, LookupError, TypeError):
            continue
        return read
    why = f"statement {number} cannot be read as MT940 or MT942"
    raise Unreadable("F05", why, place=f"line {line}")


def _currency(found: Sequence[Field], number: int, line: int) -> str:
    """That of all balances and sums; where there are none, that of the limit."""
    said = [field for field in found if field.tag in (*OPENING, *CLOSING, *SUMS)]
    said = said or [field for field in found if field.tag == "34F"]
    if not said:
        why = f"statement {number} has no balance, sum or limit that says its currency"
        raise Unreadable("F05", why, place=f"line {line}")
    first = currency(said[0])
    for field in said:
        if currency(field) != first:
            raise field.broken("F05", f"one account in {first} and {currency(field)}")
    return first


def _last(found: Sequence[Field], tags: Sequence[str]) -> Field | None:
    for tag in tags:
        fitting = [field for field in found if field.tag == tag]
        if fitting:
            return fitting[-1]
    return None


def _balance(found: Sequence[Field], tags: Sequence[str]) -> Balance | None:
    field = _last(found, tags)
    return balance(field) if field else None


def _summed(found: Sequence[Field], entries: Sequence[BankEntry], unit: str) -> Iterator[str]:
    """MT942 declares how many debits and credits there are, and what they make, where it does."""
    for tag, (name, sign) in SUMS.items():
        field = _last(found, (tag,))
        if field is None:
            yield f"no sum of {name} (:{tag}:): {UNPROVEN}"
            continue
        number, said = declared(field)
        counted = [e for e in entries if e.amount.amount * sign > 0]
        there = Money(sum(abs(e.amount.amount) for e in counted), unit)
        breaks = [
            f"{what} declared {one}, read {other}, difference {difference}"
            for what, one, other, difference in (
                (f"number of {name}", number, len(counted), number - len(counted)),
                (f"sum of {name}", said, there, said - there),
            )
            if difference
        ]
        if breaks:
            raise field.broken("F06", "; ".join(breaks))


def _rolled(
    found: Sequence[Field], opening: Balance | None, closing: Balance | None,
    entries: Sequence[BankEntry], unit: str,
) -> list[str]:  # fmt: skip
    if opening is None or closing is None:
        missing = "opening" if opening is None else "closing"
        return [f"no {missing} balance: {UNPROVEN}"]
    booked = total((one.amount for one in entries), unit)
    off = closing.amount - opening.amount - booked
    field = _last(found, CLOSING)
    if off and field:
        why = f"{opening.amount} and entries of {booked} are not {closing.amount}: {off} is missing"
        raise field.broken("F09", why)
    return []
