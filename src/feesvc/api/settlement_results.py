"""Results of settlements over HTTP: what agrees and what does not, for the intermediary."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from feesvc.api.callers import NOT_FOUND, Caller, caller_of
from feesvc.api.telling import shown
from feesvc.api.wire import AgencyCode, MoneyView, View
from feesvc.application.house import Unknown
from feesvc.application.settlement_results import ResultLine, SettlementResult, settlement_result
from feesvc.domain.officer import Role
from feesvc.projecting.exporting import Column, Table, Wanted, amounts, answer_as, documented

router = APIRouter(tags=["files"])
Who = Annotated[Caller, Depends(caller_of)]
READERS: tuple[Role, ...] = ("finance", "approver", "auditor")
COLUMNS = (
    Column("result"), Column("code"), Column("inquiry"), Column("place"), Column("line"),
    Column("kind"), Column("transaction"), Column("reference"), *amounts("gross", "net"),
    Column("currency"), Column("batch"), Column("reply_by", "day"),
)  # fmt: skip


class ResultLineView(View):
    """``result``: agrees, differs (``code``), not_held (a payment of ours that is not in it: S01
    while their contract gives them time to settle it, S02 from then on) or not_looked_at.
    ``inquiry`` is the number under which they were asked.
    """

    result: str
    code: str
    inquiry: str
    case: UUID | None
    place: str
    line: str
    kind: str
    transaction: str
    reference: str
    gross: MoneyView
    net: MoneyView


class ResultView(View):
    """``reply_by``: after this day, Asia/Ho_Chi_Minh, their figures stand; null: nobody said so."""

    statement: UUID
    account: UUID
    intermediary: str
    batch: str
    sha256: str
    reply_by: date | None
    lines: list[ResultLineView]


@router.get(
    "/agencies/{agency}/settlement-results/{statement}", response_model=ResultView,
    responses=documented(),
)  # fmt: skip
async def result(
    request: Request, response: Response, agency: AgencyCode, statement: UUID, who: Who,
    form: Wanted,
) -> Response:  # fmt: skip
    """What an accepted settlement says and we do: line by line, as JSON, CSV or XLSX."""
    await who.require(agency, roles=READERS)
    try:
        found = await settlement_result(who.house, agency, statement)
    except Unknown:
        raise NOT_FOUND from None
    if form != "json":
        return answer_as(form, lambda: _table(found), response)
    lines = [_view(line) for line in found.lines]
    return shown(
        request,
        ResultView(
            statement=found.statement, account=found.account, intermediary=found.intermediary,
            batch=found.batch, sha256=found.sha256, reply_by=found.reply_by, lines=lines,
        ),
    )  # fmt: skip


def _view(line: ResultLine) -> ResultLineView:
    return ResultLineView(
        result=line.result, code=line.code, inquiry=line.inquiry, case=line.case, place=line.place,
        line=line.native_id, kind=line.kind, transaction=line.transaction,
        reference=line.reference, gross=MoneyView.of(line.gross), net=MoneyView.of(line.net),
    )  # fmt: skip


def _table(found: SettlementResult) -> Table:
    rows = (
        (
            line.result, line.code, line.inquiry, line.place, line.native_id, line.kind,
            line.transaction, line.reference, line.gross, line.net,
            line.gross.currency, found.batch, found.reply_by,
        )
        for line in found.lines
    )  # fmt: skip
    about = {
        "batch": found.batch, "intermediary": found.intermediary, "sha256": found.sha256,
        "reply_by": found.reply_by.isoformat() if found.reply_by else "",
    }  # fmt: skip
    return Table(f"result-{found.statement}", COLUMNS, rows, about)
