"""bulkhead: payments through one intermediary, while another one hangs and while it answers.

A real payment request over loopback, whose checkout is opened at a stand-in in a process of its
own. Two servers on one database take turns, a few seconds each, so that a busy moment meets both.
Both are asked all the while for payments through a second intermediary as well: at one server its
stand-in takes every request and answers none, at the other it answers. So both do the same work but
for the hanging. Each round has new servers, whose breakers know nothing yet: the first requests
hang, the later ones are held off.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from itertools import chain, islice
from statistics import median
from typing import TypeAlias
from uuid import UUID, uuid4

from feesvc.application.accounts import NewMerchantAccount, open_merchant_account
from feesvc.application.house import House
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
        sound = stack.enter_context(provided(names[1]))
        sick = stack.enter_context(provided(names[1]))
        sick.hang()
        rig = _Rig(stage, database, well, sound, sick)
        stage.say(f"asking {well.name} for payments, while {sick.name} hangs and while it answers")
        turns = [turn for _ in range(stage.rounds) for turn in rig.round()]
        rig.check()
    hanging, answering = zip(*turns, strict=True)
    return (
        Figure(
            name="bulkhead", ours=median(map(_p99, hanging)), other=median(map(_p99, answering)),
            unit="ms, p99", bar=1.1, ceiling=True,
            against="the same requests of a server beside it where the other one answers",
        ),
        Figure(
            name="bulkhead.pooled", ours=_p99([*chain(*hanging)]),
            other=_p99([*chain(*answering)]), unit="ms, p99", bar=1.1, ceiling=True,
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
    sound: Iterator[str]
    sick: Iterator[str]


class _Rig:
    """One database for all rounds; a server for each."""

    def __init__(
        self, stage: Stage, database: Database, well: Provider, sound: Provider, sick: Provider
    ) -> None:
        self._stage = stage
        self._database = database
        self._each = stage.sized(EACH, IN_FLIGHT)
        self._other_each = stage.sized(SICK_EACH, SICK)
        self._settled = SETTLED_SECONDS * min(1.0, max(0.2, stage.scale))
        self._turns = stage.sized(TURNS, 2)
        self._asked = 0
        stage.say("raising assessments")
        self._requests = asyncio.run(self._furnish(well, sound, sick))

    def round(self) -> list[tuple[Seconds, Seconds]]:
        """How long each request of a turn took: where one hangs, where the same one answers."""
        found: list[tuple[Seconds, Seconds]] = []
        with (
            self._warm() as sick,
            self._warm() as well,
            sick.sending(self._others(self._requests.sick), SICK, SICK_PAUSE),
            well.sending(self._others(self._requests.sound), SICK, SICK_PAUSE),
        ):
            time.sleep(self._settled)
            for turn in range(self._turns):
                first, second = (sick, well) if turn % 2 else (well, sick)
                took = {s: self._send(s, self._each).each for s in (first, second)}
                found.append((took[sick], took[well]))
        return found

    def _others(self, requests: Iterator[str]) -> list[str]:
        """What a server is asked for in one round through the second intermediary."""
        return [*islice(requests, self._other_each)]

    def check(self) -> None:
        """Raise ``Unequal`` unless those that hang have no checkout, and all others have theirs.

        A server that stops meanwhile leaves the last ones of the second where they are.
        """
        initiated, presented = asyncio.run(self._recorded())
        well, sound, sick = self._accounts
        fewest = self._stage.rounds * SICK * self._settled / SICK_PAUSE / 2
        if not (
            presented[well] == self._asked
            and initiated[sick] >= fewest
            and not presented[sick]
            and fewest <= presented[sound] >= initiated[sound] - self._stage.rounds * SICK
        ):
            raise Unequal(f"{self._asked} were asked for, of {initiated} presented: {presented}")

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

    async def _recorded(self) -> tuple[Counter[UUID], Counter[UUID]]:
        """How many payments of each account were initiated, and how many presented."""
        accounts: dict[UUID, UUID] = {}
        presented: Counter[UUID] = Counter()
        topics = [Payment.Initiated.TOPIC, Payment.Presented.TOPIC]
        async with open_house(told(self._database)) as house:
            after = 0
            while page := await house.store.read(after, 1000, topics):
                for recorded in page:
                    told_of = recorded.event
                    if isinstance(told_of, Payment.Initiated):
                        accounts[told_of.originator_id] = told_of.account
                    else:
                        presented[accounts[told_of.originator_id]] += 1
                after = page[-1].position
        return Counter(accounts.values()), presented

    async def _furnish(self, *providers: Provider) -> _Requests:
        rounds = self._stage.rounds
        for_well = 2 * rounds * (self._turns * self._each + WARMING)
        for_other = rounds * self._other_each
        async with open_house(told(self._database)) as house:
            furnished = await furnish(house, for_well + 2 * for_other)
            self._accounts = [await self._account(house, provider) for provider in providers]
        raised = iter(furnished.assessments)
        return _Requests(*(
            payments(replace(furnished, account=account, assessments=[*islice(raised, count)]))
            for account, count in zip(
                self._accounts, (for_well, for_other, for_other), strict=True
            )
        ))  # fmt: skip

    async def _account(self, house: House, provider: Provider) -> UUID:
        new = NewMerchantAccount(
            agency=AGENCY, intermediary=provider.name, mode="test", settings=provider.settings,
            currencies=(AMOUNT.currency,),
        )  # fmt: skip
        id = uuid4()
        await open_merchant_account(house, house.act(uuid4(), "process:bench"), id, new)
        return id
