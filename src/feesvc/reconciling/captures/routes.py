"""The read routes: what lines may match, by state and key, and what banks are still to move."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

from fastapi import APIRouter, HTTPException, Query, Request
from pydantic import BaseModel

from feesvc.domain.ids import code as as_code
from feesvc.projecting import BadQuery, OpenDb, cursor_of, parts_of
from feesvc.reconciling.captures.statements import statement
from feesvc.reconciling.keys import key as as_key

Kind: TypeAlias = Literal["payment", "refund", "refund_reversal", "dispute", "dispute_reversal"]
State: TypeAlias = Literal["asked", "open", "settled", "reversed", "ended"]
AwaitedKind: TypeAlias = Literal["batch", "refund", "remittance", "forwarding", "custody_move"]
AwaitedState: TypeAlias = Literal["asked", "open", "done", "ended"]
Key: TypeAlias = Annotated[str | None, Query(max_length=140)]
Limit: TypeAlias = Annotated[int, Query(ge=1, le=200)]
Cursor: TypeAlias = Annotated[str | None, Query(max_length=200)]


class Amount(BaseModel):
    """Minor units: 115 000 VND is ``{"amount": 115000, "currency": "VND"}``."""

    amount: int
    currency: str


class CaptureRow(BaseModel):
    """One thing that a settlement line may be about. What the payout gains is plus."""

    id: UUID
    account: UUID
    kind: Kind
    transfer: UUID
    refund: UUID | None
    transaction: str
    reference: str
    original: str
    amount: Amount
    occurred_at: datetime
    state: State


class Captured(BaseModel):
    """A page, newest first. ``next`` is the ``cursor`` of the next one; null at the end."""

    items: list[CaptureRow]
    next: str | None


class AwaitedRow(BaseModel):
    """What a bank is still to credit (plus) or debit (minus), and how much of it was."""

    id: UUID
    account: UUID
    kind: AwaitedKind
    keys: list[str]
    amount: Amount
    done: Amount
    on_day: date
    state: AwaitedState


class AwaitedPage(BaseModel):
    """A page, newest first. ``next`` is the ``cursor`` of the next one; null at the end."""

    items: list[AwaitedRow]
    next: str | None


def router(open_db: OpenDb) -> APIRouter:
    """Mounted under ``/v1/agencies/{agency}/captures``. Raises ``BadQuery``."""
    asked = _Captures(open_db)
    routes = APIRouter(tags=["captures"])
    routes.add_api_route("/items", asked.items, methods=["GET"])
    routes.add_api_route("/awaited", asked.awaited, methods=["GET"])
    return routes


class _Captures:
    def __init__(self, open_db: OpenDb) -> None:
        self._open = open_db

    def items(
        self, request: Request, agency: str, kind: Kind | None = None,
        state: State | None = None, account: UUID | None = None, key: Key = None,
        limit: Limit = 50, cursor: Cursor = None,
    ) -> Captured:  # fmt: skip
        """What settlement lines may match; ``key`` is any reference of it, as anyone writes it."""
        asked = {"kind": kind, "state": state, "account": account}
        rows, more = self._search("search_captures", request, agency, key, limit, cursor, asked)
        items = [
            CaptureRow(**{**row, "amount": _amount(row, "amount")}) for row in rows
        ]  # fmt: skip
        return Captured(items=items, next=more)

    def awaited(
        self, request: Request, agency: str, kind: AwaitedKind | None = None,
        state: AwaitedState | None = None, key: Key = None, limit: Limit = 50,
        cursor: Cursor = None,
    ) -> AwaitedPage:  # fmt: skip
        """Batches that a bank is still to credit, and orders that it is still to debit."""
        asked = {"kind": kind, "state": state}
        rows, more = self._search("search_awaited", request, agency, key, limit, cursor, asked)
        items = [
            AwaitedRow(**{**row, "amount": _amount(row, "amount"), "done": _amount(row, "done")})
            for row in rows
        ]
        return AwaitedPage(items=items, next=more)

    def _search(
        self, name: str, request: Request, agency: str, key: str | None, limit: int,
        cursor: str | None, asked: dict[str, Any],
    ) -> tuple[list[dict[str, Any]], str | None]:  # fmt: skip
        if getattr(request.state, "portal", None) is not None:
            raise HTTPException(404)
        before, before_id = _place(cursor) if cursor else (None, None)
        asked |= {
            "agency": as_code(agency), "key": as_key(key) if key else None, "rows": limit + 1,
            "before": before, "before_id": before_id,
        }  # fmt: skip
        with self._open() as db:
            rows = db.execute(statement(name), asked).fetchall()
        more = len(rows) > limit
        rows = rows[:limit]
        return rows, cursor_of(rows[-1]["position"], str(rows[-1]["id"])) if more else None


def _place(cursor: str) -> tuple[int, UUID]:
    position, id = parts_of(cursor, int, str)
    try:
        return position, UUID(id)
    except ValueError:
        raise BadQuery("the cursor is not one of ours") from None


def _amount(row: dict[str, Any], column: str) -> Amount:
    return Amount(amount=row[column], currency=row["currency"])
