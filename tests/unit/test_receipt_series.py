"""Receipt numbers follow each other without a gap."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

import pytest

from feesvc.domain.receipt import Receipt
from feesvc.domain.receipt_series import ReceiptSeries, WrongSeries
from feesvc.money import Money

NOON = datetime(2026, 11, 20, 5, tzinfo=UTC)


def opened(first: int = 1, series: str = "BI-26E") -> ReceiptSeries:
    return ReceiptSeries.open(UUID(int=1), "H26", series, "01BLP0-001", first, NOON)


def test_numbers_follow_each_other() -> None:
    series = opened(first=101)
    given = [series.give_number(UUID(int=n), UUID(int=n + 50), NOON) for n in range(3)]
    assert given == [101, 102, 103]


def test_a_folded_series_goes_on_where_it_stood() -> None:
    series = opened()
    series.give_number(UUID(int=2), UUID(int=3), NOON)
    again: object = None
    for event in series.collect_events():
        again = cast("Any", event).mutate(again)
    assert cast("ReceiptSeries", again).give_number(UUID(int=4), UUID(int=5), NOON) == 2


@pytest.mark.parametrize(("first", "series"), [(0, "BI-26E"), (1, ""), (1, "B" * 36)])
def test_a_series_without_name_or_beginning_is_refused(first: int, series: str) -> None:
    with pytest.raises(WrongSeries):
        opened(first, series)


def test_a_receipt_for_nothing_paid_still_has_its_number() -> None:
    receipt = Receipt.take_number(
        UUID(int=9), "H26", "BI-26E", "01BLP0-001", 7, UUID(int=4), "H26-261121-0001", "1",
        Money(0, "VND"), NOON,
    )  # fmt: skip
    assert (receipt.number, receipt.total) == (7, Money(0, "VND"))
