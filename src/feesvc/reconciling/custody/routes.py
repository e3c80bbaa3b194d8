"""The read routes: whether what is owed is in the accounts, and what waits to go."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

from fastapi import APIRouter, HTTPException, Query, Request
from pydantic import BaseModel

from feesvc.domain.ids import code as as_code
from feesvc.projecting import OpenDb
from feesvc.reconciling.custody.books import ASSETS, LIABILITIES
from feesvc.reconciling.custody.cover import Cover
from feesvc.reconciling.custody.statements import statement

Waiting: TypeAlias = Literal["other_agency", "postal", "to_collector", "cash", "lapsed"]
Limit: TypeAlias = Annotated[int, Query(ge=1, le=1000)]
Currency: TypeAlias = Annotated[str, Query(pattern="^[A-Z]{3}$")]


class CoverView(BaseModel):
    """One currency, in minor units. ``surplus`` below nothing is a shortfall: it blocks."""

    currency: str
    accounts: dict[str, int]
    owed: dict[str, int]
    surplus: int
    to_make_whole: int
    """Commission withheld from money that is passed on whole, not made good yet (P07e, P07f)."""
    retained_to_move: int
    """Retained fees less the commission that they bear, not moved yet (P16d, P16i)."""


class CoverPage(BaseModel):
    items: list[CoverView]


class WaitingRow(BaseModel):
    """Money of one transfer that waits to go. ``since`` is when the bank had it."""

    transfer: UUID
    kind: Waiting
    beneficiary: str
    amount: int
    currency: str
    since: datetime | None


class WaitingPage(BaseModel):
    """Oldest first, as many as were asked for."""

    items: list[WaitingRow]


def routes(open_db: OpenDb) -> APIRouter:
    """Mounted under ``/v1/agencies/{agency}/custody``; an agency's people only."""
    asked = _Custody(open_db)
    router = APIRouter(tags=["custody"])
    router.add_api_route("/cover", asked.cover, methods=["GET"])
    router.add_api_route("/waiting", asked.waiting, methods=["GET"])
    return router


class _Custody:
    def __init__(self, open_db: OpenDb) -> None:
        self._open = open_db

    def cover(self, request: Request, agency: str) -> CoverPage:
        """What stands in the accounts, and the banked part of what is owed out of them."""
        _no_portal(request)
        with self._open() as db:
            rows = db.execute(statement("all_sums_of"), [as_code(agency)]).fetchall()
        by_currency: dict[str, dict[str, int]] = defaultdict(dict)
        for row in rows:
            by_currency[row["currency"]][row["item"]] = row["amount"]
        return CoverPage(items=[_view(Cover(currency=c, sums=s)) for c, s in by_currency.items()])

    def waiting(
        self, request: Request, agency: str, kind: Waiting = "other_agency",
        currency: Currency = "VND", limit: Limit = 200,
    ) -> WaitingPage:  # fmt: skip
        """What is held for another agency, a postal operator, a collector or, lapsed, for the State
        budget; or stands as cash.
        """
        _no_portal(request)
        asked = [as_code(agency), kind, currency, None, None, limit]
        with self._open() as db:
            rows = db.execute(statement("waiting_of"), asked).fetchall()
        return WaitingPage(
            items=[
                WaitingRow(
                    transfer=row["transfer"], kind=row["item"], beneficiary=row["beneficiary"],
                    amount=row["amount"], currency=row["currency"], since=row["banked_at"],
                )
                for row in rows
            ]
        )  # fmt: skip


def _view(cover: Cover) -> CoverView:
    return CoverView(
        currency=cover.currency, accounts={item: cover.of(item) for item in ASSETS},
        owed={item: cover.of(item) for item in LIABILITIES}, surplus=cover.surplus,
        to_make_whole=cover.to_make_whole, retained_to_move=cover.retained_to_move,
    )  # fmt: skip


def _no_portal(request: Request) -> None:
    if getattr(request.state, "portal", None) is not None:
        raise HTTPException(404)
