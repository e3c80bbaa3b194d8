"""What waits for a person or a bank: suspense, credits, money held, what was asked of them, lists.

Here, and not with the ledger's open items: an item is a place of one transfer's money, which is
what commands name, with its reason and its payment; the ledger knows amounts by account.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query

from feesvc.domain.ids import code
from feesvc.projecting import BadQuery, OpenDb, cursor_of, parts_of
from feesvc.projecting.exporting import add_listing
from feesvc_payment_register import finding, wanted
from feesvc_payment_register.answers import (
    Amount,
    Item,
    Items,
    PaymentListAnswer,
    PaymentLists,
    ReclassificationAnswer,
    Reclassifications,
    Waiting,
)
from feesvc_payment_register.batch import NOWHERE
from feesvc_payment_register.wanted import Currency, Cursor, Limit, Minor, Portal, Text

PLACE = ("at_since", "at_transfer", "at_place", "at_assessment", "at_beneficiary")


def waiting(open_db: OpenDb) -> APIRouter:
    """The lists. Raise ``BadQuery``."""
    lists = _Lists(open_db)
    routes = APIRouter()
    add_listing(routes, "/suspense", lists.items, Item)
    add_listing(routes, "/reclassifications", lists.reclassifications, ReclassificationAnswer)
    add_listing(routes, "/drawn-payment-lists", lists.payment_lists, PaymentListAnswer)
    return routes


class _Lists:
    def __init__(self, open_db: OpenDb) -> None:
        self._open = open_db

    def items(
        self, agency: str, portal: Portal = None, kind: Waiting | None = None,
        reason: Text = None, intermediary: Text = None,
        via: Literal["intermediary", "bank", "cash"] | None = None, currency: Currency = None,
        min_amount: Minor = None, max_amount: Minor = None,
        min_days: Annotated[int | None, Query(ge=0, le=100_000)] = None, limit: Limit = 50,
        cursor: Cursor = None,
    ) -> Items:  # fmt: skip
        """Suspense, credits and money held for others, oldest first; ``min_days`` is an age."""
        today = datetime.now(wanted.HANOI).date()
        asked = {
            "agency": code(agency), "portal": portal, "kind": kind, "reason": reason,
            "intermediary": intermediary, "via": via, "currency": currency, "least": min_amount,
            "most": max_amount, "today": today, "older": _older(today, min_days),
            "rows": limit + 1, **_after(cursor),
        }  # fmt: skip
        with self._open() as db:
            found = finding.rows(db, "search_waiting", wanted.checked(asked))
        following = _cursor(found[limit - 1]) if len(found) > limit else None
        return Items(items=[_item(row) for row in found[:limit]], next=following)

    def reclassifications(
        self, agency: str, portal: Portal = None,
        state: Literal["requested", "approved", "rejected"] | None = None,
        transfer: UUID | None = None, limit: Limit = 50, cursor: Cursor = None,
    ) -> Reclassifications:  # fmt: skip
        """What was asked of them, newest first; ``requested`` wait for a second person."""
        asked = {"agency": code(agency), "portal": portal, "state": state, "transfer": transfer}
        with self._open() as db:
            found = finding.rows(db, "search_reclassifications", asked | wanted.page(limit, cursor))
        shown, following = wanted.cut(found, limit)
        return Reclassifications(
            items=[ReclassificationAnswer(**_told(row)) for row in shown], next=following
        )

    def payment_lists(
        self, agency: str, portal: Portal = None, limit: Limit = 50, cursor: Cursor = None
    ) -> PaymentLists:
        """Lists drawn for the bank, newest first; of no portal."""
        asked = {"agency": code(agency), "portal": portal} | wanted.page(limit, cursor)
        with self._open() as db:
            found = finding.rows(db, "search_payment_lists", asked)
        shown, following = wanted.cut(found, limit)
        items = [
            PaymentListAnswer(
                **row | {"total": Amount(amount=row["total"], currency=row["currency"])}
            )
            for row in shown
        ]
        return PaymentLists(items=items, next=following)


def _older(today: date, days: int | None) -> date | None:
    """The last day on which something began that is so old; none is older than the calendar."""
    if days is None:
        return None
    return today - timedelta(days=min(days, (today - date.min).days))


def _after(cursor: str | None) -> dict[str, Any]:
    """Where the page begins."""
    if cursor is None:
        return dict.fromkeys(PLACE)
    parts = parts_of(cursor, str, str, str, str, str)
    try:
        since, transfer, assessment = datetime.fromisoformat(parts[0]), parts[1], parts[3]
        place = [since, UUID(transfer), parts[2], UUID(assessment), parts[4]]
    except ValueError as error:
        raise BadQuery("the cursor is not one of ours") from error
    if since.tzinfo is None:
        raise BadQuery("the cursor is not one of ours")
    return dict(zip(PLACE, place, strict=True))


def _cursor(row: finding.Row) -> str:
    return cursor_of(
        row["since"].isoformat(), str(row["transfer"]), row["place"],
        str(row["assessment"] or NOWHERE), row["beneficiary"],
    )  # fmt: skip


def _item(row: finding.Row) -> Item:
    return Item(**_told(row))


def _told(row: finding.Row) -> dict[str, Any]:
    amount = Amount(amount=row["amount"], currency=row["currency"])
    return row | {"kind": row["place"], "amount": amount}
