"""The read route: what is open, oldest first, as pages, CSV or XLSX."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

import msgspec
from fastapi import APIRouter, HTTPException, Query, Request, Response

from feesvc.money import Money
from feesvc.projecting import BadQuery, Db, OpenDb, cursor_of, parts_of, position_of, span_of
from feesvc.projecting.exporting import Cell, Column, Table, Wanted, amounts, answer_as, documented
from feesvc_open_items.reading import ZONE
from feesvc_open_items.statements import statement

PAGE = 5000
What: TypeAlias = Literal["capture", "line", "batch", "credit", "unplaced"]
BUCKETS = ((1, "0-1"), (3, "2-3"), (7, "4-7"), (30, "8-30"), (90, "31-90"))
COLUMNS = (
    Column("what"), Column("id"), Column("currency"), *amounts("amount"), Column("since", "day"),
    Column("age_days", "count"), Column("bucket"), Column("intermediary"), Column("reference"),
    Column("reason"),
)  # fmt: skip


def routes(open_db: OpenDb) -> APIRouter:
    """Mounted under ``/v1/agencies/{agency}/open_items``. Raises ``BadQuery``."""
    router = APIRouter()

    @router.get("/items", summary="What is not matched yet, oldest first", responses=documented())
    def items(
        request: Request, agency: str, form: Wanted, response: Response, what: What | None = None,
        intermediary: str | None = None,
        currency: Annotated[str | None, Query(pattern="^[A-Z]{3}$")] = None,
        known_at: Annotated[str, Query(description="as known at this position")] = "",
        as_of: Annotated[str, Query(description="what was open at this plain time's end")] = "",
        limit: Annotated[int, Query(ge=1, le=500)] = 50, cursor: str = "",
    ) -> Response:  # fmt: skip
        """capture: in no batch; line: of a file, not matched, its reason the code of its case, or
        settled and unknown to us; batch: not credited; credit: at the bank, unknown; unplaced:
        other suspense. Ages are calendar days."""
        if getattr(request.state, "portal", None) is not None:
            raise HTTPException(404)
        until = span_of(as_of).last if as_of else date.max
        asked = {
            "agency": agency, "what": what, "intermediary": intermediary, "currency": currency,
            "known": position_of(known_at) if known_at else None, "until": until,
        }  # fmt: skip
        day = min(until, datetime.now(ZONE).date())
        if form != "json":
            name = f"{agency}-open-items-{day}"
            table = Table(name, COLUMNS, _cells(_all(open_db, asked), day), {"agency": agency})
            return answer_as(form, lambda: table, response)
        with open_db() as db:
            rows = _page(db, asked, _place(cursor), limit + 1)
        following = _cursor(rows[limit - 1]) if len(rows) > limit else None
        said = {"agency": agency, "items": [_item(row, day) for row in rows[:limit]]}
        written = Response(
            msgspec.json.encode({**said, "next": following}), media_type="application/json"
        )
        written.headers.raw.extend(response.headers.raw)
        return written

    return router


def _page(
    db: Db, asked: Mapping[str, Any], place: Mapping[str, Any], limit: int
) -> Sequence[Mapping[str, Any]]:
    return db.execute(statement("open"), {**asked, **place, "limit": limit}).fetchall()


def _all(open_db: OpenDb, asked: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every row, a page at a time, in one read transaction."""
    with open_db() as db:
        place = _place("")
        while rows := _page(db, asked, place, PAGE):
            yield from rows
            place = _after(rows[-1])


def _place(cursor: str) -> dict[str, Any]:
    if not cursor:
        return {"at_since": date.min, "at_id": UUID(int=0), "at_kind": ""}
    since, id, kind = parts_of(cursor, str, str, str)
    try:
        return {"at_since": date.fromisoformat(since), "at_id": UUID(id), "at_kind": kind}
    except ValueError as error:
        raise BadQuery("the cursor is not one of ours") from error


def _after(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"at_since": row["since"], "at_id": row["id"], "at_kind": row["kind"]}


def _cursor(row: Mapping[str, Any]) -> str:
    return cursor_of(str(row["since"]), str(row["id"]), row["kind"])


def _bucket(days: int) -> str:
    return next((name for most, name in BUCKETS if days <= most), ">90")


def _item(row: Mapping[str, Any], day: date) -> dict[str, Any]:
    age = (day - row["since"]).days
    names = ("what", "id", "since", "intermediary", "reference", "reason")
    amount = {"amount": row["amount"], "currency": row["currency"]}
    return {name: row[name] for name in names} | {
        "amount": amount, "age_days": age, "bucket": _bucket(age),
    }  # fmt: skip


def _cells(rows: Iterator[Mapping[str, Any]], day: date) -> Iterator[Sequence[Cell]]:
    for row in rows:
        age = (day - row["since"]).days
        yield (
            row["what"], row["id"], row["currency"], Money(row["amount"], row["currency"]),
            row["since"], age, _bucket(age), row["intermediary"], row["reference"], row["reason"],
        )  # fmt: skip
