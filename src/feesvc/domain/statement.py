"""Statement: one batch of an intermediary, or one statement of a bank, that was accepted.

A stream per account, currency and name of the statement, so that two files of one batch can never
both stand. Its lines are rows; here stand the totals by which it was accepted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, TypeAlias
from uuid import UUID

from eventsourcing.domain import event

from feesvc.domain.aggregate import Aggregate, FirstEvent, Refusal
from feesvc.domain.refund import SamePerson
from feesvc.money import Money

Source: TypeAlias = Literal["settlement", "bank", "treasury"]


class StatementAccepted(Refusal):
    """Another file of the same batch or statement was accepted; supersede it"""


class StatementSuperseded(Refusal):
    """Somebody has superseded the statement since; look at the difference again"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one file says of a statement. ``net`` is what the lines add up to without the payout.

    ``statement`` is the row that holds its lines, ``evidence`` the SHA-256 of the file.
    """

    file: UUID
    statement: UUID
    evidence: str
    profile: str
    profile_version: int
    sequence: int | None
    starts_on: date | None
    ends_on: date
    opening: Money | None
    closing: Money | None
    count: int
    gross: Money
    commission: Money
    tax: Money
    net: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How the lines of a restated statement compare with those that stood."""

    unchanged: int
    changed: int
    removed: int
    added: int


class Statement(Aggregate):
    TOPIC = "statement"

    class Accepted(FirstEvent):
        """Its control totals hold, and its lines are open for matching."""

        TOPIC = "statement.accepted"
        agency: str
        source: Source
        account: UUID
        """Merchant account, or an agency's bank account."""
        currency: str
        identity: str
        told: Told

    class Superseded(Aggregate.Event):
        """Another file says it anew; a second person agreed to the difference."""

        TOPIC = "statement.superseded"
        source: Source
        account: UUID
        currency: str
        identity: str
        before: Told
        told: Told
        difference: Difference
        maker: str
        checker: str

    @event(Accepted)
    def __init__(
        self, agency: str, source: Source, account: UUID, currency: str, identity: str, told: Told
    ) -> None:  # fmt: skip
        self.agency = agency
        self.source: Source = source
        self.account = account
        self.currency = currency
        self.identity = identity
        self.told = told
        self.superseded: list[UUID] = []
        """The rows that stood before, oldest first."""

    @classmethod
    def accept(
        cls, id: UUID, standing: Statement | None, *, agency: str, source: Source, account: UUID,
        currency: str, identity: str, told: Told, at: datetime,
    ) -> Statement:  # fmt: skip
        """Raises ``StatementAccepted``; the same file again changes nothing."""
        if standing is None:
            return cls.first(
                cls.Accepted, id, at, agency=agency, source=source, account=account,
                currency=currency, identity=identity, told=told,
            )  # fmt: skip
        if standing.told.statement != told.statement:
            raise StatementAccepted(f"{identity} by file {standing.told.file}")
        return standing

    def supersede(
        self, before: UUID, told: Told, difference: Difference, maker: str, checker: str,
        at: datetime,
    ) -> None:  # fmt: skip
        """``before`` is the row that was compared. Raises ``StatementSuperseded``, ``SamePerson``;
        the same file again changes nothing."""
        if self.told.statement == told.statement:
            return
        if self.told.statement != before:
            raise StatementSuperseded(f"by file {self.told.file}")
        if maker == checker:
            raise SamePerson("a restated file is accepted by another person than brought it")
        self.record(
            self.Superseded, at, source=self.source, account=self.account, currency=self.currency,
            identity=self.identity, before=self.told, told=told, difference=difference,
            maker=maker, checker=checker,
        )  # fmt: skip

    @event(Superseded)
    def _superseded(self, before: Told, told: Told) -> None:
        self.superseded.append(before.statement)
        self.told = told
