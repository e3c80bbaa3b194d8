"""Many cases at once: one decision after the other, each its own command, all with one reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from feesvc.application.cases import work_on
from feesvc.application.house import Act, House, act_of
from feesvc.application.resolving import resolve_case
from feesvc.domain.aggregate import Refusal
from feesvc.domain.case import Case
from feesvc.domain.finding import Resolution


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulk:
    """What is done with each, and why. ``assignee`` where they are assigned."""

    agency: str
    do: Literal["assign", "take_up", "escalate", "resolve"]
    reason: str
    assignee: UUID | None = None
    resolution: Resolution = "explained"


@dataclass(frozen=True, slots=True)
class One:
    """What became of one case: ``done``, or the name of the refusal that it met."""

    case: UUID
    became: str
    state: str


async def with_many(house: House, act: Act, ids: Sequence[UUID], wish: Bulk) -> list[One]:
    """Repeating it, wholly or after it broke off, changes nothing twice."""
    found: list[One] = []
    for id in ids:
        case = (await house.store.peek([id])).get(id)
        if not isinstance(case, Case) or case.agency != wish.agency:
            found.append(One(id, "Unknown", ""))
            continue
        try:
            await _do(
                house, act_of(act, house.store.ids.of("bulk", str(act.id), str(id))), id, wish
            )
            became = "done"
        except Refusal as refusal:
            became = type(refusal).__name__
        now = await house.see(Case, id, f"case {id}")
        found.append(One(id, became, now.state))
    return found


async def _do(house: House, act: Act, id: UUID, wish: Bulk) -> None:
    def work(case: Case) -> None:
        match wish.do:
            case "assign":
                assert wish.assignee is not None
                case.assign(wish.assignee, act.at)
            case "take_up":
                case.take_up(act.at)
            case _:
                case.escalate(case.level + 1, act.at)

    if wish.do == "resolve":
        await resolve_case(house, act, id, wish.resolution, wish.reason)
    else:
        await work_on(house, act, id, work)
