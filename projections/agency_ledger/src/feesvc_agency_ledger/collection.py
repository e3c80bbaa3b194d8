"""Collection by fee item: what was assessed, what came in, what went back, what is still open."""

from __future__ import annotations

from typing import Any

from feesvc.projecting import Db
from feesvc_agency_ledger.asked import Asked, books, money
from feesvc_agency_ledger.statements import statement


def by_fee(db: Db, question: Asked) -> dict[str, Any]:
    """Movements of the period; ``open`` is what is owed at its end. All amounts are positive.

    ``assessed`` is what became due, also for a second time after a lost dispute; ``released`` what
    is no more due without having been paid; ``collected`` and ``returned`` are of paid money.
    """
    of = books(db, question)
    rows = db.execute(
        statement("collection"),
        {
            "agencies": of.agencies, "currency": question.currency, "first": question.first,
            "until": question.until, "known": of.known,
        },
    )  # fmt: skip
    names = ("assessed", "released", "collected", "returned", "open")
    fees = [
        {
            "agency": row["agency"],
            "item": row["item"],
            "kind": row["kind"],
            "name": {"vi": row["name_vi"], "en": row["name_en"]},
            **{name: money(row[name], row["currency"]) for name in names},
        }
        for row in rows
    ]
    return of.about(question) | {"fees": fees}
