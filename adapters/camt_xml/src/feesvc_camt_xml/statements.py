"""One account's statement of a camt message, checked against its own totals and balances."""

from __future__ import annotations

import re
from collections.abc import Sequence

from feesvc.money import Money, total
from feesvc.statement import Balance, BankEntry, BankStatement, Unreadable
from feesvc.statement.faults import bad_lines, by_balances
from feesvc_camt_xml.document import Kind
from feesvc_camt_xml.elements import (
    Element,
    amount,
    broken,
    child,
    children,
    day,
    plain,
    text,
)

OPENING = ("OPBD", "PRCD", "ITBD")
CLOSING = ("CLBD", "ITBD")
"""Balance types in the order in which they count; an interim one is a page's own."""
NUMBER = re.compile(r"\d{1,9}", re.ASCII)
SUMMARIES = {"TtlNtries": (1, -1), "TtlCdtNtries": (1,), "TtlDbtNtries": (-1,)}
"""Declared totals, and the signs of the entries that they sum up."""


def statement(
    element: Element, entries: Sequence[BankEntry], faults: Sequence[Unreadable], kind: Kind,
    number: int,
) -> BankStatement:  # fmt: skip
    """Raises ``Unreadable``: the first of ``faults``, if any, with what balances leave for it."""
    account = text(element, "Acct/Id/IBAN") or text(element, "Acct/Id/Othr/Id")
    if not account:
        raise broken(element, "F05", f"statement {number} names no account")
    opening, closing = _balance(element, OPENING), _balance(element, CLOSING, last=True)
    if faults:
        booked = [one.amount for one in entries if one.status == "booked"]
        closes = kind == "statement"  # no other kind is held to its balances
        raise bad_lines(faults, by_balances(opening, closing, booked) if closes else ())
    currency = _currency(element, opening, closing, entries)
    _check_summaries(element, entries, currency)
    warnings = [] if kind != "statement" else _rolled(element, opening, closing, entries, currency)
    sequence = text(element, "LglSeqNb") or text(element, "ElctrncSeqNb")
    return BankStatement(
        kind=kind, account=account.replace(" ", ""), currency=currency,
        identity=text(element, "Id"),
        sequence=int(sequence) if sequence.isdecimal() and sequence.isascii() else None,
        opening=opening, closing=closing, entries=entries, warnings=tuple(warnings),
    )  # fmt: skip


def _balance(element: Element, types: Sequence[str], *, last: bool = False) -> Balance | None:
    """The balance of the first type that is there; of several, the first or the last."""
    for wanted in types:
        found = [b for b in children(element, "Bal") if text(b, "Tp/CdOrPrtry/Cd") == wanted]
        if found:
            one = found[-1 if last else 0]
            return Balance(amount=amount(one), on=day(child(one, "Dt")))
    return None


def _currency(
    element: Element, opening: Balance | None, closing: Balance | None, entries: Sequence[BankEntry]
) -> str:
    """The account's own; every amount on it is in that one."""
    said = [balance.amount.currency for balance in (opening, closing) if balance]
    said += [one.amount.currency for one in entries]
    account = text(element, "Acct/Ccy")
    currencies = {*said, account} - {""}
    if len(currencies) != 1:
        raise broken(element, "F05", f"one account in {sorted(currencies) or 'no currency'}")
    return currencies.pop()


def _check_summaries(element: Element, entries: Sequence[BankEntry], currency: str) -> None:
    for name, signs in SUMMARIES.items():
        declared = child(element, f"TxsSummry/{name}")
        if declared is None:
            continue
        counted = [e for e in entries if (1 if e.amount.amount >= 0 else -1) in signs]
        number, sum_ = text(declared, "NbOfNtries"), text(declared, "Sum")
        if number and NUMBER.fullmatch(number) is None:
            raise broken(declared, "F05", f"{name}: NbOfNtries is no number", number)
        if number and int(number) != len(counted):
            off = int(number) - len(counted)
            why = f"{name}: {int(number)} declared, {len(counted)} there, difference {off}"
            raise broken(declared, "F06", why)
        found = Money(sum(abs(e.amount.amount) for e in counted), currency)
        said = plain(declared, sum_, currency) if sum_ else found
        if said != found:
            why = f"{name}: {said} declared, the entries make {found}, difference {said - found}"
            raise broken(declared, "F06", why)


def _rolled(
    element: Element, opening: Balance | None, closing: Balance | None,
    entries: Sequence[BankEntry], currency: str,
) -> list[str]:  # fmt: skip
    """Opening and booked entries have to make closing; what cannot be checked is said."""
    if opening is None or closing is None:
        missing = "opening" if opening is None else "closing"
        return [f"no {missing} balance: nothing proves that every entry is here"]
    booked = total((e.amount for e in entries if e.status == "booked"), currency)
    if opening.amount + booked != closing.amount:
        off = closing.amount - opening.amount - booked
        raise broken(
            element, "F09",
            f"{opening.amount} and entries of {booked} are not {closing.amount}: {off} is missing",
        )  # fmt: skip
    return []
