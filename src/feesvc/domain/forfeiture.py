"""Forfeiture: an advance, or what is left of it, falls to the State budget (P14d).

    Requested ─ Approved | Rejected

Whoever asks is not who approves, and an approval is bound to the hash of what was asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Literal, Self, TypeAlias
from uuid import UUID

from eventsourcing.domain import event

from feesvc.domain.aggregate import Aggregate, FirstEvent
from feesvc.domain.refund import ChangedSinceAsked, SamePerson, WrongState
from feesvc.money import Money, total

State: TypeAlias = Literal["requested", "approved", "rejected"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ForfeitedLine:
    """So much of one line of an advance's assessment."""

    line: int
    amount: Money


class Forfeiture(Aggregate):
    TOPIC = "forfeiture"

    class Requested(FirstEvent):
        """Someone asked that it fall to the budget; it stands where it stood until another agrees.

        ``reason`` is a code of the agency's rules of work, for the decision that it rests on.
        """

        TOPIC = "forfeiture.requested"
        agency: str
        maker: str
        assessment: UUID
        lines: tuple[ForfeitedLine, ...]
        amount: Money
        reason: str
        digest: str

    class Approved(Aggregate.Event):
        """Another person agreed; the assessment's own event, of the same append, posts it."""

        TOPIC = "forfeiture.approved"
        checker: str
        digest: str

    class Rejected(Aggregate.Event):
        """It will not be done."""

        TOPIC = "forfeiture.rejected"
        checker: str
        reason: str

    @event(Requested)
    def __init__(
        self, agency: str, maker: str, assessment: UUID, lines: tuple[ForfeitedLine, ...],
        amount: Money, reason: str, digest: str,
    ) -> None:  # fmt: skip
        self.agency = agency
        self.maker = maker
        self.assessment = assessment
        self.lines = lines
        self.amount = amount
        self.reason = reason
        self.digest = digest
        self.state: State = "requested"

    @classmethod
    def request(
        cls, id: UUID, agency: str, maker: str, assessment: UUID, amounts: Mapping[int, int],
        currency: str, reason: str, at: datetime,
    ) -> Self:  # fmt: skip
        lines = tuple(
            ForfeitedLine(line=number, amount=Money(amount, currency))
            for number, amount in sorted(amounts.items())
        )
        return cls.first(
            cls.Requested, id, at, agency=agency, maker=maker, assessment=assessment, lines=lines,
            amount=total((line.amount for line in lines), currency), reason=reason,
            digest=_digest_of(agency, assessment, lines, reason),
        )  # fmt: skip

    @property
    def amounts(self) -> dict[int, int]:
        """Line → minor units."""
        return {line.line: line.amount.amount for line in self.lines}

    def approve(self, checker: str, digest: str, at: datetime) -> None:
        self._check_waiting()
        if checker == self.maker:
            raise SamePerson("an advance is forfeited by another person than asked for it")
        if digest != self.digest:
            raise ChangedSinceAsked(f"asked: {self.digest}")
        self.record(self.Approved, at, checker=checker, digest=digest)

    def reject(self, checker: str, reason: str, at: datetime) -> None:
        self._check_waiting()
        self.record(self.Rejected, at, checker=checker, reason=reason)

    def _check_waiting(self) -> None:
        if self.state != "requested":
            raise WrongState(f"it is {self.state}")

    @event(Approved)
    def _approved(self) -> None:
        self.state = "approved"

    @event(Rejected)
    def _rejected(self) -> None:
        self.state = "rejected"


def _digest_of(agency: str, assessment: UUID, lines: Sequence[ForfeitedLine], reason: str) -> str:
    """The hash that an approval is bound to."""
    said = [agency, str(assessment), reason, *(f"{one.line} {one.amount}" for one in lines)]
    return sha256("\n".join(said).encode()).hexdigest()
