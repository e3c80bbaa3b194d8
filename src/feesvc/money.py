"""Money: a whole number of minor units in one ISO 4217 currency; rates in parts per million."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

PPM = 1_000_000
"""One whole, in parts per million."""

MINOR_DIGITS = {"VND": 0, "USD": 2, "EUR": 2, "JPY": 0}
"""Decimal places of the minor unit (ISO 4217), for display only: amounts are always minor units."""


NOT_TWO = {
    **dict.fromkeys(
        ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND",
         "VUV", "XAF", "XOF", "XPF"), 0,
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}  # fmt: skip
"""Decimal places of every current currency that has not two (ISO 4217, table A.1)."""
LARGEST = 10**15
"""Minor units of one amount at most: a ledger of millions of them still adds up in 64 bits."""
DECIMAL = re.compile(r"(-?)(\d{1,18})(?:\.(\d{1,18}))?", re.ASCII)


class CurrencyMismatch(ValueError):
    """Two amounts in different currencies were added or compared."""


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An exact amount: 12.34 USD is ``Money(1234, "USD")``, 50 000 VND is ``Money(50_000, "VND")``.

    On the wire and in events: ``{"amount": 115000, "currency": "VND"}``.
    """

    amount: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.amount) is not int:
            raise TypeError(f"minor units are whole numbers, not {self.amount!r}")
        # Millions of amounts are read in a replay, nearly all in a currency that is known.
        if self.currency not in MINOR_DIGITS and not _is_code(self.currency):
            raise ValueError(f"not an ISO 4217 code: {self.currency!r}")

    def __add__(self, other: Money) -> Money:
        self._check(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        return self + -other

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __lt__(self, other: Money) -> bool:
        self._check(other)
        return self.amount < other.amount

    def __le__(self, other: Money) -> bool:
        self._check(other)
        return self.amount <= other.amount

    def __bool__(self) -> bool:
        return self.amount != 0

    def __str__(self) -> str:
        digits = MINOR_DIGITS.get(self.currency, 2)
        sign = "-" if self.amount < 0 else ""
        whole, part = divmod(abs(self.amount), 10**digits)
        decimals = f".{part:0{digits}d}" if digits else ""
        return f"{sign}{whole:,}{decimals} {self.currency}"

    def _check(self, other: Any) -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"{self} and {other}")


def exact(text: str, currency: str) -> Money:
    """What a decimal number with a point says, to the minor unit: ``12.30`` USD is 1230 cents.

    Raises ``ValueError`` for anything else, and where the currency has no unit so small.
    """
    found = DECIMAL.fullmatch(text)
    if found is None:
        raise ValueError(f"not a plain decimal number: {text[:40]!r}")
    sign, whole, decimals = found[1], found[2], found[3] or ""
    digits = NOT_TWO.get(currency, 2)
    if decimals[digits:].strip("0"):
        raise ValueError(f"{currency} has {digits} decimal places, not {len(decimals)}")
    units = int(whole + decimals[:digits].ljust(digits, "0"))
    return Money(-units if sign else units, currency)


def decimal(money: Money) -> str:
    """The plain decimal number that ``exact`` reads: ``-12.30`` for -1230 cents, no separators."""
    digits = NOT_TWO.get(money.currency, 2)
    whole, part = divmod(abs(money.amount), 10**digits)
    sign = "-" if money.amount < 0 else ""
    return f"{sign}{whole}.{part:0{digits}d}" if digits else f"{sign}{whole}"


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum of ``amounts``, all in ``currency``; zero when there are none."""
    summed = Money(0, currency)
    for amount in amounts:
        summed += amount
    return summed


def share(amount: int, ppm: int) -> int:
    """``ppm`` parts per million of ``amount``, rounded down."""
    return amount * ppm // PPM


def next_share(before: int, amount: int, ppm: int) -> int:
    """What the next ``amount`` adds to a share after ``before`` was shared already.

    Rounding is cumulative (DESIGN §6): floor(share of the sum) less what was split before, so that
    many small parts end where one payment of the whole would.
    """
    return share(before + amount, ppm) - share(before, ppm)


def _is_code(currency: str) -> bool:
    """Three capital letters, as ISO 4217 has them."""
    return len(currency) == 3 and currency.isascii() and currency.isupper()
