"""Figures: what was measured, beside what, and whether that is enough."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One comparison. ``ratio`` is ours through the other."""

    name: str
    """The row's name; what is reported beyond its bar adds a dot and a word."""
    ours: float
    other: float
    unit: str
    bar: float
    ceiling: bool = False
    """Whether the ratio may be no more than the bar; else it must be at least that."""
    against: str
    """What the other one is."""

    @property
    def ratio(self) -> float:
        return self.ours / self.other if self.other else float("inf")

    @property
    def passes(self) -> bool:
        return self.ratio <= self.bar if self.ceiling else self.ratio >= self.bar

    def as_json(self) -> dict[str, object]:
        return {
            "name": self.name,
            "ours": round(self.ours, 3),
            "other": round(self.other, 3),
            "unit": self.unit,
            "ratio": round(self.ratio, 3),
            "bar": self.bar,
        }


class Unequal(Exception):
    """The two sides of a comparison did not do the same work: their figures mean nothing."""


def interleaved(rounds: int, *sides: Callable[[], float]) -> list[float]:
    """The median of each side, measured in turns so that a busy moment meets all of them."""
    measured: list[list[float]] = [[] for _ in sides]
    for _ in range(rounds):
        for results, side in zip(measured, sides, strict=True):
            results.append(side())
    return [median(results) for results in measured]


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of all do not exceed."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]
