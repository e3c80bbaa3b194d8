"""What can happen to a settlement batch: its events. ``Batch`` decides and records them.

Amounts are signed as in the ledger: what a bank credit or a line adds is positive, a commission
withheld is positive. ``origin`` says whose batch it is, so that each event stands for itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from feesvc.domain.aggregate import Aggregate, FirstEvent
from feesvc.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchOrigin:
    """Whose batch it is, and its name there."""

    account: UUID
    intermediary: str
    batch: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchLine:
    """One settlement line that was booked. ``net`` is what it adds to the payout."""

    line: str
    kind: str
    transfer: UUID | None
    net: Money


class Opened(FirstEvent):
    """The first that was heard of the batch."""

    TOPIC = "batch.opened"
    agency: str
    origin: BatchOrigin
    currency: str


class Declared(Aggregate.Event):
    """What its intermediary says that it adds up to, payouts left out; the last one said holds.

    ``statement`` is the accepted statement that says so.
    """

    TOPIC = "batch.declared"
    origin: BatchOrigin
    gross: Money
    commission: Money
    tax: Money
    net: Money
    count: int
    settled_on: date
    statement: UUID | None


class LinesSettled(Aggregate.Event):
    """These lines were booked; ``transfer.settled`` and its kin, or events here, post them."""

    TOPIC = "batch.lines_settled"
    origin: BatchOrigin
    lines: tuple[BatchLine, ...]


class LinesUnsettled(Aggregate.Event):
    """These lines were not what they were booked as: their booking is reversed."""

    TOPIC = "batch.lines_unsettled"
    origin: BatchOrigin
    lines: tuple[BatchLine, ...]
    reason: str


class FeeCharged(Aggregate.Event):
    """A fee of no transfer was taken off the batch (P07a, and P08 the other way)."""

    TOPIC = "batch.fee_charged"
    origin: BatchOrigin
    line: str
    commission: Money
    tax: Money
    net: Money
    occurred_at: datetime


class FeeUncharged(Aggregate.Event):
    """That fee was not to be booked so: the exact reverse."""

    TOPIC = "batch.fee_uncharged"
    origin: BatchOrigin
    line: str
    commission: Money
    tax: Money
    net: Money
    reason: str


class ReserveWithheld(Aggregate.Event):
    """The intermediary keeps a part back (P08r, and P08 the other way); ``amount`` is positive."""

    TOPIC = "batch.reserve_withheld"
    origin: BatchOrigin
    line: str
    amount: Money
    occurred_at: datetime


class ReserveReleased(Aggregate.Event):
    """A part kept back earlier is paid out with this batch (P08s, P08)."""

    TOPIC = "batch.reserve_released"
    origin: BatchOrigin
    line: str
    amount: Money
    withheld_in: UUID | None
    """The batch that it was kept back from, where it is known."""
    occurred_at: datetime


class Credited(Aggregate.Event):
    """A bank credit is this batch's, or a part of it (P09a).

    ``amount`` of the ``whole`` credit is this batch's. ``short`` is claimed (P09b), ``charge`` was
    the bank's (P09d). ``transfer`` is where it waited in suspense (P09f: posted there), if it did.
    ``batches`` are all that share the credit.
    """

    TOPIC = "batch.credited"
    origin: BatchOrigin
    bank_account: UUID
    reference: str
    whole: Money
    amount: Money
    short: Money
    charge: Money
    transfer: UUID | None
    batches: tuple[UUID, ...]
    occurred_at: datetime


class CreditReversed(Aggregate.Event):
    """The bank took a credit back (P09h): what it had covered is expected again."""

    TOPIC = "batch.credit_reversed"
    origin: BatchOrigin
    bank_account: UUID
    reference: str
    amount: Money
    short: Money
    charge: Money
    reason: str
    occurred_at: datetime


class CreditUndone(Aggregate.Event):
    """A credit was not this batch's: the exact reverse. The money waits in suspense."""

    TOPIC = "batch.credit_undone"
    origin: BatchOrigin
    bank_account: UUID
    reference: str
    amount: Money
    short: Money
    charge: Money
    transfer: UUID | None
    reason: str


class ClaimRecovered(Aggregate.Event):
    """What a credit was short of came after all (P09i).

    ``transfer`` is where it had waited in suspense (P09f: posted there), if it had.
    """

    TOPIC = "batch.claim_recovered"
    FORM = 2
    origin: BatchOrigin
    bank_account: UUID
    reference: str
    amount: Money
    transfer: UUID | None
    occurred_at: datetime

    @staticmethod
    def upcast_1(state: dict[str, Any]) -> dict[str, Any]:
        return {**state, "transfer": None}


class ClaimWrittenOff(Aggregate.Event):
    """What a credit was short of is given up as a loss (P17b)."""

    TOPIC = "batch.claim_written_off"
    origin: BatchOrigin
    amount: Money
    adjustment: UUID


class CarriedForward(Aggregate.Event):
    """It is negative, and the intermediary takes it off a later batch. P08n stands line by line."""

    TOPIC = "batch.carried_forward"
    origin: BatchOrigin
    amount: Money


class CarriedOut(Aggregate.Event):
    """A line of its own says that what it owes goes to a later batch (P08c); it sums to nothing."""

    TOPIC = "batch.carried_out"
    origin: BatchOrigin
    line: str
    amount: Money
    occurred_at: datetime


class CarryTaken(Aggregate.Event):
    """A later batch took up what a line of this one had carried out."""

    TOPIC = "batch.carry_taken"
    origin: BatchOrigin
    into: UUID
    amount: Money


class CarriedOver(Aggregate.Event):
    """What it owed was taken off a later batch (P08c); ``amount`` is positive."""

    TOPIC = "batch.carried_over"
    origin: BatchOrigin
    into: UUID
    amount: Money
    occurred_at: datetime


class TakenUp(Aggregate.Event):
    """What an earlier batch owed was taken off this one (P08n); ``amount`` is positive."""

    TOPIC = "batch.taken_up"
    origin: BatchOrigin
    line: str
    source: UUID
    amount: Money
    occurred_at: datetime


class PaidByUs(Aggregate.Event):
    """It is negative, and the agency paid it (P08p); ``amount`` is positive."""

    TOPIC = "batch.paid_by_us"
    origin: BatchOrigin
    bank_account: UUID
    reference: str
    amount: Money
    occurred_at: datetime


class ToBudget(Aggregate.Event):
    """It was paid straight into the State budget account, after its lines' allocation (P09k)."""

    TOPIC = "batch.to_budget"
    origin: BatchOrigin
    reference: str
    amount: Money
    occurred_at: datetime
