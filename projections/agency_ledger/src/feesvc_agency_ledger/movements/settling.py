"""Settlement batches from line to bank: their events, and those of what they settle."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from feesvc.domain import batch_events as of_batch
from feesvc.domain import transfer_events as of_transfer
from feesvc.domain.aggregate import Recorded
from feesvc.domain.batch import Batch
from feesvc.domain.commission_invoice import CommissionInvoice
from feesvc.domain.transfer import Transfer
from feesvc.domain.transfer_adjustments import SurchargeUsed
from feesvc.money import Money
from feesvc_agency_ledger.movements.movement import (
    Approvals,
    Dimensions,
    Movement,
    Readers,
    about_placement,
    about_transfer,
)


def _signed(case: str, amount: Money, about: Dimensions, via: str = "intermediary") -> Movement:
    """A case of its own for what goes the other way, so that every posting is told as it is."""
    if amount.amount < 0:
        return Movement(f"{case} back", -amount, about, via)
    return Movement(case, amount, about, via)


def _of_line(event: Any) -> Dimensions:
    """Of a transfer's line: 1200 is kept by transfer, 1210 by batch."""
    return about_transfer(event)._replace(batch=event.batch_id)


def _settled(recorded: Recorded, event: of_transfer.Settled, _: Approvals) -> Iterator[Movement]:
    about = _of_line(event)
    yield from _withheld_of(event, about)
    yield _signed("net", event.net, about, event.origin.via)


def _withheld_of(
    event: of_transfer.Settled | of_transfer.Unsettled, about: Dimensions
) -> Iterator[Movement]:
    """Commission and tax, as far as the payer had not covered them: the tax first."""
    held, via = event.surcharge, event.origin.via
    of_tax = max(min(event.tax.amount, held.amount), 0)
    tax = event.tax - Money(of_tax, held.currency)
    commission = event.commission - (held - Money(of_tax, held.currency))
    short = " short" if held and held != event.commission + event.tax else ""
    yield Movement(f"surcharge{short}", held, about, via)
    for case, left in (("commission", commission), ("tax", tax)):
        yield _signed(case + (short if left.amount > 0 else ""), left, about, via)


def _surcharge_used(recorded: Recorded, event: SurchargeUsed, _: Approvals) -> Iterator[Movement]:
    about = _of_line(event)
    yield Movement("commission", event.commission, about)
    yield Movement("tax", event.tax, about)


def _refund(
    recorded: Recorded, event: of_transfer.RefundSettled, _: Approvals
) -> Iterator[Movement]:
    about = _of_line(event)._replace(refund=event.refund)
    yield _signed("commission", event.commission, about)
    yield _signed("tax", event.tax, about)
    yield _signed("net", event.net, about)


def _dispute(
    recorded: Recorded, event: of_transfer.DisputeSettled, _: Approvals
) -> Iterator[Movement]:
    about = _of_line(event)
    yield _signed("fee", event.fee, about)
    yield _signed("net", event.net, about)


def _unsettled(
    recorded: Recorded, event: of_transfer.Unsettled, _: Approvals
) -> Iterator[Movement]:
    about = _of_line(event)
    yield from _withheld_of(event, about)
    yield _signed("fee", event.fee, about, event.origin.via)
    yield _signed("net", event.net, about, event.origin.via)


def _identified(
    recorded: Recorded,
    event: of_transfer.PayoutIdentified | of_transfer.PayoutDisproved,
    _: Approvals,
) -> Iterator[Movement]:
    for take in event.takes:
        about = about_placement(take, event)._replace(batch=event.batch_id)
        yield Movement(take.to, take.amount, about, event.origin.via)


def _batch(event: Any, batch: UUID | None = None) -> Dimensions:
    return Dimensions(intermediary=event.origin.intermediary, batch=batch or event.originator_id)


def _fee(
    recorded: Recorded, event: of_batch.FeeCharged | of_batch.FeeUncharged, _: Approvals
) -> Iterator[Movement]:
    about = _batch(event)
    yield _signed("commission", event.commission, about)
    yield _signed("tax", event.tax, about)
    yield _signed("net", event.net, about)


def _withheld(
    recorded: Recorded, event: of_batch.ReserveWithheld, _: Approvals
) -> Iterator[Movement]:
    about = _batch(event)
    yield Movement("amount", event.amount, about)
    yield Movement("net", event.amount, about)


def _released(
    recorded: Recorded, event: of_batch.ReserveReleased, _: Approvals
) -> Iterator[Movement]:
    yield Movement("amount", event.amount, _batch(event, event.withheld_in))
    yield Movement("net", event.amount, _batch(event))


def _credited(recorded: Recorded, event: of_batch.Credited, _: Approvals) -> Iterator[Movement]:
    """What had waited in suspense, ``transfer.payout_identified`` posts."""
    about = _batch(event)
    if event.transfer is None:
        yield Movement("amount", event.amount, about)
    yield Movement("short", event.short, about)
    yield Movement("charge", event.charge, about)


def _uncredited(
    recorded: Recorded, event: of_batch.CreditReversed | of_batch.CreditUndone, _: Approvals
) -> Iterator[Movement]:
    about = _batch(event)
    if getattr(event, "transfer", None) is None:
        yield Movement("amount", event.amount, about)
    yield Movement("short", event.short, about)
    yield Movement("charge", event.charge, about)


def _amount(recorded: Recorded, event: Any, _: Approvals) -> Iterator[Movement]:
    yield Movement("amount", event.amount, _batch(event))


def _recovered(
    recorded: Recorded, event: of_batch.ClaimRecovered, _: Approvals
) -> Iterator[Movement]:
    yield Movement("waited" if event.transfer else "amount", event.amount, _batch(event))


def _invoiced(
    recorded: Recorded, event: CommissionInvoice.Received, _: Approvals
) -> Iterator[Movement]:
    about = Dimensions(intermediary=event.intermediary)
    yield Movement("commission", event.commission, about)
    yield Movement("tax", event.tax, about)


READERS: Readers = {
    CommissionInvoice.Received: _invoiced,
    Transfer.Settled: _settled,
    Transfer.SurchargeUsed: _surcharge_used,
    Transfer.RefundSettled: _refund,
    Transfer.DisputeSettled: _dispute,
    Transfer.Unsettled: _unsettled,
    Transfer.PayoutIdentified: _identified,
    Transfer.PayoutDisproved: _identified,
    Batch.FeeCharged: _fee,
    Batch.FeeUncharged: _fee,
    Batch.ReserveWithheld: _withheld,
    Batch.ReserveReleased: _released,
    Batch.Credited: _credited,
    Batch.CreditReversed: _uncredited,
    Batch.CreditUndone: _uncredited,
    Batch.ClaimRecovered: _recovered,
    Batch.CarriedOut: _amount,
    Batch.CarriedOver: _amount,
    Batch.TakenUp: _amount,
    Batch.PaidByUs: _amount,
    Batch.ToBudget: _amount,
}
