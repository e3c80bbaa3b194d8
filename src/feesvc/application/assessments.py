"""Assessments: a quote that records nothing, raising what a dossier owes, and changing it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from uuid import UUID

from feesvc.application.house import Act, Decision, Done, House
from feesvc.application.unplacing import take_off
from feesvc.domain.agency import Agency
from feesvc.domain.aggregate import Aggregate, Refusal
from feesvc.domain.assessment import Assessment
from feesvc.domain.assessment_events import Uncollection
from feesvc.domain.circumstances import Circumstances
from feesvc.domain.fee_schedule import FeeSchedule
from feesvc.domain.line import Line
from feesvc.domain.placement import CreditReason, Move, Placement
from feesvc.domain.pricing import WantedLine, price
from feesvc.domain.procedure import Procedure
from feesvc.domain.transfer import Transfer
from feesvc.money import total
from feesvc.store import Answer


class NoticeTaken(Refusal):
    """The notice was raised before, with another content"""

    def __init__(self, assessment: UUID) -> None:
        super().__init__(f"assessment {assessment}")
        self.assessment = assessment


class UnknownAgency(Refusal):
    """There is no such agency"""


class UnknownProcedure(Refusal):
    """The agency has no such procedure"""


class NotOnline(Refusal):
    """The procedure takes no online payment on that day"""


class MoneyTied(Refusal):
    """Money that paid it is set aside for a refund, or disputed; that must end first"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What one agency is to be owed for a dossier under one notice."""

    agency: str
    dossier: str
    notice: str
    procedure: str
    """A procedure's code, or empty."""
    portal: str
    result_delivery: str
    due_on: date | None
    subject: UUID | None
    wanted: tuple[WantedLine, ...]
    circumstances: Circumstances

    @property
    def content(self) -> str:
        """The hash of what is asked; not of the person, nor of the day it was asked on."""
        c = self.circumstances
        said = [
            self.procedure, self.result_delivery, str(self.due_on), c.channel, c.service_level,
            c.identity_level, c.payer_class, c.locality, c.age, str(c.submitted_on),
            [[w.item, w.quantity, str(w.base)] for w in self.wanted],
        ]  # fmt: skip
        return sha256(json.dumps(said).encode()).hexdigest()


async def quote(house: House, draft: Draft) -> tuple[Line, ...]:
    """What it would cost now. Records nothing."""
    await _procedure(house, draft)
    return price(await _schedules(house, draft.agency), draft.wanted, draft.circumstances)


async def raise_assessments(
    house: House, act: Act, drafts: Sequence[Draft],
    answer: Callable[[list[Assessment]], Answer] | None = None,
) -> Done[list[Assessment]]:  # fmt: skip
    """Raise what a dossier owes, to one agency or several, in one append.

    A notice that exists with the same content is given back as it is; with another content the
    whole request is refused (``NoticeTaken``). A cancelled notice stays used.
    """

    async def decide() -> Decision[list[Assessment]]:
        raised: list[Assessment] = []
        for draft in drafts:
            raised.append(await _raise(house, act, draft, raised))
        return Decision(raised, list({one.id: one for one in raised}.values()))

    return await house.settle(act, decide, answer)


async def change_assessment(
    house: House, act: Act, assessment_id: UUID, change: Callable[[Assessment], None],
    answer: Callable[[Assessment], Answer] | None = None,
) -> Done[Assessment]:  # fmt: skip
    """A change that moves no money: an increase, a waiver."""

    async def decide() -> Decision[Assessment]:
        assessment = await house.one(Assessment, assessment_id, f"assessment {assessment_id}")
        change(assessment)
        return Decision(assessment, [assessment])

    return await house.settle(act, decide, answer)


async def reduce_assessment(
    house: House, act: Act, assessment_id: UUID, amounts: Mapping[int, int], reason: str,
    answer: Callable[[Assessment], Answer] | None = None,
) -> Done[Assessment]:  # fmt: skip
    """Owe less. What was paid of it becomes the payer's credit, on the transfers that paid it."""

    async def decide() -> Decision[Assessment]:
        assessment = await house.one(Assessment, assessment_id, f"assessment {assessment_id}")
        paid = assessment.reduce(dict(amounts), reason, act.at)
        changed = await _to_credit(house, act, assessment, paid, "reduced", "reduced")
        return Decision(assessment, [assessment, *changed])

    return await house.settle(act, decide, answer)


