"""What adjustments move: written off, claimed, lapsed to the State budget."""

from __future__ import annotations

from collections.abc import Iterator

from feesvc.domain import assessment_events as assessments
from feesvc.domain import batch_events as batches
from feesvc.domain import transfer_adjustments as adjustments
from feesvc.domain.aggregate import Recorded
from feesvc.domain.assessment import Assessment
from feesvc.domain.bank_charge import BankCharge
from feesvc.domain.batch import Batch
from feesvc.domain.transfer import Transfer
from feesvc_agency_ledger.movements.movement import (
    Approvals,
    Dimensions,
    Movement,
    Readers,
    about_transfer,
    moved_with,
)


def _written_off(
    recorded: Recorded, event: assessments.WrittenOff, _: Approvals
) -> Iterator[Movement]:
    for part in event.open:
        yield Movement("open", part.amount, Dimensions(event.originator_id, part.line))


def _lapsed(recorded: Recorded, event: adjustments.Lapsed, _: Approvals) -> Iterator[Movement]:
    for take in event.takes:
        yield moved_with(take.to, take, event)


def _claim(
    recorded: Recorded, event: adjustments.Claimed | adjustments.ClaimWrittenOff, _: Approvals
) -> Iterator[Movement]:
    yield Movement("amount", event.amount, about_transfer(event))


def _withdrawn(
    recorded: Recorded, event: adjustments.ClaimWithdrawn, _: Approvals
) -> Iterator[Movement]:
    yield Movement("written off", event.written_off, about_transfer(event))
    yield Movement("amount", event.amount, about_transfer(event))


def _of_batch(
    recorded: Recorded, event: batches.ClaimWrittenOff, _: Approvals
) -> Iterator[Movement]:
    about = Dimensions(intermediary=event.origin.intermediary, batch=event.originator_id)
    yield Movement("amount", event.amount, about)


def _charged(recorded: Recorded, event: BankCharge.Booked, _: Approvals) -> Iterator[Movement]:
    yield Movement("amount", event.amount, Dimensions(), "bank")


READERS: Readers = {
    BankCharge.Booked: _charged,
    Assessment.WrittenOff: _written_off,
    Transfer.Lapsed: _lapsed,
    Transfer.Claimed: _claim,
    Transfer.ClaimWrittenOff: _claim,
    Transfer.ClaimWithdrawn: _withdrawn,
    Batch.ClaimWrittenOff: _of_batch,
}
