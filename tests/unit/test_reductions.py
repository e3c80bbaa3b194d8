"""Which reductions apply, what they take off, and which two may not stand side by side."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from feesvc.domain.amounts import AmountRule, Flat, Percentage, PerUnit, Rounding
from feesvc.domain.circumstances import Channel, Circumstances
from feesvc.domain.fee_item import FeeItem
from feesvc.domain.reductions import (
    AmountOff,
    Conditions,
    Effect,
    FixedAmount,
    PercentOff,
    Reduction,
    Zero,
    reduction_wrongs,
)

DAY = date(2026, 9, 1)


def item(rule: AmountRule | None = None, to: int = 1) -> FeeItem:
    return FeeItem(
        code="CCCD-DOI", name_vi="Đổi thẻ căn cước", name_en="Citizen card", kind="charge",
        currency="VND", rule=rule or Flat(amount=50_000), rounding=Rounding(to=to),
        effective_from=date(2020, 1, 1), citation="TT 59/2019/TT-BTC",
    )  # fmt: skip


def reduction(
    effect: Effect | None = None, conditions: Conditions | None = None, code: str = "R",
    items: tuple[str, ...] = ("CCCD-DOI",), cap: int | None = None, precedence: int = 1,
) -> Reduction:  # fmt: skip
    return Reduction(
        code=code, items=items, conditions=conditions or Conditions(), cap=cap,
        effect=effect or PercentOff(ppm=500_000), currency="VND", precedence=precedence,
        effective_from=date(2025, 7, 1), effective_to=date(2026, 12, 31), citation="TT 64/2025",
    )  # fmt: skip


def circumstances(
    day: date = DAY, channel: Channel = "online", identity_level: int = 2,
    age: int | None = None, locality: str = "", payer_class: str = "",
) -> Circumstances:  # fmt: skip
    return Circumstances(
        channel=channel, submitted_on=day, assessed_on=day, service_level="full",
        identity_level=identity_level, age=age, locality=locality, payer_class=payer_class,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("conditions", "met"),
    [
        (Conditions(), True),
        (Conditions(channels=("online", "post")), True),
        (Conditions(channels=("counter",)), False),
        (Conditions(service_levels=("full", "partial")), True),
        (Conditions(service_levels=("partial",)), False),
        (Conditions(identity_level=2), True),
        (Conditions(identity_level=3), False),
        (Conditions(payer_classes=("enterprise",)), False),
        (Conditions(localities=("H26",)), False),
        (Conditions(age_from=18), False),
    ],
)
def test_all_conditions_must_be_met(conditions: Conditions, met: bool) -> None:
    assert reduction(conditions=conditions).applies_to(item(), circumstances()) is met


@pytest.mark.parametrize(
    ("age", "met"), [(None, False), (17, False), (18, True), (23, True), (24, False)]
)
def test_ages_include_their_ends_and_an_unknown_age_meets_none(age: int | None, met: bool) -> None:
    found = reduction(conditions=Conditions(age_from=18, age_to=23))
    assert found.applies_to(item(), circumstances(age=age)) is met


@pytest.mark.parametrize(
    ("day", "met"),
    [
        (date(2025, 6, 30), False), (date(2025, 7, 1), True),
        (date(2026, 12, 31), True), (date(2027, 1, 1), False),
    ],
)  # fmt: skip
def test_days_include_their_ends(day: date, met: bool) -> None:
    assert reduction().applies_to(item(), circumstances(day)) is met


@pytest.mark.parametrize(
    ("items", "met"),
    [(("*",), True), (("charge",), True), (("fee",), False), (("CCCD-CAPLAI",), False)],
)
def test_items_are_named_by_code_by_kind_or_all(items: tuple[str, ...], met: bool) -> None:
    assert reduction(items=items).applies_to(item(), circumstances()) is met


def test_another_currency_is_not_reduced() -> None:
    dollars = replace(item(), currency="USD")
    assert not reduction(items=("*",)).applies_to(dollars, circumstances())


@pytest.mark.parametrize(
    ("effect", "off"),
    [
        (PercentOff(ppm=500_000), 25_000),
        (PercentOff(ppm=1_000_000), 50_000),
        (AmountOff(amount=20_000), 20_000),
        (AmountOff(amount=60_000), 50_000),
        (FixedAmount(amount=35_000), 15_000),
        (FixedAmount(amount=60_000), 0),
        (Zero(), 50_000),
    ],
)
def test_an_effect_takes_off_no_more_than_there_is(effect: Effect, off: int) -> None:
    assert reduction(effect).taken_off(50_000, item(), 1) == off


def test_a_cap_limits_what_is_taken_off() -> None:
    assert reduction(PercentOff(ppm=100_000), cap=4_000).taken_off(50_000, item(), 1) == 4_000


def test_amounts_are_per_unit_where_the_item_is() -> None:
    copies = item(PerUnit(amount=8_000))
    assert reduction(AmountOff(amount=3_000)).taken_off(24_000, copies, 3) == 9_000
    assert reduction(FixedAmount(amount=5_000)).taken_off(24_000, copies, 3) == 9_000
    share = item(Percentage(ppm=5_000))
    assert reduction(AmountOff(amount=3_000)).taken_off(24_000, share, 1) == 3_000


def test_what_is_left_of_a_percentage_is_rounded_as_the_item_says() -> None:
    assert reduction().taken_off(25_000, item(to=1_000), 1) == 12_000


def test_the_same_precedence_ties_only_where_both_could_apply() -> None:
    mine = reduction(conditions=Conditions(channels=("online",), age_to=17))
    assert mine.ties_with(reduction(code="OTHER"))
    assert mine.ties_with(reduction(items=("charge",)))
    assert not mine.ties_with(reduction(precedence=2))
    assert not mine.ties_with(reduction(items=("CCCD-CAPLAI",)))
    assert not mine.ties_with(reduction(conditions=Conditions(channels=("counter",))))
    assert not mine.ties_with(reduction(conditions=Conditions(age_from=18)))
    later = replace(reduction(), effective_from=date(2027, 1, 1), effective_to=None)
    assert not mine.ties_with(later)
    assert mine.ties_with(replace(later, decided_by="assessed"))


@pytest.mark.parametrize(
    "wrong",
    [
        replace(reduction(), code=""),
        replace(reduction(), citation=""),
        replace(reduction(), items=()),
        replace(reduction(), items=("cccd-doi",)),
        replace(reduction(), currency="dong"),
        replace(reduction(), effective_to=date(2025, 6, 30)),
        replace(reduction(), cap=-1),
        reduction(PercentOff(ppm=0)),
        reduction(PercentOff(ppm=1_000_001)),
        reduction(AmountOff(amount=-1)),
        reduction(FixedAmount(amount=10**13)),
    ],
)
def test_a_reduction_that_contradicts_itself_is_told_so(wrong: Reduction) -> None:
    assert list(reduction_wrongs(wrong))
    assert list(reduction_wrongs(reduction(Zero(), items=("*", "charge", "CCCD-DOI")))) == []
