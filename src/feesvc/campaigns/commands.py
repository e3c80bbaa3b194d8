"""Commands: each has one effect and the same answer, though the database's reply to it is lost.

A proxy before the database swallows its answer to an append, once or several times, or cuts before
it heard of it; every command of the application goes through that, and is then repeated as it was.
"""

from __future__ import annotations

import asyncio
import random

from feesvc import migrations
from feesvc.campaigns import Finding, Trial
from feesvc.campaigns.commanding import Everything, commands
from feesvc.campaigns.commanding.agreeing import AGREEING
from feesvc.campaigns.commanding.banking import BANKING
from feesvc.campaigns.commanding.batching import BATCHING
from feesvc.campaigns.commanding.claiming import CLAIMING
from feesvc.campaigns.commanding.effects import Effect, effect, name_of
from feesvc.campaigns.commanding.explaining import EXPLAINING
from feesvc.campaigns.commanding.ordering import ORDERING
from feesvc.campaigns.commanding.paying import PAYING
from feesvc.campaigns.commanding.registering import REGISTERING
from feesvc.campaigns.commanding.standing import STANDING
from feesvc.campaigns.database import Durable
from feesvc.campaigns.rows import FILED, cut_rows
from feesvc.projecting.installing import install
from feesvc.reconciling.captures import Captures
from feesvc.store.grouped import GroupedStore
from feesvc.testing.proxy import CuttingProxy, Moment
from feesvc.testing.scenario import Scenario

SHORT, LONG = 1, 50
SERVICE = "feesvc_service"
STEPS = [
    *REGISTERING, *PAYING, *EXPLAINING, *BANKING, *BATCHING, *STANDING, *ORDERING,
    *CLAIMING, *AGREEING,
]  # fmt: skip


def run(trial: Trial) -> Finding:
    """Every command, once undisturbed in memory, then through the proxy."""
    found = Finding()
    done = {command for command, _ in [*STEPS, *FILED]}
    found.faults += [
        f"{each.__module__}.{each.__qualname__} is not tried: write a step for it"
        for each in commands()
        if each not in done
    ]
    calm = asyncio.run(_undisturbed())
    with Durable(trial.folder / "postgres") as database:
        place = database.create("cut")
        migrations.apply(place.owner_url, SERVICE)
        proxy = CuttingProxy(place.url)
        try:
            asyncio.run(_cut(trial, proxy, calm, found))
        finally:
            cuts = proxy.cuts
            proxy.close()
        cuts += _with_rows(trial, database, found)
    found.figures |= {"commands tried": len(done), "replies cut off": cuts}
    return found


def _with_rows(trial: Trial, database: Durable, found: Finding) -> int:
    """The commands on files and matches, on a database of their own; gives how much was cut."""
    place = database.create("rows")
    migrations.apply(place.owner_url, SERVICE)
    install(place.owner_url, SERVICE, [Captures()])
    proxy = CuttingProxy(place.url)
    try:
        asyncio.run(cut_rows(trial, place.url, proxy, found))
    finally:
        proxy.close()
    return proxy.cuts


async def _undisturbed() -> list[Effect]:
    everything = Everything(Scenario(), "K")
    return [await effect(STEPS, everything, number) for number in range(len(STEPS))]


async def _cut(trial: Trial, proxy: CuttingProxy, calm: list[Effect], found: Finding) -> None:
    chance = random.Random(trial.seed)  # noqa: S311 the same again, not secret
    store = await GroupedStore.open(proxy.url)
    try:
        for turn in range(SHORT if trial.short else LONG):
            everything = Everything(Scenario(store=store), f"K{turn}")
            for number, expected in enumerate(calm):
                found.faults += await _try(everything, number, expected, proxy, chance)
            trial.say(f"{len(calm)} steps, turn {turn + 1}; {proxy.cuts} replies cut off")
    finally:
        await store.close()


async def _try(
    everything: Everything, number: int, expected: Effect, proxy: CuttingProxy,
    chance: random.Random,
) -> list[str]:  # fmt: skip
    """Take one step through the proxy, then again as it was; says what was not as it should be."""
    store, name = everything.s.store, name_of(STEPS, number)
    moment: Moment = chance.choice(("swallow", "swallow", "lose"))
    times, cuts = chance.choice((1, 1, 2)), proxy.cuts
    proxy.cut("feesvc.append", moment, times)
    told = await effect(STEPS, everything, number)
    proxy.cut("feesvc.append", times=0)
    faults = []
    if told != expected:
        faults.append(f"{name}, {moment} × {times}: {told}, not {expected}")
    if expected.topics and proxy.cuts == cuts:
        faults.append(f"{name}: nothing was cut")
    head = await store.head()
    again = await effect(STEPS, everything, number)
    if await store.head() != head or again.answer != told.answer:
        faults.append(f"{name} repeated: {again}, after {told}")
    return faults
