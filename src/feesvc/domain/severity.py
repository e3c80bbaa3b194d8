"""Severity of a case: the highest of its kind, the money at risk, its age, and its repetition."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from feesvc.domain.case_kinds import CaseKind
from feesvc.money import Money

BUCKETS = ("0-1", "2-3", "4-7", "8-30", "31-90", ">90")
LAST_DAYS = (1, 3, 7, 30, 90)
"""The last day of each bucket but the open one: business days, or calendar days by law."""
TIERS: dict[str, Sequence[int]] = {"VND": (10_000_000, 100_000_000, 1_000_000_000)}
"""From how much, in minor units, a case is of severity 2, 3 and 4."""
OTHER_TIERS: Sequence[int] = (40_000, 400_000, 4_000_000)
"""The same for currencies with cents, at about the same worth."""
REPEATS = (3, 10, 30)
"""How many cases of one kind and provider within 30 days make it 2, 3 and 4."""
BY_BUCKET = (1, 1, 1, 2, 3, 4)


def bucket_of(days: int) -> int:
    """The place in ``BUCKETS`` of an age in the days of its kind."""
    return sum(days > last for last in LAST_DAYS)


def severity(kind: CaseKind, at_risk: Money, bucket: int, repeats: int) -> int:
    """From 1, low, to 4, critical. ``repeats`` counts this one."""
    tiers = TIERS.get(at_risk.currency, OTHER_TIERS)
    by_amount = 1 + bisect_right(tiers, at_risk.amount)
    by_repeats = 1 + bisect_right(REPEATS, repeats)
    return max(kind.severity, by_amount, BY_BUCKET[bucket], by_repeats)
