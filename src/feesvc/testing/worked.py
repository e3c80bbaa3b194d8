"""The worked examples of posting rules, and what postings leave on accounts."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol


class Posted(Protocol):
    @property
    def account(self) -> int: ...
    @property
    def amount(self) -> int: ...


def worked(examples: Path, rule: str) -> dict[int, int]:
    """What a worked example leaves on each account: debits - credits, in minor units.

    ``examples`` is a CSV with the columns rule, account, debit and credit. A rule that is not in it
    fails.
    """
    sums: dict[int, int] = defaultdict(int)
    with examples.open(encoding="utf-8") as text:
        for row in csv.DictReader(text):
            if row["rule"] == rule:
                sums[int(row["account"])] += int(row["debit"] or 0) - int(row["credit"] or 0)
    assert sums, rule
    return {account: amount for account, amount in sums.items() if amount}


def balances(postings: Iterable[Posted]) -> dict[int, int]:
    """What postings leave on each account that they do not leave at zero."""
    sums: dict[int, int] = defaultdict(int)
    for posting in postings:
        sums[posting.account] += posting.amount
    return {account: amount for account, amount in sums.items() if amount}
