"""The sample fees give what their sources say, on the days they say it, and not a day longer."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import cast
from uuid import UUID

import pytest

from feesvc.cli.sample import FIRST_DAY, SourcedItem, StatedResult, sample
from feesvc.domain.agency_code import agency_code
from feesvc.domain.aggregate import Aggregate
from feesvc.domain.amounts import Flat, PerUnit
from feesvc.domain.circumstances import Channel, Circumstances
from feesvc.domain.fee_schedule import FeeSchedule
from feesvc.domain.ids import Ids
from feesvc.domain.line import Line
from feesvc.domain.pricing import NotInForce, WantedLine, price
from feesvc.money import Money
from feesvc.store.mapper import LogMapper, fold

NOON = datetime(2026, 11, 20, 5, tzinfo=UTC)
IDS = Ids(UUID(int=1))
BILLION = 1_000_000_000
ITEMS = [item for document in sample().documents for item in document.items]


@cache
def schedules(agency: str) -> tuple[FeeSchedule, ...]:
    """The agency's documents, each item and reduction approved by a second person."""
    found = []
    for document in sample().documents:
        if document.agency == agency:
            name = document.document
            schedule = FeeSchedule.open(
                IDS.fee_schedule(agency, name), agency, name, document.title, NOON
            )
            for item in document.fee_items():
                schedule.propose_item(item.code, item, "lan", NOON)
                schedule.approve_item(item.code, "minh", NOON)
            for reduction in document.fee_reductions():
                schedule.propose_reduction(reduction.code, reduction, "lan", NOON)
                schedule.approve_reduction(reduction.code, "minh", NOON)
            found.append(schedule)
    return tuple(found)


def priced(
    item: str, channel: Channel, identity_level: int, day: date, base: int | None = None
) -> Line:
    agency = next(d.agency for d in sample().documents if item in {i.code for i in d.items})
    wanted = WantedLine(item=item, base=None if base is None else Money(base, "VND"))
    circumstances = Circumstances(
        channel=channel, submitted_on=day, assessed_on=day, identity_level=identity_level
    )
    (line,) = price(schedules(agency), [wanted], circumstances)
    return line


def days(result: StatedResult) -> list[date]:
    """The first and the last day that the source states, or two days where it states none."""
    return [result.valid_from or FIRST_DAY, result.valid_to or date(2026, 11, 20)]


@pytest.mark.parametrize("result", sample().results, ids=lambda result: str(result.row))
def test_each_stated_result_is_computed_on_its_first_and_last_day(result: StatedResult) -> None:
    for item in result.items:
        for day in days(result):
            line = priced(item, result.channel, result.identity_level, day)
            assert line.amount == Money(result.amount, "VND")
            assert result.base in (None, line.full.amount)


@pytest.mark.parametrize("result", sample().results, ids=lambda result: str(result.row))
def test_no_stated_result_holds_a_day_longer_than_it_says(result: StatedResult) -> None:
    for item in result.items:
        for day in (
            result.valid_from and result.valid_from - timedelta(days=1),
            result.valid_to and result.valid_to + timedelta(days=1),
        ):
            if day is None:
                continue
            try:
                line = priced(item, result.channel, result.identity_level, day)
            except NotInForce:
                continue
            assert line.amount != Money(result.amount, "VND")


@pytest.mark.parametrize(
    ("item", "channel", "identity_level", "day", "amount"),
    [
        ("DL-GPLX", "online", 0, date(2025, 12, 31), 115_000),
        ("DL-GPLX", "online", 0, date(2026, 1, 1), 135_000),
        ("DL-GPLX", "counter", 0, date(2025, 12, 31), 135_000),
        ("PASSPORT-NEW", "online", 0, date(2023, 12, 31), 200_000),
        ("PASSPORT-NEW", "post", 0, date(2024, 1, 1), 200_000),
        ("PASSPORT-LOST", "online", 0, date(2026, 1, 1), 400_000),
        ("CCCD-DOI", "counter", 0, date(2025, 6, 30), 50_000),
        ("CCCD-DOI", "online", 2, date(2026, 8, 14), 25_000),
        ("CCCD-DOI", "online", 1, date(2026, 8, 15), 25_000),
        ("CCCD-DOI", "counter", 2, date(2026, 8, 15), 25_000),
        ("CCCD-CAPLAI", "online", 2, date(2026, 8, 14), 35_000),
        ("CCCD-CAPLAI", "online", 2, date(2027, 3, 1), 70_000),
        ("CCCD-CAPLAI", "counter", 0, date(2027, 1, 1), 70_000),
        ("DKDN", "counter", 0, date(2025, 6, 30), 50_000),
        ("DKDN", "post", 0, date(2026, 12, 31), 25_000),
        ("DKDN", "counter", 0, date(2027, 1, 1), 50_000),
        ("DKDN", "online", 0, date(2026, 1, 1), 0),
        ("HKD-HN", "post", 0, date(2026, 7, 25), 100_000),
        ("HOTICH-TRICHLUC", "online", 1, date(2026, 8, 15), 8_000),
        ("HOTICH-TRICHLUC", "online", 2, date(2026, 8, 14), 8_000),
        ("HOTICH-TRICHLUC", "online", 2, date(2027, 3, 1), 8_000),
    ],
)
def test_amounts_worked_by_hand(
    item: str, channel: Channel, identity_level: int, day: date, amount: int
) -> None:
    assert priced(item, channel, identity_level, day).amount == Money(amount, "VND")


