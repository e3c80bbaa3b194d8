"""The book as an hledger journal, so that a program that is not ours can add it up again.

One transaction for each event and currency. Its date is the day it counts in, its second date the
day it was booked, its code the position. The opening is asserted, and every closing balance too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from feesvc.money import NOT_TWO, Money, decimal
from feesvc.projecting import OpenDb, position_of
from feesvc.projecting.exporting import ZONE, Paper
from feesvc_agency_ledger import journal
from feesvc_agency_ledger.asked import ALWAYS, Asked
from feesvc_agency_ledger.chart import CHART
from feesvc_agency_ledger.papers import named, pages
from feesvc_agency_ledger.trial_balance import trial_balance

ROOTS = {
    "asset": ("assets", "A"), "liability": ("liabilities", "L"), "equity": ("equity", "E"),
    "income": ("income", "R"), "expense": ("expenses", "X"), "memo": ("memo", ""),
}  # fmt: skip
NOT_IN_A_TAG = re.compile(r"[\s,;]+")


def of_journal(open_db: OpenDb, question: Asked) -> Paper:
    """The journal asked for, whole, as known when it was asked for."""
    following = pages(open_db, journal.page, question)
    first = next(following)
    with open_db() as db:
        known = question if question.known is not None else _known(question, first)
        balances = trial_balance(db, known)
    return Paper(named("journal", question, first), _pieces(question, first, following, balances))


def _known(question: Asked, said: Mapping[str, Any]) -> Asked:
    """As known when the journal was begun, though more was recorded meanwhile."""
    return replace(question, known=position_of(said["known_at"]))


def _pieces(
    question: Asked, first: Mapping[str, Any], following: Iterator[Mapping[str, Any]],
    balances: Mapping[str, Any],
) -> Iterator[bytes]:  # fmt: skip
    books = balances["books"]
    yield _text(_heading(question, first, [book["currency"] for book in books]))
    if question.first != date.min:
        yield _text(_opening(question.first, books))
    last = question.first
    page: Mapping[str, Any] | None = first
    while page is not None:
        for entry in page["entries"]:
            last = max(last, entry["counted_on"])
        yield _text(line for entry in page["entries"] for line in _entry(entry))
        page = next(following, None)
    closing = question.until if question.until != ALWAYS else last
    yield _text(_closing(closing, books))


def _heading(question: Asked, said: Mapping[str, Any], currencies: list[str]) -> Iterator[str]:
    yield f"; book of {question.agency}, units {' '.join(said['units'])}"
    yield f"; as known at {said['known_at']}; days are {ZONE}"
    for currency in currencies:
        yield f"commodity 1000.{'0' * NOT_TWO.get(currency, 2)} {currency}"
    for code, facts in CHART.items():
        kind = ROOTS[facts.type][1]
        yield f"account {account(code)}" + (f"  ; type: {kind}" if kind else "")
        yield f"    ; {facts.vi} | {facts.en}"


def account(code: int | str) -> str:
    """``assets:1200``: under the root of its type."""
    return f"{ROOTS[CHART[int(code)].type][0]}:{code}"


def _opening(day: date, books: list[dict[str, Any]]) -> Iterator[str]:
    for book in books:
        rows = [row for row in book["accounts"] if row["opening"]["amount"]]
        if rows:
            yield ""
            yield f"{day} * opening balances"
        for row in rows:
            amount = _amount(row["opening"])
            yield f"    {account(row['account'])}  {amount} = {amount}"


def _closing(day: date, books: list[dict[str, Any]]) -> Iterator[str]:
    for book in books:
        if book["accounts"]:
            yield ""
            yield f"{day} * closing balances"
        for row in book["accounts"]:
            nothing = _amount({"amount": 0, "currency": book["currency"]})
            yield f"    {account(row['account'])}  {nothing} = {_amount(row['balance'])}"


def _entry(entry: Mapping[str, Any]) -> Iterator[str]:
    rules = " ".join(dict.fromkeys(line["rule"] for line in entry["lines"]))
    late = entry["effective_on"] != entry["counted_on"]
    effective = f", effective:{entry['effective_on']}" if late else ""
    yield ""
    yield (
        f"{entry['counted_on']}={entry['booked_on']} * ({entry['position']}) {rules}"
        f"  ; agency:{entry['agency']}, rules:{entry['rules']}{effective}"
    )
    for line in entry["lines"]:
        tags = ", ".join(
            f"{name}:{NOT_IN_A_TAG.sub(' ', str(line[name]))}"
            for name in journal.ABOUT
            if line.get(name)
        )
        tagged = f"  ; {tags}" if tags else ""
        yield f"    {account(line['account'])}  {_amount(line['amount'])}{tagged}"


def _amount(said: Mapping[str, Any]) -> str:
    return f"{decimal(Money(said['amount'], said['currency']))} {said['currency']}"


def _text(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()
