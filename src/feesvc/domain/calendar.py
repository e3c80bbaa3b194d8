"""Calendar: which days are business days, as a value: weekends, days off and swapped Saturdays."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256

SATURDAY = 5
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Monday to Friday but ``off``, and weekend days that are ``working`` for a swapped one."""

    off: frozenset[date] = frozenset()
    working: frozenset[date] = frozenset()
    version: str = field(init=False)
    """A hash of all that it knows: two calendars of one version count alike."""
    _missed: Sequence[date] = field(init=False, repr=False, compare=False)
    """Mondays to Fridays that are off, in order."""
    _gained: Sequence[date] = field(init=False, repr=False, compare=False)
    """Weekend days that are worked, in order."""

    def __post_init__(self) -> None:
        off = sorted(self.off - self.working)
        working = sorted(self.working)
        said = [f"-{day}" for day in off] + [f"+{day}" for day in working]
        told = {
            "version": sha256("\n".join(said).encode()).hexdigest()[:16],
            "_missed": tuple(day for day in off if day.weekday() < SATURDAY),
            "_gained": tuple(day for day in working if day.weekday() >= SATURDAY),
        }
        for name, value in told.items():
            object.__setattr__(self, name, value)

    def is_business_day(self, day: date) -> bool:
        return day in self.working or (day.weekday() < SATURDAY and day not in self.off)

    def plus(self, day: date, days: int) -> date:
        """The day that is ``days`` business days after ``day``; ``day`` itself for 0.

        Fewer than 0 count back. What falls on a day off and is due in 0 days is due on that day.
        """
        step = DAY if days > 0 else -DAY
        left = abs(days)
        while left:
            day += step
            left -= self.is_business_day(day)
        return day

    def business_days_between(self, first: date, last: date) -> int:
        """Business days after ``first`` up to and with ``last``; negative where last is before."""
        if last < first:
            return -self.business_days_between(last, first)
        weeks, rest = divmod((last - first).days, 7)
        weekdays = 5 * weeks + sum((last - n * DAY).weekday() < SATURDAY for n in range(rest))
        return weekdays - _within(self._missed, first, last) + _within(self._gained, first, last)


def _within(days: Sequence[date], first: date, last: date) -> int:
    return bisect_right(days, last) - bisect_right(days, first)
