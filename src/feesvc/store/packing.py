"""Commands packed for the database, and what it says of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from secrets import randbits
from typing import Any
from uuid import UUID

from feesvc.domain.aggregate import Aggregate
from feesvc.store import Answer, Appended, Command, Unstorable, Verdict
from feesvc.store.arrays import Bigints, Byteas, Integers, Smallints, Texts, Uuids
from feesvc.store.forms import form_of

_AGENCY = re.compile(r"\*|[0-9A-Z][0-9A-Z.]{0,34}")
_LARGEST = 64 * 1024 * 1024
"""Bytes of one command that the database is asked to take; it holds up to 1 GB in one message."""


@dataclass(frozen=True, slots=True)
class PackedEvent:
    """An event as its row will be."""

    agency: str
    stream: UUID
    version: int
    topic: str
    form: int
    state: bytes


@dataclass(frozen=True, slots=True)
class Packed:
    """A command whose events are written out: sending it again sends the same bytes."""

    command: Command
    events: tuple[PackedEvent, ...]
    size: int
    """About as many bytes as it takes."""
    attempt: int
    """Random: tells a lost reply to this very command from a repeat of it by another."""

    @property
    def keys(self) -> set[UUID]:
        """What no other command of the same round trip may touch."""
        return {self.command.id, *(event.stream for event in self.events)}


def pack(command: Command) -> Packed:
    """Raises ``Unstorable`` for what could not be read again."""
    events = tuple(_packed(agency, event) for agency, event in command.events)
    size = 400 + sum(len(event.state) + 100 for event in events)
    size += len(command.answer.body) if command.answer else 0
    if size > _LARGEST:
        raise Unstorable(f"a command of {size} bytes is too large")
    return Packed(command, events, size, randbits(63))


def _packed(agency: str, event: Aggregate.Event) -> PackedEvent:
    form = form_of(type(event))
    state = form.write(event)
    version = event.originator_version
    return PackedEvent(agency, event.originator_id, version, form.topic, form.number, state)


def append_arguments(log: str, packed: Sequence[Packed], *, gaps: bool = False) -> dict[str, Any]:
    """The arguments of ``append``; raises ``UnicodeError``, ``OverflowError`` for unfit values."""
    commands = [each.command for each in packed]
    answers = [command.answer for command in commands]
    events = [event for each in packed for event in each.events]
    owners = [n for n, each in enumerate(packed, 1) for _ in each.events]
    return {
        "log": log,
        "gaps": gaps,
        "ids": Uuids.of([command.id for command in commands]),
        "attempts": Bigints.of([each.attempt for each in packed]),
        "principals": Texts.of([command.principal for command in commands]),
        "actors": Texts.of([command.actor for command in commands]),
        "causes": Texts.of([command.cause for command in commands]),
        "fingerprints": Byteas.of_bytes([command.fingerprint for command in commands]),
        **_answer_arrays(answers),
        "owners": Integers.of(owners),
        "streams": Uuids.of([event.stream for event in events]),
        "versions": Integers.of([event.version for event in events]),
        "agencies": Texts.of([event.agency for event in events]),
        "topics": Texts.of([event.topic for event in events]),
        "forms": Smallints.of([event.form for event in events]),
        "states": Byteas.of_bytes([event.state for event in events]),
    }


def answer_arguments(log: str, answers: Sequence[tuple[UUID, Answer]]) -> dict[str, Any]:
    """The arguments of ``answer``."""
    ids = Uuids.of([command for command, _ in answers])
    return {"log": log, "ids": ids, **_answer_arrays([answer for _, answer in answers])}


def _answer_arrays(answers: Sequence[Answer | None]) -> dict[str, Any]:
    return {
        "statuses": Smallints.of([None if answer is None else answer.status for answer in answers]),
        "locations": Texts.of([None if answer is None else answer.location for answer in answers]),
        "answers": Byteas.of_bytes([None if answer is None else answer.body for answer in answers]),
    }


def verdict_of(row: tuple[Any, ...], command: Command | None = None) -> Appended:
    """What a row of ``append`` or ``find`` says; the answer just recorded does not travel back."""
    word, first, last, recorded_at, fingerprint, status, location, body = row
    verdict = Verdict(word)
    if verdict is Verdict.STALE:
        return Appended(verdict=verdict)
    if command is not None and verdict is Verdict.RECORDED:
        answer = command.answer
    else:
        answer = None if body is None else Answer(status, body, location)
    return Appended(
        verdict=verdict,
        first=first,
        last=last,
        recorded_at=recorded_at,
        fingerprint=fingerprint,
        answered=status is not None,
        answer=answer,
    )


def refuse_unstorable(command: Command) -> None:
    """What the database would refuse, where there is none: raises ``Unstorable``."""
    texts = [command.principal, command.actor, command.cause]
    if command.answer is not None:
        texts.append(command.answer.location)
    for text in texts:
        if "\0" in text:
            raise Unstorable("a text holds a NUL")
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise Unstorable(str(error)) from error
    for agency, _ in command.events:
        if not _AGENCY.fullmatch(agency):
            raise Unstorable(f"not an agency code: {agency!r}")
