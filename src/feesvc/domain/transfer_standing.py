"""What a transfer decides on where its money is kept: in our bank, or passed on to others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from feesvc.domain import transfer_adjustments as adjustments
from feesvc.domain import transfer_events as events
from feesvc.domain import transfer_forwarded as forwarded
from feesvc.domain.aggregate import Aggregate
from feesvc.domain.buckets import Buckets
from feesvc.domain.origin import Origin, Source
from feesvc.domain.placement import SURCHARGE, Placement
from feesvc.domain.settled_part import SettledParts
from feesvc.money import Money, total

RESTATED = "restated"
"""Why money is reversed of which only a file told that was restated: it may be told again."""
TOLD_FIRST = "settlement:"
"""Begins the name of a dispute of which a settlement line was the first word."""


class TransferStanding(Aggregate):
    """The part of a transfer that knows where its money is kept."""

    ToldAgain: ClassVar[type[events.ToldAgain]]
    DisputeNamed: ClassVar[type[events.DisputeNamed]]
    ClaimWithdrawn: ClassVar[type[adjustments.ClaimWithdrawn]]
    Banked: ClassVar[type[events.Banked]]
    Unbanked: ClassVar[type[events.Unbanked]]
    Forwarded: ClassVar[type[forwarded.Forwarded]]
    ForwardingUndone: ClassVar[type[forwarded.ForwardingUndone]]

    if TYPE_CHECKING:  # set when it is received; the library would make fields of them
        origin: Origin
        buckets: Buckets
        reference: str
        amount: Money
        claimed: int
        given_up: int
        banked: bool
        reversed: bool
        unheard: bool
        """Only a file that was restated had told of it, and it was taken back."""
        reserved: dict[UUID, tuple[Placement, ...]]
        disputes: dict[str, tuple[Placement, ...]]
        closed_disputes: set[str]
        dispute_names: dict[str, str]
        """What intermediaries call those of which a settlement told first."""
        beyond: dict[str, int]
        disclaimed: int
        parts: SettledParts
        payouts: dict[UUID, tuple[Placement, ...]]
        forwardings: dict[UUID, tuple[Placement, ...]]

    def tell_again(
        self, amount: Money, source: Source, evidence: str, occurred_at: datetime, at: datetime
    ) -> None:
        """Money of a line that a restated file had left out or changed; ``place`` it then."""
        assert self.unheard
        self.tell(
            self.ToldAgain, at, reference=self.reference, amount=amount, before=self.amount,
            source=source, evidence=evidence, occurred_at=occurred_at,
        )  # fmt: skip

    def knows_dispute(self, dispute: str) -> bool:
        return dispute in self.disputes or dispute in self.closed_disputes

    def dispute_called(self, name: str, amount: Money, at: datetime) -> str:
        """What it is known as here. An open one that a settlement told first takes the first name
        that comes with its amount; any other is a dispute of its own.
        """
        if name not in self.dispute_names and not self.knows_dispute(name):
            unnamed = [
                told for told in self.disputes
                if told.startswith(TOLD_FIRST) and told not in self.dispute_names.values()
            ]  # fmt: skip
            if unnamed and self.disputed(unnamed[0]) == amount:
                self.record(self.DisputeNamed, at, dispute=unnamed[0], name=name)
        return self.dispute_names.get(name, name)

    def disputed(self, dispute: str) -> Money:
        beyond = Money(self.beyond.get(dispute, 0), self.amount.currency)
        return self.sum(self.disputes[dispute]) + beyond

    def sum(self, placements: Sequence[Placement]) -> Money:
        return total((placement.amount for placement in placements), self.amount.currency)

    def withdraw_claim(self, at: datetime) -> None:
        """What was claimed of it is settled, or undone, after all."""
        if self.claimed or self.given_up:
            amounts = (self.claimed + self.given_up, self.given_up)
            claimed, lost = (Money(amount, self.amount.currency) for amount in amounts)
            self.tell(self.ClaimWithdrawn, at, amount=claimed, written_off=lost)

    def tell(self, event_class: type[Aggregate.Event], at: datetime, **facts: Any) -> None:
        self.record(event_class, at, origin=self.origin, **facts)

    @property
    def surcharge(self) -> int:
        """What its payer paid on top for the commission, used for it or not, in minor units."""
        return self.buckets.holds(SURCHARGE) + self.parts.surcharge

    @property
    def settled(self) -> bool:
        """Whether a settlement batch holds it, or held it."""
        return self.parts.settled

    @property
    def ours(self) -> Money:
        """What was received, less what proved not to be ours, or to be the payout of a batch."""
        paid_out = sum(take.amount.amount for takes in self.payouts.values() for take in takes)
        return Money(self.amount.amount - self.disclaimed - paid_out, self.amount.currency)

    @property
    def in_bank(self) -> bool:
        """Whether its money is in the bank of the agency that took it."""
        return not self.reversed and (self.banked or self.origin.via == "bank")

    @property
    def paying(self) -> list[UUID]:
        """The assessments of its own agency that it still pays, set aside or disputed or not."""
        places = [*self.buckets]
        for aside in (*self.reserved.values(), *self.disputes.values()):
            places += aside
        ours = [p for p in places if p.to == "line" and p.beneficiary == self.agency]
        return list(dict.fromkeys(p.assessment for p in ours if p.assessment is not None))

    def bank(self, occurred_at: datetime, at: datetime) -> bool:
        """It came into the bank: its batch was credited, its cash paid in. False: known before."""
        if self.in_bank or self.reversed:
            return False
        self.record(self.Banked, at, occurred_at=occurred_at)
        return True

    def unbank(self, occurred_at: datetime, at: datetime) -> bool:
        """The credit that had brought it was taken back, or was another's."""
        if not self.banked:
            return False
        self.record(self.Unbanked, at, occurred_at=occurred_at)
        return True

    def forward(self, forwarding: UUID, takes: Sequence[Placement], at: datetime) -> None:
        """Free money of others goes on to them; raises ``MoreThanIsLeft``."""
        if forwarding not in self.forwardings:
            self.buckets.check(takes)
            self.record(self.Forwarded, at, forwarding=forwarding, takes=tuple(takes))

    def undo_forwarding(self, forwarding: UUID, at: datetime) -> None:
        """It came back. What was taken of it meanwhile is not there any more."""
        back = []
        for take in passed_on(self.forwardings.get(forwarding, ())):
            amount = min(take.amount.amount, self.buckets.holds(take.bucket))
            if amount:
                back.append(take.of(amount))
        if forwarding in self.forwardings:
            self.record(self.ForwardingUndone, at, forwarding=forwarding, takes=tuple(back))


def passed_on(takes: Sequence[Placement]) -> tuple[Placement, ...]:
    """The same places, the money passed on."""
    return tuple(replace(take, state="forwarded") for take in takes)


def taken_back(takes: Sequence[Placement]) -> tuple[Placement, ...]:
    """The same places, the money not passed on."""
    return tuple(replace(take, state="collected") for take in takes)
