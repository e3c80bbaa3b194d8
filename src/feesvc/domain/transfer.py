"""Transfer: money that moved, and everything that consumes it.

One stream per transaction at one merchant or bank account. Placed, reserved, refunded, disputed and
reversed money never adds up to more than was received, and no bucket gives more than it holds:
requests of our own beyond that are refused; a fact from outside takes what is there, and the rest
is recorded as ``beyond``, which stands on the disputed-funds account until a person explains it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

from eventsourcing.domain import event

from feesvc.domain.aggregate import Aggregate, FirstEvent
from feesvc.domain.buckets import Buckets
from feesvc.domain.placement import Move, Placement
from feesvc.money import Money, total

Source: TypeAlias = Literal["notification", "look_up", "settlement", "bank", "counter"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where the money is: with which intermediary, on which account, under which transaction."""

    via: Literal["intermediary", "bank", "cash"]
    intermediary: str
    account: UUID
    transaction: str
    payment: UUID | None


class Transfer(Aggregate):
    TOPIC = "transfer"

    class Received(FirstEvent):
        """Someone we trust says that this money was paid. Where it stands, ``Placed`` says."""

        TOPIC = "transfer.received"
        agency: str
        origin: Origin
        reference: str
        amount: Money
        source: Source
        evidence: str
        """The hash that names the raw message it rests on, or empty."""
        occurred_at: datetime

    class Placed(Aggregate.Event):
        """Where the money was placed first (P06 and its kin, P14a, P20a, P20e)."""

        TOPIC = "transfer.placed"
        origin: Origin
        placements: tuple[Placement, ...]
        occurred_at: datetime

    class RePlaced(Aggregate.Event):
        """Placed money went elsewhere (P02b, P06a, P23a)."""

        TOPIC = "transfer.re_placed"
        origin: Origin
        moves: tuple[Move, ...]
        reason: str

    class Settled(Aggregate.Event):
        """A settlement holds it. Commission and the tax on it, if stated, were withheld (P07a)."""

        TOPIC = "transfer.settled"
        origin: Origin
        batch: str
        line: str
        commission: Money
        tax: Money
        occurred_at: datetime

    class RefundReserved(Aggregate.Event):
        """Set aside for a refund that was asked for; posts nothing until it is approved."""

        TOPIC = "transfer.refund_reserved"
        refund: UUID
        takes: tuple[Placement, ...]

    class RefundReleased(Aggregate.Event):
        """The refund will not be paid: the money stands where it stood."""

        TOPIC = "transfer.refund_released"
        refund: UUID
        takes: tuple[Placement, ...]

    class RefundPaid(Aggregate.Event):
        """The reserved money went back to the payer."""

        TOPIC = "transfer.refund_paid"
        refund: UUID
        takes: tuple[Placement, ...]

    class Reversed(Aggregate.Event):
        """Undone before it was settled: the exact reverse of where it stood."""

        TOPIC = "transfer.reversed"
        origin: Origin
        takes: tuple[Placement, ...]
        beyond: Money
        reason: str
        occurred_at: datetime

    class Disputed(Aggregate.Event):
        """A payer disputes it and the intermediary took it back for now (P13a)."""

        TOPIC = "transfer.disputed"
        origin: Origin
        dispute: str
        amount: Money
        fee: Money
        takes: tuple[Placement, ...]
        beyond: Money
        occurred_at: datetime

    class DisputeWon(Aggregate.Event):
        """The disputed money came back (P13b)."""

        TOPIC = "transfer.dispute_won"
        origin: Origin
        dispute: str
        amount: Money
        takes: tuple[Placement, ...]
        occurred_at: datetime

    class DisputeLost(Aggregate.Event):
        """The disputed money is gone (P13c to P13p, by where it stood)."""

        TOPIC = "transfer.dispute_lost"
        origin: Origin
        dispute: str
        amount: Money
        takes: tuple[Placement, ...]
        beyond: Money
        occurred_at: datetime

    @event(Received)
    def __init__(
        self, agency: str, origin: Origin, reference: str, amount: Money, source: Source
    ) -> None:
        self.agency = agency
        self.origin = origin
        self.reference = reference
        self.amount = amount
        self.source = source
        self.buckets = Buckets()
        self.reserved: dict[UUID, tuple[Placement, ...]] = {}
        self.refunded = 0
        self.disputes: dict[str, tuple[Placement, ...]] = {}
        self.closed_disputes: set[str] = set()
        self.beyond: dict[str, int] = {}
        self.settled = False
        self.reversed = False

    # Commands decide.

    def place(self, placements: Sequence[Placement], occurred_at: datetime, at: datetime) -> None:
        assert total((p.amount for p in placements), self.amount.currency) == self.amount
        self.record(
            self.Placed, at, origin=self.origin, placements=tuple(placements),
            occurred_at=occurred_at,
        )  # fmt: skip

    def re_place(self, moves: Sequence[Move], reason: str, at: datetime) -> None:
        self.buckets.check([move.source for move in moves])
        self.record(self.RePlaced, at, origin=self.origin, moves=tuple(moves), reason=reason)

    def settle(
        self, *, batch: str, line: str, commission: Money, tax: Money, occurred_at: datetime,
        at: datetime,
    ) -> None:  # fmt: skip
        if not self.settled:
            self.record(
                self.Settled, at, origin=self.origin, batch=batch, line=line,
                commission=commission, tax=tax, occurred_at=occurred_at,
            )  # fmt: skip

    def reserve(self, refund: UUID, takes: Sequence[Placement], at: datetime) -> None:
        if refund not in self.reserved:
            self.check_covered(takes)
            self.record(self.RefundReserved, at, refund=refund, takes=tuple(takes))

    def release(self, refund: UUID, at: datetime) -> None:
        if refund in self.reserved:
            self.record(self.RefundReleased, at, refund=refund, takes=self.reserved[refund])

    def check_covered(self, takes: Sequence[Placement] = ()) -> None:
        """Refuse to give back what was taken back already, beyond all that was here."""
        self.buckets.check(takes, keep=sum(self.beyond.values()))

    def pay_refund(self, refund: UUID, at: datetime) -> None:
        if refund in self.reserved:
            self.record(self.RefundPaid, at, refund=refund, takes=self.reserved[refund])

    def reverse(
        self, takes: Sequence[Placement], reason: str, occurred_at: datetime, at: datetime
    ) -> None:
        if not self.reversed:
            self.record(
                self.Reversed, at, origin=self.origin, takes=tuple(takes),
                beyond=self.amount - total((t.amount for t in takes), self.amount.currency),
                reason=reason, occurred_at=occurred_at,
            )  # fmt: skip

    def dispute(
        self, dispute: str, amount: Money, fee: Money, occurred_at: datetime, at: datetime
    ) -> None:
        if dispute not in self.disputes and dispute not in self.closed_disputes:
            takes = self.buckets.take(amount.amount)
            taken = total((take.amount for take in takes), amount.currency)
            self.record(
                self.Disputed, at, origin=self.origin, dispute=dispute, amount=amount, fee=fee,
                takes=takes, beyond=amount - taken, occurred_at=occurred_at,
            )  # fmt: skip

    def win(self, dispute: str, occurred_at: datetime, at: datetime) -> None:
        if dispute in self.disputes:
            self.record(
                self.DisputeWon, at, origin=self.origin, dispute=dispute,
                amount=self._disputed(dispute), takes=self.disputes[dispute],
                occurred_at=occurred_at,
            )  # fmt: skip

    def lose(
        self, dispute: str, takes: Sequence[Placement], occurred_at: datetime, at: datetime
    ) -> None:
        """``takes`` are the disputed placements, each saying whether its fee is owed again."""
        if dispute in self.disputes:
            amount = self._disputed(dispute)
            taken = total((take.amount for take in takes), amount.currency)
            self.record(
                self.DisputeLost, at, origin=self.origin, dispute=dispute, amount=amount,
                takes=tuple(takes), beyond=amount - taken, occurred_at=occurred_at,
            )  # fmt: skip

    def _disputed(self, dispute: str) -> Money:
        takes = total((take.amount for take in self.disputes[dispute]), self.amount.currency)
        return takes + Money(self.beyond.get(dispute, 0), self.amount.currency)

    # Mutators record.

    @event(Placed)
    def _placed(self, placements: tuple[Placement, ...]) -> None:
        self.buckets.add(placements)

    @event(RePlaced)
    def _re_placed(self, moves: tuple[Move, ...]) -> None:
        self.buckets.remove([move.source for move in moves])
        self.buckets.add([move.target for move in moves])

    @event(Settled)
    def _settled(self) -> None:
        self.settled = True

    @event(RefundReserved)
    def _refund_reserved(self, refund: UUID, takes: tuple[Placement, ...]) -> None:
        self.buckets.remove(takes)
        self.reserved[refund] = takes

    @event(RefundReleased)
    def _refund_released(self, refund: UUID, takes: tuple[Placement, ...]) -> None:
        self.buckets.add(takes)
        self.reserved.pop(refund)

    @event(RefundPaid)
    def _refund_paid(self, refund: UUID, takes: tuple[Placement, ...]) -> None:
        self.reserved.pop(refund)
        self.refunded += sum(take.amount.amount for take in takes)

    @event(Reversed)
    def _reversed(self, takes: tuple[Placement, ...], beyond: Money) -> None:
        self.buckets.remove(takes)
        self.beyond[""] = beyond.amount
        self.reversed = True

    @event(Disputed)
    def _disputed_now(self, dispute: str, takes: tuple[Placement, ...], beyond: Money) -> None:
        self.buckets.remove(takes)
        self.disputes[dispute] = takes
        self.beyond[dispute] = beyond.amount

    @event(DisputeWon)
    def _dispute_won(self, dispute: str, takes: tuple[Placement, ...]) -> None:
        self.buckets.add(takes)
        self.beyond.pop(dispute)
        self.disputes.pop(dispute)
        self.closed_disputes.add(dispute)

    @event(DisputeLost)
    def _dispute_lost(self, dispute: str) -> None:
        self.disputes.pop(dispute)
        self.closed_disputes.add(dispute)
