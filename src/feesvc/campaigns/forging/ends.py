"""Ends: what must have come of a message that is authentic and wrong, and whether it did."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Literal, TypeAlias
from uuid import UUID

from feesvc.campaigns.forging.letters import Letter
from feesvc.campaigns.forging.stall import Paid, Stall
from feesvc.testing.at_once import at_once

OF_CASES = "case."
"""A case may be opened of what contradicts what we know."""

Place: TypeAlias = tuple[str, int | None, str]
"""Where money stands, how much of it (None: whatever it is), and why it is not on a line."""


@dataclass(frozen=True, slots=True)
class End:
    """Letters to be sent in order, and the placement of the transfer that they tell of."""

    paid: Paid
    letters: tuple[Letter, ...]
    places: tuple[Place, ...]
    """Nothing: no money is booked."""
    or_nothing: bool = False
    """It may be refused as unreadable too: then nothing is booked either."""
    state: Literal["open", "paid", ""] = ""
    """Of the assessment; empty: as the placement has it."""
    untouched: tuple[UUID, ...] = ()
    """Streams on which nothing may be written."""


Story: TypeAlias = Callable[[Stall, Random], End | None]
"""None where the format has no word for it."""
Trial: TypeAlias = Callable[[Stall, Random], Iterator[str]]
"""Tells and judges in one, where what happens is more than a letter."""


def faults_of(stall: Stall, name: str, end: End) -> Iterator[str]:
    """Send the letters; says what has not come out as the table says."""
    before = stall.world.head()
    for letter in end.letters:
        answer = stall.send(letter)
        if answer is None or (answer.status >= 500 and not stall.asks_again(letter, answer)):
            yield f"{name}: answered {'nothing' if answer is None else answer.status}"
    events = stall.world.log(before)
    transfer = stall.transfer(end.paid)
    buckets = transfer.buckets if transfer else ()
    found: list[tuple[str, int, str]] = [(p.to, p.amount.amount, p.reason) for p in buckets]
    if not (found == [] and end.or_nothing) and not _fits(found, end.places):
        yield f"{name}: placed {found}, not {list(end.places)}"
    paid = sum(amount for to, amount, _ in found if to == "line")
    wanted = end.state or ("paid" if paid == end.paid.payment.amount.amount else "open")
    state = at_once(stall.world.see(end.paid.assessment)).state
    if state != wanted:
        yield f"{name}: the assessment is {state}, not {wanted}"
    known = {end.paid.assessment, end.paid.payment.id, *([transfer.id] if transfer else [])}
    for each in events:
        stream, topic = each.event.originator_id, each.event.TOPIC
        if stream in end.untouched or not (stream in known or topic.startswith(OF_CASES)):
            yield f"{name}: {topic} on another stream"


def _fits(found: list[tuple[str, int, str]], places: tuple[Place, ...]) -> bool:
    return len(found) == len(places) and all(
        (to, reason) == (wanted_to, wanted_reason) and wanted in (None, amount)
        for (to, amount, reason), (wanted_to, wanted, wanted_reason) in zip(
            found, places, strict=True
        )
    )
