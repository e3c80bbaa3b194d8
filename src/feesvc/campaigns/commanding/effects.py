"""Effects: what one step recorded and what its caller was told, so that two houses compare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID, uuid5

from feesvc.application.house import Done
from feesvc.application.settlements import SettlementTaken
from feesvc.campaigns.commanding import Command, Everything, Step
from feesvc.domain.receipt import Receipt
from feesvc.store import Answer, Store
from feesvc.store.memory import NAMESPACE

Course: TypeAlias = Sequence[tuple[Command, Step]]


@dataclass(frozen=True, slots=True)
class Effect:
    """What a step recorded, and what its caller was told."""

    topics: tuple[str, ...]
    told: str
    answer: Answer | None


async def effect(course: Course, everything: Everything, number: int) -> Effect:
    """Take one step of the course."""
    before = await everything.s.store.head()
    told = await take(course, everything, number)
    return await since(course, everything, number, before, told)


async def take(course: Course, everything: Everything, number: int) -> str:
    """Take one step, and say what its caller was told."""
    act = everything.s.house.act(_act_id(everything, number), "person:maker")
    return _told(await course[number][1](everything, act))


async def since(
    course: Course, everything: Everything, number: int, before: int, told: str
) -> Effect:
    """What a step came to that was taken when the log ended at ``before``."""
    store = everything.s.store
    recorded = await store.read(before, 1000)
    topics = tuple(sorted(each.event.TOPIC for each in recorded))
    return Effect(topics, told, await _answer(store, _act_id(everything, number)))


def name_of(course: Course, number: int) -> str:
    """What a fault calls a step."""
    command, step = course[number]
    return f"{command.__qualname__} ({step.__qualname__}, step {number})"


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


def _act_id(everything: Everything, number: int) -> UUID:
    return uuid5(NAMESPACE, f"{everything.code} step {number}")
