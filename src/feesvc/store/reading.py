"""What goes together besides appending: loads, look-ups of commands, answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias
from uuid import UUID

from feesvc.domain.aggregate import Aggregate
from feesvc.store import Answer, Appended, Unstorable
from feesvc.store.arrays import Integers, Uuids
from feesvc.store.forms import Unreadable
from feesvc.store.lane import Lane
from feesvc.store.link import FAULT_OF_THE_COMMAND, Link
from feesvc.store.mapper import events_of
from feesvc.store.packing import answer_arguments, verdict_of
from feesvc.store.statements import statement

Wanted: TypeAlias = dict[UUID, int]
"""Streams, and the version of each up to which it is known already."""
Streams: TypeAlias = dict[UUID, list[Aggregate.Event]]
"""The further events of streams; one without any is left out."""


class Loads(Lane[Wanted, Streams]):
    """Many loads are one query, and a stream that several want is read and decoded once."""

    def __init__(self, link: Link, log: str, patience: float) -> None:
        super().__init__(self._load, patience)
        self._link = link
        self._log = log

    async def _load(self, batch: Sequence[Wanted]) -> Sequence[Streams | Exception]:
        known: Wanted = {}
        for wanted in batch:
            for stream, version in wanted.items():
                known[stream] = min(version, known.get(stream, version))
        arguments = {
            "log": self._log,
            "streams": Uuids.of(known.keys()),
            "versions": Integers.of(known.values()),
        }
        rows = await self._link.rows(statement("load"), arguments)
        try:
            events = events_of(rows)
        except Unreadable as error:
            if len(batch) == 1:
                return [error]
            return [(await self._load([wanted]))[0] for wanted in batch]
        streams: Streams = {}
        for event in events:
            streams.setdefault(event.originator_id, []).append(event)
        return [_further(streams, wanted) for wanted in batch]


class Finds(Lane[UUID, Appended | None]):
    """What a repeat of a command would be told."""

    def __init__(self, link: Link, log: str, patience: float) -> None:
        super().__init__(self._find, patience)
        self._link = link
        self._log = log

    async def _find(self, batch: Sequence[UUID]) -> Sequence[Appended | Exception | None]:
        arguments = {"log": self._log, "ids": Uuids.of(batch)}
        rows = await self._link.rows(statement("find"), arguments)
        found = {row[0]: verdict_of(row[1:]) for row in rows}
        return [found.get(command) for command in batch]


class Answers(Lane[tuple[UUID, Answer], bool]):
    """Keeps answers; says whether the command is on record."""

    def __init__(self, link: Link, log: str, patience: float) -> None:
        super().__init__(self._answer, patience)
        self._link = link
        self._log = log

    async def _answer(self, batch: Sequence[tuple[UUID, Answer]]) -> Sequence[bool | Exception]:
        # Of two answers to one command the first stands, also within a batch.
        first: dict[UUID, Answer] = {}
        for command, answer in batch:
            first.setdefault(command, answer)
        try:
            arguments = answer_arguments(self._log, list(first.items()))
            rows = await self._link.rows(statement("answer"), arguments)
        except FAULT_OF_THE_COMMAND as error:
            if len(batch) == 1:
                return [Unstorable(str(error))]
            return [(await self._answer([each]))[0] for each in batch]
        known = {row[0] for row in rows}
        return [command in known for command, _ in batch]


def _further(streams: Streams, wanted: Wanted) -> Streams:
    further = {}
    for stream, version in wanted.items():
        events = streams.get(stream, ())
        newer = [event for event in events if event.originator_version > version]
        if newer:
            further[stream] = newer
    return further
