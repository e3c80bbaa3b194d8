"""ledger: how long a statement page and a trial balance take over HTTP, beside a one-row read.

Two services run side by side, one on a small ledger and one on a large one, each with the whole of
its postings in one agency's book. Pages are asked for all over the year; the one-row read is an
assessment, looked up by its id. Answers come one by one: 99 of 100 are faster than the figure.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import timedelta
from statistics import median
from uuid import UUID

from feesvc.assembly import open_house
from feesvc.benching.figures import Figure, Unequal, quantile
from feesvc.benching.furnishing import PORTAL_HEADERS, admit
from feesvc.benching.serving import OURS, request, served
from feesvc.benching.stage import Stage, environment, ledger, told
from feesvc.benching.telling import DAYS, FIRST_DAY, Teller, fill_log
from feesvc.embedded import Database
from feesvc.projecting import Projection
from feesvc.projecting.runner import Runner
from feesvc.store.following import LogReader

SMALL, LARGE = 10_000, 1_000_000
"""Postings."""
EVENTS_PER_POSTING = 0.69
REQUESTS = 1000
ONE_BY_ONE = 1
ACCOUNT = 1100
KINDS = ("row", "statement", "trial balance")


def measure(stage: Stage) -> Sequence[Figure]:
    small, large = stage.sized(SMALL, 200), stage.sized(LARGE, 400)
    with ExitStack() as stack:
        count = stage.sized(REQUESTS, 10)
        books = [_Book(stage, stack, postings) for postings in (small, large)]
        for kind in KINDS:
            for book in books:
                book.p99(kind, min(count, 100))  # warm: connections, plans, caches
        rounds = [
            {(size, kind): books[size].p99(kind, count) for kind in KINDS for size in (0, 1)}
            for _ in range(stage.rounds)
        ]
    p99 = {key: median(each[key] for each in rounds) * 1000 for key in rounds[0]}
    row = p99[1, "row"]
    return [
        figure
        for kind, name in (("statement", "ledger"), ("trial balance", "ledger.trial"))
        for figure in (
            Figure(
                name=name, ours=p99[1, kind], other=row, unit="ms p99", bar=4, ceiling=True,
                against=f"a one-row read; ours is a {kind} of {large:,} postings",
            ),
            Figure(
                name=f"{name}.growth", ours=p99[1, kind], other=p99[0, kind], unit="ms p99",
                bar=1.5, ceiling=True, against=f"the same {kind} of {small:,} postings",
            ),
        )
    ]  # fmt: skip


class _Book:
    """A service on a database whose ledger holds about so many postings of one agency."""

    def __init__(self, stage: Stage, stack: ExitStack, postings: int) -> None:
        self._stage = stage
        database = stack.enter_context(stage.database())
        teller = Teller(int(postings * EVENTS_PER_POSTING), agencies=1)
        agency, projection = teller.first_agency, ledger()
        self._path = f"/v1/agencies/{agency}/{projection.name}"
        stage.say(f"projecting {postings:,} postings")
        fill_log(database.owner_url, teller)
        _project(database, projection)
        asyncio.run(_admit(database, agency))
        self._assessments = _assessments(teller)
        self._random = random.Random(postings)  # noqa: S311 - the same pages each time
        self._server = stack.enter_context(served(OURS, 1, environment(database)))

    def p99(self, kind: str, count: int) -> float:
        """Seconds; raises ``Unequal`` unless every request was answered."""
        sent = self._server.send([self._request(kind) for _ in range(count)], ONE_BY_ONE)
        if sent.statuses != {"200": count}:
            raise Unequal(f"{kind} was answered {dict(sent.statuses)}")
        return quantile(sent.each, 0.99)

    def _request(self, kind: str) -> str:
        first = FIRST_DAY + timedelta(days=self._random.randrange(DAYS))
        return request(
            "GET",
            {
                "row": f"/v1/assessments/{self._random.choice(self._assessments)}",
                "statement": f"{self._path}/accounts/{ACCOUNT}/statement?period={first:%Y-%m}",
                "trial balance": f"{self._path}/trial-balance?as_of={first}",
            }[kind],
            PORTAL_HEADERS,
        )


def _project(database: Database, projection: Projection) -> None:
    with (
        LogReader(database.url) as reader,
        Runner(database.url, projection, reader) as runner,
    ):
        runner.catch_up()


async def _admit(database: Database, agency: str) -> None:
    async with open_house(told(database)) as house:
        await admit(house, agency)


def _assessments(teller: Teller) -> Sequence[UUID]:
    """A thousand of them from all over the log."""
    found = [t.stream for t in teller.events() if t.topic == "assessment.raised"]
    return found[:: max(1, len(found) // 1000)]
