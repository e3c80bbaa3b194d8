"""Scope: what a run looks at, and what it found, as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Literal, TypeAlias
from uuid import UUID

from feesvc.domain.calendar import Calendar
from feesvc.domain.ids import Ids
from feesvc.domain.match_terms import MatchTerms

Leg: TypeAlias = Literal["S", "B"]
HANOI = timezone(timedelta(hours=7))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """One account's open lines up to a day, by these rules and this calendar; or all lines of the
    statements of a past ``period``, its first and last day, as if none of them had been matched.

    ``rules`` is the version of the rules that ``terms`` are; 0 stands for those that hold where
    nobody decided on any.
    """

    run: UUID
    agency: str
    account: UUID
    leg: Leg
    as_of: date
    rules: int
    terms: MatchTerms
    calendar: Calendar
    collects: bool = True
    """Whether payouts of intermediaries belong on it, if it is a bank account."""
    ids: Ids | None = None
    """By which orders of ours are known; without, none is."""
    period: tuple[date, date] | None = None

    def end(self) -> datetime:
        """The first moment after the day."""
        return midnight(self.as_of + timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Hashes:
    """What a run looked at, and what it found: the same inputs give the same result."""

    inputs: str
    result: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouped:
    """What belongs together, by the names that members have; ``account`` takes the difference.

    ``lines`` are ids and amounts of lines, ``others`` names and amounts of what they are matched
    with, ``said`` what identifies all of it whatever order it came in.
    """

    how: Literal["key", "composite", "batch", "window"]
    rule: str
    lines: tuple[tuple[int, int], ...]
    others: tuple[tuple[str, int], ...]
    currency: str
    said: str
    proposed: bool = False
    account: str = ""
    lost: tuple[str, ...] = ()

    @property
    def difference(self) -> int:
        """What the lines lack of what they were to be; negative where they are more."""
        return sum(amount for _, amount in self.others) - sum(a for _, a in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A line that is explained by a code instead of a match."""

    line: int
    identity: str
    amount: int
    currency: str
    code: str
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What a run found; settlement lines stand in the work tables instead of here."""

    hashes: Hashes
    groups: tuple[Grouped, ...] = ()
    breaks: tuple[Broken, ...] = ()


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=HANOI)
