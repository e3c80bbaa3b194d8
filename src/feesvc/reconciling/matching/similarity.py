"""Similarity: which damaged reference may have been which. Only ever a proposal (S19, S20)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import extract

from feesvc.domain.calendar import Calendar
from feesvc.domain.match_terms import MatchTerms

KEYS = ("transaction", "reference")


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """A line and a capture of the same amount, not far apart; keys are normalised."""

    line: int
    identity: str
    keys: tuple[str, ...]
    day: date
    capture: UUID
    of_keys: tuple[str, ...]
    of_day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """The one capture that a line may be about; ``lost`` are those that are further away."""

    line: int
    capture: UUID
    distance: int
    lag: int
    of_day: date
    lost: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    proposed: Sequence[Alike]
    ambiguous: Sequence[tuple[int, tuple[UUID, ...]]]


@dataclass(frozen=True, slots=True)
class _Scored:
    distance: int
    lag: int
    near: Near

    @property
    def order(self) -> tuple[int, int, str, str]:
        return self.distance, self.lag, self.near.identity, str(self.near.capture)


def alike_keys(
    lines: Iterable[Mapping[str, Any]], captures: Iterable[Mapping[str, Any]], distance: int
) -> Iterator[Near]:  # fmt: skip
    """Lines with the captures of their amount of which a key differs in few letters only."""
    blocks: dict[tuple[int, str], list[Mapping[str, Any]]] = defaultdict(list)
    for capture in captures:
        blocks[capture["amount"], capture["currency"]].append(capture)
    shelves = {block: _Shelves(some) for block, some in blocks.items()}
    for line in lines:
        block = (line["gross"], line["currency"])
        if block not in shelves:
            continue
        places: set[int] = set()
        for mine in filter(None, (line[name] for name in KEYS)):
            places |= shelves[block].places_like(mine, distance)
        for place in sorted(places):
            yield _near(line, blocks[block][place])


class _Shelves:
    """The keys of captures of one amount by their length: most lengths need no look."""

    def __init__(self, captures: Sequence[Mapping[str, Any]]) -> None:
        self._places: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for place, capture in enumerate(captures):
            for key in filter(None, (capture[name] for name in KEYS)):
                self._places[len(key)][key].append(place)
        self._keys = {length: list(keys) for length, keys in self._places.items()}

    def places_like(self, mine: str, distance: int) -> set[int]:
        """Where a key stands that differs in few letters, or is held whole in ``mine``."""
        found: set[int] = set()
        for length, keys in self._keys.items():
            places = self._places[length]
            if abs(length - len(mine)) <= distance:
                near = extract(
                    mine, keys, scorer=Levenshtein.distance, processor=None, limit=None,
                    score_cutoff=distance,
                )  # fmt: skip
                for key, _, _ in near:
                    found.update(places[key])
            if distance < length < len(mine):
                parts = {mine[at : at + length] for at in range(len(mine) - length + 1)}
                for key in parts & places.keys():
                    found.update(places[key])
        return found


def _near(line: Mapping[str, Any], capture: Mapping[str, Any]) -> Near:
    return Near(
        line=line["line"], identity=line["identity"], day=line["day"], capture=capture["id"],
        keys=(line["transaction"], line["reference"]), of_day=capture["day"],
        of_keys=(capture["transaction"], capture["reference"]),
    )  # fmt: skip


def judge(found: Iterable[Near], terms: MatchTerms, calendar: Calendar) -> Judged:
    """Best for each other, with a margin to the next best: proposed. Within the margin: ambiguous.

    A damaged reference that holds the other whole is as near as can be. The order of ``found``
    changes nothing.
    """
    of_line: dict[int, list[_Scored]] = defaultdict(list)
    of_capture: dict[UUID, list[_Scored]] = defaultdict(list)
    for near in found:
        lag = abs(calendar.business_days_between(near.of_day, near.day))
        distance = _distance(near, terms.distance)
        if lag <= terms.days and distance <= terms.distance:
            scored = _Scored(distance, lag, near)
            of_line[near.line].append(scored)
            of_capture[near.capture].append(scored)
    for several in (*of_line.values(), *of_capture.values()):
        several.sort(key=lambda scored: scored.order)
    proposed, ambiguous = [], []
    for line, ranked in sorted(of_line.items(), key=lambda item: item[1][0].near.identity):
        best = ranked[0]
        rivals = [other for other in ranked[1:] if other.distance - best.distance < terms.margin]
        wanted = of_capture[best.near.capture]
        contested = any(
            other.near.line != line and other.distance - best.distance < terms.margin
            for other in wanted
        )
        if rivals or contested:
            captures = sorted({best.near.capture, *(other.near.capture for other in rivals)})
            ambiguous.append((line, tuple(captures)))
        else:
            proposed.append(Alike(
                line=line, capture=best.near.capture, distance=best.distance, lag=best.lag,
                of_day=best.near.of_day, lost=tuple(other.near.capture for other in ranked[1:]),
            ))  # fmt: skip
    return Judged(proposed, ambiguous)


def _distance(near: Near, most: int) -> int:
    return min(
        (apart(one, other, most) for one in near.keys for other in near.of_keys),
        default=most + 1,
    )


def apart(one: str, other: str, most: int) -> int:
    """In how many letters two keys differ, or more than ``most``; none where it holds the other."""
    if not one or not other:
        return most + 1
    if len(other) > most and other in one:
        return 0
    return Levenshtein.distance(one, other, score_cutoff=most)
