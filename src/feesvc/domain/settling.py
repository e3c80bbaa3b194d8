"""Settling: what the settlement lines and the payouts of batches do to a transfer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from feesvc.domain.placement import SURCHARGE, Placement
from feesvc.domain.settled_part import BatchName
from feesvc.domain.transfer import Transfer
from feesvc.money import Money


def settle(
    transfer: Transfer, batch: BatchName, line: str, *, commission: Money, tax: Money, net: Money,
    occurred_at: datetime, at: datetime,
) -> None:  # fmt: skip
    """Book a payment line, signed as in the ledger; a second one is for a person.

    What is withheld is taken from what the payer paid on top, as far as that goes.
    """
    if not transfer.settled:
        transfer.withdraw_claim(at)
        transfer.tell(
            Transfer.Settled, at, batch=batch.name, batch_id=batch.id, line=line,
            commission=commission, tax=tax, net=net, occurred_at=occurred_at,
            surcharge=_covered(transfer, commission + tax),
        )  # fmt: skip


def use_surcharge(transfer: Transfer, at: datetime) -> None:
    """What was withheld before its payment was known is taken from what the payer paid on top."""
    for batch, line, part in transfer.parts.payments:
        covered = _covered(transfer, part.of(part.commission + part.tax - part.surcharge))
        if covered:
            tax = part.of(max(min(part.tax - part.surcharge, covered.amount), 0))  # tax goes first
            transfer.tell(
                Transfer.SurchargeUsed, at, batch_id=batch, line=line, commission=covered - tax,
                tax=tax,
            )  # fmt: skip


def win(transfer: Transfer, dispute: str, occurred_at: datetime, at: datetime) -> None:
    """What was disputed is there again; what the payer paid on top covers what was withheld."""
    transfer.win(dispute, occurred_at, at)
    use_surcharge(transfer, at)


def _covered(transfer: Transfer, withheld: Money) -> Money:
    held = transfer.buckets.holds(SURCHARGE)
    return Money(max(min(held, withheld.amount), 0), withheld.currency)


def settle_refund(
    transfer: Transfer, batch: BatchName, line: str, refund: UUID, *, commission: Money, tax: Money,
    net: Money, occurred_at: datetime, at: datetime,
) -> None:  # fmt: skip
    transfer.tell(
        Transfer.RefundSettled, at, refund=refund, batch=batch.name, batch_id=batch.id, line=line,
        commission=commission, tax=tax, net=net, occurred_at=occurred_at,
    )  # fmt: skip


def settle_dispute(
    transfer: Transfer, batch: BatchName, line: str, *, withheld: Money, net: Money,
    occurred_at: datetime, at: datetime, dispute: str = "",
) -> None:  # fmt: skip
    transfer.tell(
        Transfer.DisputeSettled, at, batch=batch.name, batch_id=batch.id, line=line,
        withheld=withheld, fee=transfer.parts.fee_beyond(withheld), net=net,
        occurred_at=occurred_at, dispute=dispute,
    )  # fmt: skip


def unsettle(transfer: Transfer, batch: BatchName, line: str, reason: str, at: datetime) -> None:
    """The line was not of this transfer after all: the exact reverse of what was booked."""
    if (batch.id, line) in transfer.parts:
        part = transfer.parts[batch.id, line]
        transfer.tell(
            Transfer.Unsettled, at, kind=part.kind, batch=batch.name, batch_id=batch.id, line=line,
            commission=part.of(part.commission), tax=part.of(part.tax), fee=part.of(part.fee),
            net=part.net, reason=reason, refund=part.refund, dispute=part.dispute,
            surcharge=part.of(part.surcharge),
        )  # fmt: skip


def identify(
    transfer: Transfer,
    batch: BatchName,
    takes: Sequence[Placement],
    occurred_at: datetime,
    at: datetime,
) -> None:
    """Suspense of a bank credit is the payout of a batch. Raises ``MoreThanIsLeft``."""
    transfer.check_covered(takes)
    transfer.tell(
        Transfer.PayoutIdentified, at, batch=batch.name, batch_id=batch.id, takes=tuple(takes),
        occurred_at=occurred_at,
    )  # fmt: skip


def disprove(transfer: Transfer, batch: BatchName, reason: str, at: datetime) -> None:
    """It was not the payout of that batch: it waits in suspense again."""
    if batch.id in transfer.payouts:
        transfer.tell(
            Transfer.PayoutDisproved, at, batch=batch.name, batch_id=batch.id,
            takes=transfer.payouts[batch.id], reason=reason,
        )  # fmt: skip
