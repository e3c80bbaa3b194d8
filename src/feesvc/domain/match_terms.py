"""Match terms: which passes look for matches, in which order, how far and how alike, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Literal, TypeAlias

from feesvc.domain.aggregate import Refusal

Pass: TypeAlias = Literal[
    "transaction", "reference", "original", "linked", "similarity",
    "batch", "split_merged", "window", "exclusions",
]  # fmt: skip
"""The first five look at settlement lines, the others at bank lines."""
KEYS: tuple[Pass, ...] = ("transaction", "reference", "original")
SETTLEMENT: tuple[Pass, ...] = (*KEYS, "linked", "similarity")
BANK: tuple[Pass, ...] = ("batch", "split_merged", "window", "exclusions")
ACCOUNTS = ("1290", "5320")
"""What a difference may be posted to without a person: a claim, or a bank charge."""
MOST_DAYS = 30
MOST_DISTANCE = 3


class BadMatchTerms(Refusal):
    """These are no terms to match by"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """A difference of a bank credit that needs no person: up to ``cap`` minor units, to one
    account (1290 a claim on whoever paid too little, 5320 a bank charge)."""

    account: str
    currency: str
    cap: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchTerms:
    """Without a tolerance, none: a difference of one đồng is a difference."""

    passes: tuple[Pass, ...] = (*SETTLEMENT, *BANK)
    """In the order in which they look; what one of them explains, no later one sees."""
    days: int = 3
    """Business days within which two sides may lie apart where no key says that they agree."""
    distance: int = 3
    """Letters in which a damaged reference may differ from the one it was."""
    margin: int = 2
    """By how many letters the next best must be further away; less is ambiguous."""
    tolerances: tuple[Tolerance, ...] = ()

    @property
    def digest(self) -> str:
        return sha256(repr(self).encode()).hexdigest()

    def looks(self, name: Pass) -> bool:
        return name in self.passes

    def tolerance(self, account: str, currency: str) -> int:
        return max(
            (t.cap for t in self.tolerances if (t.account, t.currency) == (account, currency)),
            default=0,
        )

    def check(self) -> MatchTerms:
        """Raises ``BadMatchTerms``."""
        known = (*SETTLEMENT, *BANK)
        if len(set(self.passes)) < len(self.passes) or set(self.passes) - set(known):
            raise BadMatchTerms(f"passes are each of {', '.join(known)} once at most")
        places = {name: place for place, name in enumerate(self.passes)}
        if any(
            places[key] > places["linked"] for key in KEYS if key in places and "linked" in places
        ):
            raise BadMatchTerms("keys are looked at before what differs under the same key")
        if "similarity" in places and places["similarity"] < max(
            (places[name] for name in (*KEYS, "linked") if name in places), default=-1
        ):
            raise BadMatchTerms("what only looks alike is looked at last")
        if not (0 <= self.days <= MOST_DAYS and 0 <= self.distance <= MOST_DISTANCE):
            raise BadMatchTerms(f"0 to {MOST_DAYS} days, a distance of 0 to {MOST_DISTANCE}")
        if self.margin < 1:
            raise BadMatchTerms("a margin of 1 at least")
        for tolerance in self.tolerances:
            if tolerance.account not in ACCOUNTS or tolerance.cap <= 0 or not tolerance.currency:
                raise BadMatchTerms(f"a tolerance names {' or '.join(ACCOUNTS)}, and a cap")
        return self
