"""A cell's value as the text that a person would have typed; what is not exact is refused."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import lru_cache

EXACT = 2**53
"""Above this, a spreadsheet's numbers no longer tell neighbouring whole numbers apart."""
DIGITS = 15
"""Significant decimal digits that a spreadsheet keeps."""


class Inexact(Exception):
    """The value, and why no text stands for it."""


def written(value: object) -> str:
    """Raises ``Inexact``."""
    if type(value) is float:  # most of them
        return _number(value)
    match value:
        case bool():
            return str(value).upper()
        case datetime():
            return value.isoformat(sep=" ").removesuffix(" 00:00:00")
        case date() | time():
            return value.isoformat()
        case timedelta():
            raise Inexact(value, "a duration, where nothing of ours is one")
        case _:
            return "" if value is None else str(value)


@lru_cache(maxsize=65536)
def _number(value: float) -> str:
    """Spreadsheets keep every number as binary floating point: only exact ones are taken."""
    if value.is_integer() and abs(value) < EXACT:
        return str(int(value))
    text = repr(value)
    digits = text.lstrip("-").replace(".", "").lstrip("0")
    if "e" in text or "n" in text or len(digits) > DIGITS:
        raise Inexact(value, "a number that a spreadsheet cannot keep exactly: write it as text")
    return text
