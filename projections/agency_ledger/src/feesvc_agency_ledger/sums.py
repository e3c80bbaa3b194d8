"""Sums of postings by day, month and year, kept so that no balance ever adds up postings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TypeAlias

from feesvc.projecting import Db
from feesvc_agency_ledger.posting import Posting
from feesvc_agency_ledger.statements import statement

Sums: TypeAlias = dict[tuple[object, ...], list[int]]
"""Debits and credits, both positive, in minor units."""


def write_sums(db: Db, postings: Sequence[Posting]) -> None:
    """Add what a batch posts to the sums of its days, months and years."""
    known: Sums = {}
    for p in postings:
        key = (p.agency, p.currency, p.booked_on, p.counted_on, p.account, p.item)
        _add(known, key, max(p.amount, 0), max(-p.amount, 0))
    spans: Sums = {}
    for (agency, currency, _, counted_on, account, _), (debits, credits) in known.items():
        assert isinstance(counted_on, date)
        for span, starts_on in (
            ("Y", counted_on.replace(month=1, day=1)),
            ("M", counted_on.replace(day=1)),
            ("D", counted_on),
        ):
            _add(spans, (agency, currency, span, starts_on, account), debits, credits)
    db.execute(statement("add_known"), _columns(known))
    db.execute(statement("add_balances"), _columns(spans))


def _add(sums: Sums, key: tuple[object, ...], debits: int, credits: int) -> None:
    found = sums.get(key)
    if found is None:
        sums[key] = [debits, credits]
    else:
        found[0] += debits
        found[1] += credits


def _columns(sums: Mapping[tuple[object, ...], list[int]]) -> list[list[object]]:
    return [list(column) for column in zip(*((*k, *v) for k, v in sums.items()), strict=True)]
