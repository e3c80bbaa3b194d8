"""The completeness sheet of a period, composed of what projections and rows prove of it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from fastapi import Request

from feesvc import plugins
from feesvc.api.callers import Caller
from feesvc.api.ledgers import BEHIND, STEP_SECONDS, WAIT_SECONDS
from feesvc.api.service import Service
from feesvc.application.closing import begun_at
from feesvc.domain.closing import Attested, Item, PeriodIsElsewhere, Sheet
from feesvc.domain.period import Period
from feesvc.projecting import Attesting
from feesvc.reconciling.completeness import prove


async def sheet_of(request: Request, who: Caller, period: Period) -> Sheet:
    """As known where the closing was begun, of every installed projection that vouches.

    Raises ``PeriodIsElsewhere`` before a closing was begun, and a 503 problem while a projection
    has not come there.
    """
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
    items: list[Item] = [*proved, *(item for one in attested for item in one.items)]
    return Sheet(
        agency=period.agency, name=period.name, position=known,
        items=tuple(sorted(items, key=lambda item: (item.item, item.source))),
        open_items=" ".join(one.open_items for one in attested if one.open_items),
        balances=tuple(rolled for one in attested for rolled in one.balances), runs=runs,
        results=tuple(r for one in attested for r in one.results) if period.kind == "year" else (),
    )  # fmt: skip


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
