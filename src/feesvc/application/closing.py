"""Closing: a period of an agency's books taken through its states by two people.

What a close rests on is read outside of a command, from projections and rows. That is safe without
a lock: a closing begins with an event, and what is recorded after its position counts in a later
period; so the sheet is of a fixed past of the log. Rows of files can still change meanwhile: their
part is in the sheet's digest, the maker vouches for one digest, and the checker closes only while
the sheet, worked out once more, has that same digest. Two closings at once meet on the period's own
stream, which only one of them can write.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import TypeAlias
from uuid import UUID

from feesvc.application.house import HANOI, Act, Decision, Done, House
from feesvc.domain.closing import (
    Explanation,
    NotInTurn,
    PeriodIsElsewhere,
    Sheet,
    days_of,
    kind_of,
)
from feesvc.domain.period import Period
from feesvc.store import Answer

Tell: TypeAlias = Callable[[Period], Answer] | None


async def begin_closing(
    house: House, act: Act, agency: str, name: str, answer: Tell = None
) -> Done[Period]:
    """Take no more entries. Raises ``NoSuchPeriod``, ``NotEnded``, ``NotInTurn``."""

    async def decide() -> Decision[Period]:
        await _check_turn(house, agency, name)
        id = house.store.ids.period(agency, name)
        found = (await house.store.load([id])).get(id)
        period = found if isinstance(found, Period) else Period.open(id, agency, name, act.at)
        period.begin_closing(act.principal, act.day, act.at)
        return Decision(period, [period])

    return await house.settle(act, decide, answer)


async def withdraw_closing(
    house: House, act: Act, agency: str, name: str, reason: str, answer: Tell = None
) -> Done[Period]:
    """Take entries again; what was recorded meanwhile still counts later."""
    return await _change(house, act, agency, name, lambda p: p.withdraw(reason, act.at), answer)


async def propose_close(
    house: House, act: Act, sheet: Sheet, digest: str, explanations: Sequence[Explanation],
    answer: Tell = None,
) -> Done[Period]:  # fmt: skip
    """Vouch for a sheet as it was just worked out."""

    def propose(period: Period) -> None:
        period.propose(act.principal, sheet, digest, tuple(explanations), act.at)

    return await _change(house, act, sheet.agency, sheet.name, propose, answer)


async def close(
    house: House, act: Act, sheet: Sheet, digest: str, answer: Tell = None
) -> Done[Period]:
    """Agree, as another person, to the sheet that was vouched for; a year's result is carried in
    the same append (P19)."""

    def agree(period: Period) -> None:
        period.close(act.principal, sheet, digest, act.at)
        end = datetime.combine(period.last_day + timedelta(days=1), time.min, HANOI)
        period.carry_result(sheet.results, end - timedelta(seconds=1), act.at)

    return await _change(house, act, sheet.agency, sheet.name, agree, answer)


async def ask_reopening(
    house: House, act: Act, agency: str, name: str, reason: str, answer: Tell = None
) -> Done[Period]:
    """Raises ``NotInTurn`` while the period that holds this one is closed."""

    async def decide() -> Decision[Period]:
        for holding in _holding(name):
            found = await _period(house, agency, holding)
            if found is not None and found.state != "open":
                raise NotInTurn(f"{holding} is {found.state}")
        period = await house.one(Period, house.store.ids.period(agency, name), f"period {name}")
        period.ask_reopening(act.principal, reason, act.at)
        return Decision(period, [period])

    return await house.settle(act, decide, answer)


async def refuse_reopening(
    house: House, act: Act, agency: str, name: str, reason: str, answer: Tell = None
) -> Done[Period]:
    def refuse(period: Period) -> None:
        period.refuse_reopening(act.principal, reason, act.at)

    return await _change(house, act, agency, name, refuse, answer)


async def reopen(
    house: House, act: Act, agency: str, name: str, answer: Tell = None
) -> Done[Period]:
    """Agree, as another person, that it takes entries again."""

    def agree(period: Period) -> None:
        period.reopen(act.principal, act.at)

    return await _change(house, act, agency, name, agree, answer)


async def begun_at(house: House, period: Period) -> int:
    """The position since which the period takes no more entries; 0 while it takes them."""
    if period.state == "open":
        return 0
    history = await house.store.history(period.id)
    return max(r.position for r in history if isinstance(r.event, Period.ClosingBegun))


async def begun_on(house: House, period: Period) -> date:
    """The day, Asia/Ho_Chi_Minh, on which it began to take no more entries, the last time."""
    history = await house.store.history(period.id)
    begun = [r.event.timestamp for r in history if isinstance(r.event, Period.ClosingBegun)]
    return max(begun).astimezone(HANOI).date()


async def last_close(house: House, period: Period) -> Period.Closed:
    """What the close kept that stands. Raises ``PeriodIsElsewhere`` where it was never closed."""
    history = await house.store.history(period.id)
    closes = [one.event for one in history if isinstance(one.event, Period.Closed)]
    if not closes or period.state not in ("closed", "reopening"):
        raise PeriodIsElsewhere(f"{period.name} is {period.state}")
    return closes[-1]


async def days_not_closed(house: House, period: Period) -> list[str] | None:
    """Days of a month that are not closed, where the agency closes days; None where it does not.

    Who began to close days closes every one from the first on: the day before the month, or any
    day of the month before, says that it began earlier.
    """
    if period.kind != "month":
        return None
    first = period.first_day - timedelta(days=31)
    days = [first + timedelta(days=n) for n in range((period.last_day - first).days + 1)]
    ids = {house.store.ids.period(period.agency, str(day)): day for day in days}
    kept = {ids[id]: one for id, one in (await house.store.peek(list(ids))).items()}
    if not kept:
        return None
    begun = max(min(kept), period.first_day)
    closed = {day for day, one in kept.items() if isinstance(one, Period) and one.state == "closed"}
    return [str(day) for day in days if day >= begun and day not in closed]


async def _change(
    house: House, act: Act, agency: str, name: str, change: Callable[[Period], None], answer: Tell
) -> Done[Period]:
    async def decide() -> Decision[Period]:
        id: UUID = house.store.ids.period(agency, name)
        period = await house.one(Period, id, f"period {name}")
        change(period)
        return Decision(period, [period])

    return await house.settle(act, decide, answer)


async def _check_turn(house: House, agency: str, name: str) -> None:
    """A year is closed after its months; a month or day after the one before, if that was kept."""
    first, _ = days_of(name)
    if kind_of(name) == "year":
        months = [f"{name}-{month:02d}" for month in range(1, 13)]
        found = {month: await _period(house, agency, month) for month in months}
        kept = [m for m in months if found[m] is not None]
        for month in months[months.index(kept[0]) :] if kept else [months[-1]]:
            period = found[month]
            if period is None or period.state != "closed":
                raise NotInTurn(f"{month} is not closed")
        return
    before = first - timedelta(days=1)
    earlier = str(before) if kind_of(name) == "day" else f"{before:%Y-%m}"
    found_before = await _period(house, agency, earlier)
    if found_before is not None and found_before.state != "closed":
        raise NotInTurn(f"{earlier} is {found_before.state}")


def _holding(name: str) -> list[str]:
    """The month and the year of a day; the year of a month."""
    parts = name.split("-")
    return ["-".join(parts[:length]) for length in range(len(parts) - 1, 0, -1)]


async def _period(house: House, agency: str, name: str) -> Period | None:
    id = house.store.ids.period(agency, name)
    found = (await house.store.peek([id])).get(id)
    return found if isinstance(found, Period) else None
