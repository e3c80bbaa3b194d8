"""What a batch is declared to add up to, and what came of it at the bank."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from feesvc.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """The totals of a batch, payouts left out, as its intermediary declares them.

    ``gross`` less ``commission`` and ``tax`` is ``net``: what was withheld is positive.
    ``settled_on`` is a day in Asia/Ho_Chi_Minh, ``statement`` the accepted statement, if any.
    """

    gross: Money
    commission: Money
    tax: Money
    net: Money
    count: int
    settled_on: date
    statement: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchCredit:
    """One batch's part of a bank credit. All amounts are positive or zero, in one currency.

    ``amount`` of the ``whole`` credit; ``short`` is claimed; ``charge`` was the bank's own.
    """

    bank_account: UUID
    reference: str
    whole: Money
    amount: Money
    short: Money
    charge: Money
    transfer: UUID | None
    """Where it had waited in suspense, if it had."""
    batches: tuple[UUID, ...]
    """All batches that share the credit."""

    @property
    def key(self) -> tuple[UUID, str]:
        return (self.bank_account, self.reference)

    @property
    def covers(self) -> int:
        """What it covers of what the batch was to pay, in minor units."""
        return self.amount.amount + self.short.amount + self.charge.amount
