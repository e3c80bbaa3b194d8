"""The read routes: four searches and one payment in full.

``portal`` is a filter for officers. When a portal asks, the service says so in
``request.state.portal``, and the portal sees only rows of its own whatever else it asks for.
A payer is looked for by ``subject``: the service turns a payer's detail into subjects, and this
register knows no more of a person than that id.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, TypeAlias
from uuid import UUID

from fastapi import APIRouter, HTTPException, Query

from feesvc.domain.ids import code
from feesvc.domain.refund import Method
from feesvc.projecting import Db, OpenDb
from feesvc.projecting.exporting import add_listing
from feesvc_payment_register import finding, wanted
from feesvc_payment_register.answers import (
    AssessmentAnswer,
    Assessments,
    AssessmentState,
    PaymentAnswer,
    Payments,
    PaymentState,
    Place,
    RefundAnswer,
    Refunds,
    RefundState,
    TransferAnswer,
    Transfers,
    TransferState,
)
from feesvc_payment_register.waiting import waiting
from feesvc_payment_register.wanted import (
    Currency,
    Cursor,
    Limit,
    Minor,
    Plain,
    Portal,
    Text,
)

Subjects: TypeAlias = Annotated[list[UUID] | None, Query(max_length=500)]


def router(open_db: OpenDb) -> APIRouter:
    """Mounted under ``/v1/agencies/{agency}/payment_register``. Raises ``BadQuery``."""
    register = _Register(open_db)
    routes = APIRouter(tags=["payment register"])
    add_listing(routes, "/payments", register.payments, PaymentAnswer)
    routes.add_api_route("/payments/{id}", register.payment, methods=["GET"])
    add_listing(routes, "/transfers", register.transfers, TransferAnswer)
    add_listing(routes, "/assessments", register.assessments, AssessmentAnswer)
    add_listing(routes, "/refunds", register.refunds, RefundAnswer)
    routes.include_router(waiting(open_db))
    return routes


class _Register:
    def __init__(self, open_db: OpenDb) -> None:
        self._open = open_db

    def payments(
        self, agency: str, portal: Portal = None, reference: Text = None, dossier: Text = None,
        dossier_part: Text = None, amount: Minor = None, min_amount: Minor = None,
        max_amount: Minor = None, currency: Currency = None, state: PaymentState | None = None,
        date: Plain = None, intermediary: Text = None, transaction: Text = None,
        assessment: UUID | None = None, subject: Subjects = None, limit: Limit = 50,
        cursor: Cursor = None,
    ) -> Payments:  # fmt: skip
        """Payments that the agency collects. ``dossier`` is how one begins, ``dossier_part`` a
        part of it; ``date`` is the day of asking; ``subject`` may be given many times."""
        asked = {
            "agency": code(agency), "portal": portal, "reference": reference, "state": state,
            "beginning": wanted.beginning(dossier), **wanted.somewhere(dossier_part),
            **wanted.amounts(amount, min_amount, max_amount), "currency": currency,
            **wanted.days(date), "intermediary": intermediary, "transaction": transaction,
            "assessment": assessment, "subjects": subject,
        }  # fmt: skip
        with self._open() as db:
            found, after = self._found(db, "search_payments", asked, limit, cursor)
            return Payments(items=finding.payments(db, found), next=after)

    def payment(self, agency: str, id: UUID, portal: Portal = None) -> PaymentAnswer:
        """One payment with its assessments, transfers and refunds; 404 when it is not there."""
        asked = wanted.checked({"agency": code(agency), "id": id, "portal": portal})
        with self._open() as db:
            found = finding.payments(db, finding.rows(db, "one_payment", asked))
        if not found:
            raise HTTPException(404, "There is no such payment.")
        return found[0]

    def transfers(
        self, agency: str, portal: Portal = None, placed: Place | None = None,
        state: TransferState | None = None, transaction: Text = None, reference: Text = None,
        intermediary: Text = None, payment: UUID | None = None, amount: Minor = None,
        min_amount: Minor = None, max_amount: Minor = None, currency: Currency = None,
        date: Plain = None, limit: Limit = 50, cursor: Cursor = None,
    ) -> Transfers:  # fmt: skip
        """Money that the agency received, with a payment or without. ``placed`` asks where free
        money stands: ``suspense`` is money nobody could place; ``date`` is the day it was paid."""
        asked = {
            "agency": code(agency), "portal": portal, "placed": placed, "state": state,
            "transaction": transaction, "reference": reference, "intermediary": intermediary,
            "payment": payment, **wanted.amounts(amount, min_amount, max_amount),
            "currency": currency, **wanted.days(date),
        }  # fmt: skip
        with self._open() as db:
            found, after = self._found(db, "search_transfers", asked, limit, cursor)
            return Transfers(items=finding.transfers(db, found), next=after)

    def assessments(
        self, agency: str, portal: Portal = None, dossier: Text = None, dossier_part: Text = None,
        state: AssessmentState | None = None, amount: Minor = None, min_amount: Minor = None,
        max_amount: Minor = None, currency: Currency = None, date: Plain = None,
        subject: Subjects = None, limit: Limit = 50, cursor: Cursor = None,
    ) -> Assessments:  # fmt: skip
        """What the agency is owed; amounts are of the total, ``date`` is the day it was raised."""
        asked = {
            "agency": code(agency), "portal": portal, "state": state,
            "beginning": wanted.beginning(dossier), **wanted.somewhere(dossier_part),
            **wanted.amounts(amount, min_amount, max_amount), "currency": currency,
            **wanted.days(date), "subjects": subject,
        }  # fmt: skip
        with self._open() as db:
            found, after = self._found(db, "search_assessments", asked, limit, cursor)
            return Assessments(items=finding.assessments(found), next=after)

    def refunds(
        self, agency: str, portal: Portal = None, state: RefundState | None = None,
        method: Method | None = None, reference: Text = None,
        amount: Minor = None, min_amount: Minor = None, max_amount: Minor = None,
        currency: Currency = None, date: Plain = None, limit: Limit = 50, cursor: Cursor = None,
    ) -> Refunds:  # fmt: skip
        """Refunds by state: ``requested`` wait for a second person; ``date`` is when asked for.
        A portal sees those it asked for, and those of its payments."""
        asked = {
            "agency": code(agency), "portal": portal, "state": state, "method": method,
            "reference": reference, **wanted.amounts(amount, min_amount, max_amount),
            "currency": currency, **wanted.days(date),
        }  # fmt: skip
        with self._open() as db:
            found, after = self._found(db, "search_refunds", asked, limit, cursor)
            return Refunds(items=finding.refunds(db, found), next=after)

    def _found(
        self, db: Db, search: str, asked: dict[str, Any], limit: int, cursor: str | None
    ) -> tuple[Sequence[finding.Row], str | None]:
        named = wanted.checked({**asked, **wanted.page(limit, cursor)})
        return wanted.cut(finding.rows(db, search, named), limit)
