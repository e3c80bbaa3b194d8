"""What read routes are asked with: spans of plain time, positions, cursors; and what is refused."""

from __future__ import annotations

import base64
import binascii
import json
import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Any

LOG = "feesvc"
"""The log of this database; on the wire its positions are ``feesvc-<n>``."""

_LARGEST = 2**63 - 1
_PLAIN_TIME = re.compile(
    r"(?P<year>[1-9]\d{3})(?:-(?:Q(?P<quarter>[1-4])|(?P<month>\d{2})(?:-(?P<day>\d{2}))?))?"
)


class BadQuery(ValueError):
    """What was asked makes no sense; the message is the problem's detail (HTTP 422)."""


@dataclass(frozen=True, slots=True)
class Span:
    """Days from ``first`` to ``last``, both included, Asia/Ho_Chi_Minh."""

    first: date
    last: date


def span_of(text: str) -> Span:
    """Plain time: ``2026``, ``2026-Q3``, ``2026-11`` or ``2026-11-21``. Raises ``BadQuery``."""
    found = _PLAIN_TIME.fullmatch(text)
    if not found:
        raise BadQuery(f"{text!r} is not a year, quarter, month or day such as 2026-Q3")
    year = int(found["year"])
    try:
        if found["day"]:
            day = date(year, int(found["month"]), int(found["day"]))
            return Span(day, day)
        if found["quarter"]:
            first, last = 3 * int(found["quarter"]) - 2, 3 * int(found["quarter"])
        else:
            first = int(found["month"] or 1)
            last = int(found["month"] or 12)
        return Span(date(year, first, 1), date(year, last, monthrange(year, last)[1]))
    except ValueError as error:
        raise BadQuery(f"{text!r} is no day of the calendar") from error


def wire(position: int, log: str = LOG) -> str:
    """A position as callers see it, ``<log>-<n>``: opaque to them."""
    return f"{log}-{position}"


def position_of(text: str, log: str = LOG) -> int:
    """The position that a caller gave back to us; raises ``BadQuery``."""
    name, _, number = text.rpartition("-")
    if name != log or not (number.isascii() and number.isdigit()) or int(number) > _LARGEST:
        raise BadQuery(f"{text!r} is not a position of this log")
    return int(number)


def cursor_of(*parts: str | int) -> str:
    """Where the next page begins: opaque text, to be given back as it is."""
    packed = json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def parts_of(cursor: str, *kinds: type) -> list[Any]:
    """The parts of a cursor, checked to be of these kinds; raises ``BadQuery``."""
    try:
        packed = base64.b64decode(
            cursor.encode() + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True
        )
        parts = json.loads(packed)
    except (ValueError, binascii.Error, RecursionError) as error:
        raise BadQuery("the cursor is not one of ours") from error
    if not isinstance(parts, list) or [type(part) for part in parts] != list(kinds):
        raise BadQuery("the cursor is not one of ours")
    if any(type(part) is int and abs(part) > _LARGEST for part in parts):
        raise BadQuery("the cursor is not one of ours")
    return parts
