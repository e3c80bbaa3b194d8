"""Reclassification: money in suspense, or a payer's credit, is to stand elsewhere.

    Requested ─ Approved | Rejected

Whoever asks is not who approves, unless the amount is within what the agency lets one person
decide. An approval is bound to the hash of what was asked, and to the money still standing as it
stood then.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Literal, TypeAlias
from uuid import UUID

from eventsourcing.domain import event

from feesvc.domain.aggregate import Aggregate, FirstEvent, Refusal
from feesvc.domain.placement import Move, Placement
from feesvc.domain.refund import ChangedSinceAsked, SamePerson, WrongState
from feesvc.money import Money

Purpose: TypeAlias = Literal["apply", "hold_for_agency", "credit_payer", "disclaim"]
"""Pay an assessment (P23a, P06a, P23c), hold it for another agency (P23c), keep it as the credit of
a payer who owes nothing (P23e), or prove that it is not ours (P23d)."""
State: TypeAlias = Literal["requested", "approved", "rejected"]


class ItemMoved(Refusal):
    """The money, or what it was to pay, does not stand as it did when this was asked"""


class Reclassification(Aggregate):
    TOPIC = "reclassification"

    class Requested(FirstEvent):
        """Someone asked that money stand elsewhere. ``held`` is all that stood at its place."""

        TOPIC = "reclassification.requested"
        agency: str
        maker: str
        purpose: Purpose
        transfer: UUID
        source: Placement
        targets: tuple[Placement, ...]
        """Nothing where the money is proved not to be ours."""
        held: Money
        reason: str
        subject: UUID | None
        """The payer, where they were identified."""
        needs_second: bool
        digest: str

    class Approved(Aggregate.Event):
        """It was agreed to, and the money was moved in the same append."""

        TOPIC = "reclassification.approved"
        checker: str
        """Whoever asked, where the amount is within what the agency lets one person decide."""
        digest: str

    class Rejected(Aggregate.Event):
        """It will not be done; the money stands where it stood."""

        TOPIC = "reclassification.rejected"
        checker: str
        reason: str

    @event(Requested)
    def __init__(
        self, agency: str, maker: str, purpose: Purpose, transfer: UUID, source: Placement,
        targets: tuple[Placement, ...], held: Money, reason: str, subject: UUID | None,
        needs_second: bool, digest: str,
    ) -> None:  # fmt: skip
        self.agency = agency
        self.maker = maker
        self.purpose = purpose
        self.transfer = transfer
        self.source = source
        self.targets = targets
        self.held = held
        self.reason = reason
        self.subject = subject
        self.needs_second = needs_second
        self.digest = digest
        self.state: State = "requested"

    @property
    def moves(self) -> list[Move]:
        return [Move(source=self.source.of(t.amount.amount), target=t) for t in self.targets]

    def approve(self, checker: str, digest: str, at: datetime) -> None:
        self._check_waiting()
        if self.needs_second and checker == self.maker:
            raise SamePerson("money is reclassified by another person than asked for it")
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


def digest_of(
    purpose: Purpose, transfer: UUID, source: Placement, targets: Sequence[Placement], held: Money,
    reason: str,
) -> str:  # fmt: skip
    """The hash that an approval is bound to: what moves, from where to where, and what stood."""
    said = [purpose, str(transfer), reason, str(held)]
    said += [
        f"{place.to} {place.assessment} {place.line} {place.beneficiary} {place.amount}"
        for place in (source, *targets)
    ]
    return sha256("\n".join(said).encode()).hexdigest()
