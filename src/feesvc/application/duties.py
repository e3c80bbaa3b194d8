"""Duties: setting by when an agency has to have done what, and asking for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import UUID

from feesvc.application.house import Act, Decision, Done, House
from feesvc.domain.agency import Agency
from feesvc.domain.duties import Duties, Duty, DutyTerm, Every
from feesvc.store import Answer


def duties_id(house: House, agency: str) -> UUID:
    """The one stream of an agency's duties."""
    return house.store.ids.of("duties", agency)


async def set_duty_term(
    house: House, act: Act, agency: str, duty: Duty, about: str, every: Every,
    within: int | None, effective_on: date, answer: Callable[[Duties], Answer] | None = None,
) -> Done[Duties]:  # fmt: skip
    """Say what the law, a contract or a scheme gives from a day on. Raises ``WrongDutyTerm``."""
    id = duties_id(house, agency)

    async def decide() -> Decision[Duties]:
        await house.see(Agency, house.store.ids.agency(agency), f"agency {agency}")
        found = (await house.store.load([id])).get(id)
        duties = found if isinstance(found, Duties) else Duties.open(id, agency, act.at)
        duties.set_term(duty, about, every, within, effective_on, act.at)
        return Decision(duties, [duties])

    return await house.settle(act, decide, answer)


async def duty_term(
    house: House, agency: str, duty: Duty, day: date, about: str = ""
) -> DutyTerm | None:
    """The term in force on a day; None where nobody said."""
    id = duties_id(house, agency)
    found = (await house.store.peek([id])).get(id)
    return found.term_on(duty, about, day) if isinstance(found, Duties) else None


async def last_day(
    house: House, agency: str, duty: Duty, day: date, about: str = ""
) -> date | None:
    """The last day for what came about on ``day``, by the term that was in force then."""
    term = await duty_term(house, agency, duty, day, about)
    return None if term is None else term.due_on(duty, day, house.calendar)
