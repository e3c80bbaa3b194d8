"""Allocations over HTTP: banked money split between the agency and the State budget.

Lists are the projection's ``line_money``; here they are made, and told one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from feesvc.api.callers import ANY_ROLE, FINANCE, Caller, caller_of
from feesvc.api.idempotency import act_of, respond
from feesvc.api.telling import made, shown
from feesvc.api.wire import AgencyCode, Body, Day, MoneyView, View
from feesvc.application.allocating import allocate
from feesvc.application.house import Decision, Done
from feesvc.domain.allocation import Allocation, BudgetTotal
from feesvc.store import Answer

router = APIRouter(tags=["allocations"])
Who = Annotated[Caller, Depends(caller_of)]


class AllocateBody(Body):
    """``until``: what the bank had by this day, Asia/Ho_Chi_Minh; not a day to come."""

    until: Day


class BudgetTotalView(View):
    """What was split under one set of budget codes: ``amount`` is ``retained`` and ``budget``."""

    codes: dict[str, str]
    amount: MoneyView
    retained: MoneyView
    budget: MoneyView
    lines: int

    @classmethod
    def of(cls, total: BudgetTotal) -> BudgetTotalView:
        return cls(
            codes=dict(total.codes), amount=MoneyView.of(total.amount),
            retained=MoneyView.of(total.retained),
            budget=MoneyView.of(total.amount - total.retained), lines=total.lines,
        )  # fmt: skip


class AllocationView(View):
    """One allocation: what one append split, of some hundreds of assessments at most."""

    id: UUID
    agency: str
    until: date
    made_at: str
    maker: str
    totals: list[BudgetTotalView]


class AllocatedView(View):
    """Everything that one request split; ``allocations`` is empty where nothing waited."""

    agency: str
    until: date
    allocations: list[AllocationView]


def view(allocation: Allocation) -> AllocationView:
    return AllocationView(
        id=allocation.id, agency=allocation.agency, until=allocation.until,
        made_at=allocation.created_on.isoformat(), maker=allocation.maker,
        totals=[BudgetTotalView.of(one) for one in allocation.totals],
    )  # fmt: skip


@router.post("/agencies/{agency}/allocations", response_model=AllocatedView)
async def make(request: Request, agency: AgencyCode, body: AllocateBody, who: Who) -> Response:
    """Split everything that the bank had by a day (P15, P21b); what waits of advances stays.

    Cut off in between it is asked again and goes on where it stopped: nothing is split twice.
    """
    await who.require(agency, roles=FINANCE)
    act = act_of(request, who, body)
    done: Done[Sequence[Allocation]] | None = await who.house.before(act)

    async def split() -> Decision[Sequence[Allocation]]:
        return Decision(await allocate(who.house, act, agency, body.until))

    def answer(allocations: Sequence[Allocation]) -> Answer:
        said = AllocatedView(
            agency=agency, until=body.until, allocations=[view(one) for one in allocations]
        )
        return made(said, f"/v1/agencies/{agency}/line_money/allocations", 200)

    async def again() -> Answer:
        return answer(())

    done = done or await who.house.settle(act, split, answer)
    return await respond(who, done, answer, again)


@router.get("/allocations/{id}", response_model=AllocationView)
async def see(request: Request, id: UUID, who: Who) -> Response:
    """One allocation with its totals by budget codes."""
    allocation = await who.house.see(Allocation, id, "")
    await who.require(allocation.agency, roles=ANY_ROLE)
    return shown(request, view(allocation), allocation)
