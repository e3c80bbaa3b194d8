"""Ages of cases as of a day: in business days, or in calendar days where the law counts so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from typing import Any

from fastapi import Request

from feesvc.domain.calendar import Calendar
from feesvc.domain.case_kinds import KINDS, CaseKind
from feesvc.domain.severity import LAST_DAYS

HANOI = timezone(timedelta(hours=7))
IN_BUSINESS_DAYS = sorted(code for code, kind in KINDS.items() if kind.ages_in_business_days)


class Ages:
    """The ages of cases on ``day``, Asia/Ho_Chi_Minh, by the calendar of the house."""

    def __init__(self, request: Request, day: date | None) -> None:
        self._calendar: Calendar = getattr(request.state, "calendar", None) or Calendar()
        today: date = getattr(request.state, "today", None) or datetime.now(HANOI).date()
        self.day = day or today

    def asked(self) -> dict[str, Any]:
        """The first opening days of the age buckets, the oldest first, as the statements ask."""
        return {
            "day": self.day,
            "in_business_days": IN_BUSINESS_DAYS,
            "business": self._first_days(self._calendar.business_days_between),
            "calendar": self._first_days(lambda first, last: (last - first).days),
        }

    def of(self, kind: CaseKind, opened_on: date, until: date) -> int:
        """How old a case is, in the days of its kind."""
        if kind.ages_in_business_days:
            return max(self._calendar.business_days_between(opened_on, until), 0)
        return max((until - opened_on).days, 0)

    def _first_days(self, between: Callable[[date, date], int]) -> list[date]:
        found: list[date] = []
        first = self.day
        for last in LAST_DAYS:
            while between(first - timedelta(days=1), self.day) <= last:
                first -= timedelta(days=1)
            found.append(first)
        return found[::-1]
