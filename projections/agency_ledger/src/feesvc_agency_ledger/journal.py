"""The journal: entries with their lines, one entry per event and currency."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import Any

from feesvc.projecting import BadQuery, Db, cursor_of, parts_of, wire
from feesvc_agency_ledger.asked import Asked, books, money
from feesvc_agency_ledger.statements import statement

ABOUT = (
    "item", "assessment", "line", "transfer", "payment", "refund", "intermediary", "batch",
)  # fmt: skip
"""What a posting may be about."""


def page(db: Db, question: Asked) -> dict[str, Any]:
    """One page, by effective day and then position. All pages are as known at the first one."""
    known, day, position, currency = begin(question)
    of = books(db, question, known)
    rows = db.execute(
        statement("journal"),
        {
            "agencies": of.agencies, "currency": question.currency, "until": of.until,
            "known": of.known, "day": day, "position": position, "after": currency,
            "limit": question.limit + 1,
        },
    ).fetchall()  # fmt: skip
    entries = [
        entry_of(list(lines))
        for _, lines in groupby(rows, key=lambda row: (row["position"], row["currency"]))
    ]
    following = None
    if len(entries) > question.limit:
        last = entries[question.limit - 1]
        following = cursor_of(
            of.known, str(last["counted_on"]), int(last["position"].rpartition("-")[2]),
            last["currency"],
        )  # fmt: skip
    return of.about(question) | {"entries": entries[: question.limit], "next": following}


def begin(question: Asked) -> tuple[int | None, date, int, str]:
    """Where a page begins: as known when, after which day, position and currency."""
    if not question.cursor:
        return None, question.first, 0, ""
    known, day, position, currency = parts_of(question.cursor, int, str, int, str)
    return known, day_of(day), position, currency


def day_of(text: str) -> date:
    """A day out of a cursor; raises ``BadQuery``."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadQuery("the cursor is not one of ours") from error


def entry_of(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """An entry as every route shows it, of its postings."""
    first = rows[0]
    return {
        "position": wire(first["position"]),
        "agency": first["agency"],
        "currency": first["currency"],
        "booked_on": first["booked_on"],
        "effective_on": first["effective_on"],
        "counted_on": first["counted_on"],
        "rules": first["rules"],
        "lines": [line_of(row) for row in rows],
    }


def line_of(row: dict[str, Any]) -> dict[str, Any]:
    """A posting as every route shows it; dimensions that it lacks are left out."""
    about = {name: row[name] for name in ABOUT if row[name]}
    return {
        "account": str(row["account"]),
        "rule": row["rule"],
        "amount": money(row["amount"], row["currency"]),
    } | about
