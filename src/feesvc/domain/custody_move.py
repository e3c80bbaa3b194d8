"""Custody move: money between an agency's own accounts, or an invoice paid, ordered by two people.

Requested ─ Approved ─ Booked
    └────── Rejected
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Self, TypeAlias, get_args
from uuid import UUID

from eventsourcing.domain import event

from feesvc.domain.aggregate import Aggregate, FirstEvent, Refusal
from feesvc.domain.bank_order import AnotherAmount, NotThere, digest_of
from feesvc.domain.refund import ChangedSinceAsked, SamePerson
from feesvc.money import Money

MoveKind: TypeAlias = Literal[
    "retained_to_deposit", "retained_to_deposit_from_fees", "retained_back", "whole_from_retained",
    "whole_from_estimate", "invoice_paid", "advance_to_custody", "fees_to_treasury",
]  # fmt: skip
"""P16d, P16i, P16e, P07e, P07f, P07d, P14e, P16g."""
MOVE_KINDS: tuple[MoveKind, ...] = get_args(MoveKind)
TAKES_FROM_COVER: tuple[MoveKind, ...] = ("retained_to_deposit", "retained_to_deposit_from_fees")
"""They leave less in the accounts that cover what is owed to others."""
State: TypeAlias = Literal["requested", "approved", "rejected", "booked"]


class NoAmount(Refusal):
    """A move is of a positive amount"""


class CustodyMove(Aggregate):
    TOPIC = "custody_move"

    class Requested(FirstEvent):
        """Someone asks that money of the agency stand elsewhere. ``reason`` is a code."""

        TOPIC = "custody_move.requested"
        agency: str
        maker: str
        reference: str
        kind: MoveKind
        amount: Money
        reason: str
        digest: str

    class Approved(Aggregate.Event):
        """Another person agreed; the bank is told."""

        TOPIC = "custody_move.approved"
        checker: str
        digest: str

    class Rejected(Aggregate.Event):
        """It will not be done."""

        TOPIC = "custody_move.rejected"
        checker: str
        reason: str

    class Booked(Aggregate.Event):
        """The bank or the Treasury did it."""

        TOPIC = "custody_move.booked"
        kind: MoveKind
        amount: Money
        bank_reference: str
        occurred_at: datetime

    @event(Requested)
    def __init__(
        self, agency: str, maker: str, reference: str, kind: MoveKind, amount: Money, reason: str,
        digest: str,
    ) -> None:  # fmt: skip
        self.agency = agency
        self.maker = maker
        self.reference = reference
        self.kind: MoveKind = kind
        self.amount = amount
        self.reason = reason
        self.digest = digest
        self.state: State = "requested"
        self.bank_reference = ""

    @classmethod
    def request(
        cls, id: UUID, agency: str, maker: str, reference: str, kind: MoveKind, amount: Money,
        reason: str, at: datetime,
    ) -> Self:  # fmt: skip
        if amount.amount <= 0:
            raise NoAmount(str(amount))
        digest = digest_of(agency, reference, kind, amount, reason)
        return cls.first(
            cls.Requested, id, at, agency=agency, maker=maker, reference=reference, kind=kind,
            amount=amount, reason=reason, digest=digest,
        )  # fmt: skip

    def approve(self, checker: str, digest: str, at: datetime) -> None:
        self._check("requested")
        if checker == self.maker:
            raise SamePerson("a move is approved by another person than asked for it")
        if digest != self.digest:
            raise ChangedSinceAsked(f"asked: {self.digest}")
        self.record(self.Approved, at, checker=checker, digest=digest)

    def reject(self, checker: str, reason: str, at: datetime) -> None:
        self._check("requested", "approved")
        self.record(self.Rejected, at, checker=checker, reason=reason)

    def book(self, amount: Money, bank_reference: str, occurred_at: datetime, at: datetime) -> None:
        """Raises ``AnotherAmount``; the same line again is no news."""
        if self.bank_reference == bank_reference:
            return
        self._check("approved")
        if amount != self.amount:
            raise AnotherAmount(f"{self.reference} is of {self.amount}, not {amount}")
        self.record(
            self.Booked, at, kind=self.kind, amount=amount, bank_reference=bank_reference,
            occurred_at=occurred_at,
        )  # fmt: skip

    def _check(self, *states: State) -> None:
        if self.state not in states:
            raise NotThere(f"move {self.reference} is {self.state}")

    @event(Approved)
    def _approved(self) -> None:
        self.state = "approved"

    @event(Rejected)
    def _rejected(self) -> None:
        self.state = "rejected"

    @event(Booked)
    def _booked(self, bank_reference: str) -> None:
        self.state = "booked"
        self.bank_reference = bank_reference