def test_an_exemption_takes_the_place_of_a_half_and_is_not_multiplied_with_it() -> None:
    line = priced("CCCD-DOI", "online", 2, date(2026, 9, 1))
    assert [reduction.code for reduction in line.reductions] == ["TT117-2026"]
    line = priced("DKDN", "online", 0, date(2026, 9, 1))
    assert [reduction.code for reduction in line.reductions] == ["TT47-2019-ONLINE"]


def test_a_household_registration_is_not_in_force_before_its_resolution() -> None:
    with pytest.raises(NotInForce):
        priced("HKD-HN", "counter", 0, date(2026, 7, 24))
    assert not priced("HKD-HN", "counter", 0, date(2026, 7, 25)).refundable


@pytest.mark.parametrize(
    ("base", "amount"),
    [(0, 0), (1_000, 2), (2 * BILLION, 3_000_000), (4 * BILLION, 5_000_000)],
)
def test_an_appraisal_is_a_rate_with_a_cap(base: int, amount: int) -> None:
    day = date(2026, 11, 20)
    assert priced("DATDAI-THAMDINH-HN", "counter", 0, day, base).amount == Money(amount, "VND")


@pytest.mark.parametrize(
    ("identity_level", "day", "base", "amount"),
    [
        (0, date(2026, 8, 15), 3 * BILLION, 15_000_000),
        (2, date(2026, 8, 14), 3 * BILLION, 15_000_000),
        (2, date(2026, 8, 15), 3 * BILLION, 13_500_000),
        (2, date(2027, 2, 28), 3 * BILLION, 13_500_000),
        (2, date(2027, 3, 1), 3 * BILLION, 15_000_000),
        (2, date(2026, 8, 15), 30 * BILLION, 138_300_000),
    ],
)
def test_the_registration_charge_is_reduced_by_a_tenth_up_to_its_cap(
    identity_level: int, day: date, base: int, amount: int
) -> None:
    line = priced("TRUOCBA-NHADAT", "online", identity_level, day, base)
    assert line.amount == Money(amount, "VND")


@pytest.mark.parametrize(
    ("claim", "amount"),
    [
        (5_000_000, 150_000),
        (100_000_000, 2_500_000),
        (400_000_000, 10_000_000),
        (800_000_000, 18_000_000),
        (2 * BILLION, 36_000_000),
        (4 * BILLION, 56_000_000),
        (5 * BILLION, 56_500_000),
    ],
)
def test_a_court_fee_advance_rises_without_a_jump(claim: int, amount: int) -> None:
    line = priced("TAMUNG-ANPHI", "online", 0, date(2026, 11, 20), claim)
    assert (line.kind, line.amount, line.retained_ppm) == ("advance", Money(amount, "VND"), 0)


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: str(item.code))
def test_every_item_is_sourced_and_priced_in_full_at_the_counter(item: SourcedItem) -> None:
    assert item.source
    assert item.confidence
    match item.rule:
        case Flat(amount=amount) | PerUnit(amount=amount):
            full = priced(item.code, "counter", 0, max(item.effective_from, FIRST_DAY)).full
            assert full == Money(amount, item.currency)
        case _:
            assert item.formula or item.source == "sample"


def test_only_the_telecom_fees_of_the_sample_are_partly_retained() -> None:
    shares = {item.code: item.retained_ppm for item in ITEMS if item.retained_ppm}
    assert set(shares.values()) == {900_000}
    assert all(code.startswith("VT-THUNGHIEM") for code in shares)


def test_a_cable_is_charged_in_cents() -> None:
    line = priced("VT-CAPBIEN-SUA", "online", 0, date(2026, 11, 20))
    assert str(line.amount) == "500,000.00 USD"


def test_agencies_are_known_and_marked_where_no_source_names_them() -> None:
    codes = {agency.code for agency in sample().agencies}
    assert {document.agency for document in sample().documents} <= codes
    assert all(agency_code(code) == code for code in codes)
    assert {a.code for a in sample().agencies if not a.sample} == {"G14", "G22"}


def test_a_schedule_read_back_from_its_stored_events_prices_the_same() -> None:
    mapper = LogMapper()
    for schedule in schedules("H26"):
        kept = [cast("Aggregate.Event", event) for event in schedule.pending_events]
        again = fold(None, [mapper.to_domain_event(mapper.to_stored_event(e)) for e in kept])
        assert isinstance(again, FeeSchedule)
        assert (again.items, again.reductions) == (schedule.items, schedule.reductions)
        assert again.version == schedule.version
