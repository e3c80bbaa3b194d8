"""Cells of a table read exactly: amounts and dates, as their profile says that they are written."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timezone
from functools import lru_cache
from typing import TypeAlias

from feesvc.money import LARGEST, exact
from feesvc.statement.profile import Amounts

AmountReader: TypeAlias = Callable[[str, str], int]
"""Text and currency give signed minor units; raises ``Unread``."""
MomentReader: TypeAlias = Callable[[str], datetime]
"""Raises ``Unread``, also for a day that is in no calendar."""
CLOCK = "%H:%M:%S"
TOO_LARGE = "larger than any amount can be"

SPOKEN = {
    "Y": "yyyy", "y": "yy", "m": "mm", "d": "dd", "H": "hh", "M": "mm", "S": "ss", "f": "ffffff",
    "I": "hh", "p": "AM/PM", "b": "Jan", "B": "January",
}  # fmt: skip
DIGITS = {"Y": "year", "m": "month", "d": "day", "H": "hour", "M": "minute", "S": "second"}


class Unread(Exception):
    """What is wrong with a cell, without repeating what stands in it."""


def is_currency(word: str) -> bool:
    return len(word) == 3 and word.isascii() and word.isupper()


def amount_reader(said: Amounts) -> AmountReader:
    """How this profile's amounts are read. A group is three digits, and all are set apart."""
    mark, group = re.escape(said.decimal), re.escape(said.grouping)
    whole = rf"\d{{1,3}}(?:{group}\d{{3}})+|\d+" if group else r"\d+"
    decimals = rf"(?:{mark}(\d{{1,{said.decimals}}}))?" if said.decimals else "()"
    behind = "|".join(map(re.escape, said.suffixes))
    suffix = rf"(?:\s*(?:{behind}))?" if behind else ""
    plain = re.compile(rf"([+-]?)({whole}){decimals}{suffix}", re.ASCII)
    strange = f"not an amount as the profile says: written like {_example(said)}"

    @lru_cache(maxsize=65536)
    def read(text: str, currency: str) -> int:
        bare = text.strip().replace("\u00a0", " ")
        if not bare and said.blank_is_zero:
            return 0
        less = said.parentheses and bare.startswith("(") and bare.endswith(")")
        found = plain.fullmatch(bare[1:-1] if less else bare)
        if found is None or (less and found[1]):
            raise Unread(strange)
        digits, part = found[2].replace(said.grouping, "") if group else found[2], found[3] or ""
        if said.implied:
            digits = digits.rjust(said.implied + 1, "0")
            digits, part = digits[: -said.implied], digits[-said.implied :]
        try:
            units = exact(f"{digits}.{part}" if part else digits, currency).amount
        except ValueError:
            if len(digits) > len(str(LARGEST)):
                raise Unread(TOO_LARGE) from None
            raise Unread(f"more decimal places than {currency} has") from None
        if units > LARGEST:
            raise Unread(TOO_LARGE)
        return -units if less or found[1] == "-" else units

    return read


def _example(said: Amounts) -> str:
    """An amount as the profile says that amounts are written, in words for people."""
    whole, places = said.grouping.join(("1", "234", "567")), "5" * said.decimals
    if said.implied:
        return f"{whole}{'5' * said.implied}, of which the last {said.implied} are decimals"
    behind = f", also with {' or '.join(said.suffixes)} behind" if said.suffixes else ""
    return f"{whole}{said.decimal}{places}{behind}" if places else f"{whole}{behind}"


def moment_reader(form: str, zone: timezone) -> MomentReader:
    """As ``read_moment``. Where a form ends with the clock, each day before it is read once: a file
    has few days, and each line a clock of its own."""
    plain = _digits_only(form.removesuffix(CLOCK)) if form.endswith(CLOCK) else None
    if plain is None or set(plain.groupindex) != {"year", "month", "day"}:
        return lambda text: read_moment(text, form, zone)

    @lru_cache(maxsize=4096)
    def day_of(text: str) -> date:
        found = plain.fullmatch(text)
        if found is None:
            raise ValueError(text)
        return date(**{name: int(part) for name, part in found.groupdict().items()})

    def read(text: str) -> datetime:
        clock = text[-8:]
        try:
            if clock[2] == ":" == clock[5] and clock < "24":
                return datetime.combine(day_of(text[:-8]), time.fromisoformat(clock), zone)
        except (ValueError, IndexError):
            pass  # not as it is usually written, or wrong: told by who reads it letter by letter
        return read_moment(text, form, zone)

    return read


@lru_cache(maxsize=65536)
def read_moment(text: str, form: str, zone: timezone) -> datetime:
    """Raises ``Unread``, also for a day that is in no calendar."""
    plain = _digits_only(form)
    found = plain.fullmatch(text) if plain else None
    try:
        if found is not None:
            return datetime(
                **{name: int(part) for name, part in found.groupdict().items()}, tzinfo=zone
            )
        # The form says everything but the zone, unless it says that too.
        said = datetime.strptime(text.strip(), form)  # noqa: DTZ007
    except ValueError:
        raise Unread(f"not a moment written {spoken(form)}, or in no calendar") from None
    return said if said.tzinfo else said.replace(tzinfo=zone)


@lru_cache(maxsize=256)
def _digits_only(form: str) -> re.Pattern[str] | None:
    """What a form of digits alone looks like, all written out: read at once, and not by strptime,
    which takes most of the time that a line takes. What does not look like this is still tried."""
    literal, *rest = re.split("%(.)", form)
    directives, literals = rest[::2], rest[1::2]
    if not {"d", "m", "Y"} <= set(directives) <= DIGITS.keys() or (
        len(set(directives)) < len(directives)
    ):
        return None
    said = "".join(
        rf"(?P<{DIGITS[directive]}>\d{{{4 if directive == 'Y' else 2}}}){re.escape(after)}"
        for directive, after in zip(directives, literals, strict=True)
    )
    return re.compile(re.escape(literal) + said, re.ASCII)


@lru_cache(maxsize=4096)
def read_day(text: str, form: str) -> date:
    """Raises ``Unread``, also for a day that is in no calendar."""
    try:
        return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007
    except ValueError:
        raise Unread(f"not a day written {spoken(form)}, or in no calendar") from None


def spoken(form: str) -> str:
    """A form of days or moments as people write it down: ``dd/mm/yyyy hh:mm:ss``."""
    return re.sub("%(.)", lambda found: SPOKEN.get(found[1], found[1]), form)
