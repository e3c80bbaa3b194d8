"""Results of a settlement, for whoever wrote it: which of its lines agree with us and which do not.

Some contracts want such a file back within some days, and let the writer's figures stand where
nothing came (VNPAY's: five working days). The form is ours; nobody has confirmed that they take it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID

from feesvc.application.duties import last_day
from feesvc.application.house import HANOI, House, Unknown
from feesvc.domain.case import Case
from feesvc.domain.finding import CaseSubject, Finding
from feesvc.domain.merchant_account import MerchantAccount
from feesvc.money import Money
from feesvc.reconciling.filing.steps import sql

UNKNOWN = "S03"
"""A line that we booked and knew nothing of: it does not agree."""
PEEKED = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultLine:
    """``code`` and ``case`` say what does not agree, ``inquiry`` under which number we asked them.

    A payment of ours that the settlement does not hold has no ``place`` in it; its code says
    whether another one may hold it yet (S01), or it is missing (S02).
    """

    result: Literal["agrees", "differs", "not_held", "not_looked_at"]
    place: str
    native_id: str
    kind: str
    transaction: str
    reference: str
    gross: Money
    net: Money
    code: str = ""
    case: UUID | None = None
    inquiry: str = ""
    answered: bool = True
    """Whether somebody has asked about it, or ended its case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementResult:
    """``reply_by``: the last day, Asia/Ho_Chi_Minh, after which their figures stand; or None."""

    statement: UUID
    account: UUID
    intermediary: str
    batch: str
    sha256: str
    reply_by: date | None
    lines: Sequence[ResultLine]

    @property
    def unanswered(self) -> list[ResultLine]:
        """What does not agree, and nobody has told them so."""
        return [line for line in self.lines if line.result == "differs" and not line.answered]


async def settlement_result(house: House, agency: str, statement: UUID) -> SettlementResult:
    """Of an accepted settlement as it stands now. Raises ``Unknown``."""
    async with house.rows.cursor() as db:
        asked: dict[str, Any] = {"statement": statement, "agency": agency}
        said = await (await db.execute(sql("result_of"), asked)).fetchone()
        if said is None:
            raise Unknown(f"settlement {statement}")
        rows = await (await db.execute(sql("result_lines"), asked)).fetchall()
        missing = await (await db.execute(sql("result_missing"), said)).fetchall()
    account = await house.see(MerchantAccount, said["account"], "merchant account")
    lines = [_line(row) for row in rows]
    cases = await _cases(house, agency, said["account"], rows)
    told = [_with(line, cases.get(row["identity"])) for row, line in zip(rows, lines, strict=True)]
    told += [_not_held(house, account, row) for row in missing]
    day = said["received_at"].astimezone(HANOI).date()
    return SettlementResult(
        statement=statement, account=said["account"], intermediary=account.intermediary,
        batch=said["identity"], sha256=said["sha256"], lines=told,
        reply_by=await last_day(house, agency, "reply", day, account.intermediary),
    )  # fmt: skip


def _line(row: Mapping[str, Any]) -> ResultLine:
    known = row["state"] == "placed" and row["reason"] != UNKNOWN
    result: Literal["agrees", "differs", "not_looked_at"] = "differs"
    if known or row["state"] in ("matched", "repeated"):
        result = "agrees"
    elif not row["reason"]:
        result = "not_looked_at"
    return ResultLine(
        result=result, place=row["place"], native_id=row["native_id"], kind=row["kind"],
        transaction=row["transaction"], reference=row["reference"],
        gross=Money(row["gross"], row["currency"]), net=Money(row["net"], row["currency"]),
        code=row["reason"] if result == "differs" else "",
    )  # fmt: skip


def _with(line: ResultLine, case: Case | None) -> ResultLine:
    if line.result != "differs":
        return line
    return ResultLine(
        result=line.result, place=line.place, native_id=line.native_id, kind=line.kind,
        transaction=line.transaction, reference=line.reference, gross=line.gross, net=line.net,
        code=line.code, case=case.id if case else None, inquiry=case.inquiry if case else "",
        answered=case is not None and bool(case.inquiry or case.state == "closed"),
    )  # fmt: skip


def _not_held(house: House, account: MerchantAccount, row: Mapping[str, Any]) -> ResultLine:
    """Missing (S02), unless the contract gives them time to settle it yet (S01)."""
    money = Money(row["amount"], row["currency"])
    term = account.term_on(row["day"])
    late = term is None or house.today() > house.calendar.plus(row["day"], term.settled_within)
    return ResultLine(
        result="not_held", place="", native_id="", kind="payment", gross=money, net=money,
        transaction=row["transaction"], reference=row["reference"],
        code="S02" if late else "S01",
    )  # fmt: skip


async def _cases(
    house: House, agency: str, account: UUID, rows: Sequence[Mapping[str, Any]]
) -> dict[str, Case]:
    """By the identity of a line: the case of the line, or of the money that it was booked as."""
    wanted = {
        _finding(house, agency, account, row).case_id(house.store.ids): row["identity"]
        for row in rows if row["reason"] and row["state"] in ("open", "placed")
    }  # fmt: skip
    found: dict[str, Case] = {}
    ids = list(wanted)
    for start in range(0, len(ids), PEEKED):
        for id, case in (await house.store.peek(ids[start : start + PEEKED])).items():
            if isinstance(case, Case):
                found[wanted[id]] = case
    return found


def _finding(house: House, agency: str, account: UUID, row: Mapping[str, Any]) -> Finding:
    ids = house.store.ids
    about = CaseSubject(kind="line", id=ids.of("line", str(account), row["leg"], row["identity"]))
    if row["state"] == "placed":
        about = CaseSubject(kind="transfer", id=ids.transfer(account, row["transaction"]))
    return Finding(
        agency=agency, code=row["reason"], subject=about, at_risk=Money(0, row["currency"]),
        facts={},
    )  # fmt: skip
