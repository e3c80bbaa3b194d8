"""The read routes of the ledger: pages as JSON, and the whole of each as a paper."""

from __future__ import annotations

from fastapi import APIRouter, Response

from feesvc.projecting import OpenDb
from feesvc.projecting.exporting import Wanted, answer_as, documented
from feesvc_agency_ledger import (
    account_statement,
    collection,
    hledger,
    journal,
    late_entries,
    open_item_list,
    papers,
)
from feesvc_agency_ledger.asked import Question, answer
from feesvc_agency_ledger.chart import CHART
from feesvc_agency_ledger.national_chart import national_on
from feesvc_agency_ledger.trial_balance import trial_balance

PAPERS = documented()


def routes(open_db: OpenDb) -> APIRouter:
    """Mounted under ``/v1/agencies/{agency}/agency_ledger``. Amounts are debits - credits."""
    router = APIRouter()

    @router.get("/accounts", summary="The chart of accounts")
    def accounts(agency: str, response: Response) -> Response:
        chart = [
            {
                "account": str(code),
                "type": a.type,
                "name": {"vi": a.vi, "en": a.en},
                "items": a.item,
            }
            for code, a in CHART.items()
        ]
        return answer({"agency": agency, "accounts": chart}, response)

    @router.get("/national-chart", summary="Our accounts in the national chart, unverified")
    def national(agency: str, question: Question, response: Response) -> Response:
        return answer({"agency": agency, **national_on(question.day)}, response)

    _reports(router, open_db)
    _lists(router, open_db)
    return router


def _reports(router: APIRouter, open_db: OpenDb) -> None:
    """Reports of sums: one answer, however large the book."""

    @router.get(
        "/trial-balance", summary="Opening, movements and balance of every account",
        responses=PAPERS,
    )  # fmt: skip
    def trial(question: Question, form: Wanted, response: Response) -> Response:
        if form != "json":
            return answer_as(form, lambda: papers.of_trial_balance(open_db, question), response)
        with open_db() as db:
            return answer(trial_balance(db, question), response)

    @router.get(
        "/collection", summary="What was assessed, collected and given back, by fee",
        responses=PAPERS,
    )  # fmt: skip
    def by_fee(question: Question, form: Wanted, response: Response) -> Response:
        if form != "json":
            return answer_as(form, lambda: papers.of_collection(open_db, question), response)
        with open_db() as db:
            return answer(collection.by_fee(db, question), response)


def _lists(router: APIRouter, open_db: OpenDb) -> None:
    """Lists: a page at a time as JSON, whole as papers."""

    @router.get(
        "/journal", summary="Entries with their lines, by the day they count in and position",
        responses=documented("hledger"),
    )  # fmt: skip
    def entries(question: Question, form: Wanted, response: Response) -> Response:
        if form == "hledger":
            return answer_as(form, lambda: hledger.of_journal(open_db, question), response)
        if form != "json":
            return answer_as(form, lambda: papers.of_journal(open_db, question), response)
        with open_db() as db:
            return answer(journal.page(db, question), response)

    @router.get(
        "/accounts/{account}/statement", summary="An account with its running balance",
        responses=PAPERS,
    )  # fmt: skip
    def statement(account: str, question: Question, form: Wanted, response: Response) -> Response:
        if form != "json":
            return answer_as(
                form, lambda: papers.of_statement(open_db, question, account), response
            )
        with open_db() as db:
            return answer(account_statement.page(db, question, account), response)

    @router.get(
        "/open-items", summary="What has not come to zero yet, with its age in days",
        responses=PAPERS,
    )  # fmt: skip
    def open_items(
        question: Question, form: Wanted, response: Response, account: str = ""
    ) -> Response:
        if form != "json":
            return answer_as(
                form, lambda: papers.of_open_items(open_db, question, account), response
            )
        with open_db() as db:
            return answer(open_item_list.page(db, question, account), response)

    @router.get(
        "/late-entries", responses=PAPERS,
        summary="Entries of these effective days that count later, since the days were closed",
    )  # fmt: skip
    def late(question: Question, form: Wanted, response: Response) -> Response:
        if form != "json":
            return answer_as(form, lambda: papers.of_late_entries(open_db, question), response)
        with open_db() as db:
            return answer(late_entries.page(db, question), response)
