"""Settlement tables without a line: what their totals prove, and the day that they tell."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date

import pytest

from feesvc.statement import Row, Unreadable
from feesvc.statement.profile import SettlementProfile
from feesvc.statement.profile_text import read_profile
from feesvc.statement.settled import SettledBatch, SettledTable

BASE = """
use = "settlement"
name = "daily"
title = "Daily"
format = "any"
preamble = 2
[columns]
native_id = "Id"
batch = "Batch"
kind = "Type"
gross = "Amount"
currency = "Money"
occurred_at = "At"
[kinds]
Pay = "payment"
"""
TOTAL = """
[[footers]]
marker = "Total"
count = 2
gross = "Amount"
"""
DAY = '[batch]\nsettled_on_label = "Settled"\n'
HEAD = "Id;Batch;Amount;Type;Money;At\n"
NONE = "Total;0;0"


def settled(profile: str, text: str, currency: str = "VND") -> list[SettledBatch]:
    def rows() -> Iterator[Row]:
        for number, cells in enumerate(csv.reader(io.StringIO(text), delimiter=";"), 1):
            yield Row(f"line {number}", tuple(cells))

    read = read_profile(profile)
    assert isinstance(read, SettlementProfile)
    return SettledTable(read, rows(), {}, currency).batches()


def test_an_empty_batch_is_of_the_day_that_the_table_tells() -> None:
    [batch] = settled(BASE + DAY + TOTAL, f"Settled;21/11/2026\n{HEAD}{NONE}")
    assert (batch.batch, batch.currency) == ("2026-11-21", "VND")
    assert (batch.settled_on, batch.lines) == (date(2026, 11, 21), ())


def test_it_has_the_name_that_the_table_tells() -> None:
    named = DAY.replace("[batch]", '[batch]\nby = "label"\nlabel = "Session"')
    [batch] = settled(
        BASE + named + TOTAL, f"Session;S9\nSettled;21/11/2026\n{HEAD}{NONE}"
    )  # fmt: skip
    assert (batch.batch, batch.settled_on) == ("S9", date(2026, 11, 21))


def test_without_a_day_there_is_nothing_to_tell() -> None:
    assert settled(BASE + TOTAL, HEAD + NONE) == []


@pytest.mark.parametrize(
    ("profile", "end", "code"),
    [
        (BASE + TOTAL, "Total;1;0", "F06"), (BASE + TOTAL, "Total;0;1", "F06"),
        (BASE, "", "F13"), (BASE + '[[footers]]\nmarker = "Total"\n', "Total;0;0", "F13"),
    ],
)  # fmt: skip
def test_what_no_total_proves_is_no_day_without_lines(profile: str, end: str, code: str) -> None:
    with pytest.raises(Unreadable) as told:
        settled(profile, HEAD + end)
    assert told.value.code == code
