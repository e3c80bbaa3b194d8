"""The mapping to national charts covers known accounts, and says that nobody has verified it."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from feesvc_agency_ledger.chart import CHART
from feesvc_agency_ledger.national_chart import CHARTS, national_on


def test_one_circular_holds_on_each_day_and_none_before() -> None:
    for earlier, later in pairwise(CHARTS):
        assert earlier.until is not None
        assert later.first == earlier.until + timedelta(days=1)
    assert national_on(date(2024, 12, 31))["circular"] == "TT 107/2017/TT-BTC"
    assert national_on(date(2025, 1, 1))["circular"] == "TT 24/2024/TT-BTC"
    early = national_on(date(2010, 1, 1))
    assert early["circular"] is None and {one["national"] for one in early["accounts"]} == {None}


def test_only_accounts_of_ours_are_mapped_and_nothing_is_called_verified() -> None:
    for chart in CHARTS:
        assert set(chart.accounts) <= set(CHART) and not chart.verified
    said = national_on(date(2026, 1, 1))
    assert said["verified"] is False and len(said["accounts"]) == len(CHART)
