"""Running a year: the commands, then what the worker does with them, each with its rate."""

from __future__ import annotations

import asyncio
import base64
import os
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from feesvc import plugins, processes
from feesvc.application.desk import Desk
from feesvc.assembly import open_house, prepare_database
from feesvc.cli.demo.books import agencies
from feesvc.cli.demo.script import Ledger, script
from feesvc.cli.demo.year.content import Slice
from feesvc.cli.demo.year.preparing import prepare
from feesvc.cli.demo.year.remembering import LastingBooks
from feesvc.cli.demo.year.taking import Clock, Year
from feesvc.projecting.reading import Readers
from feesvc.projecting.runner import Runner as Projecting
from feesvc.reacting import Process
from feesvc.reacting.following import catch_up
from feesvc.reacting.postgres import PostgresBookmarks
from feesvc.reacting.runner import Runner as Reacting
from feesvc.secrets import resolve
from feesvc.settings import Settings, load
from feesvc.store.following import LogReader
from feesvc.testing.counterpart import Counterpart
from feesvc.testing.in_process import InProcessTransport

OTHER_SIDE = "http://other-side"
ALONE = -timedelta(days=36_500)
"""Nobody else takes this year's payments: one that was begun was begun by a run that died."""
Advance = Callable[[int], object]
"""Told how many more are done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How much of something there was, and in what time."""

    what: str
    count: int
    seconds: float

    @property
    def per_second(self) -> int:
        return round(self.count / self.seconds) if self.seconds else 0


@contextmanager
def settled(owner_url: str, url: str, service_role: str, folder: Path) -> Iterator[Settings]:
    """Settings for a year on this database, migrated; secrets stand in ``folder``."""
    prepare_database(owner_url, service_role)
    key = folder / "people"
    if not key.exists():
        key.touch(mode=0o600)
        key.write_text(base64.b64encode(os.urandom(32)).decode())
    yield load(
        database_url=url, owner_url=owner_url, people_key=f"file:{key.resolve()}",
        public_url="http://year.invalid", refuse_live=True,
    )  # fmt: skip


@asynccontextmanager
async def opened(settings: Settings, first: Slice, folder: Path) -> AsyncIterator[Year]:
    """A year on the database of ``settings``, its agencies and fees registered."""
    name = script().year_intermediary
    clock = Clock(first.moment)
    counterparts: Any = plugins.counterparts()
    counterpart: Counterpart = counterparts[name](clock.now)
    counterpart.ledger = books = LastingBooks(folder / "other-side.jsonl")
    transport = InProcessTransport(counterpart.app)
    async with open_house(settings, clock.now) as usual:
        desk = Desk(usual.desk.kinds, resolve, connect=lambda _: httpx.Client(transport=transport))
        house = replace(usual, desk=desk, in_flight=ALONE)
        said = {**counterpart.settings(OTHER_SIDE), **script().year_settings}
        hidden = {n: _kept(folder, n, said[n]) for n in desk.secrets(name) & said.keys()}
        accounts = await prepare(house, name, {**said, **hidden})
        try:
            yield Year(house, clock, counterpart, accounts)
        finally:
            desk.close()
            transport.close()
            books.close()


async def project(settings: Settings, name: str, advance: Advance) -> Rate:
    """Bring one projection to the end of the log."""
    return await asyncio.to_thread(_project, settings.need_database_url(), name, advance)


async def react(year: Year, settings: Settings, advance: Advance) -> list[Rate]:
    """Let the processes answer the year: receipt numbers, proposals, refunds to their end."""
    rates = [
        await _react(year, settings, process, advance) for process in processes.every(year.house)
    ]
    await year.close()
    for process in processes.every(year.house):  # what was due in between, such as look-ups
        await _react(year, settings, process, advance)
    return rates


async def _react(year: Year, settings: Settings, process: Process, advance: Advance) -> Rate:
    store = year.house.store
    head, begun = await store.head(), time.perf_counter()
    bookmarks = PostgresBookmarks(settings.need_database_url(), store.log)
    async with bookmarks.take(process.name) as bookmark:
        await catch_up(Reacting(process, bookmark, store, year.clock.now), advance)
    seconds, made = time.perf_counter() - begun, await store.head() - head
    return Rate(what=f"events by {process.name}", count=made, seconds=seconds)


async def ledgers(settings: Settings) -> tuple[Ledger, ...]:
    """Every agency's own book, from the ledger's own routes."""
    name = script().ledger
    readers = Readers(settings.need_database_url(), name)
    readers.start()
    app = FastAPI()
    app.include_router(plugins.projections()[name].routes(readers.open), prefix="/{agency}")
    try:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://books"
        ) as http:
            found = []
            for agency in agencies():
                said = await http.get(f"/{agency}/trial-balance", params={"units": "own"})
                found += [_ledger(agency, book) for book in said.raise_for_status().json()["books"]]
            return tuple(found)
    finally:
        readers.close()


def wrongs(found: tuple[Ledger, ...], year: Year) -> Iterator[str]:
    """What does not add up: within a book, and against what the other side says it holds."""
    for ledger in found:
        if ledger.debits != ledger.credits or sum(ledger.accounts.values()) != 0:
            yield f"{ledger.agency} {ledger.currency} does not add up to zero"
    ours = sum(ledger.accounts["1200"] for ledger in found if "1200" in ledger.accounts)
    theirs = sum(t.amount.amount - t.refunded.amount for t in year.counterpart.books().values())
    if ours != theirs:
        yield f"1200 holds {ours}, the intermediary says {theirs}"


def _ledger(agency: str, book: Any) -> Ledger:
    return Ledger(
        agency=agency, currency=book["currency"], debits=book["debits"]["amount"],
        credits=book["credits"]["amount"],
        accounts={row["account"]: row["balance"]["amount"] for row in book["accounts"]},
    )  # fmt: skip


def _project(url: str, name: str, advance: Advance) -> Rate:
    projection = plugins.projections()[name]
    begun, count = time.perf_counter(), 0
    reader = LogReader(url)
    with reader, Projecting(url, projection, reader) as runner:
        if not runner.hold():
            raise RuntimeError(f"{name} is held by another runner")
        while True:
            before, after = runner.step()
            count += after - before
            advance(after - before)
            if before == after:
                return Rate(
                    what=f"events into {name}", count=count, seconds=time.perf_counter() - begun
                )


def _kept(folder: Path, name: str, secret: str) -> str:
    path = folder.resolve() / name
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secret)
    return f"file:{path}"
