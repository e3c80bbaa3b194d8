"""The read routes of the ledger."""

from __future__ import annotations

from fastapi import APIRouter, Response

from feesvc.projecting import OpenDb
from feesvc_agency_ledger import account_statement, collection, journal, open_item_list
from feesvc_agency_ledger.asked import Question, answer
from feesvc_agency_ledger.chart import CHART
from feesvc_agency_ledger.trial_balance import trial_balance


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

    @router.get("/trial-balance", summary="Opening, movements and balance of every account")
    def trial(question: Question, response: Response) -> Response:
        with open_db() as db:
            return answer(trial_balance(db, question), response)

    @router.get("/journal", summary="Entries with their lines, by effective day and position")
    def entries(question: Question, response: Response) -> Response:
        with open_db() as db:
            return answer(journal.page(db, question), response)

    @router.get("/accounts/{account}/statement", summary="An account with its running balance")
    def statement(account: str, question: Question, response: Response) -> Response:
        with open_db() as db:
            return answer(account_statement.page(db, question, account), response)

    @router.get("/open-items", summary="What has not come to zero yet, with its age in days")
    def open_items(question: Question, response: Response, account: str = "") -> Response:
        with open_db() as db:
            return answer(open_item_list.page(db, question, account), response)

    @router.get("/collection", summary="What was assessed, collected and given back, by fee")
    def by_fee(question: Question, response: Response) -> Response:
        with open_db() as db:
            return answer(collection.by_fee(db, question), response)

    return router
