"""File profiles: how the tables that one account's counterparty sends are to be read, since when.

    proposed ─┬─ approved (by a second person), in force from a day on
              └─ rejected

One stream per account. A version never changes; the one before it stays for the files of its days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from eventsourcing.domain import event

from feesvc.domain.aggregate import Aggregate, FirstEvent, Refusal
from feesvc.domain.refund import ChangedSinceAsked, SamePerson


class UnknownProfile(Refusal):
    """There is no such version of a profile waiting for a decision"""


@dataclass(slots=True)
class ProfileVersion:
    """``text`` is the canonical JSON of the profile, ``digest`` its SHA-256 in hex."""

    number: int
    name: str
    text: str
    digest: str
    valid_from: date
    maker: str
    state: Literal["proposed", "approved", "rejected"] = "proposed"
    checker: str = ""


class FileProfiles(Aggregate):
    TOPIC = "file_profiles"

    class Opened(FirstEvent):
        """An account begins to say how its files are read."""

        TOPIC = "file_profiles.opened"
        agency: str
        account: UUID

    class Proposed(Aggregate.Event):
        """Somebody proposes how files are read from a day on."""

        TOPIC = "file_profiles.proposed"
        number: int
        name: str
        text: str
        digest: str
        valid_from: date
        maker: str

    class Approved(Aggregate.Event):
        """Somebody else agreed, after trying it on a file."""

        TOPIC = "file_profiles.approved"
        number: int
        digest: str
        checker: str

    class Rejected(Aggregate.Event):
        """No file is read so."""

        TOPIC = "file_profiles.rejected"
        number: int
        checker: str
        reason: str

    @event(Opened)
    def __init__(self, agency: str, account: UUID) -> None:
        self.agency = agency
        self.account = account
        self.versions: dict[int, ProfileVersion] = {}

    def propose(
        self, name: str, text: str, digest: str, valid_from: date, maker: str, at: datetime
    ) -> int:
        """Gives the number of the version."""
        number = len(self.versions) + 1
        self.record(
            self.Proposed, at, number=number, name=name, text=text, digest=digest,
            valid_from=valid_from, maker=maker,
        )  # fmt: skip
        return number

    def approve(self, number: int, digest: str, checker: str, at: datetime) -> None:
        """Raises ``UnknownProfile``, ``SamePerson``, ``ChangedSinceAsked``."""
        waiting = self._waiting(number)
        if waiting.maker == checker:
            raise SamePerson("a profile is approved by another person than proposed it")
        if waiting.digest != digest:
            raise ChangedSinceAsked(f"proposed: {waiting.digest}")
        self.record(self.Approved, at, number=number, digest=digest, checker=checker)

    def reject(self, number: int, checker: str, reason: str, at: datetime) -> None:
        """Raises ``UnknownProfile``."""
        self._waiting(number)
        self.record(self.Rejected, at, number=number, checker=checker, reason=reason)

    def in_force(self, day: date) -> ProfileVersion | None:
        """The approved version that holds on ``day``: the latest day, then the latest number."""
        held = [one for one in self.versions.values() if one.state == "approved"]
        due = [one for one in held if one.valid_from <= day]
        return max(due, key=lambda one: (one.valid_from, one.number), default=None)

    def _waiting(self, number: int) -> ProfileVersion:
        found = self.versions.get(number)
        if found is None or found.state != "proposed":
            raise UnknownProfile(str(number))
        return found

    @event(Proposed)
    def _proposed(
        self, number: int, name: str, text: str, digest: str, valid_from: date, maker: str
    ) -> None:
        self.versions[number] = ProfileVersion(number, name, text, digest, valid_from, maker)

    @event(Approved)
    def _approved(self, number: int, checker: str) -> None:
        self.versions[number].state = "approved"
        self.versions[number].checker = checker

    @event(Rejected)
    def _rejected(self, number: int, checker: str) -> None:
        self.versions[number].state = "rejected"
        self.versions[number].checker = checker
