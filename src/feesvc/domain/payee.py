"""Payee: the bank account to which one refund goes, named by one person, confirmed by another.

    Named ⇄ Changed ─ Confirmed

The account itself stands with a subject of its own, written once: what was confirmed is what is
paid. An account that is changed must be confirmed anew.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Literal, TypeAlias
from uuid import UUID

from eventsourcing.domain import event

from feesvc.domain.aggregate import Aggregate, FirstEvent, Refusal
from feesvc.domain.refund import ChangedSinceAsked, SamePerson

NameCheck: TypeAlias = Literal["matches", "differs", "unknown"]
"""Whether the holder's name reads as the payer's does; unknown where we know no payer's name."""


class NameNotAcknowledged(Refusal):
    """The account's holder is not known to be the payer: say that you have seen it"""


class Payee(Aggregate):
    TOPIC = "payee"

    class Named(FirstEvent):
        """Somebody said to which account the refund goes."""

        TOPIC = "payee.named"
        agency: str
        refund: UUID
        giver: str
        account: UUID
        """The subject with whom the account stands."""
        name_check: NameCheck

    class Changed(Aggregate.Event):
        """It goes to another account; whoever confirmed the one before did not confirm this."""

        TOPIC = "payee.changed"
        giver: str
        account: UUID
        name_check: NameCheck

    class Confirmed(Aggregate.Event):
        """Another person agreed to exactly this account."""

        TOPIC = "payee.confirmed"
        checker: str
        digest: str
        acknowledged: bool
        """They said that the name is not known to match, and agreed all the same."""

    @event(Named)
    def __init__(
        self, agency: str, refund: UUID, giver: str, account: UUID, name_check: NameCheck
    ) -> None:
        self.agency = agency
        self.refund = refund
        self.giver = giver
        self.account = account
        self.name_check = name_check
        self.checkers: list[str] = []

    @property
    def digest(self) -> str:
        """What a confirmation is bound to: this refund, this account, this outcome of the check."""
        said = f"{self.refund}\n{self.account}\n{self.name_check}"
        return sha256(said.encode()).hexdigest()

    @property
    def confirmed(self) -> bool:
        return bool(self.checkers)

    def change(self, giver: str, account: UUID, name_check: NameCheck, at: datetime) -> None:
        if account != self.account:
            self.record(self.Changed, at, giver=giver, account=account, name_check=name_check)

    def confirm(self, checker: str, digest: str, acknowledged: bool, at: datetime) -> None:
        """Repeating it changes nothing."""
        if checker == self.giver:
            raise SamePerson("an account is confirmed by another person than named it")
        if digest != self.digest:
            raise ChangedSinceAsked(f"the account now: {self.digest}")
        if self.name_check != "matches" and not acknowledged:
            raise NameNotAcknowledged(self.name_check)
        if checker not in self.checkers:
            acknowledged = acknowledged and self.name_check != "matches"
            self.record(
                self.Confirmed, at, checker=checker, digest=digest, acknowledged=acknowledged
            )

    @event(Changed)
    def _changed(self, giver: str, account: UUID, name_check: NameCheck) -> None:
        self.giver = giver
        self.account = account
        self.name_check = name_check
        self.checkers = []

    @event(Confirmed)
    def _confirmed(self, checker: str) -> None:
        self.checkers.append(checker)
