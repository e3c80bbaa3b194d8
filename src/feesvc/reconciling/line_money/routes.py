"""The read routes: banked money that waits, and what was split by which allocation."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

from fastapi import APIRouter, HTTPException, Query, Request
from pydantic import BaseModel

from feesvc.domain.ids import code as as_code
from feesvc.projecting import BadQuery, OpenDb, cursor_of, parts_of
from feesvc.reconciling.line_money.statements import statement

Kind: TypeAlias = Literal["fee", "charge", "advance", "postal"]
Limit: TypeAlias = Annotated[int, Query(ge=1, le=200)]
Cursor: TypeAlias = Annotated[str | None, Query(max_length=200)]


class Amount(BaseModel):
    """Minor units: 115 000 VND is ``{"amount": 115000, "currency": "VND"}``."""

    amount: int
    currency: str


class WaitingRow(BaseModel):
    """What waits of one line since the day the bank had it, Asia/Ho_Chi_Minh."""

    assessment: UUID
    line: int
    kind: Kind
    banked_on: date
    amount: Amount


class WaitingPage(BaseModel):
    """A page, by assessment. ``next`` is the ``cursor`` of the next one; null at the end."""

    items: list[WaitingRow]
    next: str | None


class BudgetTotalRow(BaseModel):
    """What was split under one set of budget codes: ``amount`` is ``retained`` and ``budget``."""

    codes: dict[str, str]
    amount: Amount
    retained: Amount
    budget: Amount
    lines: int


class AllocationRow(BaseModel):
    """One allocation; ``until`` is the day by which the bank had the money."""

    id: UUID
    until: date
    made_at: datetime
    maker: str
    totals: list[BudgetTotalRow]


class AllocationPage(BaseModel):
    """A page, newest first. ``next`` is the ``cursor`` of the next one; null at the end."""

    items: list[AllocationRow]
    next: str | None


class AllocatedRow(BaseModel):
    """What one allocation split of one line."""

    assessment: UUID
    line: int
    amount: Amount
    retained: Amount
    budget: Amount


class AllocatedPage(BaseModel):
    """A page, by assessment. ``next`` is the ``cursor`` of the next one; null at the end."""

    items: list[AllocatedRow]
    next: str | None


def router(open_db: OpenDb) -> APIRouter:
    """Mounted under ``/v1/agencies/{agency}/line_money``. Raises ``BadQuery``."""
    asked = _LineMoney(open_db)
    routes = APIRouter(tags=["allocations"])
    routes.add_api_route("/waiting", asked.waiting, methods=["GET"])
    routes.add_api_route("/allocations", asked.allocations, methods=["GET"])
    routes.add_api_route("/allocations/{id}/lines", asked.lines, methods=["GET"])
    return routes


class _LineMoney:
    def __init__(self, open_db: OpenDb) -> None:
        self._open = open_db

    def waiting(
        self, request: Request, agency: str, kind: Kind | None = None, until: date | None = None,
        limit: Limit = 50, cursor: Cursor = None,
    ) -> WaitingPage:  # fmt: skip
        """Banked and not split: fees and charges to allocate, advances to decide on."""
        after = _waiting_place(cursor) if cursor else (None, None, None)
        asked = {
            "agency": as_code(agency), "kind": kind, "until": until, "assessment": after[0],
            "line": after[1], "day": after[2],
        }  # fmt: skip
        rows, more = self._page(request, "list_waiting", asked, limit)
        items = [WaitingRow(**{**row, "amount": _money(row, row["amount"])}) for row in rows]
        last = items[-1] if more else None
        return WaitingPage(
            items=items,
            next=cursor_of(str(last.assessment), last.line, str(last.banked_on)) if last else None,
        )

    def allocations(
        self, request: Request, agency: str, limit: Limit = 50, cursor: Cursor = None
    ) -> AllocationPage:
        """What was split, with its totals by budget codes."""
        [before] = parts_of(cursor, int) if cursor else (None,)
        asked = {"agency": as_code(agency), "before": before}
        rows, more = self._page(request, "list_allocations", asked, limit)
        items = [
            AllocationRow(**{**row, "totals": [_total(one) for one in row["totals"]]})
            for row in rows
        ]
        return AllocationPage(items=items, next=cursor_of(rows[-1]["position"]) if more else None)

    def lines(
        self, request: Request, agency: str, id: UUID, limit: Limit = 50, cursor: Cursor = None
    ) -> AllocatedPage:
        """The lines that one allocation split."""
        after = _place(cursor, str, int) if cursor else (None, None)
        asked = {"agency": as_code(agency), "id": id, "assessment": after[0], "line": after[1]}
        rows, more = self._page(request, "lines_of", asked, limit)
        items = [
            AllocatedRow(assessment=row["assessment"], line=row["line"], **_shares(row))
            for row in rows
        ]
        last = items[-1] if more else None
        return AllocatedPage(
            items=items, next=cursor_of(str(last.assessment), last.line) if last else None
        )

    def _page(
        self, request: Request, name: str, asked: dict[str, Any], limit: int
    ) -> tuple[list[dict[str, Any]], bool]:
        if getattr(request.state, "portal", None) is not None:
            raise HTTPException(404)
        with self._open() as db:
            rows = db.execute(statement(name), {**asked, "rows": limit + 1}).fetchall()
        return rows[:limit], len(rows) > limit


def _place(cursor: str, *kinds: Any) -> tuple[Any, ...]:
    """A cursor that begins with an assessment."""
    id, *rest = parts_of(cursor, *kinds)
    try:
        return UUID(id), *rest
    except ValueError:
        raise BadQuery("the cursor is not one of ours") from None


def _waiting_place(cursor: str) -> tuple[Any, ...]:
    assessment, line, day = _place(cursor, str, int, str)
    try:
        return assessment, line, date.fromisoformat(day)
    except ValueError:
        raise BadQuery("the cursor is not one of ours") from None


def _money(row: dict[str, Any], amount: int) -> Amount:
    return Amount(amount=amount, currency=row["currency"])


def _shares(row: dict[str, Any]) -> dict[str, Amount]:
    return {
        "amount": _money(row, row["amount"]),
        "retained": _money(row, row["retained"]),
        "budget": _money(row, row["amount"] - row["retained"]),
    }


def _total(one: dict[str, Any]) -> BudgetTotalRow:
    return BudgetTotalRow(codes=one["codes"], lines=one["lines"], **_shares(one))
