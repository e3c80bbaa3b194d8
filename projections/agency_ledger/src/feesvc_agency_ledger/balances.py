"""Sums of debits and credits per currency and account, as of any day, as known at any time."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple, TypeAlias

from feesvc.projecting import Db
from feesvc_agency_ledger.asked import Books
from feesvc_agency_ledger.statements import statement


class Sum(NamedTuple):
    """Minor units, both positive."""

    debits: int
    credits: int

    @property
    def balance(self) -> int:
        return self.debits - self.credits


ZERO = Sum(0, 0)
Sums: TypeAlias = dict[tuple[str, int], Sum]
"""By currency and account."""


def sums(db: Db, of: Books, until: date, account: int | None = None) -> Sums:
    """All that was effective up to a day, the day included; ``account`` None means every one.

    What is recorded by now is answered from sums by year, month and day; what was known at an
    earlier position from sums by booked day, and the postings of that position's own day.
    """
    arguments = {
        "agencies": of.agencies, "until": until, "account": account, "known": of.known,
    }  # fmt: skip
    rows = db.execute(statement("sums" if of.current else "sums_known"), arguments)
    return {(r["currency"], r["account"]): Sum(int(r["debits"]), int(r["credits"])) for r in rows}
