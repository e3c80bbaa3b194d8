"""Business days: weekends, holidays, swapped Saturdays, and what an office's own file says."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feesvc.domain.calendar import Calendar
from feesvc.reconciling.calendar import read_calendar, vietnam
from feesvc.secrets import Misconfigured

DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))


def test_weekends_and_public_holidays_do_not_count() -> None:
    calendar = vietnam()
    assert calendar.plus(date(2026, 11, 20), 1) == date(2026, 11, 23)
    assert calendar.plus(date(2026, 11, 20), 2) == date(2026, 11, 25)  # 24 November is one
    assert calendar.plus(date(2026, 11, 21), 0) == date(2026, 11, 21)
    # The lunar new year of 2026, from its eve to the fourth day, and the Friday before it.
    assert calendar.plus(date(2026, 2, 13), 1) == date(2026, 2, 23)
    assert calendar.plus(date(2026, 2, 23), -1) == date(2026, 2, 13)


def test_a_swapped_saturday_is_worked_for_the_monday_that_is_off() -> None:
    """29 April 2024 was given off and Saturday 4 May worked for it."""
    calendar = vietnam()
    assert not calendar.is_business_day(date(2024, 4, 29))
    assert calendar.is_business_day(date(2024, 5, 4))
    assert calendar.plus(date(2024, 4, 26), 3) == date(2024, 5, 4)


def test_an_office_adds_days_off_and_swapped_days(tmp_path: Path) -> None:
    file = tmp_path / "days.toml"
    file.write_text("off = [2026-12-31]\nworking = [2027-01-01, 2026-12-26]\n", encoding="utf-8")
    calendar = read_calendar(file)
    assert not calendar.is_business_day(date(2026, 12, 31))
    assert calendar.is_business_day(date(2027, 1, 1)) and not vietnam().off <= calendar.off
    assert calendar.is_business_day(date(2026, 12, 26))
    assert calendar.business_days_between(date(2026, 12, 25), date(2027, 1, 1)) == 5
    assert calendar.version != vietnam().version == read_calendar(None).version


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("off = [2026-02-30]", "days.toml"),
        ('off = ["2026-12-31"]', "no date"),
        ("off = [2026-12-31T00:00:00]", "no date"),
        ("holidays = [2026-12-31]", "holidays"),
        ("off = [2026-12-31]\nworking = [2026-12-31]", "both"),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused(tmp_path: Path, said: str, why: str) -> None:
    file = tmp_path / "days.toml"
    file.write_text(said, encoding="utf-8")
    with pytest.raises(Misconfigured, match=why):
        read_calendar(file)
    with pytest.raises(Misconfigured):
        read_calendar(tmp_path / "none.toml")


@given(DAYS, DAYS)
def test_days_between_are_those_that_can_be_counted(one: date, other: date) -> None:
    calendar = vietnam()
    first, last = min(one, other), max(one, other)
    counted = sum(
        calendar.is_business_day(first + timedelta(days=n))
        for n in range(1, (last - first).days + 1)
    )
    assert calendar.business_days_between(first, last) == counted
    assert calendar.business_days_between(last, first) == -counted


@given(DAYS, st.integers(0, 60))
def test_going_so_many_days_on_ends_that_many_days_on(day: date, days: int) -> None:
    calendar = vietnam()
    end = calendar.plus(day, days)
    assert calendar.business_days_between(day, end) == days
    assert not days or calendar.is_business_day(end)


def test_two_calendars_that_know_the_same_are_one_version() -> None:
    off = frozenset({date(2026, 1, 1), date(2026, 1, 2)})
    assert Calendar(off).version == Calendar(frozenset(sorted(off, reverse=True))).version
    assert Calendar(off).version != Calendar(frozenset(), off).version
