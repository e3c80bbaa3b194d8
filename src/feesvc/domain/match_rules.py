"""Match rules: how lines are matched for an agency or one of its accounts, since when.

    proposed ─┬─ approved (by a second person), in force from a day on
              └─ rejected

One stream for the agency, and one for each account with rules of its own. A version never changes:
a run names the one that it began with, whatever is approved meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Literal
from uuid import UUID

from eventsourcing.domain import event

from feesvc.domain.aggregate import Aggregate, FirstEvent, Refusal
from feesvc.domain.match_terms import MatchTerms
from feesvc.domain.refund import ChangedSinceAsked, SamePerson


class UnknownMatchRules(Refusal):
    """There is no such version of match rules waiting for a decision"""


@dataclass(slots=True)
class RulesVersion:
    """``digest`` is what an approval is bound to."""

    number: int
    terms: MatchTerms
    valid_from: date
    digest: str
    maker: str
    state: Literal["proposed", "approved", "rejected"] = "proposed"
    checker: str = ""


class MatchRules(Aggregate):
    TOPIC = "match_rules"

    class Opened(FirstEvent):
        """An agency, or one account of it, begins to have rules of its own."""

        TOPIC = "match_rules.opened"
        agency: str
        account: UUID | None

    class Proposed(Aggregate.Event):
        """Somebody proposes how lines are matched from a day on."""

        TOPIC = "match_rules.proposed"
        number: int
        terms: MatchTerms
        valid_from: date
        digest: str
        maker: str

    class Approved(Aggregate.Event):
        """Somebody else agreed."""

        TOPIC = "match_rules.approved"
        number: int
        digest: str
        checker: str

    class Rejected(Aggregate.Event):
        """Nothing is matched so."""

        TOPIC = "match_rules.rejected"
        number: int
        checker: str
        reason: str

    @event(Opened)
    def __init__(self, agency: str, account: UUID | None) -> None:
        self.agency = agency
        self.account = account
        self.versions: dict[int, RulesVersion] = {}

    def propose(self, terms: MatchTerms, valid_from: date, maker: str, at: datetime) -> int:
        """Gives the number of the version; raises ``BadMatchTerms``."""
        number = len(self.versions) + 1
        self.record(
            self.Proposed, at, number=number, terms=terms.check(), valid_from=valid_from,
            digest=digest_of(terms, valid_from), maker=maker,
        )  # fmt: skip
        return number

    def approve(self, number: int, digest: str, checker: str, at: datetime) -> None:
        """Raises ``UnknownMatchRules``, ``SamePerson``, ``ChangedSinceAsked``."""
        waiting = self._waiting(number)
        if waiting.maker == checker:
            raise SamePerson("rules are approved by another person than proposed them")
        if waiting.digest != digest:
            raise ChangedSinceAsked(f"proposed: {waiting.digest}")
        self.record(self.Approved, at, number=number, digest=digest, checker=checker)

    def reject(self, number: int, checker: str, reason: str, at: datetime) -> None:
        """Raises ``UnknownMatchRules``."""
        self._waiting(number)
        self.record(self.Rejected, at, number=number, checker=checker, reason=reason)

    def in_force(self, day: date) -> RulesVersion | None:
        """The approved version that holds on ``day``: the latest day, then the latest number."""
        held = [one for one in self.versions.values() if one.state == "approved"]
        due = [one for one in held if one.valid_from <= day]
        return max(due, key=lambda one: (one.valid_from, one.number), default=None)

    def _waiting(self, number: int) -> RulesVersion:
        found = self.versions.get(number)
        if found is None or found.state != "proposed":
            raise UnknownMatchRules(str(number))
        return found

    @event(Proposed)
    def _proposed(
        self, number: int, terms: MatchTerms, valid_from: date, digest: str, maker: str
    ) -> None:
        self.versions[number] = RulesVersion(number, terms, valid_from, digest, maker)

    @event(Approved)
    def _approved(self, number: int, checker: str) -> None:
        self.versions[number].state = "approved"
        self.versions[number].checker = checker

    @event(Rejected)
    def _rejected(self, number: int, checker: str) -> None:
        self.versions[number].state = "rejected"
        self.versions[number].checker = checker


def digest_of(terms: MatchTerms, valid_from: date) -> str:
    """The hash that an approval is bound to."""
    return sha256(f"{terms.digest}\n{valid_from}".encode()).hexdigest()
