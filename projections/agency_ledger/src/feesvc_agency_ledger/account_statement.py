"""An account's statement: opening, each posting with the running balance, closing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from feesvc.projecting import BadQuery, Db, cursor_of, parts_of, wire
from feesvc_agency_ledger.asked import Asked, Books, books, money
from feesvc_agency_ledger.balances import ZERO, sums
from feesvc_agency_ledger.chart import CHART
from feesvc_agency_ledger.journal import day_of, line_of
from feesvc_agency_ledger.statements import statement


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a page begins. Later pages carry all they need: none adds up what was before."""

    day: date
    position: int
    number: int
    running: int
    opening: int
    closing: int


def page(db: Db, question: Asked, account: str) -> dict[str, Any]:
    """By effective day and position; all pages are as known at the first. Raises ``BadQuery``."""
    code = account_of(account)
    place, of = _begin(db, question, code)
    currency = _currency(db, question, of)
    if place is None:
        place = _opening(db, question, of, code, currency)
    rows = db.execute(
        statement("statement"),
        {
            "agencies": of.agencies, "currency": currency, "account": code, "known": of.known,
            "until": of.until, "day": place.day, "position": place.position,
            "number": place.number, "limit": question.limit + 1,
        },
    ).fetchall()  # fmt: skip
    lines, running = [], place.running
    for row in rows[: question.limit]:
        running += row["amount"]
        lines.append(_line(row, running))
    following = None
    if len(rows) > question.limit:
        last = rows[question.limit - 1]
        following = cursor_of(
            of.known, str(last["counted_on"]), last["position"], last["number"], running,
            place.opening, place.closing,
        )  # fmt: skip
    return of.about(question) | {
        "account": account,
        "name": {"vi": CHART[code].vi, "en": CHART[code].en},
        "opening": money(place.opening, currency),
        "lines": lines,
        "closing": money(place.closing, currency),
        "next": following,
    }


def account_of(account: str) -> int:
    """The code of an account of the chart; raises ``BadQuery``."""
    if not (account.isascii() and account.isdigit() and int(account) in CHART):
        raise BadQuery(f"there is no account {account!r}")
    return int(account)


def _begin(db: Db, question: Asked, account: int) -> tuple[_Place | None, Books]:
    if not question.cursor:
        return None, books(db, question)
    known, day, *rest = parts_of(question.cursor, int, str, int, int, int, int, int)
    return _Place(day_of(day), *rest), books(db, question, known)


def _opening(db: Db, question: Asked, of: Books, account: int, currency: str) -> _Place:
    opening = 0
    if question.first != date.min:
        before = sums(db, of, question.first - timedelta(days=1), account)
        opening = before.get((currency, account), ZERO).balance
    closing = sums(db, of, question.until, account).get((currency, account), ZERO).balance
    return _Place(question.first, 0, 0, opening, opening, closing)


def _currency(db: Db, question: Asked, of: Books) -> str:
    """A running balance is of one currency: the one asked for, or the only one there is."""
    if question.currency:
        return question.currency
    rows = db.execute(statement("currencies"), {"agencies": of.agencies}).fetchall()
    if len(rows) > 1:
        found = ", ".join(row["currency"] for row in rows)
        raise BadQuery(f"say which currency: the book is kept in {found}")
    return str(rows[0]["currency"]) if rows else "VND"


def _line(row: dict[str, Any], running: int) -> dict[str, Any]:
    return {
        "position": wire(row["position"]),
        "agency": row["agency"],
        "booked_on": row["booked_on"],
        "effective_on": row["effective_on"],
        "counted_on": row["counted_on"],
        **line_of(row),
        "balance": money(running, row["currency"]),
    }
