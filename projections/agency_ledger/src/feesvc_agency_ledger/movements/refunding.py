"""Money that goes back to payers: the events of refunds."""

from __future__ import annotations

from collections.abc import Iterator

from feesvc.domain.aggregate import Recorded
from feesvc.domain.refund import Refund
from feesvc.money import Money
from feesvc_agency_ledger.movements.movement import (
    Approvals,
    Dimensions,
    Movement,
    Readers,
    where,
)


def _approved(recorded: Recorded, event: Refund.Approved, _: Approvals) -> Iterator[Movement]:
    for take in event.takes:
        for placement in take.placements:
            about = Dimensions(
                placement.assessment, placement.line, take.transfer, take.origin.payment,
                event.originator_id, take.origin.intermediary,
            )  # fmt: skip
            yield Movement(where(placement, recorded.agency), placement.amount, about)


def _in_flight(
    recorded: Recorded,
    event: Refund.Instructed | Refund.HandedToTreasury | Refund.Failed,
    _: Approvals,
) -> Iterator[Movement]:
    yield Movement("amount", event.amount, Dimensions(refund=event.originator_id))


def _paid(
    recorded: Recorded, event: Refund.Paid | Refund.Returned, approvals: Approvals
) -> Iterator[Movement]:
    """One movement per transfer, so that each transfer's clearing ends at zero on its own."""
    approval = approvals[event.originator_id]
    abouts = [
        Dimensions(None, 0, taken.transfer, taken.payment, event.originator_id, taken.intermediary)
        for taken in approval.taken
    ]
    for about, taken in zip(abouts, approval.taken, strict=True):
        yield Movement(approval.method, Money(taken.amount, event.amount.currency), about)
    if isinstance(event, Refund.Paid):
        yield Movement(f"fee {approval.method}", event.fee, abouts[0])


READERS: Readers = {
    Refund.Approved: _approved,
    Refund.Instructed: _in_flight,
    Refund.HandedToTreasury: _in_flight,
    Refund.Paid: _paid,
    Refund.Failed: _in_flight,
    Refund.Returned: _paid,
}
