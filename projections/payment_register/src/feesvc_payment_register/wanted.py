"""What a search is asked with: the query parameters that the routes share, and their checks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta, timezone
from typing import Annotated, Any, TypeAlias

from fastapi import Depends, Query, Request

from feesvc.projecting import BadQuery, cursor_of, parts_of, span_of

HANOI = timezone(timedelta(hours=7))
"""Asia/Ho_Chi_Minh, which keeps no summer time."""

Text: TypeAlias = Annotated[str | None, Query(max_length=200)]
Minor: TypeAlias = Annotated[int | None, Query(ge=0, le=2**63 - 1)]
"""An amount in minor units of the row's currency."""
Currency: TypeAlias = Annotated[str | None, Query(pattern="^[A-Z]{3}$")]
Plain: TypeAlias = Annotated[str | None, Query(max_length=10, examples=["2026-Q3"])]
"""Plain time: 2026, 2026-Q3, 2026-11, 2026-11-21, days of Asia/Ho_Chi_Minh."""
Limit: TypeAlias = Annotated[int, Query(ge=1, le=200)]
Cursor: TypeAlias = Annotated[str | None, Query(max_length=200)]


def only(request: Request, portal: Text = None) -> str | None:
    """The portal whose rows alone are shown: the caller itself, if it is one, else as asked."""
    own: str | None = getattr(request.state, "portal", None)
    return own or portal


Portal: TypeAlias = Annotated[str | None, Depends(only)]

SHORTEST_PART = 3
"""Characters: a shorter part of a dossier is in nearly all of them."""


def beginning(text: str | None) -> str | None:
    """A LIKE pattern for what begins with ``text``, capitals or not."""
    return text and _literal(text.strip().upper()) + "%"


def somewhere(text: str | None) -> dict[str, str | None]:
    """What the search for a part of a dossier needs; raises ``BadQuery`` for a part too short."""
    part = text and text.strip().upper()
    if part and len(part) < SHORTEST_PART:
        raise BadQuery(f"a part of a dossier has at least {SHORTEST_PART} characters")
    return {"part": part or None, "part_pattern": part and f"%{_literal(part)}%"}


def amounts(exact: int | None, least: int | None, most: int | None) -> dict[str, int | None]:
    """An exact amount, or a range that includes its ends."""
    if exact is not None and (least is not None or most is not None):
        raise BadQuery("give either amount, or min_amount and max_amount")
    return {"least": least if exact is None else exact, "most": most if exact is None else exact}


def days(plain: str | None) -> dict[str, datetime | None]:
    """The moments from the first day's midnight to the one after the last day."""
    if plain is None:
        return {"since": None, "until": None}
    span = span_of(plain)
    if span.last.year == 9999:
        raise BadQuery(f"{plain!r} is beyond our calendar")
    after = span.last + timedelta(days=1)
    return {
        "since": datetime.combine(span.first, time(), HANOI),
        "until": datetime.combine(after, time(), HANOI),
    }


def page(limit: int, cursor: str | None) -> dict[str, int | None]:
    """One row more than asked for is read: it tells whether there is a next page."""
    return {"before": parts_of(cursor, int)[0] if cursor else None, "rows": limit + 1}


def cut(rows: Sequence[dict[str, Any]], limit: int) -> tuple[Sequence[dict[str, Any]], str | None]:
    """A page, and the cursor of the next one."""
    if len(rows) <= limit:
        return rows, None
    return rows[:limit], cursor_of(rows[limit - 1]["position"])


def checked(wanted: dict[str, Any]) -> dict[str, Any]:
    """Raises ``BadQuery`` for a character that no row can hold."""
    if any(isinstance(value, str) and "\0" in value for value in wanted.values()):
        raise BadQuery("no text has a NUL in it")
    return wanted


def _literal(text: str) -> str:
    for special in "\\%_":
        text = text.replace(special, "\\" + special)
    return text
