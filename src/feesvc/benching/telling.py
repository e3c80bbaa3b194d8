"""Telling: stories retold over a year for as many events as wanted, and copied into tables."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import NamedTuple
from uuid import UUID

import psycopg

from feesvc.benching import stories
from feesvc.benching.furnishing import PORTAL
from feesvc.benching.statements import statement
from feesvc.benching.stories import Parts, Story

FIRST_DAY = date(2025, 1, 1)
DAYS = 365
BEGINNING = datetime(2025, 1, 1, tzinfo=UTC)
WINDOW = 1000
"""Dossiers under way at once: the events of each stand about so many events apart."""
CHUNK = 50_000


class Told(NamedTuple):
    """One event of one copy of a story."""

    stream: UUID
    version: int
    agency: str
    topic: str
    form: int
    day: str
    recorded_at: datetime
    state: Parts
    json: Parts
    names: dict[str, str]


class Teller:
    """The same events each time: of twenty dossiers one is refunded in part, two are not paid."""

    def __init__(self, events: int, agencies: int = 40) -> None:
        self._agencies = [f"B{number:02d}" for number in range(agencies)]
        self._events = events
        self._founding = stories.founding()
        self._mix = [stories.paid()] * 17 + [stories.refunded()] + [stories.unpaid()] * 2
        per_dossier = sum(len(story.events) for story in self._mix) / len(self._mix)
        self._dossiers = int(events / per_dossier) + WINDOW

    @property
    def first_agency(self) -> str:
        return self._agencies[0]

    def events(self) -> Iterator[Told]:
        """Exactly as many as asked for, in log order, over a year."""
        day = None
        for number, told in enumerate(islice(self._endless(), self._events)):
            today = FIRST_DAY + timedelta(days=number * DAYS // self._events)
            if today != day:
                day, text = today, today.isoformat()
                recorded_at = stories.noon(text)
            yield told._replace(day=text, recorded_at=recorded_at)

    def _endless(self) -> Iterator[Told]:
        self._random = random.Random(14)  # noqa: S311 - the same ids each time
        for agency in self._agencies:
            names = self._names(self._founding, agency, 0)
            yield from self._copy(self._founding, names)
        for begun in range(0, self._dossiers, WINDOW):
            yield from self._window(begun)

    def _window(self, begun: int) -> Iterator[Told]:
        under_way = []
        for number in range(begun, begun + WINDOW):
            story = self._mix[number % len(self._mix)]
            names = self._names(story, self._agencies[number % len(self._agencies)], number)
            under_way.append(self._copy(story, names))
        while under_way:
            going_on = []
            for copy in under_way:
                told = next(copy, None)
                if told is not None:
                    yield told
                    going_on.append(copy)
            under_way = going_on

    def _copy(self, story: Story, names: dict[str, str]) -> Iterator[Told]:
        ids = {name: UUID(names[name]) for name in story.ids}
        for event in story.events:
            yield Told(
                ids[event.stream], event.version, names["agency"], event.topic, event.form,
                "", BEGINNING, event.state, event.json, names,
            )  # fmt: skip

    def _names(self, story: Story, agency: str, number: int) -> dict[str, str]:
        names = {
            "agency": agency, "dossier": f"{agency}-{number:08d}",
            "transaction": f'T-{number}"', "epoch": f"e{number}-",
            "portal": f'"portal":"{PORTAL}"',
        }  # fmt: skip
        for name in story.ids:
            hexed = f"{self._random.getrandbits(128):032x}"
            names[f"{name}hex"] = hexed
            names[name] = f"{hexed[:8]}-{hexed[8:12]}-{hexed[12:16]}-{hexed[16:20]}-{hexed[20:]}"
        return names


def written(told: Told, parts: Parts) -> bytes:
    """A state of an event, with its ids, codes and day in it."""
    known = told.names
    known["day"] = told.day
    return "".join([known[p] if n % 2 else p for n, p in enumerate(parts)]).encode()


def fill_log(owner_url: str, teller: Teller, log: str = "feesvc") -> int:
    """Copy all events into our log, as its owner; gives the position of the last one.

    Positions are given as an append gives them, and checked by the log's own triggers.
    """
    told = teller.events()
    with psycopg.connect(owner_url) as connection:
        row = connection.execute(statement("head"), [log]).fetchone()
        assert row is not None
        head: int = row[0]
        while chunk := list(islice(told, CHUNK)):
            connection.execute(statement("advance"), [head + len(chunk), log])
            with connection.cursor().copy(statement("copy_events")) as copy:
                copy.set_types(_TYPES)
                for position, one in enumerate(chunk, head + 1):
                    copy.write_row((
                        log, position, one.stream, one.version, one.agency, one.topic, one.form,
                        written(one, one.state), one.recorded_at, "bench", one.stream, "",
                    ))  # fmt: skip
            connection.commit()
            head += len(chunk)
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute(statement("vacuum"))
    return head


def fill_library(owner_url: str, teller: Teller) -> None:
    """Copy all events into the library's table, as its own JSON mapper writes them."""
    with (
        psycopg.connect(owner_url) as connection,
        connection.cursor().copy(statement("copy_stored")) as copy,
    ):
        copy.set_types(["uuid", "int8", "text", "bytea"])
        for one in teller.events():
            state = written(one, one.json)
            copy.write_row((one.stream, one.version, one.topic, state))
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute(statement("vacuum_stored"))


_TYPES = [
    "text", "int8", "uuid", "int4", "text", "text", "int2", "bytea", "timestamptz", "text", "uuid",
    "text",
]  # fmt: skip
