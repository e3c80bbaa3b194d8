"""Posting rules: versioned data that say, for an event and a state, which accounts are posted.

Each folder ``rules_<n>`` is one version, a file for each family of events. The rule is that of
posting_examples.csv; debits / credits, each of the full amount. ``place`` is where the money came
in: 1200 for an intermediary, 1300 for a bank credit, 1110 for cash. A case with "via bank" or
"via cash" goes before the same case without. What is not listed stops the ledger; it is never
skipped. A version is in force from the log position at which it was first used in a database; that
position is kept for good, so that a rebuild posts as before.
"""

from __future__ import annotations

import tomllib
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NamedTuple

PLACE = {"intermediary": 1200, "bank": 1300, "cash": 1110}
"""Where money stands that came in this way."""
LATEST = 1


class NoRule(LookupError):
    """No rule says what to post. The ledger stops here until a version of the rules does."""


class Rule(NamedTuple):
    """Debits and credits, each of the whole amount, so that every use of it adds up to zero."""

    id: str
    """That of the worked example; a leading minus marks the exact reverse of it."""
    debits: tuple[int, ...]
    credits: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """One version of the rules."""

    number: int
    posts: Mapping[tuple[str, str, str], Rule | None]
    """By topic, case and way in; None posts nothing."""
    nothing: Mapping[str, str]
    """Topics that post nothing, and why."""

    def rule(self, topic: str, case: str, via: str) -> Rule | None:
        """What to post, or None for nothing; raises ``NoRule``."""
        try:
            return self.posts[topic, case, via]
        except KeyError:
            raise NoRule(f"rules {self.number} have no entry for {topic}: {case!r}") from None

    @property
    def topics(self) -> set[str]:
        """Every event that these rules have an entry for."""
        return {topic for topic, _, _ in self.posts} | set(self.nothing)


class InForce:
    """Which version of the rules holds at which position."""

    def __init__(self, since: Mapping[int, int]) -> None:
        """``since`` gives the first position of each version that was ever used."""
        self.since = dict(since)
        self._starts = sorted((position, number) for number, position in self.since.items())

    def at(self, position: int) -> Rules:
        """Raises ``NoRule`` where no version holds yet."""
        index = bisect_right(self._starts, (position, LATEST))
        if not index:
            raise NoRule(f"no version of the rules is in force at position {position}")
        return version(self._starts[index - 1][1])


@cache
def version(number: int) -> Rules:
    """Read one version of the rules."""
    posts: dict[tuple[str, str, str], Rule | None] = {}
    nothing: dict[str, str] = {}
    for file in sorted(files(__package__).joinpath(f"rules_{number}").iterdir(), key=str):
        entries = tomllib.loads(file.read_text(encoding="utf-8"))
        nothing |= entries.get("nothing", {})
        for topic, cases in entries.get("posts", {}).items():
            if any(told == topic for told, _, _ in posts):
                raise ValueError(f"{topic} stands in two files")
            posts |= _posts(topic, cases)
    return Rules(number, posts, nothing)


def _posts(topic: str, cases: Mapping[str, str]) -> dict[tuple[str, str, str], Rule | None]:
    posts: dict[tuple[str, str, str], Rule | None] = {}
    for case, posting in sorted(cases.items(), key=lambda entry: " via " in entry[0]):
        plain, _, only = case.partition(" via ")
        for via, place in PLACE.items():
            if only in ("", via):
                posts[topic, plain, via] = _rule(posting, place)
    return posts


def _rule(posting: str, place: int) -> Rule | None:
    if posting == "nothing":
        return None
    name, _, accounts = posting.partition(": ")
    debits, _, credits = accounts.partition(" / ")
    rule = Rule(name, _accounts(debits, place), _accounts(credits, place))
    if len(rule.debits) != len(rule.credits):
        raise ValueError(f"{posting!r} does not add up to zero")
    return rule


def _accounts(names: str, place: int) -> tuple[int, ...]:
    return tuple(place if name == "place" else int(name) for name in names.split())
