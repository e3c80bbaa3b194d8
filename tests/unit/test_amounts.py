"""Amount rules compute whole minor units, and say what is wrong with a rule."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feesvc.domain.amounts import (
    AmountRule,
    Flat,
    Percentage,
    PerUnit,
    Rounding,
    Step,
    Tiers,
    full_amount,
    rounded,
    wrongs,
)

PLAIN = Rounding()
PROVINCES = Tiers(
    by="quantity",
    steps=(
        Step(up_to=1, amount=200_000_000),
        Step(up_to=30, amount=300_000_000),
        Step(up_to=None, amount=400_000_000),
    ),
)
COURT = Tiers(
    by="base",
    steps=(
        Step(up_to=6_000_000, amount=300_000),
        Step(up_to=400_000_000, ppm=50_000),
        Step(up_to=None, amount=20_000_000, ppm=40_000, over=400_000_000),
    ),
)


def test_a_flat_amount_is_the_same_for_all() -> None:
    assert full_amount(Flat(amount=135_000), PLAIN, 1, 0) == 135_000


def test_a_unit_price_is_taken_times_the_quantity() -> None:
    assert full_amount(PerUnit(amount=8_000), PLAIN, 3, 0) == 24_000


@pytest.mark.parametrize(
    ("base", "amount"),
    [(0, 10_000), (1_000_000, 10_000), (20_000_333, 30_000), (9_000_000_000, 5_000_000)],
)
def test_a_percentage_keeps_to_its_floor_and_cap(base: int, amount: int) -> None:
    rule = Percentage(ppm=1_500, floor=10_000, cap=5_000_000)
    assert full_amount(rule, PLAIN, 1, base) == amount


@pytest.mark.parametrize(
    ("provinces", "amount"),
    [(1, 200_000_000), (2, 300_000_000), (30, 300_000_000), (31, 400_000_000)],
)
def test_tiers_by_quantity_include_their_ends(provinces: int, amount: int) -> None:
    assert full_amount(PROVINCES, PLAIN, provinces, 0) == amount


@pytest.mark.parametrize(
    ("claim", "amount"),
    [
        (6_000_000, 300_000),
        (6_000_001, 300_000),
        (400_000_000, 20_000_000),
        (500_000_000, 24_000_000),
    ],
)
def test_tiers_by_value_add_a_rate_of_what_lies_beyond(claim: int, amount: int) -> None:
    assert full_amount(COURT, PLAIN, 1, claim) == amount


@pytest.mark.parametrize(
    ("mode", "amounts"),
    [("down", [1000, 1000, 1000]), ("half_up", [1000, 2000, 2000]), ("up", [2000, 2000, 2000])],
)
def test_rounding_is_to_whole_multiples(
    mode: Literal["half_up", "down", "up"], amounts: list[int]
) -> None:
    rounding = Rounding(to=1_000, mode=mode)
    assert [rounded(n, 1, rounding) for n in (1_499, 1_500, 1_999)] == amounts
    assert rounded(3_000, 1, rounding) == 3_000


@given(
    st.integers(0, 10**18), st.integers(1, 10**6), st.integers(1, 10**6),
    st.sampled_from(["half_up", "down", "up"]),
)  # fmt: skip
def test_rounding_is_exact_and_never_further_than_one_multiple(
    numerator: int, denominator: int, to: int, mode: Literal["half_up", "down", "up"]
) -> None:
    exact = Fraction(numerator, denominator)
    found = rounded(numerator, denominator, Rounding(to=to, mode=mode))
    assert found % to == 0
    match mode:
        case "down":
            assert 0 <= exact - found < to
        case "up":
            assert 0 <= found - exact < to
        case "half_up":
            assert -Fraction(to, 2) <= exact - found < Fraction(to, 2)


@pytest.mark.parametrize("rule", [Flat(amount=0), PerUnit(amount=1), PROVINCES, COURT])
def test_a_sound_rule_has_nothing_wrong(rule: AmountRule) -> None:
    assert list(wrongs(rule, PLAIN)) == []


@pytest.mark.parametrize(
    "rule",
    [
        Flat(amount=-1),
        PerUnit(amount=10**13),
        Percentage(ppm=1_000_001),
        Percentage(ppm=5_000, floor=10, cap=9),
        Tiers(by="base", steps=()),
        Tiers(by="base", steps=(Step(up_to=5),)),
        Tiers(by="base", steps=(Step(up_to=None), Step(up_to=None))),
        Tiers(by="base", steps=(Step(up_to=5), Step(up_to=5), Step(up_to=None))),
        Tiers(by="base", steps=(Step(up_to=None, ppm=1, over=-1),)),
        Tiers(by="quantity", steps=(Step(up_to=None, ppm=1),)),
    ],
)
def test_an_unsound_rule_is_told_what_is_wrong(rule: AmountRule) -> None:
    assert list(wrongs(rule, PLAIN))


def test_rounding_to_nothing_is_wrong() -> None:
    assert list(wrongs(Flat(amount=1), Rounding(to=0)))
