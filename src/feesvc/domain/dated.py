"""A fact that holds from a day on, until another does: names, parents, accounts, orders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Dated(Generic[T]):
    """Facts by their first day (Asia/Ho_Chi_Minh), oldest first.

    What is recorded last for a day is what holds from that day; facts of later days still stand.
    """

    steps: tuple[tuple[date, T], ...] = ()

    def since(self, day: date, fact: T) -> Dated[T]:
        kept = [step for step in self.steps if step[0] != day]
        return Dated(tuple(sorted([*kept, (day, fact)], key=lambda step: step[0])))

    def on(self, day: date, before: T) -> T:
        """What held on ``day``; ``before`` is what held before the first of these facts."""
        holding = before
        for first_day, fact in self.steps:
            if first_day > day:
                break
            holding = fact
        return holding
