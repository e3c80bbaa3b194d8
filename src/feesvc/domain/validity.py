"""Days on which a rule of law is in force: from a first day to a last one, both included."""

from __future__ import annotations

from datetime import date


def holds(day: date, first: date, last: date | None) -> bool:
    """Whether ``day`` lies in the span; without a ``last`` day it has no end."""
    return first <= day and (last is None or day <= last)


def overlap(first: date, last: date | None, other_first: date, other_last: date | None) -> bool:
    """Whether some day lies in both spans."""
    return (last is None or other_first <= last) and (other_last is None or first <= other_last)
