"""Late entries: what happened in a closed period and counts in the next one that was open."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from feesvc.projecting import Db, cursor_of
from feesvc_agency_ledger.asked import Asked, books
from feesvc_agency_ledger.journal import begin, entry_of
from feesvc_agency_ledger.statements import statement


def page(db: Db, question: Asked) -> dict[str, Any]:
    """By effective day, which ``period`` and ``as_of`` mean here, and position."""
    known, day, position, currency = begin(question)
    of = books(db, question, known)
    rows = db.execute(
        statement("late_entries"),
        {
            "agencies": of.agencies, "currency": question.currency, "until": question.until,
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
            of.known, str(last["effective_on"]), int(last["position"].rpartition("-")[2]),
            last["currency"],
        )  # fmt: skip
    return of.about(question) | {"entries": entries[: question.limit], "next": following}
