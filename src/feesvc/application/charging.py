"""Charging: a bank's debit that nothing of ours ordered (B11) is booked as the bank's charge.

Two people say so with its case; the line is placed by the next run at its account.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from feesvc.application.concluding_bank import booked_as, charge_id
from feesvc.application.house import Act, Decision, House
from feesvc.domain.adjustment import Adjustment
from feesvc.domain.aggregate import Aggregate, Refusal
from feesvc.domain.bank_charge import BankCharge
from feesvc.domain.case import Case
from feesvc.domain.finding import CaseSubject
from feesvc.money import Money
from feesvc.reconciling.matching.statements import statement

UNEXPLAINED = "B11"


class NoSuchDebit(Refusal):
    """The case is about no bank debit that is still open"""


async def propose_charge(
    house: House, act: Act, case: Case, about: UUID, reason: str
) -> Adjustment:
    """All of the debit that the case is about. Raises ``NoSuchDebit``."""
    line = await _debit(house, case.agency, case.subject)
    if line is None or case.code != UNEXPLAINED or about != case.subject.id:
        raise NoSuchDebit(f"case {case.id}")
    return Adjustment.propose(
        house.store.ids.of("adjustment", str(act.id)), case.agency, act.principal, "bank_charged",
        case.id, case.subject, None, _amount(line), reason, None, "", {}, act.at,
    )  # fmt: skip


async def approve_charge(
    house: House, act: Act, asked: Adjustment, digest: str
) -> Decision[Adjustment]:
    """Another person agrees. Raises ``NoSuchDebit`` where the debit was explained meanwhile."""
    line = await _debit(house, asked.agency, asked.subject)
    if line is None or _amount(line) != asked.amount:
        raise NoSuchDebit(f"adjustment {asked.id}")
    asked.approve(act.principal, digest, act.day, None, act.at)
    changed: list[Aggregate] = [asked]
    id = charge_id(house, line["account"], line)
    if id not in await house.store.peek([id]):
        booked = BankCharge.book(
            id, asked.agency, line["account"], booked_as(line), asked.amount, asked.id,
            line["occurred_at"], act.at,
        )  # fmt: skip
        changed.append(booked)
    return Decision(asked, changed)


async def still_open(house: House, case: Case) -> Money | None:
    """What the debit of such a case took, as long as nothing was booked of it."""
    if case.code != UNEXPLAINED:
        return None
    line = await _debit(house, case.agency, case.subject)
    return _amount(line) if line is not None else None


async def _debit(house: House, agency: str, subject: CaseSubject) -> Mapping[str, Any] | None:
    async with house.rows.cursor() as db:
        found = await db.execute(statement("c_open_debits"), {"agency": agency})
        for row in await found.fetchall():
            named = house.store.ids.of("line", str(row["account"]), "B", row["identity"])
            if subject.kind == "line" and named == subject.id:
                return row
    return None


def _amount(line: Mapping[str, Any]) -> Money:
    return Money(-line["net"], line["currency"])
