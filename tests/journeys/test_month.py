"""Some days of the demo's month: from captures to closed, remitted and replayed books."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta

import pytest

from feesvc.cli.demo.month.content import days, dossiers, sample_month, tills
from feesvc.cli.demo.month.showing import Ended, lived
from feesvc.embedded import Server
from feesvc.testing.world import stand_ins, with_counterparts

pytestmark = pytest.mark.slow
SEED, DAYS, EACH = 2026, 2, 2


@pytest.fixture(scope="module")
def ended(
    database_server: Server, migrated: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Ended]:
    """What a month of two days came to."""
    fresh = database_server.create("feesvc_month", template=migrated)
    yield lived(fresh, tmp_path_factory.mktemp("month"), DAYS, EACH, SEED, print)
    database_server.drop(fresh.name)


def test_every_installed_intermediary_takes_money_for_one_of_three_agencies() -> None:
    found = tills(with_counterparts(), ())
    assert {till.intermediary for till in found} == set(stand_ins())
    assert {till.agency for till in found} == {one.code for one in sample_month().agencies}
    assert len(sample_month().agencies) == 3


def test_the_same_seed_brings_the_same_days_and_another_seed_others() -> None:
    found = tills(with_counterparts(), ())
    [first, second] = days(2)
    assert second == sample_month().last_day == first + timedelta(days=1)
    assert list(dossiers(first, found, 3, 1)) == list(dossiers(first, found, 3, 1))
    assert list(dossiers(first, found, 3, 1)) != list(dossiers(first, found, 3, 2))


def test_the_month_is_remitted_and_closed_and_nothing_is_left_open(ended: Ended) -> None:
    assert ended.faults == []
    assert ended.said["months"] == 3
    assert min(ended.said[what] for what in (
        "remittances", "forwardings", "whole_from_estimate", "retained_to_deposit",
        "refunds by bank transfer",
    )) > 0  # fmt: skip
    for accounts in ended.books.values():
        assert sum(amount for name, amount in accounts.items() if name.endswith("VND")) == 0


@pytest.mark.skipif(shutil.which("hledger") is None, reason="hledger is not installed here")
def test_hledger_accepts_the_exported_books_and_agrees(ended: Ended) -> None:
    assert ended.hledger == "hledger accepts 3 books"
