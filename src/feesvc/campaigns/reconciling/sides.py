"""Sides: what stands on the wrong side of an account, worked out from the postings alone (G03).

Liabilities in debit and clearing in credit. A credit on clearing is as it must be where it is money
that went back and that no settlement told of yet (1200), or where a batch's own lines make it
(1210, P08n): what the bank paid beyond the lines is not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from uuid import UUID

from feesvc.campaigns.reconciling.booking import Journal, Row

BY: dict[int, str] = {
    1100: "assessment", 1200: "transfer", 1210: "batch", 1250: "transfer", 1290: "batch",
    1295: "transfer", 2100: "transfer", 2150: "transfer", 2200: "refund", 2210: "refund",
    2300: "assessment", 2350: "transfer", 2360: "assessment",
}  # fmt: skip
"""What the items of an account are; other liabilities stand on one side as a whole."""
LIABILITIES = range(2000, 3000)


def wrong_sides(
    journal: Journal, agency: str, day: date, known: int, left: Mapping[UUID, int]
) -> dict[int, int]:
    """By account: debits - credits of what is on its wrong side at the end of ``day``.

    ``left``: by batch, what its lines came to that people still looked at; a batch that was paid
    beyond its lines by no more than those is explained by them, each under a name of its own.
    """
    sums: Counter[tuple[int, UUID | None]] = Counter()
    rightly: Counter[tuple[int, UUID | None, str]] = Counter()
    for rows in journal.at.values():
        for row in rows:
            if row["agency"] != agency or row["counted_on"] > day or row["position"] > known:
                continue
            account = row["account"]
            if account not in BY and account not in LIABILITIES:
                continue
            item = row[BY[account]] if account in BY else None
            sums[account, item] += row["amount"]
            rightly[account, item, _kind(row)] += row["amount"]
    found: Counter[int] = Counter()
    for (account, item), amount in sums.items():
        if account in LIABILITIES:
            found[account] += max(amount, 0)
        elif amount < 0:
            may = sum(min(rightly[account, item, kind], 0) for kind in ("back", "lines"))
            beyond = min(amount - may, 0)
            if not (account == 1210 and item is not None and -beyond <= left.get(item, 0)):
                found[account] += beyond
    return {account: amount for account, amount in found.items() if amount}


def _kind(row: Row) -> str:
    """What a posting on clearing is part of: money that went back, a batch's lines, the rest."""
    rule = row["rule"].removeprefix("-")
    if row["account"] == 1200 and (row["refund"] is not None or rule.startswith("P13")):
        return "back"
    return "lines" if row["account"] == 1210 and not rule.startswith("P09") else ""
