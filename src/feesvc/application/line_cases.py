"""Cases of lines: what a run could not match is told to people, once, and ended when it is found.

A line of which nothing is booked is a case of its own. A credit that waits in suspense is the case
of that money, which the run only names; what a settlement line was booked as, the process that
follows the log tells. So no money ever has two cases.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from feesvc.application.cases import clear_case
from feesvc.application.concluding_bank import booked_as
from feesvc.application.differences import Sought, review
from feesvc.application.house import Decision, House
from feesvc.application.together import some_at_a_time, together
from feesvc.domain.case import Case
from feesvc.domain.case_kinds import kind_of
from feesvc.domain.finding import CaseSubject, Finding
from feesvc.domain.transfer import Transfer
from feesvc.money import Money
from feesvc.reconciling.matching.runs import Run
from feesvc.reconciling.matching.statements import statement
from feesvc.reconciling.rows import Cursor

SHIFTED = "S18"
WAITS = "B03"
"""Money of a bank that waits in suspense stands in one case, opened under this code."""
ELSEWHERE = ("B09", "B04", "S20", "S19", "B08")
"""What a credit may have been told as while nothing could be booked of it."""


async def tell_breaks(house: House, db: Cursor, run: Run, principal: str) -> None:
    """Open, or open again, the cases of what the run left; what was told before is left alone.

    No two lines are about the same case.
    """
    found = await (await db.execute(statement("c_breaks"), {"run": run.id})).fetchall()
    for some in some_at_a_time(found):
        waiting = await _waiting(house, db, run, some) if run.leg == "B" else {}
        await together(
            _tell(house, run, row, waiting.get(row["line"]), principal)
            for row in some if row["state"] == "open"
        )  # fmt: skip
        told = {"run": run.id, "lines": [row["line"] for row in some]}
        await db.execute(statement("c_told"), told)
    if run.leg == "S":
        await _tell_shifts(house, db, run, principal)


async def _tell(
    house: House, run: Run, row: Mapping[str, Any], waits: Transfer | None, principal: str
) -> None:
    if waits is not None:
        await _name(house, run, row, waits, principal)
        await _with_its_money(house, run, row, principal)
    elif not row["known"]:
        await _open(house, run, row, principal)


async def end_explained(house: House, db: Cursor, agency: str, account: UUID, who: str) -> None:
    """Clear the cases of lines that are matched or booked by now, or named by another code."""
    found = await db.execute(statement("c_explained"), {"account": account})
    for row in await found.fetchall():
        finding = Finding(
            agency=agency, code=row["code"], subject=_subject(house, account, row),
            at_risk=Money(0, "VND"), facts={},
        )  # fmt: skip
        id = house.store.ids.of("explained", str(account), row["leg"], row["identity"])
        known = (await house.store.peek([finding.case_id(house.store.ids)])).values()
        versions = "".join(str(one.version) for one in known)
        act = house.act(house.store.ids.of("explained", str(id), row["code"], versions), who)
        await clear_case(house, act, finding, "explained_since")
        await db.execute(statement("c_set_explained"), row)


async def _tell_shifts(house: House, db: Cursor, run: Run, principal: str) -> None:
    """What they count to another day than we do is matched all the same, and recorded."""
    found = await db.execute(statement("c_shifted"), {"run": run.id})
    for row in await found.fetchall():
        shifted = Sought(
            agency=run.agency, code=SHIFTED, subject=_subject(house, run.account, row),
            opens=True, stated=Money(abs(row["gross"]), row["currency"]), by_rule="matched",
            facts={
                "line": row["native_id"] or row["identity"], "statement": row["statement"],
                "theirs": row["theirs"].isoformat(), "ours": row["ours"].isoformat(),
            },
        )  # fmt: skip
        id = house.store.ids.of("shift", str(run.account), row["identity"])
        await review(house, house.act(id, principal), [shifted])


async def _open(house: House, run: Run, row: Mapping[str, Any], principal: str) -> None:
    finding = _finding(house, run, row)
    id = finding.case_id(house.store.ids)
    act = house.act(house.store.ids.of("told", str(run.id), row["identity"]), principal)

    async def decide() -> Decision[None]:
        case = (await house.store.load([id])).get(id)
        due_on = kind_of(finding.code).due_on(act.at, house.calendar)
        if not isinstance(case, Case):
            return Decision(None, [Case.open(id, finding, principal, due_on, act.at)])
        if case.state == "closed":
            case.reopen("stands_again", due_on, act.at)
        return Decision(None, [case])

    await house.take(act, decide)


async def _waiting(
    house: House, db: Cursor, run: Run, some: Sequence[Mapping[str, Any]]
) -> dict[int, Transfer]:
    """By line, the money of a credit, where it is booked and waits in suspense."""
    credits = [row["line"] for row in some if row["net"] > 0 and row["state"] == "open"]
    lines = await db.execute(statement("c_bank_lines"), {"lines": credits})
    named = {
        line["id"]: house.store.ids.transfer(run.account, booked_as(line))
        for line in await lines.fetchall()
    }
    found = await house.store.peek(list(named.values()))
    return {
        line: transfer for line, id in named.items()
        if isinstance(transfer := found.get(id), Transfer)
    }  # fmt: skip


async def _name(
    house: House, run: Run, row: Mapping[str, Any], waits: Transfer, principal: str
) -> None:
    """Give the case of money in suspense the code that the run found; there is one in any case."""
    sought = Sought(
        agency=run.agency, code=WAITS, subject=CaseSubject(kind="transfer", id=waits.id),
        opens=True, named=row["code"], facts=_facts(row),
    )  # fmt: skip
    act = house.act(house.store.ids.of("told", str(run.id), row["identity"]), principal)
    await review(house, act, [sought])


async def _with_its_money(
    house: House, run: Run, row: Mapping[str, Any], principal: str
) -> None:  # fmt: skip
    """Nothing could be booked of the line before: its case is that of its money from now on."""
    codes = dict.fromkeys((row["code"], WAITS, *ELSEWHERE))
    findings = [_finding(house, run, {**row, "code": code}) for code in codes]
    cases = await house.store.peek([finding.case_id(house.store.ids) for finding in findings])
    for finding in findings:
        id = finding.case_id(house.store.ids)
        case = cases.get(id)
        if isinstance(case, Case) and case.state != "closed":
            fact = house.store.ids.of("told", str(run.id), "with_its_money", str(id))
            await clear_case(house, house.act(fact, principal), finding, "stands_with_its_money")


def _subject(house: House, account: UUID, row: Mapping[str, Any]) -> CaseSubject:
    leg = "S" if row["leg"] == "S" else "B"
    return CaseSubject(
        kind="line", id=house.store.ids.of("line", str(account), leg, row["identity"])
    )


def _finding(house: House, run: Run, row: Mapping[str, Any]) -> Finding:
    known = row["other_amount"] is not None and row["other_currency"] == row["currency"]
    differs = known and row["code"] in ("S04", "S12")
    at_risk = abs(row["amount"] - row["other_amount"]) if differs else abs(row["amount"])
    return Finding(
        agency=run.agency, code=row["code"],
        subject=_subject(house, run.account, {"leg": run.leg, **row}),
        at_risk=Money(at_risk, row["currency"]), facts=_facts(row),
    )  # fmt: skip


def _facts(row: Mapping[str, Any]) -> dict[str, str]:
    facts = {
        "line": row["native_id"] or row["identity"], "statement": row["statement"],
        "place": row["place"], "kind": row["kind"], "amount": str(row["amount"]),
    }  # fmt: skip
    if row["candidates"]:
        facts["candidates"] = " ".join(row["candidates"][:20])
    if row["why"]:
        facts["refused"] = row["why"]
    if row["other_amount"] is not None:
        facts["on_record"] = f"{row['other_amount']} {row['other_currency']}"
    return facts
