"""The taxonomy of differences: every code is there, with a clock that can be told."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from feesvc.domain.case_kinds import KINDS, UnknownCaseCode, kind_of
from feesvc.reconciling.calendar import vietnam

AT = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
"""Already Saturday the 21st in Hanoi."""


def test_all_67_codes_are_known() -> None:
    ends = {"F": 13, "A": 8, "S": 21, "B": 11, "T": 9, "G": 5}
    assert {code for code in KINDS if code[0] != "N"} == {
        f"{letter}{number:02}" for letter, last in ends.items() for number in range(1, last + 1)
    }
    for kind in KINDS.values():
        assert kind.name_en and kind.name_vi and 1 <= kind.severity <= 4
    with pytest.raises(UnknownCaseCode):
        kind_of("F14")


@pytest.mark.parametrize(
    ("code", "due"),
    [
        ("F01", date(2026, 11, 23)),
        ("A02", date(2026, 12, 7)),
        ("F10", date(2026, 11, 21)),
        ("T08", date(2026, 11, 22)),
        ("G05", date(2026, 12, 21)),
        ("G02", date(2026, 11, 30)),
        ("S01", date(2026, 11, 21)),
    ],
)
def test_each_clock_counts_in_its_own_days(code: str, due: date) -> None:
    assert kind_of(code).due_on(AT, vietnam()) == due


def test_what_needs_no_person_says_so() -> None:
    assert {code for code, kind in KINDS.items() if kind.by_rule} == {
        "F02", "F13", "S01", "S16", "S18", "S21", "B01", "B05", "B06", "T01", "G02",
    }  # fmt: skip
