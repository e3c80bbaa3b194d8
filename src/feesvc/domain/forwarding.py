"""Forwarding: money held for others that the agency's bank is told to pay on.

    Drawn ─ Approved ─ Debited ─ Received
      │                  └────── Returned
    Rejected

To the agency whose fee it is (P20b), to a postal operator (P20f), or back to the agency that had
collected and refunded it (P20i). From its approval it counts as forwarded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Self, TypeAlias
from uuid import UUID

from eventsourcing.domain import event

from feesvc.domain.accounts import BankAccount
from feesvc.domain.aggregate import Aggregate, FirstEvent
from feesvc.domain.bank_order import AnotherAmount, NothingToSend, NotThere, digest_of
from feesvc.domain.placement import Placement
from feesvc.domain.refund import ChangedSinceAsked, SamePerson
from feesvc.money import Money, total

MOST = 500
"""Transfers of one forwarding: each is written in the append that approves it."""
ForwardKind: TypeAlias = Literal["agency", "postal", "collector"]
State: TypeAlias = Literal["drawn", "rejected", "approved", "debited", "received", "returned"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Forwarded:
    """What is passed on of one transfer. ``intermediary`` is empty for money of a bank or desk."""

    transfer: UUID
    intermediary: str
    placements: tuple[Placement, ...]

    @property
    def amount(self) -> int:
        """In minor units."""
        return sum(placement.amount.amount for placement in self.placements)


class Forwarding(Aggregate):
    TOPIC = "forwarding"

    class Drawn(FirstEvent):
        """Someone proposes to pass this money on. ``beneficiary`` is an agency, or empty."""

        TOPIC = "forwarding.drawn"
        agency: str
        maker: str
        kind: ForwardKind
        beneficiary: str
        reference: str
        debited: BankAccount
        credited: BankAccount
        execute_on: date
        takes: tuple[Forwarded, ...]
        total: Money
        digest: str

    class Approved(Aggregate.Event):
        """Another person agreed; the bank is told."""

        TOPIC = "forwarding.approved"
        checker: str
        digest: str

    class Rejected(Aggregate.Event):
        """It will not be sent; the money is held as it was."""

        TOPIC = "forwarding.rejected"
        checker: str
        reason: str

    class Debited(Aggregate.Event):
        """The bank paid it (P20b, P20f, P20i)."""

        TOPIC = "forwarding.debited"
        kind: ForwardKind
        takes: tuple[Forwarded, ...]
        bank_reference: str
        occurred_at: datetime

    class Received(Aggregate.Event):
        """It arrived with the agency that it was for; that agency's own book says so too."""

        TOPIC = "forwarding.received"
        bank_reference: str
        occurred_at: datetime

    class Returned(Aggregate.Event):
        """The bank brought it back: it is held as before, and forwarded again."""

        TOPIC = "forwarding.returned"
        kind: ForwardKind
        takes: tuple[Forwarded, ...]
        bank_reference: str
        reason: str
        occurred_at: datetime

    @event(Drawn)
    def __init__(
        self, agency: str, maker: str, kind: ForwardKind, beneficiary: str, reference: str,
        debited: BankAccount, credited: BankAccount, execute_on: date,
        takes: tuple[Forwarded, ...], total: Money, digest: str,
    ) -> None:  # fmt: skip
        self.agency = agency
        self.maker = maker
        self.kind: ForwardKind = kind
        self.beneficiary = beneficiary
        self.reference = reference
        self.debited = debited
        self.credited = credited
        self.execute_on = execute_on
        self.takes = takes
        self.total = total
        self.digest = digest
        self.state: State = "drawn"
        self.bank_reference = ""

    @classmethod
    def draw(
        cls, id: UUID, agency: str, maker: str, kind: ForwardKind, beneficiary: str,
        reference: str, debited: BankAccount, credited: BankAccount, execute_on: date,
        takes: Sequence[Forwarded], at: datetime,
    ) -> Self:  # fmt: skip
        """Raises ``NothingToSend``."""
        if not 0 < len(takes) <= MOST:
            raise NothingToSend(f"{len(takes)} transfers")
        said = [
            f"{part.transfer} {p.to} {p.assessment} {p.line} {p.amount}"
            for part in takes
            for p in part.placements
        ]
        digest = digest_of(agency, kind, beneficiary, reference, debited, credited, *said)
        currency = debited.currency
        return cls.first(
            cls.Drawn, id, at, agency=agency, maker=maker, kind=kind, beneficiary=beneficiary,
            reference=reference, debited=debited, credited=credited, execute_on=execute_on,
            takes=tuple(takes), digest=digest,
            total=total((p.amount for part in takes for p in part.placements), currency),
        )  # fmt: skip

    def approve(self, checker: str, digest: str, at: datetime) -> None:
        self._check("drawn")
        if checker == self.maker:
            raise SamePerson("money is forwarded by another person than drew it")
        if digest != self.digest:
            raise ChangedSinceAsked(f"drawn: {self.digest}")
        self.record(self.Approved, at, checker=checker, digest=digest)

    def reject(self, checker: str, reason: str, at: datetime) -> None:
        self._check("drawn")
        self.record(self.Rejected, at, checker=checker, reason=reason)

    def debit(
        self, amount: Money, bank_reference: str, occurred_at: datetime, at: datetime
    ) -> None:
        if self.bank_reference == bank_reference:
            return
        self._check("approved", "received")
        if self.bank_reference:
            raise NotThere(f"forwarding {self.reference} was debited before")
        self._same(amount)
        self.record(
            self.Debited, at, kind=self.kind, takes=self.takes, bank_reference=bank_reference,
            occurred_at=occurred_at,
        )  # fmt: skip

    def receive(
        self, amount: Money, bank_reference: str, occurred_at: datetime, at: datetime
    ) -> None:
        """Its bank may tell the receiving agency before ours tells us of the debit."""
        self._check("approved", "debited")
        self._same(amount)
        self.record(self.Received, at, bank_reference=bank_reference, occurred_at=occurred_at)

    def give_back(
        self, amount: Money, bank_reference: str, reason: str, occurred_at: datetime, at: datetime
    ) -> None:
        self._check("debited")
        self._same(amount)
        self.record(
            self.Returned, at, kind=self.kind, takes=self.takes, bank_reference=bank_reference,
            reason=reason, occurred_at=occurred_at,
        )  # fmt: skip

    def _same(self, amount: Money) -> None:
        if amount != self.total:
            raise AnotherAmount(f"{self.reference} is of {self.total}, not {amount}")

    def _check(self, *states: State) -> None:
        if self.state not in states:
            raise NotThere(f"forwarding {self.reference} is {self.state}")

    @event(Approved)
    def _approved(self) -> None:
        self.state = "approved"

    @event(Rejected)
    def _rejected(self) -> None:
        self.state = "rejected"

    @event(Debited)
    def _debited(self, bank_reference: str) -> None:
        self.state = "received" if self.state == "received" else "debited"
        self.bank_reference = bank_reference

    @event(Received)
    def _received(self) -> None:
        self.state = "received"

    @event(Returned)
    def _returned(self) -> None:
        self.state = "returned"
