"""Commands: each has one effect and the same answer, though the database's reply to it is lost.

A proxy before the database swallows its answer to an append, once or several times, or cuts before
it heard of it; every command of the application goes through that, and is then repeated as it was.
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from uuid import UUID, uuid5

from feesvc import migrations
from feesvc.application.house import Done
from feesvc.application.settlements import SettlementTaken
from feesvc.campaigns import Finding, Trial
from feesvc.campaigns.commanding import Everything, commands
from feesvc.campaigns.commanding.banking import BANKING
from feesvc.campaigns.commanding.batching import BATCHING
from feesvc.campaigns.commanding.explaining import EXPLAINING
from feesvc.campaigns.commanding.paying import PAYING
from feesvc.campaigns.commanding.registering import REGISTERING
from feesvc.campaigns.commanding.standing import STANDING
from feesvc.campaigns.database import Durable
from feesvc.domain.receipt import Receipt
from feesvc.store import Answer, Store
from feesvc.store.grouped import GroupedStore
from feesvc.store.memory import NAMESPACE
from feesvc.testing.proxy import CuttingProxy, Moment
from feesvc.testing.scenario import Scenario

SHORT, LONG = 1, 50
STEPS = [*REGISTERING, *PAYING, *EXPLAINING, *BANKING, *BATCHING, *STANDING]


@dataclass(frozen=True, slots=True)
class Effect:
    """What a step recorded, and what its caller was told."""

    topics: tuple[str, ...]
    told: str
    answer: Answer | None


def run(trial: Trial) -> Finding:
    """Every command, once undisturbed in memory, then through the proxy."""
    found = Finding()
    done = {command for command, _ in STEPS}
    found.faults += [
        f"{each.__module__}.{each.__qualname__} is not tried: write a step for it"
        for each in commands()
        if each not in done
    ]
    calm = asyncio.run(_undisturbed())
    with Durable(trial.folder / "postgres") as database:
        place = database.create("cut")
        migrations.apply(place.owner_url, "feesvc_service")
        proxy = CuttingProxy(place.url)
        try:
            asyncio.run(_cut(trial, proxy, calm, found))
        finally:
            proxy.close()
    found.figures |= {"commands tried": len(done), "replies cut off": proxy.cuts}
    return found


async def _undisturbed() -> list[Effect]:
    everything = Everything(Scenario(), "K")
    return [await _effect(everything, number) for number in range(len(STEPS))]


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
    store, name = everything.s.store, _name(number)
    moment: Moment = chance.choice(("swallow", "swallow", "lose"))
    times, cuts = chance.choice((1, 1, 2)), proxy.cuts
    proxy.cut("feesvc.append", moment, times)
    effect = await _effect(everything, number)
    proxy.cut("feesvc.append", times=0)
    faults = []
    if effect != expected:
        faults.append(f"{name}, {moment} × {times}: {effect}, not {expected}")
    if expected.topics and proxy.cuts == cuts:
        faults.append(f"{name}: nothing was cut")
    head = await store.head()
    again = await _effect(everything, number)
    if await store.head() != head or again.answer != effect.answer:
        faults.append(f"{name} repeated: {again}, after {effect}")
    return faults


async def _effect(everything: Everything, number: int) -> Effect:
    house, store = everything.s.house, everything.s.store
    act = house.act(_act_id(everything, number), "person:maker")
    before = await store.head()
    result = await STEPS[number][1](everything, act)
    recorded = await store.read(before, 1000)
    topics = tuple(sorted(each.event.TOPIC for each in recorded))
    return Effect(topics, _told(result), await _answer(store, act.id))


def _told(result: object) -> str:
    """What a command gave back, without the ids that differ from store to store."""
    match result:
        case Done():
            return result.appended.verdict.value
        case SettlementTaken():
            return f"{result.taken}, {result.repeated} repeated"
        case Receipt():
            return f"number {result.number}"
        case UUID():
            return "an id"
        case _:
            return repr(result)


async def _answer(store: Store, act: UUID) -> Answer | None:
    """What is kept of it; of a payment that is with the second of its two commands."""
    for id in (store.ids.of("presented", str(act)), act):
        if (kept := await store.find(id)) is not None:
            return kept.answer
    return None


def _name(number: int) -> str:
    command, step = STEPS[number]
    return f"{command.__qualname__} ({step.__qualname__}, step {number})"


def _act_id(everything: Everything, number: int) -> UUID:
    return uuid5(NAMESPACE, f"{everything.code} step {number}")
