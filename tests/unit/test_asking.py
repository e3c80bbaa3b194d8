"""Plain time, positions and cursors, as read routes are asked with them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feesvc.projecting import BadQuery, Span, cursor_of, parts_of, position_of, span_of, wire


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29)),
        ("2026-11-21", date(2026, 11, 21), date(2026, 11, 21)),
    ],
)
def test_plain_time_is_days_from_first_to_last(text: str, first: date, last: date) -> None:
    assert span_of(text) == Span(first, last)


@pytest.mark.parametrize(
    "text",
    ["", "26", "2026-Q5", "2026-13", "2026-02-30", "2026-1", "2026-11-21T00:00", "٢٠٢٦", "0000"],
)
def test_other_texts_are_no_time(text: str) -> None:
    with pytest.raises(BadQuery):
        span_of(text)


def test_a_position_comes_back_as_it_went() -> None:
    assert position_of(wire(123)) == 123
    assert wire(123) == "feesvc-123"
    assert position_of(wire(7, "a-b"), "a-b") == 7


@pytest.mark.parametrize("text", ["", "123", "feesvc-", "feesvc--1", "feesvc-1.0", "other-1"])
def test_other_texts_are_no_position(text: str) -> None:
    with pytest.raises(BadQuery):
        position_of(text)


@given(st.integers(-(2**63) + 1, 2**63 - 1), st.text())
def test_a_cursor_comes_back_as_it_went(number: int, text: str) -> None:
    assert parts_of(cursor_of(number, text), int, str) == [number, text]


@given(st.text())
def test_a_text_that_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(BadQuery):
        parts_of(text, int, str, date)


def test_a_cursor_of_other_parts_is_refused() -> None:
    for cursor in (cursor_of("a"), cursor_of(1, 2), cursor_of(10**30), cursor_of()):
        with pytest.raises(BadQuery):
            parts_of(cursor, int)
