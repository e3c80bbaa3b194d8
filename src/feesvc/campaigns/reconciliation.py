"""Reconciliation: settlement days of several agencies with every kind of difference planted.

What the service finds is held against what was planted: each code found and named, none invented,
and every đồng of every file explained or open under a name.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from random import Random

from feesvc.campaigns import Finding, Trial
from feesvc.campaigns.planting import OF_STRANGERS, PLANTS
from feesvc.campaigns.planting.seasons import Season, Till
from feesvc.campaigns.reconciling.ground import Ground, Merchant
from feesvc.campaigns.reconciling.handing import Tray
from feesvc.campaigns.reconciling.judging import judge, lines_of
from feesvc.campaigns.reconciling.playing import Players
from feesvc.campaigns.reconciling.trading import trade
from feesvc.campaigns.reconciling.witnessing import Witness
from feesvc.embedded import running
from feesvc.testing.settling.movements import VIETNAM
from feesvc.testing.world import stand_ins, with_counterparts

FIRST = date(2026, 11, 2)
DAYS, SHORT_DAYS = 1_000, 6
"""Settlement days, each of one merchant account; days of a calendar."""
AGENCIES = 2
EACH, SHORT_EACH = 4, 3
"""Payments a day at each merchant account."""
HEALING, SHORT_HEALING = 34, 12
"""Days after the last one, on which nothing more is planted and what is late still comes."""
HANDED_AT = time(3, 0)
"""Settlements, in the small hours of the next day, when the sessions are closed. Banks tell of a
day in the evening of the next one."""
FEW = 3
"""Intermediaries of a short trial."""


def run(trial: Trial, names: Sequence[str] = ()) -> Finding:
    """So many days as the trial says; ``names`` for some of the intermediaries."""
    chosen = list(names) or settling()[: FEW if trial.short else None]
    days = trial.days or (SHORT_DAYS if trial.short else -(-DAYS // (len(chosen) * AGENCIES)))
    with running(trial.folder, durable=False) as server:
        database = server.create("reconciliation")
        ground = Ground(names=chosen, now=datetime.combine(FIRST, time(6), VIETNAM))

        async def live() -> Finding:
            async with ground.on(database, trial.folder):
                return await _live(ground, trial, days)

        return asyncio.run(live())


def settling() -> list[str]:
    """Intermediaries whose counterparts hand settlements over, those with most kinds first."""
    layouts = {name: stand_ins()[name].settles for name in with_counterparts()}
    settled = [name for name, layout in layouts.items() if layout is not None]
    return sorted(settled, key=lambda name: (-len(layouts[name].kinds), name))


async def _live(ground: Ground, trial: Trial, days: int) -> Finding:
    found = Finding({"payments": 0})
    chance = Random(f"trade {trial.seed}")  # noqa: S311 the same again
    witness = Witness()
    tills = [_till(ground, one, witness) for one in ground.merchants.values()]
    season = Season(trial.seed, tills)
    tray, players = Tray(ground, witness), Players(ground)
    each = SHORT_EACH if trial.short else EACH
    healing = SHORT_HEALING if trial.short else HEALING
    for number in range(days + healing):
        day = FIRST + timedelta(days=number)
        count = each if number < days else 1
        found.figures["payments"] += (await trade(ground, day, chance, count))["payments"]
        today = season.day(day, plain=number >= days)
        for statement in today.statements:
            witness.statement(statement)
        await players.play(day, today.deeds)
        await tray.hand_over([file for file in today.handed if file.source == "bank"])
        ground.now = datetime.combine(day + timedelta(days=1), HANDED_AT, VIETNAM)
        await ground.settle_down()
        await tray.hand_over([file for file in today.handed if file.source == "settlement"])
        trial.say(f"{day}: {len(today.handed)} files, {len(today.planted)} planted")
    found.figures |= {"days": days, "files": tray.count, "planted": len(season.planted)}
    await ground.settle_down()
    last = FIRST + timedelta(days=days + healing - 1)
    judgement = await judge(ground, season.planted, last, players, tray, trial.short)
    found.figures |= judgement.figures
    for code, planted, hit, missed, invented, refused in lines_of(judgement):
        trial.say(
            f"{code}: {planted} planted, {hit} found, {missed} missed, {invented} invented, "
            f"{refused} refused"
        )
    found.faults += tray.faults + judgement.faults
    return found


def _till(ground: Ground, merchant: Merchant, witness: Witness) -> Till:
    bank, other = ground.banks[merchant.agency]
    layout = merchant.counterpart.settles
    assert layout is not None
    left_out = frozenset() if merchant.counterpart.takes_strangers else OF_STRANGERS
    return Till(
        f"{merchant.agency} {merchant.name}", witness.watched(layout),
        merchant.counterpart.settle_session, bank, other,
        merchant.agency in ground.direct, merchant.counterpart.tariff,
        frozenset(PLANTS) - left_out,
    )  # fmt: skip
