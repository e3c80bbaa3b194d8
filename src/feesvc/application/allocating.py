"""Allocating: banked money split between the agency and the State budget (P15, P21b).

Only what is banked is split: charges wholly to the budget, fees by their retained share, rounded
cumulatively per line.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from feesvc.application.house import Act, Decision, House, act_of
from feesvc.application.owing import assessments
from feesvc.application.waiting import Candidates, to_split
from feesvc.domain.aggregate import Aggregate, Refusal
from feesvc.domain.allocation import Allocation


class DayNotOver(Refusal):
    """What the bank has by a day that is still to come is not known"""


async def allocate(house: House, act: Act, agency: str, until: date) -> Sequence[Allocation]:
    """Split everything of the agency that the bank had by this day, Asia/Ho_Chi_Minh.

    Hundreds of assessments are one append, which makes one allocation; gives those that were made.
    Each line is split from what it holds when it is written, so that a repeat, a race or a crash
    in between splits nothing twice: asked again, it goes on where it stopped. Raises ``Busy``,
    ``DayNotOver``.
    """
    if until > act.day:
        raise DayNotOver(until.isoformat())
    made = []
    async for page in to_split(house, agency, until):
        allocation = await _split(house, act, agency, until, page)
        if allocation is not None:
            made.append(allocation)
    return made


async def _split(
    house: House, act: Act, agency: str, until: date, page: Candidates
) -> Allocation | None:
    id = house.store.ids.of("allocation", str(act.id), str(min(page)))

    async def decide() -> Decision[Allocation | None]:
        split = list((await assessments(house, page)).values())
        for assessment in split:
            assessment.allocate(id, page[assessment.id], act.at)
        changed = [assessment for assessment in split if assessment.news]
        if not changed:
            return Decision(None)
        made = Allocation.make(id, agency, act.principal, until, changed, act.at)
        aggregates: list[Aggregate] = [made, *changed]
        return Decision(made, aggregates)

    return await house.take(act_of(act, id), decide)