async def withdraw_assessment(
    house: House, act: Act, assessment_id: UUID, reason: str, by_notice: str = "",
    answer: Callable[[Assessment], Answer] | None = None,
) -> Done[Assessment]:  # fmt: skip
    """Cancel it, or supersede it by another notice. What was paid becomes the payer's credit."""

    async def decide() -> Decision[Assessment]:
        assessment = await house.one(Assessment, assessment_id, f"assessment {assessment_id}")
        paid = {number: line.collected for number, line in assessment.lines.items()}
        if by_notice:
            assessment.supersede(by_notice, reason, act.at)
        else:
            assessment.cancel(reason, act.at)
        changed = await _to_credit(house, act, assessment, paid, "withdrawn", "withdrawn")
        return Decision(assessment, [assessment, *changed])

    return await house.settle(act, decide, answer)


async def _raise(
    house: House, act: Act, draft: Draft, so_far: Sequence[Assessment]
) -> Assessment:  # fmt: skip
    id = house.store.ids.assessment(draft.agency, draft.dossier, draft.notice)
    said = {one.id: one for one in so_far}
    there = said.get(id) or (await house.store.load([id])).get(id)
    if isinstance(there, Assessment):
        if there.content != draft.content:
            raise NoticeTaken(id)
        return there
    procedure = await _procedure(house, draft)
    schedules = await _schedules(house, draft.agency)
    lines = price(schedules, draft.wanted, draft.circumstances)
    c = draft.circumstances
    assessment = Assessment.first(
        Assessment.Raised, id, act.at, agency=draft.agency, dossier=draft.dossier,
        notice=draft.notice, procedure=draft.procedure,
        procedure_version=procedure.version if procedure else 0, portal=draft.portal,
        channel=c.channel, service_level=c.service_level, result_delivery=draft.result_delivery,
        submitted_on=c.submitted_on, due_on=draft.due_on, payer_class=c.payer_class,
        identity_level=c.identity_level, locality=c.locality, subject=draft.subject, lines=lines,
        total=total((line.amount for line in lines), lines[0].amount.currency),
        content=draft.content, converted_from=None,
    )  # fmt: skip
    assessment.mark(act.at)
    return assessment


async def _schedules(house: House, agency_code: str) -> list[FeeSchedule]:
    id = house.store.ids.agency(agency_code)
    agency = (await house.store.peek([id])).get(id)
    if not isinstance(agency, Agency):
        raise UnknownAgency(agency_code)
    found = await house.store.peek(list(agency.fee_schedules))
    return [schedule for schedule in found.values() if isinstance(schedule, FeeSchedule)]


async def _procedure(house: House, draft: Draft) -> Procedure | None:
    if not draft.procedure:
        return None
    id = house.store.ids.procedure(draft.agency, draft.procedure)
    procedure = (await house.store.peek([id])).get(id)
    if not isinstance(procedure, Procedure):
        raise UnknownProcedure(f"{draft.procedure} of {draft.agency}")
    described = procedure.described_on(draft.circumstances.submitted_on)
    if described and draft.circumstances.channel == "online" and not described.takes_online_payment:
        raise NotOnline(draft.procedure)
    return procedure


async def _to_credit(
    house: House, act: Act, assessment: Assessment, paid: Mapping[int, int],
    reason: CreditReason, why: Uncollection,
) -> list[Aggregate]:  # fmt: skip
    """Move what was paid on these lines to credit (P02b, P02n, P02c, P02d: by how far it came).

    Money that is not in the bank yet goes first, of that the latest.
    """
    left = {number: amount for number, amount in paid.items() if amount > 0}
    changed: list[Aggregate] = []
    latest_first = list(assessment.transfers)[::-1]
    for id in sorted(latest_first, key=assessment.in_bank.__contains__):
        transfer = await house.one(Transfer, id, "transfer")
        takes = list(_free_on(transfer, assessment.id, left))
        if takes:
            sources = take_off({assessment.id: assessment}, transfer, takes, why, act.at, act)
            moves = [Move(source=source, target=_credit(source, reason)) for source in sources]
            transfer.re_place(moves, reason, act.at)
            changed.append(transfer)
    if any(left.values()):
        raise MoneyTied(f"notice {assessment.notice} of {assessment.dossier}")
    return changed


def _free_on(transfer: Transfer, assessment: UUID, left: dict[int, int]) -> list[Placement]:
    takes = []
    for placement in transfer.buckets:
        if placement.to == "line" and placement.assessment == assessment:
            part = min(placement.amount.amount, left.get(placement.line, 0))
            if part:
                left[placement.line] -= part
                takes.append(placement.of(part))
    return takes


def _credit(take: Placement, reason: CreditReason) -> Placement:
    return Placement(to="credit", amount=take.amount, assessment=take.assessment, reason=reason)
