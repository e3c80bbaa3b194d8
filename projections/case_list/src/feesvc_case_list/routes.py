"""The read routes: cases by whatever is asked, and what is open by kind."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal, TypeAlias, cast
from uuid import UUID

from fastapi import APIRouter, HTTPException, Query, Request
from pydantic import BaseModel

from feesvc.domain.case_kinds import KINDS, kind_of
from feesvc.domain.ids import code as as_code
from feesvc.domain.severity import BUCKETS, bucket_of, severity
from feesvc.money import Money
from feesvc.projecting import Db, OpenDb, cursor_of, parts_of
from feesvc.projecting.exporting import add_listing
from feesvc_case_list.ageing import Ages
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
Leg: TypeAlias = Annotated[str | None, Query(pattern="^[FASBTGN]$")]
Account: TypeAlias = Annotated[int | None, Query(ge=1000, le=9999)]
Age: TypeAlias = Literal["0-1", "2-3", "4-7", "8-30", "31-90", ">90"]
AsOf: TypeAlias = Annotated[date | None, Query(ge=date(1900, 1, 1), le=date(2999, 12, 31))]
"""The years in which anything is booked: at either end of the calendar no case has an age."""
Currency: TypeAlias = Annotated[str | None, Query(pattern="^[A-Z]{3}$")]


class Amount(BaseModel):
    """115 000 VND is ``{"amount": 115000, "currency": "VND"}``, 12.34 USD has the amount 1234."""

    amount: int
    currency: str


class CaseRow(BaseModel):
    """One case. ``age_days`` are business days of Vietnam, or calendar days where its limit is the
    law's, as of the day that was asked or until it was closed; ``severity`` goes from 1 to 4."""

    id: UUID
    code: str
    name_vi: str
    name_en: str
    subject_kind: str
    subject: UUID
    intermediary: str
    account: int
    """The control account on which the money at risk stands; 0: none."""
    at_risk: Amount
    opened_by: str
    opened_at: datetime
    age_days: int
    age: Age
    severity: int
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
    """A page. ``next`` is the ``cursor`` of the next one; null at the end."""

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


class OfOneAge(BaseModel):
    """What is open of one kind and age in one currency."""

    code: str
    name_vi: str
    name_en: str
    age: Age
    cases: int
    overdue: int
    at_risk: Amount


class AgeTotal(BaseModel):
    age: Age
    cases: int
    overdue: int
    at_risk: Amount


class Ageing(BaseModel):
    """As of ``day``: what is open by kind and age, and the totals of each age and currency."""

    day: date
    items: list[OfOneAge]
    totals: list[AgeTotal]


def router(open_db: OpenDb) -> APIRouter:
    """Mounted under ``/v1/agencies/{agency}/case_list``. Raises ``BadQuery``."""
    listed = _CaseList(open_db)
    routes = APIRouter(tags=["case list"])
    add_listing(routes, "/cases", listed.cases, CaseRow)
    routes.add_api_route("/ageing", listed.ageing, methods=["GET"])
    routes.add_api_route("/kinds", listed.kinds, methods=["GET"])
    return routes


class _CaseList:
    def __init__(self, open_db: OpenDb) -> None:
        self._open = open_db

    def cases(
        self, request: Request, agency: str, state: State | None = None, code: Code = None,
        leg: Leg = None, account: Account = None, age: Age | None = None,
        subject: UUID | None = None, assignee: UUID | None = None, overdue: bool | None = None,
        currency: Currency = None, min_at_risk: Minor = None, min_days: Days = None,
        order: Literal["at_risk", "newest"] = "at_risk", as_of: AsOf = None,
        limit: Limit = 50, cursor: Cursor = None,
    ) -> Cases:  # fmt: skip
        """Cases of the agency. ``state=not_closed`` is what is still to be explained; ``subject``
        the payment, transfer or refund that it is about; ``account`` the control account of the
        money at risk; ``min_days`` calendar days since it was opened."""
        _for_officers(request)
        by_money, ages = order == "at_risk", Ages(request, as_of)
        parts = parts_of(cursor, *([int, int] if by_money else [int])) if cursor else []
        asked = {
            "agency": as_code(agency), "state": state, "code": code, "leg": leg,
            "codes": _codes_of(account), "bucket": BUCKETS.index(age) if age else None,
            "subject": subject, "assignee": assignee, "overdue": overdue, "currency": currency,
            "least": min_at_risk, "min_days": min_days, "rows": limit + 1, "by_money": by_money,
            "below": parts[0] if parts else None, "before": parts[-1] if parts else None,
            **ages.asked(),
        }  # fmt: skip
        with self._open() as db:
            rows = _rows(db, "search_cases", asked)
        more, rows = len(rows) > limit, rows[:limit]
        after = [rows[-1]["at_risk"]] * by_money + [rows[-1]["position"]] if more else []
        return Cases(
            items=[_case(row, ages) for row in rows], next=cursor_of(*after) if more else None
        )

    def ageing(self, request: Request, agency: str, leg: Leg = None, as_of: AsOf = None) -> Ageing:
        """What is open, by kind and age. Cases that were closed since ``as_of`` are left out."""
        _for_officers(request)
        ages = Ages(request, as_of)
        asked = {"agency": as_code(agency), "leg": leg, **ages.asked()}
        with self._open() as db:
            rows = _rows(db, "age_cases", asked)
        totals: dict[tuple[int, str], list[int]] = {}
        for row in rows:
            summed = totals.setdefault((row["bucket"], row["currency"]), [0, 0, 0])
            for place, name in enumerate(("cases", "overdue", "at_risk")):
                summed[place] += row[name]
        return Ageing(
            day=ages.day,
            items=[
                OfOneAge(**{**row, **_names(row), "at_risk": _at_risk(row)}, age=_age(row))
                for row in rows
            ],
            totals=[
                AgeTotal(
                    age=cast("Age", BUCKETS[bucket]), cases=cases, overdue=late,
                    at_risk=Amount(amount=amount, currency=currency),
                )
                for (bucket, currency), (cases, late, amount) in sorted(totals.items())
            ],
        )  # fmt: skip

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


def _codes_of(account: int | None) -> list[str] | None:
    """The kinds whose money at risk stands on that account; None for all."""
    if account is None:
        return None
    return [code for code, kind in KINDS.items() if kind.account == account]


def _case(row: dict[str, Any], ages: Ages) -> CaseRow:
    kind = kind_of(row["code"])
    days = ages.of(kind, row["opened_on"], row["until"])
    bucket = bucket_of(days)
    weight = severity(kind, Money(row["at_risk"], row["currency"]), bucket, row["repeats"])
    told = {"age_days": days, "age": BUCKETS[bucket], "severity": weight, "account": kind.account}
    return CaseRow(**{**row, **_names(row), **told, "at_risk": _at_risk(row)})


def _age(row: dict[str, Any]) -> Age:
    return cast("Age", BUCKETS[row["bucket"]])


def _names(row: dict[str, Any]) -> dict[str, str]:
    kind = kind_of(row["code"])
    return {"name_vi": kind.name_vi, "name_en": kind.name_en}


def _at_risk(row: dict[str, Any]) -> Amount:
    return Amount(amount=row["at_risk"], currency=row["currency"])
