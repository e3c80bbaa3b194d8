"""The read routes: cases by whatever is asked, and what is open by kind."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

from fastapi import APIRouter, HTTPException, Query, Request
from pydantic import BaseModel

from feesvc.domain.case_kinds import kind_of
from feesvc.domain.ids import code as as_code
from feesvc.projecting import Db, OpenDb, cursor_of, parts_of
from feesvc_case_list.statements import statement

State: TypeAlias = Literal[
    "open", "assigned", "investigating", "awaiting_counterparty", "resolution_proposed",
    "approved", "closed", "not_closed",
]  # fmt: skip
Code: TypeAlias = Annotated[str | None, Query(pattern="^[A-Z][0-9]{2}$")]
Limit: TypeAlias = Annotated[int, Query(ge=1, le=200)]
Cursor: TypeAlias = Annotated[str | None, Query(max_length=200)]
Minor: TypeAlias = Annotated[int | None, Query(ge=0, le=2**63 - 1)]
Days: TypeAlias = Annotated[int | None, Query(ge=0, le=36_500)]
Currency: TypeAlias = Annotated[str | None, Query(pattern="^[A-Z]{3}$")]


class Amount(BaseModel):
    """115 000 VND is ``{"amount": 115000, "currency": "VND"}``, 12.34 USD has the amount 1234."""

    amount: int
    currency: str


class CaseRow(BaseModel):
    """One case. ``age_days`` are calendar days of Asia/Ho_Chi_Minh, until it was closed."""

    id: UUID
    code: str
    name_vi: str
    name_en: str
    subject_kind: str
    subject: UUID
    at_risk: Amount
    opened_by: str
    opened_at: datetime
    age_days: int
    due_on: date
    overdue: bool
    state: str
    state_at: datetime
    assignee: UUID | None
    level: int
    resolution: str
    reason: str
    notes: int


class Cases(BaseModel):
    """A page, newest first. ``next`` is the ``cursor`` of the next one; null at the end."""

    items: list[CaseRow]
    next: str | None


class OfOneKind(BaseModel):
    """What is open of one kind in one currency."""

    code: str
    name_vi: str
    name_en: str
    cases: int
    overdue: int
    at_risk: Amount
    oldest: datetime


class Kinds(BaseModel):
    items: list[OfOneKind]


def router(open_db: OpenDb) -> APIRouter:
    """Mounted under ``/v1/agencies/{agency}/case_list``. Raises ``BadQuery``."""
    listed = _CaseList(open_db)
    routes = APIRouter(tags=["case list"])
    routes.add_api_route("/cases", listed.cases, methods=["GET"])
    routes.add_api_route("/kinds", listed.kinds, methods=["GET"])
    return routes


class _CaseList:
    def __init__(self, open_db: OpenDb) -> None:
        self._open = open_db

    def cases(
        self, request: Request, agency: str, state: State | None = None, code: Code = None,
        subject: UUID | None = None, assignee: UUID | None = None, overdue: bool | None = None,
        currency: Currency = None, min_at_risk: Minor = None, min_days: Days = None,
        limit: Limit = 50, cursor: Cursor = None,
    ) -> Cases:  # fmt: skip
        """Cases of the agency. ``state=not_closed`` is what is still to be explained;
        ``subject`` the payment, transfer or refund that it is about."""
        _for_officers(request)
        asked = {
            "agency": as_code(agency), "state": state, "code": code, "subject": subject,
            "assignee": assignee, "overdue": overdue, "currency": currency,
            "least": min_at_risk, "min_days": min_days, "rows": limit + 1,
            "before": parts_of(cursor, int)[0] if cursor else None,
        }  # fmt: skip
        with self._open() as db:
            rows = _rows(db, "search_cases", asked)
        more = len(rows) > limit
        rows = rows[:limit]
        return Cases(
            items=[_case(row) for row in rows],
            next=cursor_of(rows[-1]["position"]) if more else None,
        )

    def kinds(self, request: Request, agency: str) -> Kinds:
        """What is open, by kind and currency: how many, how much is at risk, since when."""
        _for_officers(request)
        with self._open() as db:
            rows = _rows(db, "count_cases", {"agency": as_code(agency)})
        return Kinds(
            items=[OfOneKind(**{**row, **_names(row), "at_risk": _at_risk(row)}) for row in rows]
        )


def _for_officers(request: Request) -> None:
    """A portal works on no case: for it there are none."""
    if getattr(request.state, "portal", None) is not None:
        raise HTTPException(404)


def _rows(db: Db, name: str, asked: dict[str, Any]) -> list[dict[str, Any]]:
    return db.execute(statement(name), asked).fetchall()


def _case(row: dict[str, Any]) -> CaseRow:
    return CaseRow(**{**row, **_names(row), "at_risk": _at_risk(row)})


def _names(row: dict[str, Any]) -> dict[str, str]:
    kind = kind_of(row["code"])
    return {"name_vi": kind.name_vi, "name_en": kind.name_en}


def _at_risk(row: dict[str, Any]) -> Amount:
    return Amount(amount=row["at_risk"], currency=row["currency"])
