"""Transfer: money that moved, and everything that consumes it.

One stream per transaction at one account. No bucket gives more than it holds: our own requests
beyond that are refused; a fact from outside takes what is there, and the rest is recorded as
``beyond``, which stands on the disputed-funds account until a person explains it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from eventsourcing.domain import event

from feesvc.domain import transfer_adjustments as adjustments
from feesvc.domain import transfer_events as events
from feesvc.domain import transfer_forwarded as forwarded
from feesvc.domain.buckets import Buckets
from feesvc.domain.lapse import LapsedPart, Lapses
from feesvc.domain.origin import Origin
from feesvc.domain.placement import Move, Placement, on_top
from feesvc.domain.settled_part import SettledPart, SettledParts
from feesvc.domain.transfer_disputes import TransferDisputes
from feesvc.domain.transfer_standing import RESTATED, passed_on, taken_back
from feesvc.money import Money


class Transfer(TransferDisputes):
    TOPIC = "transfer"

    Received = events.Received
    ToldAgain = events.ToldAgain
    Placed = events.Placed
    RePlaced = events.RePlaced
    Disclaimed = events.Disclaimed
    Settled = events.Settled
    SurchargeUsed = adjustments.SurchargeUsed
    RefundSettled = events.RefundSettled
    DisputeSettled = events.DisputeSettled
    Unsettled = events.Unsettled
    PayoutIdentified = events.PayoutIdentified
    PayoutDisproved = events.PayoutDisproved
    RefundReserved = events.RefundReserved
    RefundReleased = events.RefundReleased
    RefundPaid = events.RefundPaid
    Reversed = events.Reversed
    Disputed = events.Disputed
    DisputeNamed = events.DisputeNamed
    DisputeWon = events.DisputeWon
    DisputeLost = events.DisputeLost
    Banked = events.Banked
    Unbanked = events.Unbanked
    Forwarded = forwarded.Forwarded
    ForwardingUndone = forwarded.ForwardingUndone
    Lapsed = adjustments.Lapsed
    LapseRemitted = adjustments.LapseRemitted
    LapseRemittanceUndone = adjustments.LapseRemittanceUndone
    Claimed = adjustments.Claimed
    ClaimWrittenOff = adjustments.ClaimWrittenOff
    ClaimWithdrawn = adjustments.ClaimWithdrawn

    @event(Received)
    def __init__(self, agency: str, origin: Origin, reference: str, amount: Money) -> None:
        self.agency = agency
        self.origin = origin
        self.reference = reference
        self.amount = amount
        self.buckets = Buckets()
        self.reserved: dict[UUID, tuple[Placement, ...]] = {}
        self.refunded = 0
        self.disclaimed = 0
        self.disputes: dict[str, tuple[Placement, ...]] = {}
        self.closed_disputes: set[str] = set()
        self.dispute_names: dict[str, str] = {}
        self.beyond: dict[str, int] = {}
        self.parts = SettledParts()
        self.refunds_paid: dict[UUID, int] = {}
        self.payouts: dict[UUID, tuple[Placement, ...]] = {}
        self.lapses = Lapses()
        self.claimed = self.given_up = 0
        """Of its clearing, in minor units: claimed from the intermediary, and lost of such."""
        self.reversed = self.unheard = False
        self.banked = False
        self.forwardings: dict[UUID, tuple[Placement, ...]] = {}

    def place(self, placements: Sequence[Placement], occurred_at: datetime, at: datetime) -> None:
        assert self.sum(placements) == self.amount
        self.tell(self.Placed, at, placements=tuple(placements), occurred_at=occurred_at)

    def re_place(self, moves: Sequence[Move], reason: str, at: datetime) -> None:
        self.buckets.check([move.source for move in moves])
        self.tell(self.RePlaced, at, moves=tuple(moves), reason=reason)

    def disclaim(self, takes: Sequence[Placement], reason: str, at: datetime) -> None:
        self.check_covered(takes)
        self.tell(self.Disclaimed, at, takes=tuple(takes), reason=reason)

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

    # Mutators record.

    @event(Placed)
    def _placed(self, placements: tuple[Placement, ...]) -> None:
        self.buckets.add(placements)

    @event(RePlaced)
    def _re_placed(self, moves: tuple[Move, ...]) -> None:
        self.buckets.remove([move.source for move in moves])
        self.buckets.add([move.target for move in moves])

    @event(Disclaimed)
    def _disclaimed(self, takes: tuple[Placement, ...]) -> None:
        self.buckets.remove(takes)
        self.disclaimed += sum(take.amount.amount for take in takes)

    @event(Settled)
    def _settled(
        self, batch_id: UUID, line: str, commission: Money, tax: Money, net: Money,
        surcharge: Money,
    ) -> None:  # fmt: skip
        part = SettledPart(
            "payment", net, commission=commission.amount, tax=tax.amount,
            surcharge=surcharge.amount,
        )  # fmt: skip
        self.parts.add(batch_id, line, part)
        self.buckets.remove(on_top(surcharge))

    @event(SurchargeUsed)
    def _surcharge_used(self, batch_id: UUID, line: str, commission: Money, tax: Money) -> None:
        self.parts.cover(batch_id, line, (commission + tax).amount)
        self.buckets.remove(on_top(commission + tax))

    @event(RefundSettled)
    def _refund_settled(
        self, batch_id: UUID, line: str, refund: UUID, commission: Money, tax: Money, net: Money
    ) -> None:
        part = SettledPart("refund", net, refund, commission=commission.amount, tax=tax.amount)
        self.parts.add(batch_id, line, part)

    @event(DisputeSettled)
    def _dispute_settled(
        self, batch_id: UUID, line: str, withheld: Money, fee: Money, net: Money, dispute: str
    ) -> None:
        part = SettledPart("dispute", net, None, 0, 0, fee.amount, withheld.amount, dispute)
        self.parts.add(batch_id, line, part)

    @event(Unsettled)
    def _unsettled(self, batch_id: UUID, line: str, surcharge: Money) -> None:
        self.parts.remove(batch_id, line)
        self.buckets.add(on_top(surcharge))

    @event(PayoutIdentified)
    def _payout_identified(self, batch_id: UUID, takes: tuple[Placement, ...]) -> None:
        self.buckets.remove(takes)
        self.payouts[batch_id] = takes

    @event(PayoutDisproved)
    def _payout_disproved(self, batch_id: UUID) -> None:
        self.buckets.add(self.payouts.pop(batch_id))

    @event(RefundReserved)
    def _refund_reserved(self, refund: UUID, takes: tuple[Placement, ...]) -> None:
        self.buckets.remove(takes)
        self.reserved[refund] = takes

    @event(RefundReleased)
    def _refund_released(self, refund: UUID) -> None:
        self.buckets.add(self.reserved.pop(refund))

    @event(RefundPaid)
    def _refund_paid(self, refund: UUID) -> None:
        paid = sum(take.amount.amount for take in self.reserved.pop(refund))
        self.refunds_paid[refund] = paid
        self.refunded += paid

    @event(Reversed)
    def _reversed(self, takes: tuple[Placement, ...], beyond: Money, reason: str) -> None:
        self.buckets.remove(takes)
        self.beyond[""] = beyond.amount
        self.reversed = True
        self.unheard = reason == RESTATED and not beyond.amount

    @event(ToldAgain)
    def _told_again(self, amount: Money) -> None:
        self.amount = amount
        self.beyond.pop("")
        self.reversed = self.unheard = False

    @event(Disputed)
    def _disputed_now(
        self, dispute: str, fee: Money, takes: tuple[Placement, ...], beyond: Money
    ) -> None:
        self.parts.fees_told += fee.amount
        self.buckets.remove(takes)
        self.disputes[dispute] = takes
        self.beyond[dispute] = beyond.amount

    @event(DisputeNamed)
    def _dispute_named(self, dispute: str, name: str) -> None:
        self.dispute_names[name] = dispute

    @event(DisputeWon)
    def _dispute_won(self, dispute: str) -> None:
        self.buckets.add(self.disputes.pop(dispute))
        self.beyond.pop(dispute)
        self.closed_disputes.add(dispute)

    @event(DisputeLost)
    def _dispute_lost(self, dispute: str) -> None:
        self.disputes.pop(dispute)
        self.closed_disputes.add(dispute)

    @event(Banked)
    def _banked(self) -> None:
        self.banked = True

    @event(Unbanked)
    def _unbanked(self) -> None:
        self.banked = False

    @event(Forwarded)
    def _forwarded(self, forwarding: UUID, takes: tuple[Placement, ...]) -> None:
        self.forwardings[forwarding] = takes
        self.buckets.remove(takes)
        self.buckets.add(passed_on(takes))

    @event(Lapsed)
    def _lapsed(
        self, takes: tuple[Placement, ...], adjustment: UUID, codes: Mapping[str, str]
    ) -> None:
        self.buckets.remove(takes)
        self.lapses.add(LapsedPart(adjustment=adjustment, amount=self.sum(takes), codes=codes))

    @event(LapseRemitted)
    def _lapse_remitted(self, remittance: UUID, parts: tuple[LapsedPart, ...]) -> None:
        self.lapses.remit(remittance, parts)

    @event(LapseRemittanceUndone)
    def _lapse_remittance_undone(self, parts: tuple[LapsedPart, ...]) -> None:
        self.lapses.undo(parts)

    @event(Claimed)
    def _claimed(self, amount: Money) -> None:
        self.claimed += amount.amount

    @event(ClaimWrittenOff)
    def _claim_written_off(self, amount: Money) -> None:
        self.claimed -= amount.amount
        self.given_up += amount.amount

    @event(ClaimWithdrawn)
    def _claim_withdrawn(self) -> None:
        self.claimed = self.given_up = 0

    @event(ForwardingUndone)
    def _forwarding_undone(self, forwarding: UUID, takes: tuple[Placement, ...]) -> None:
        self.forwardings.pop(forwarding)
        self.buckets.remove(takes)
        self.buckets.add(taken_back(takes))
