"""Money adds up in whole minor units, and shares of parts add up to the share of the whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feesvc.money import PPM, CurrencyMismatch, Money, exact, next_share, share, total

AMOUNTS = st.integers(min_value=0, max_value=10**12)
RATES = st.integers(min_value=0, max_value=PPM)


@given(st.lists(AMOUNTS, max_size=30), RATES)
def test_shares_of_parts_add_up_to_the_share_of_the_whole(parts: list[int], ppm: int) -> None:
    before, shared = 0, 0
    for part in parts:
        shared += next_share(before, part, ppm)
        before += part
    assert shared == share(sum(parts), ppm)


@given(AMOUNTS, AMOUNTS, RATES)
def test_a_part_has_no_more_than_itself_and_never_less_than_nothing(
    before: int, amount: int, ppm: int
) -> None:
    assert 0 <= next_share(before, amount, ppm) <= amount


@given(AMOUNTS, AMOUNTS, RATES)
def test_taking_the_last_part_back_takes_its_share_back(before: int, amount: int, ppm: int) -> None:
    given_out = share(before, ppm) + next_share(before, amount, ppm)
    assert given_out - next_share(before, amount, ppm) == share(before, ppm)


def test_three_small_parts_lose_nothing_to_rounding() -> None:
    ninety = 900_000
    assert [next_share(before, 5, ninety) for before in (0, 5, 10)] == [4, 5, 4]
    assert share(15, ninety) == 13


def test_currencies_are_never_mixed() -> None:
    with pytest.raises(CurrencyMismatch):
        _ = Money(1, "VND") + Money(1, "USD")
    with pytest.raises(CurrencyMismatch):
        total([Money(1, "VND")], "USD")


def test_minor_units_are_whole() -> None:
    with pytest.raises(TypeError):
        Money(1.0, "VND")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Money(True, "VND")


def test_amounts_read_as_people_write_them() -> None:
    assert str(Money(115_000, "VND")) == "115,000 VND"
    assert str(Money(-50_000_001, "USD")) == "-500,000.01 USD"


@pytest.mark.parametrize(
    ("text", "currency", "units"),
    [
        ("12.30", "USD", 1230), ("12.3", "USD", 1230), ("-0.05", "USD", -5),
        ("115000", "VND", 115_000), ("115000.000", "VND", 115_000), ("1.234", "KWD", 1234),
        ("5442.09000", "RON", 544_209),
        ("007", "JPY", 7),
    ],
)  # fmt: skip
def test_a_decimal_number_is_read_to_the_minor_unit(text: str, currency: str, units: int) -> None:
    assert exact(text, currency) == Money(units, currency)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "12,30",
        "1e3",
        "0x1",
        "+1",
        " 1",
        "1.",
        ".5",
        "12..3",
        "１２",
        "1_000",
        "NaN",
        "1.005",
    ],
)
def test_what_is_no_plain_decimal_number_is_no_amount(text: str) -> None:
    with pytest.raises(ValueError, match="decimal"):
        exact(text, "USD")
