"""What a reader of the ledger asks for: whose books, which days, as known when, which page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from fastapi import Depends, Query, Request, Response

from feesvc.projecting import BadQuery, Db, position_of, span_of, wire
from feesvc_agency_ledger.days import ZONE
from feesvc_agency_ledger.statements import statement

ALWAYS = date.max
"""Until the end of days: no day was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The query of a route, checked. Days are effective days, Asia/Ho_Chi_Minh, both included."""

    agency: str
    units: Literal["all", "own"]
    first: date
    until: date
    known: int | None
    """The last position that counts; None for all there is."""
    currency: str | None
    limit: int
    cursor: str

    @property
    def day(self) -> date:
        """The day at which ages are counted and the tree of agencies is read: the last one asked
        for, or today."""
        return self.until if self.until != ALWAYS else datetime.now(ZONE).date()


def asked(
    request: Request,
    agency: str,
    units: Annotated[
        Literal["all", "own"], Query(description="the sum of the units below it, or its own book")
    ] = "all",
    period: Annotated[
        str, Query(description="effective days: 2026, 2026-Q3, 2026-11 or 2026-11-21")
    ] = "",
    as_of: Annotated[str, Query(description="up to the end of this plain time, effective")] = "",
    known_at: Annotated[str, Query(description="as known at this position of the log")] = "",
    currency: Annotated[str, Query(description="ISO 4217")] = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    cursor: Annotated[str, Query(description="`next` of the page before")] = "",
) -> Asked:
    """Read the query; raises ``BadQuery``. A portal acts for agencies and not for their units."""
    portal: str | None = getattr(request.state, "portal", None)
    span = span_of(period) if period else None
    last = span_of(as_of).last if as_of else ALWAYS
    if currency and not (len(currency) == 3 and currency.isascii() and currency.isupper()):
        raise BadQuery(f"{currency!r} is not an ISO 4217 code")
    return Asked(
        agency=agency,
        units="own" if portal else units,
        first=span.first if span else date.min,
        until=min(span.last, last) if span else last,
        known=position_of(known_at) if known_at else None,
        currency=currency or None,
        limit=limit,
        cursor=cursor,
    )


Question: TypeAlias = Annotated[Asked, Depends(asked)]


@dataclass(frozen=True, slots=True)
class Books:
    """Whose books are read together, up to which position and effective day."""

    agencies: list[str]
    known: int
    until: date
    """The day asked for, or the last one that was known: no page is sought for beyond it."""
    current: bool
    """Whether all that is recorded counts, so that kept sums answer."""

    def about(self, question: Asked) -> dict[str, Any]:
        """How an answer says what it is of."""
        return {
            "agency": question.agency,
            "units": self.agencies,
            "as_of": None if question.until == ALWAYS else question.until,
            "known_at": wire(self.known),
        }


def books(db: Db, question: Asked, known: int | None = None) -> Books:
    """Find the units that stood under the agency on that day, as known at that position."""
    row = db.execute(statement("progress")).fetchone()
    position: int = row["position"] if row else 0
    pinned = known if known is not None else question.known
    known = position if pinned is None else min(pinned, position)
    agencies = [question.agency]
    if question.units == "all":
        rows = db.execute(
            statement("units"), {"agency": question.agency, "day": question.day, "known": known}
        )
        agencies = [row["agency"] for row in rows]
    until = question.until
    if known < position:
        row = db.execute(
            statement("last_known_day"), {"agencies": agencies, "known": known}
        ).fetchone()
        until = min(until, row["day"] if row and row["day"] else date.min)
    return Books(agencies, known, until, known >= position)


def money(amount: int, currency: str) -> dict[str, Any]:
    return {"amount": int(amount), "currency": currency}


def answer(content: dict[str, Any], response: Response) -> Response:
    """JSON, written once: a page of a ledger is large. Headers set on the way are kept."""
    written = Response(msgspec.json.encode(content), media_type="application/json")
    written.headers.raw.extend(response.headers.raw)
    return written
