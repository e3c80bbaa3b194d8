"""http: a real payment request over loopback, on our store and on the library's stock recorder.

Two server processes, 64 requests in flight, a portal's key, a fresh idempotency key and an own
raised assessment for each; all events and the answer are durable before the answer is sent.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack
from uuid import uuid4

from feesvc.assembly import open_house
from feesvc.benching.apps import open_stock
from feesvc.benching.figures import Figure, Unequal, interleaved
from feesvc.benching.furnishing import PORTAL_HEADERS, Furnished, furnish
from feesvc.benching.serving import ECHO, OURS, STOCK, request, served
from feesvc.benching.stage import Stage, environment, told
from feesvc.domain.payment import Payment
from feesvc.settings import Settings
from feesvc.store import Store
from feesvc.store.grouped import GroupedStore

IN_FLIGHT = 64
OURS_EACH, STOCK_EACH, ECHO_EACH = 4000, 1000, 10_000
"""Requests of one round, so that each takes about as long."""


def measure(stage: Stage) -> Sequence[Figure]:
    with ExitStack() as stack:
        stage.say("raising assessments")
        ours = _Side(stage, stack, OURS, _grouped, stage.sized(OURS_EACH, IN_FLIGHT))
        stock = _Side(stage, stack, STOCK, open_stock, stage.sized(STOCK_EACH, IN_FLIGHT))
        echo = _Echo(stage, stack, ours.furnished, stage.sized(ECHO_EACH, IN_FLIGHT))
        stage.say("asking for payments")
        rates = interleaved(stage.rounds, ours.round, stock.round, echo.round)
        ours.check()
        stock.check()
    unit = "requests/s"
    return (
        Figure(
            name="http", ours=rates[0], other=rates[1], unit=unit, bar=4,
            against="the same service on the stock recorder",
        ),
        Figure(
            name="http.echo", ours=rates[0], other=rates[2], unit=unit, bar=0.25,
            against="the framework's bare echo of the same body",
        ),
    )  # fmt: skip


class _Side:
    """The service on one store, with its own database and requests that were never sent before."""

    def __init__(
        self, stage: Stage, stack: ExitStack, factory: str,
        open_store: Callable[[Settings], Awaitable[Store]], each: int,
    ) -> None:  # fmt: skip
        database = stack.enter_context(stage.database())
        self._settings = told(database)
        self._open_store = open_store
        self._each = each
        self._asked = 0
        self.furnished = asyncio.run(self._furnish(each * stage.rounds + IN_FLIGHT))
        self._requests = payments(self.furnished)
        self._server = stack.enter_context(served(factory, stage.workers, environment(database)))
        self._send(IN_FLIGHT)  # connections, plans and caches are warm before a round begins

    def round(self) -> float:
        return self._send(self._each)

    def _send(self, count: int) -> float:
        """Requests per second; raises ``Unequal`` unless each of them made a payment."""
        sent = self._server.send([next(self._requests) for _ in range(count)], IN_FLIGHT)
        self._asked += count
        if sent.statuses != {"201": count}:
            raise Unequal(f"payments were answered {dict(sent.statuses)}")
        return sent.rate

    def check(self) -> None:
        """Raise ``Unequal`` unless the log holds both events of every payment."""
        found = asyncio.run(self._recorded())
        if set(found.values()) != {self._asked}:
            raise Unequal(f"{self._asked} payments were asked for, the log holds {found}")

    async def _furnish(self, assessments: int) -> Furnished:
        async with open_house(self._settings, open_store=self._open) as house:
            return await furnish(house, assessments)

    async def _recorded(self) -> dict[str, int]:
        store = await self._open_store(self._settings)
        counts = {Payment.Initiated.TOPIC: 0, Payment.Presented.TOPIC: 0}
        after = 0
        while page := await store.read(after, 1000, list(counts)):
            for recorded in page:
                counts[recorded.event.TOPIC] += 1
            after = page[-1].position
        await store.close()
        return counts

    async def _open(self, url: str) -> Store:
        return await self._open_store(self._settings)


class _Echo:
    def __init__(self, stage: Stage, stack: ExitStack, furnished: Furnished, each: int) -> None:
        database = stack.enter_context(stage.bare_database())
        some = furnished.assessments[0]
        self._requests = [_request(furnished.payment(some)) for _ in range(each)]
        self._server = stack.enter_context(served(ECHO, stage.workers, environment(database)))

    def round(self) -> float:
        sent = self._server.send(self._requests, IN_FLIGHT)
        if sent.statuses != {"201": len(self._requests)}:
            raise Unequal(f"the echo answered {dict(sent.statuses)}")
        return sent.rate


def payments(furnished: Furnished) -> Iterator[str]:
    """A request for a payment of each assessment."""
    for assessment in furnished.assessments:
        yield _request(furnished.payment(assessment))


def _request(body: object) -> str:
    headers = PORTAL_HEADERS | {"Idempotency-Key": str(uuid4())}
    return request("POST", "/v1/payments", headers, body)


async def _grouped(settings: Settings) -> Store:
    return await GroupedStore.open(settings.need_database_url())
