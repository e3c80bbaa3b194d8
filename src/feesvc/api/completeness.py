"""The completeness sheet of a period, composed of what projections and rows prove of it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from fastapi import Request

from feesvc import plugins
from feesvc.api.callers import Caller
from feesvc.api.ledgers import BEHIND, STEP_SECONDS, WAIT_SECONDS
from feesvc.api.service import Service
from feesvc.application.closing import begun_at, begun_on, days_not_closed
from feesvc.application.drifting import tell_abnormal
from feesvc.application.house import Act
from feesvc.application.vouching import inside_their_term, on_the_wrong_side
from feesvc.domain.closing import Attested, Item, PeriodIsElsewhere, Sheet
from feesvc.domain.period import Period
from feesvc.projecting import Attesting
from feesvc.reconciling.completeness import prove


async def vouched(request: Request, who: Caller, act: Act, period: Period) -> Sheet:
    """The sheet, for somebody to vouch for; balances on the wrong side become cases (G03)."""
    sheet, attested = await _sheet(request, who, period)
    abnormal = [wrong for one in attested for wrong in one.abnormal]
    await tell_abnormal(who.house, act, period.agency, period.name, abnormal)
    return sheet


async def sheet_of(request: Request, who: Caller, period: Period) -> Sheet:
    """As known where the closing was begun, of every installed projection that vouches.

    Raises ``PeriodIsElsewhere`` before a closing was begun, and a 503 problem while a projection
    has not come there.
    """
    return (await _sheet(request, who, period))[0]


async def _sheet(request: Request, who: Caller, period: Period) -> tuple[Sheet, Sequence[Attested]]:
    known = await begun_at(who.house, period)
    if not known:
        raise PeriodIsElsewhere(f"{period.name} takes entries: begin its closing first")
    vouching = {name: p for name, p in plugins.projections().items() if isinstance(p, Attesting)}
    await _reached(request, vouching, known)
    service: Service = request.app.state.service
    attested: list[Attested] = []
    for name, projection in sorted(vouching.items()):
        attested.append(await asyncio.to_thread(_ask, service, name, projection, period, known))
    proved, runs = await prove(
        who.house.rows, who.house.calendar, period.agency, period.first_day, period.last_day
    )
    begun = await begun_on(who.house, period)
    items: list[Item] = [
        *proved,
        *await _days(who, period),
        *await on_the_wrong_side(who.house, [one for said in attested for one in said.abnormal]),
        *await inside_their_term(
            who.house, period.agency, [one for said in attested for one in said.awaiting], begun
        ),
        *(item for one in attested for item in one.items),
    ]
    sheet = Sheet(
        agency=period.agency, name=period.name, position=known,
        items=tuple(sorted(items, key=lambda item: (item.item, item.source))),
        open_items=" ".join(one.open_items for one in attested if one.open_items),
        balances=tuple(rolled for one in attested for rolled in one.balances), runs=runs,
        results=tuple(r for one in attested for r in one.results) if period.kind == "year" else (),
    )  # fmt: skip
    return sheet, attested


async def _days(who: Caller, period: Period) -> list[Item]:
    """Where days are closed at all, a month is whole when each of its days is."""
    missing = await days_not_closed(who.house, period)
    if missing is None:
        return []
    facts = tuple(f"{day} is not closed" for day in missing)
    return [Item(item="9 days", source="periods", red=bool(missing), facts=facts)]


def _ask(
    service: Service, name: str, projection: Attesting, period: Period, known: int
) -> Attested:
    with service.readers[name].open() as db:
        return projection.attest(db, period.agency, period.first_day, period.last_day, known)


async def _reached(request: Request, vouching: Mapping[str, object], known: int) -> None:
    service: Service = request.app.state.service
    deadline = asyncio.get_running_loop().time() + WAIT_SECONDS
    for name in vouching:
        while (await service.positions.of(name))[0] < known:
            if asyncio.get_running_loop().time() > deadline:
                raise BEHIND
            await asyncio.sleep(STEP_SECONDS)
