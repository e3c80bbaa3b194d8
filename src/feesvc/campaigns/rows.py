"""The commands on files and matches, cut off anywhere between what they write to log and rows.

Their rows have no store before them that submits again: whoever asked is told that the database is
away, and asks again as before. However often that happens, the end is that of an undisturbed house.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from feesvc import plugins
from feesvc.application import concluding, manual_matches, matching
from feesvc.campaigns import Finding, Trial
from feesvc.campaigns.commanding import Everything
from feesvc.campaigns.commanding.effects import Effect, effect, name_of, since, take
from feesvc.campaigns.commanding.filing import FILING
from feesvc.campaigns.commanding.paying import PAYING
from feesvc.campaigns.commanding.registering import REGISTERING
from feesvc.projecting.runner import Runner
from feesvc.reconciling.captures import Captures
from feesvc.reconciling.filing.terms import FileTerms
from feesvc.reconciling.matching.runs import RunUnderWay
from feesvc.reconciling.rows import Rows
from feesvc.store import StoreUnavailable, Verdict
from feesvc.store.following import LogReader
from feesvc.store.grouped import GroupedStore
from feesvc.testing.proxy import CuttingProxy, Moment
from feesvc.testing.scenario import Scenario

BEFORE = [*REGISTERING, *PAYING[:6]]
"""An agency, its account, and what was paid through it."""
FILED = [*BEFORE, *FILING]
SHORT, LONG = 1, 100
ANY_OF_OURS = "feesvc."
"""In the text of every statement about our tables."""
FURTHEST = 20
"""How many statements of a step pass at most before one is cut."""
ASKS = 20
PAUSE = 0.05
"""Until the server has noticed that whoever held a lock is gone."""


async def cut_rows(trial: Trial, url: str, proxy: CuttingProxy, found: Finding) -> None:
    """Every step once undisturbed, then in each turn with one of its statements cut off.

    ``url`` is of the database, which has the captures' tables, without the proxy.
    """
    async with _house(url, "K") as calm:
        expected = [await _followed(calm, url, number) for number in range(len(FILED))]
    chance = random.Random(trial.seed)  # noqa: S311 the same again, not secret
    for turn in range(SHORT if trial.short else LONG):
        async with _house(proxy.url, f"K{turn}") as everything:
            for number in range(len(BEFORE)):
                await _followed(everything, url, number)
            for number in range(len(BEFORE), len(FILED)):
                await _captured(url, number)
                found.faults += await _try(everything, number, expected[number], proxy, chance)
        trial.say(f"{len(FILING)} steps with rows, turn {turn + 1}; {proxy.cuts} replies cut off")


@asynccontextmanager
async def _house(url: str, code: str) -> AsyncIterator[Everything]:
    store = await GroupedStore.open(url)
    pool: AsyncConnectionPool[AsyncConnection[Any]] = AsyncConnectionPool(
        url, min_size=1, max_size=4, open=False
    )
    try:
        async with pool:
            everything = Everything(Scenario(store=store), code)
            formats = FileTerms(formats=plugins.statement_formats())
            house = everything.s.house
            everything.s.house = replace(house, kept=Rows(pool), files=formats)
            yield everything
    finally:
        await store.close()


async def _followed(everything: Everything, url: str, number: int) -> Effect:
    await _captured(url, number)
    return await effect(FILED, everything, number)


async def _captured(url: str, number: int) -> None:
    """Before lines are matched there is all that they may be matched with."""
    if FILED[number][0] in (matching.run, concluding.reconcile, manual_matches.propose_match):
        await asyncio.to_thread(_follow, url)


def _follow(url: str) -> None:
    with LogReader(url) as log, Runner(url, Captures(), log) as runner:
        runner.catch_up()


async def _try(
    everything: Everything, number: int, expected: Effect, proxy: CuttingProxy,
    chance: random.Random,
) -> list[str]:  # fmt: skip
    """Take one step with a statement cut off, until it is done; then again as it was."""
    moment: Moment = chance.choice(("swallow", "lose"))
    after, store = chance.randrange(FURTHEST), everything.s.store
    name = f"{name_of(FILED, number)}, {moment} after {after}"
    before = await store.head()
    proxy.cut(ANY_OF_OURS, moment, after=after)
    told, asked = await _insist(everything, number)
    proxy.cut(ANY_OF_OURS, times=0)
    if asked > 1 and told == Verdict.REPEAT.value:  # its caller heard nothing of the first time
        told = Verdict.RECORDED.value
    came = await since(FILED, everything, number, before, told)
    faults = [f"{name}: {came}, not {expected}"] if came != expected else []
    head = await store.head()
    again = await effect(FILED, everything, number)
    if await store.head() != head or again.answer != came.answer:
        faults.append(f"{name} repeated: {again}, after {came}")
    return faults


async def _insist(everything: Everything, number: int) -> tuple[str, int]:
    """What the caller is told in the end, and how often it had to ask."""
    for asked in range(1, ASKS):
        try:
            return await take(FILED, everything, number), asked
        except (StoreUnavailable, RunUnderWay):
            await asyncio.sleep(PAUSE)
    return await take(FILED, everything, number), ASKS
