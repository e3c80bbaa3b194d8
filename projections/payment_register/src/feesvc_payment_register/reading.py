"""Reading events: what each one means here. The events listed are those followed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias
from uuid import UUID

from feesvc.domain import assessment_events, transfer_events
from feesvc.domain.aggregate import Aggregate
from feesvc.domain.assessment import Assessment
from feesvc.domain.line import Part, TakenPart
from feesvc.domain.payment import Payment
from feesvc.domain.payment_list import PaymentList
from feesvc.domain.receipt import Receipt
from feesvc.domain.reclassification import Reclassification
from feesvc.domain.refund import Refund
from feesvc.domain.transfer import Transfer
from feesvc.projecting import Recorded
from feesvc_payment_register.batch import Batch, RefundChange

Reading: TypeAlias = Callable[[Batch, Recorded, Any], None]


def raised(batch: Batch, recorded: Recorded, event: assessment_events.Raised) -> None:
    at = event.timestamp
    batch.assessments[event.originator_id] = (
        recorded.agency, recorded.position, event.dossier, event.notice, event.procedure,
        event.portal, event.channel, event.subject, event.submitted_on, event.due_on, at,
        event.total.currency,
    )  # fmt: skip
    batch.assessment_changes[event.originator_id].total += event.total.amount
    batch.stand(event.originator_id, "open", at)
    batch.dossiers.add((recorded.agency, event.dossier))


def increased(batch: Batch, recorded: Recorded, event: assessment_events.Increased) -> None:
    batch.assessment_changes[event.originator_id].total += _sum(event.parts)


def reduced(batch: Batch, recorded: Recorded, event: assessment_events.Reduced) -> None:
    """What was paid of it leaves the total when it leaves the line (``uncollected``)."""
    batch.assessment_changes[event.originator_id].total -= _sum(event.open)


def stands(state: str) -> Reading:
    def read(batch: Batch, recorded: Recorded, event: Aggregate.Event) -> None:
        batch.stand(event.originator_id, state, event.timestamp)

    return read


def collected(batch: Batch, recorded: Recorded, event: assessment_events.CollectedBy) -> None:
    batch.assessment_changes[event.originator_id].collected += _sum(event.parts)


def uncollected(batch: Batch, recorded: Recorded, event: assessment_events.UncollectedBy) -> None:
    change = batch.assessment_changes[event.originator_id]
    change.collected -= _sum(event.parts)
    change.total -= 0 if event.still_due else _sum(event.parts)


def numbered(batch: Batch, recorded: Recorded, event: Receipt.Numbered) -> None:
    batch.receipts[event.assessment] = (event.series, event.number)


def initiated(batch: Batch, recorded: Recorded, event: Payment.Initiated) -> None:
    id = event.originator_id
    batch.payments[id] = (
        recorded.agency, recorded.position, event.portal, event.account, event.intermediary,
        event.reference, event.amount.amount, event.amount.currency, event.dossier,
        event.timestamp, event.expires_at,
    )  # fmt: skip
    batch.attempts[id] = ("initiated", event.timestamp)
    sums: dict[Any, int] = {}
    for part in event.asked:
        key = (part.assessment, part.agency)
        sums[key] = sums.get(key, 0) + part.amount.amount
    batch.asked += [(id, assessment, agency, n) for (assessment, agency), n in sums.items()]
    batch.dossiers.add((recorded.agency, event.dossier))


def presented(batch: Batch, recorded: Recorded, event: Payment.Presented) -> None:
    batch.attempts[event.originator_id] = ("presented", event.timestamp)


def ended(batch: Batch, recorded: Recorded, event: Payment.Ended) -> None:
    batch.attempts[event.originator_id] = (event.reason, event.timestamp)


def received(batch: Batch, recorded: Recorded, event: transfer_events.Received) -> None:
    origin = event.origin
    batch.transfers[event.originator_id] = (
        recorded.agency, recorded.position, origin.payment, origin.via, origin.intermediary,
        origin.account, origin.transaction, event.reference, event.source, event.amount.amount,
        event.amount.currency, event.occurred_at,
    )  # fmt: skip


def told_again(batch: Batch, recorded: Recorded, event: transfer_events.ToldAgain) -> None:
    change = batch.transfer_changes[event.originator_id]
    change.reversed -= event.before.amount
    change.amount += event.amount.amount - event.before.amount


def placed(batch: Batch, recorded: Recorded, event: transfer_events.Placed) -> None:
    batch.put(event.originator_id, event.placements, event.occurred_at)
    batch.pay(event.originator_id, event.placements)


def re_placed(batch: Batch, recorded: Recorded, event: transfer_events.RePlaced) -> None:
    for place, sign in (
        ([move.source for move in event.moves], -1),
        ([move.target for move in event.moves], 1),
    ):
        batch.put(event.originator_id, place, event.timestamp, sign)
        batch.pay(event.originator_id, place, sign)


def disclaimed(batch: Batch, recorded: Recorded, event: transfer_events.Disclaimed) -> None:
    batch.put(event.originator_id, event.takes, event.timestamp, -1)
    taken = sum(take.amount.amount for take in event.takes)
    batch.transfer_changes[event.originator_id].disclaimed += taken


def settled(batch: Batch, recorded: Recorded, event: transfer_events.Settled) -> None:
    batch.transfer_changes[event.originator_id].batch = event.batch


def unsettled(batch: Batch, recorded: Recorded, event: transfer_events.Unsettled) -> None:
    if event.kind == "payment":
        batch.transfer_changes[event.originator_id].batch = ""


def payout_identified(
    batch: Batch, recorded: Recorded, event: transfer_events.PayoutIdentified
) -> None:
    batch.put(event.originator_id, event.takes, event.timestamp, -1)


def payout_disproved(
    batch: Batch, recorded: Recorded, event: transfer_events.PayoutDisproved
) -> None:
    batch.put(event.originator_id, event.takes, event.timestamp)


def reserved(batch: Batch, recorded: Recorded, event: transfer_events.RefundReserved) -> None:
    batch.put(event.originator_id, event.takes, event.timestamp, -1)


def released(batch: Batch, recorded: Recorded, event: transfer_events.RefundReleased) -> None:
    batch.put(event.originator_id, event.takes, event.timestamp)


def paid_back(batch: Batch, recorded: Recorded, event: transfer_events.RefundPaid) -> None:
    batch.pay(event.originator_id, event.takes, -1)


def reversed_(batch: Batch, recorded: Recorded, event: transfer_events.Reversed) -> None:
    batch.put(event.originator_id, event.takes, event.timestamp, -1)
    batch.pay(event.originator_id, event.takes, -1)
    taken = sum(take.amount.amount for take in event.takes)
    batch.transfer_changes[event.originator_id].reversed += taken + event.beyond.amount


def disputed(batch: Batch, recorded: Recorded, event: transfer_events.Disputed) -> None:
    batch.put(event.originator_id, event.takes, event.timestamp, -1)
    batch.pay(event.originator_id, event.takes, -1)
    batch.transfer_changes[event.originator_id].disputed += event.amount.amount


def dispute_won(batch: Batch, recorded: Recorded, event: transfer_events.DisputeWon) -> None:
    batch.put(event.originator_id, event.takes, event.timestamp)
    batch.pay(event.originator_id, event.takes)
    batch.transfer_changes[event.originator_id].disputed -= event.amount.amount


def dispute_lost(batch: Batch, recorded: Recorded, event: transfer_events.DisputeLost) -> None:
    change = batch.transfer_changes[event.originator_id]
    change.disputed -= event.amount.amount
    change.lost += event.amount.amount


def requested(batch: Batch, recorded: Recorded, event: Refund.Requested) -> None:
    id = event.originator_id
    batch.refunds[id] = (
        recorded.agency, recorded.position, event.portal, event.maker, event.amount.amount,
        event.amount.currency, event.reason, event.subject, event.timestamp,
    )  # fmt: skip
    batch.refund_changes[id] = RefundChange("requested", event.timestamp, method=event.method)
    sums: dict[UUID, int] = {}
    for take in event.takes:
        amount = sum(placement.amount.amount for placement in take.placements)
        sums[take.transfer] = sums.get(take.transfer, 0) + amount
    batch.taken += [(id, transfer, amount) for transfer, amount in sums.items()]


def refund(state: str) -> Reading:
    """A refund reaches a state; who agreed, by which way and under which reference is kept."""

    def read(batch: Batch, recorded: Recorded, event: Aggregate.Event) -> None:
        before = batch.refund_changes.get(event.originator_id)
        handed = before.by_treasury if before else 0
        change = RefundChange(state, event.timestamp, by_treasury=handed)
        for name in ("checker", "reference", "method"):
            setattr(change, name, getattr(event, name, before and getattr(before, name)))
        batch.refund_changes[event.originator_id] = change

    return read


def handed_to_treasury(batch: Batch, recorded: Recorded, event: Refund.HandedToTreasury) -> None:
    """That part the State Treasury pays; the refund goes its way with the rest."""
    unchanged = RefundChange(None, event.timestamp)
    change = batch.refund_changes.setdefault(event.originator_id, unchanged)
    change.by_treasury += event.amount.amount


def reclassification(batch: Batch, recorded: Recorded, event: Reclassification.Requested) -> None:
    amount = event.source.amount
    batch.reclassifications[event.originator_id] = (
        recorded.agency, recorded.position, event.transfer, event.purpose, event.source.to,
        amount.amount, amount.currency, event.reason, event.maker, event.digest,
        event.needs_second, event.timestamp,
    )  # fmt: skip
    batch.reclassified[event.originator_id] = ("requested", "", event.timestamp)


def reclassified(state: str) -> Reading:
    def read(batch: Batch, recorded: Recorded, event: Any) -> None:
        batch.reclassified[event.originator_id] = (state, event.checker, event.timestamp)

    return read


def drawn(batch: Batch, recorded: Recorded, event: PaymentList.Drawn) -> None:
    batch.payment_lists.append((
        event.originator_id, recorded.agency, recorded.position, event.reference,
        len(event.entries), event.total.amount, event.total.currency, event.execute_on,
        event.maker, event.timestamp,
    ))  # fmt: skip


def _sum(parts: Sequence[Part | TakenPart]) -> int:
    return sum(part.amount.amount for part in parts)


READINGS: dict[type[Aggregate.Event], Reading] = {
    Assessment.Raised: raised,
    Assessment.Increased: increased,
    Assessment.Reduced: reduced,
    Assessment.Waived: stands("waived"),
    Assessment.Cancelled: stands("cancelled"),
    Assessment.Superseded: stands("superseded"),
    Assessment.WrittenOff: stands("written_off"),
    Assessment.CollectedBy: collected,
    Assessment.UncollectedBy: uncollected,
    Assessment.Paid: stands("paid"),
    Assessment.Unpaid: stands("open"),
    Receipt.Numbered: numbered,
    Payment.Initiated: initiated,
    Payment.Presented: presented,
    Payment.Ended: ended,
    Transfer.Received: received,
    Transfer.ToldAgain: told_again,
    Transfer.Placed: placed,
    Transfer.RePlaced: re_placed,
    Transfer.Disclaimed: disclaimed,
    Transfer.Settled: settled,
    Transfer.Unsettled: unsettled,
    Transfer.PayoutIdentified: payout_identified,
    Transfer.PayoutDisproved: payout_disproved,
    Transfer.RefundReserved: reserved,
    Transfer.RefundReleased: released,
    Transfer.RefundPaid: paid_back,
    Transfer.Reversed: reversed_,
    Transfer.Disputed: disputed,
    Transfer.DisputeWon: dispute_won,
    Transfer.DisputeLost: dispute_lost,
    Refund.Requested: requested,
    Refund.Approved: refund("approved"),
    Refund.Reissued: refund("approved"),
    Refund.Rejected: refund("rejected"),
    Refund.Instructed: refund("instructed"),
    Refund.Accepted: refund("accepted"),
    Refund.HandedToTreasury: handed_to_treasury,
    Refund.Paid: refund("paid"),
    Refund.Failed: refund("failed"),
    Refund.Returned: refund("returned"),
    PaymentList.Drawn: drawn,
    Reclassification.Requested: reclassification,
    Reclassification.Approved: reclassified("approved"),
    Reclassification.Rejected: reclassified("rejected"),
}
"""By event. An event of these aggregates that is not here says nothing that the register holds."""
