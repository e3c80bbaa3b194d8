"""Business days of Vietnam: public holidays by rule, then what an office's own file says of days.

The rules are those of the ``holidays`` library (Labour Code 2019, article 112; lunar days by
computation; the swaps that the Government announced up to the library's release). A swap that was
announced later stands in an override file until the library knows it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from feesvc.domain.calendar import Calendar
from feesvc.secrets import Misconfigured

__all__ = ["Calendar", "read_calendar", "vietnam"]

YEARS = range(2010, 2100)
"""Outside of these years weekends are the only days off."""


@cache
def vietnam() -> Calendar:
    """The calendar without an override file."""
    # Hundreds of countries come with it: those who never count days need not wait for them.
    import holidays

    days = holidays.country_holidays("VN", years=YEARS)
    return Calendar(frozenset(days), frozenset(days.weekend_workdays))


def read_calendar(path: Path | None) -> Calendar:
    """The calendar of Vietnam with the changes of a file, or without any.

    The file is TOML: ``off`` lists days off beside the known ones, ``working`` days that are worked
    although they are a weekend or a holiday, each as a plain date such as 2026-08-22. Raises
    ``Misconfigured``.
    """
    known = vietnam()
    if path is None:
        return known
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Misconfigured(f"calendar {path}: {error}") from None
    unknown = set(said) - {"off", "working"}
    if unknown:
        raise Misconfigured(f"calendar {path}: it knows off and working, not {min(unknown)}")
    off, working = (_days(path, name, said.get(name, [])) for name in ("off", "working"))
    if off & working:
        raise Misconfigured(f"calendar {path}: {min(off & working)} is both off and working")
    return Calendar((known.off | off) - working, (known.working | working) - off)


def _days(path: Path, name: str, said: Any) -> frozenset[date]:
    listed = said if isinstance(said, Iterable) and not isinstance(said, str) else [said]
    days = list(listed)
    for day in days:
        if not isinstance(day, date) or isinstance(day, datetime):
            raise Misconfigured(f"calendar {path}: {name} lists {day!r}, which is no date")
    return frozenset(days)
