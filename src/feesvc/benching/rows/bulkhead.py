"""bulkhead: payments through one intermediary, while another one hangs and while none does.

A real payment request over loopback, whose checkout is opened at a stand-in in a process of its
own. Two servers on one database take turns, a few seconds each, so that a busy moment meets both.
One of them is asked all the while for payments through an intermediary whose stand-in takes every
request and answers none. Each round has new servers, whose breakers know nothing yet: the first
requests hang, the later ones are held off.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from itertools import chain
from statistics import median
from typing import TypeAlias
from uuid import UUID, uuid4

from feesvc.application.accounts import NewMerchantAccount, open_merchant_account
from feesvc.assembly import open_house
from feesvc.benching.figures import Figure, Unequal, quantile
from feesvc.benching.furnishing import AGENCY, furnish
from feesvc.benching.rows.http import payments
from feesvc.benching.serving import OURS, Sent, Served, served
from feesvc.benching.stage import Stage, environment, told
from feesvc.benching.stand_ins import Provider, provided, that_are_asked
from feesvc.domain.payment import Payment
from feesvc.embedded import Database
from feesvc.money import Money
from feesvc.plugins import NotInstalled

EACH = 500
"""Requests of one turn. The first figure is the median of the p99 of every turn, which other work
on the machine during some of them does not decide; the second is the p99 of all together."""
TURNS = 10
"""Of each server in one round, which takes longer together than the first calls hang."""
IN_FLIGHT = 16
PAUSE = 0.1
"""Seconds between the requests of one connection: some 130 a second, as of portals on a busy day.
The processors are not filled: what is measured is whether calls that hang get into the way."""
WARMING = 64
SICK = 48
"""Connections that ask the one that hangs: more than there are threads for it."""
SICK_EACH = 1600
SICK_PAUSE = 4.0
"""Longer than this a server keeps no quiet connection."""
SETTLED_SECONDS = 5.0
"""From the first request to the one that hangs, until every thread for it is taken."""
Seconds: TypeAlias = Sequence[float]
AMOUNT = Money(205_000, "VND")


def measure(stage: Stage) -> Sequence[Figure]:
    names = that_are_asked(AMOUNT)
    if len(names) < 2:
        raise NotInstalled("it takes two intermediaries that are asked for a checkout")
    with ExitStack() as stack:
        database = stack.enter_context(stage.database())
        well = stack.enter_context(provided(names[0]))
        sick = stack.enter_context(provided(names[1]))
        sick.hang()
        rig = _Rig(stage, database, well, sick)
        stage.say(f"asking {well.name} for payments, while {sick.name} hangs and alone")
        turns = [turn for _ in range(stage.rounds) for turn in rig.round()]
        rig.check()
    hanging, alone = zip(*turns, strict=True)
    return (
        Figure(
            name="bulkhead", ours=median(map(_p99, hanging)), other=median(map(_p99, alone)),
            unit="ms, p99", bar=1.1, ceiling=True,
            against="the same requests of a server beside it where none hangs",
        ),
        Figure(
            name="bulkhead.pooled", ours=_p99([*chain(*hanging)]), other=_p99([*chain(*alone)]),
            unit="ms, p99", bar=1.1, ceiling=True,
            against="as above, over the requests of all turns together",
        ),
    )  # fmt: skip


def _p99(took: Seconds) -> float:
    """In milliseconds."""
    return 1000 * quantile(took, 0.99)


@dataclass(frozen=True, slots=True)
class _Requests:
    """What is still to be asked: each payment is of an assessment of its own."""

    well: Iterator[str]
    sick: Iterator[str]


class _Rig:
    """One database for all rounds; a server for each."""

    def __init__(self, stage: Stage, database: Database, well: Provider, sick: Provider) -> None:
        self._stage = stage
        self._database = database
        self._each = stage.sized(EACH, IN_FLIGHT)
        self._sick_each = stage.sized(SICK_EACH, SICK)
        self._settled = SETTLED_SECONDS * min(1.0, max(0.2, stage.scale))
        self._turns = stage.sized(TURNS, 2)
        self._asked = 0
        stage.say("raising assessments")
        self._requests = asyncio.run(self._furnish(well, sick))

    def round(self) -> list[tuple[Seconds, Seconds]]:
        """How long each request of a turn took: where one counterpart hangs, where none does."""
        found: list[tuple[Seconds, Seconds]] = []
        with self._warm() as sick, self._warm() as well:
            asked = [next(self._requests.sick) for _ in range(self._sick_each)]
            with sick.sending(asked, SICK, SICK_PAUSE):
                time.sleep(self._settled)
                for turn in range(self._turns):
                    first, second = (sick, well) if turn % 2 else (well, sick)
                    took = {s: self._send(s, self._each).each for s in (first, second)}
                    found.append((took[sick], took[well]))
        return found

    def check(self) -> None:
        """Raise ``Unequal`` unless every payment has its checkout, and those that hung have none.

        A server that stops meanwhile leaves the last ones of these where they are.
        """
        initiated, presented = asyncio.run(self._recorded())
        hung = initiated - presented
        fewest = self._stage.rounds * SICK * self._settled / SICK_PAUSE / 2
        if presented != self._asked or hung < fewest:
            raise Unequal(f"{self._asked} were asked for, {presented} presented, {hung} hung")

    @contextmanager
    def _warm(self) -> Iterator[Served]:
        """A new server; its connections, plans and caches are warm before the round begins."""
        with served(OURS, self._stage.workers, environment(self._database)) as server:
            self._send(server, WARMING)
            yield server

    def _send(self, server: Served, count: int) -> Sent:
        """Raises ``Unequal`` unless each of them made a payment."""
        sent = server.send([next(self._requests.well) for _ in range(count)], IN_FLIGHT, PAUSE)
        self._asked += count
        if sent.statuses != {"201": count}:
            raise Unequal(f"payments were answered {dict(sent.statuses)}")
        return sent

    async def _recorded(self) -> tuple[int, int]:
        counts = {Payment.Initiated.TOPIC: 0, Payment.Presented.TOPIC: 0}
        async with open_house(told(self._database)) as house:
            after = 0
            while page := await house.store.read(after, 1000, list(counts)):
                for recorded in page:
                    counts[recorded.event.TOPIC] += 1
                after = page[-1].position
        return counts[Payment.Initiated.TOPIC], counts[Payment.Presented.TOPIC]

    async def _furnish(self, well: Provider, sick: Provider) -> _Requests:
        rounds = self._stage.rounds
        for_well = 2 * rounds * (self._turns * self._each + WARMING)
        for_sick = rounds * self._sick_each
        async with open_house(told(self._database)) as house:
            furnished = await furnish(house, for_well + for_sick)
            accounts: list[UUID] = []
            for provider in (well, sick):
                new = NewMerchantAccount(
                    agency=AGENCY, intermediary=provider.name, mode="test",
                    settings=provider.settings, currencies=(AMOUNT.currency,),
                )  # fmt: skip
                accounts.append(uuid4())
                act = house.act(uuid4(), "process:bench")
                await open_merchant_account(house, act, accounts[-1], new)
        cut = furnished.assessments[:for_well], furnished.assessments[for_well:]
        asked = [
            payments(replace(furnished, account=account, assessments=some))
            for account, some in zip(accounts, cut, strict=True)
        ]
        return _Requests(*asked)
