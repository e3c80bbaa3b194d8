"""Netting: what is taken off a batch, kept back from it, carried to the next or paid by us."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from feesvc.domain.aggregate import Refusal
from feesvc.domain.batch import Batch
from feesvc.domain.batch_events import BatchLine
from feesvc.money import Money


class NotNegative(Refusal):
    """Nothing of the batch is owed to the intermediary"""


class CarriedMoreThanOwed(Refusal):
    """The earlier batch does not owe so much"""


class MoreThanClaimed(Refusal):
    """So much of the batch is not claimed"""


class MoreThanInTransit(Refusal):
    """So much of the batch is not on its way"""


class AnotherIntermediary(Refusal):
    """A batch is carried into a batch of the same account and currency only"""


def charge_fee(
    batch: Batch, line: str, commission: Money, tax: Money, net: Money, occurred_at: datetime,
    at: datetime,
) -> None:  # fmt: skip
    """A fee of no transfer, signed as in the ledger: what was taken is positive, ``net`` is not."""
    batch.tell(
        Batch.FeeCharged, at, line=line, commission=commission, tax=tax, net=net,
        occurred_at=occurred_at,
    )  # fmt: skip


def uncharge_fee(batch: Batch, line: str, reason: str, at: datetime) -> None:
    """The exact reverse of what ``charge_fee`` booked for the line."""
    if line in batch.fees:
        commission, tax = batch.fees[line]
        batch.tell(
            Batch.FeeUncharged, at, line=line, commission=commission, tax=tax,
            net=batch.lines[line].net, reason=reason,
        )  # fmt: skip


def withhold(batch: Batch, line: str, amount: Money, occurred_at: datetime, at: datetime) -> None:
    """The intermediary keeps ``amount`` (positive) back; its line is settled by the caller."""
    batch.tell(Batch.ReserveWithheld, at, line=line, amount=amount, occurred_at=occurred_at)


def release(
    batch: Batch, line: str, amount: Money, withheld_in: UUID | None, occurred_at: datetime,
    at: datetime,
) -> None:  # fmt: skip
    """What was kept back is paid with this batch; its line is settled by the caller."""
    batch.tell(
        Batch.ReserveReleased, at, line=line, amount=amount, withheld_in=withheld_in,
        occurred_at=occurred_at,
    )  # fmt: skip


def carry_forward(batch: Batch, at: datetime) -> None:
    """It is netted in a later batch; said once. Raises ``NotNegative``."""
    if batch.outstanding >= 0:
        raise NotNegative(f"{batch.origin.batch}: {batch.money(batch.outstanding)}")
    if not batch.carried:
        owed = batch.money(-batch.outstanding)
        batch.tell(Batch.CarriedForward, at, amount=owed)


def carry_out(batch: Batch, line: str, amount: Money, occurred_at: datetime, at: datetime) -> None:
    """A line carries ``amount`` (positive) out; it is settled by the caller."""
    batch.tell(Batch.CarriedOut, at, line=line, amount=amount, occurred_at=occurred_at)


def take_up(
    batch: Batch, source: Batch, line: str, amount: Money, occurred_at: datetime, at: datetime
) -> None:
    """``amount`` that ``source`` owes is taken off ``batch``: both tell of it, in one append.

    Raises ``AnotherIntermediary``, ``CarriedMoreThanOwed``.
    """
    if (source.origin.account, source.currency) != (batch.origin.account, amount.currency):
        raise AnotherIntermediary(source.origin.batch)
    owed = source.carried_out or -source.outstanding
    if not 0 < amount.amount <= owed:
        raise CarriedMoreThanOwed(f"{source.origin.batch} owes {max(owed, 0)}")
    if source.carried_out:
        source.tell(Batch.CarryTaken, at, into=batch.id, amount=amount)
    else:
        carry_forward(source, at)
        source.tell(Batch.CarriedOver, at, into=batch.id, amount=amount, occurred_at=occurred_at)
    batch.tell(
        Batch.TakenUp, at, line=line, source=source.id, amount=amount, occurred_at=occurred_at
    )
    if line not in batch.lines:
        batch.settle([BatchLine(line=line, kind="carry_in", transfer=None, net=-amount)], at)


def pay(
    batch: Batch, bank_account: UUID, reference: str, amount: Money, occurred_at: datetime,
    at: datetime,
) -> None:  # fmt: skip
    """The agency paid what the batch owes. Raises ``NotNegative``, ``CarriedMoreThanOwed``."""
    if batch.outstanding >= 0:
        raise NotNegative(f"{batch.origin.batch}: {batch.money(batch.outstanding)}")
    if not 0 < amount.amount <= -batch.outstanding:
        raise CarriedMoreThanOwed(f"{batch.origin.batch} owes {-batch.outstanding}")
    batch.tell(
        Batch.PaidByUs, at, bank_account=bank_account, reference=reference, amount=amount,
        occurred_at=occurred_at,
    )  # fmt: skip


def recover(
    batch: Batch, bank_account: UUID, reference: str, amount: Money, occurred_at: datetime,
    at: datetime, transfer: UUID | None = None,
) -> None:  # fmt: skip
    """What a credit was short of came after all; ``transfer`` is where it waited, if it did.

    Raises ``MoreThanClaimed``.
    """
    if (bank_account, reference) in batch.recoveries:
        return
    if not 0 < amount.amount <= batch.claimed:
        raise MoreThanClaimed(f"{batch.origin.batch}: {batch.money(batch.claimed)} is claimed")
    batch.tell(
        Batch.ClaimRecovered, at, bank_account=bank_account, reference=reference, amount=amount,
        transfer=transfer, occurred_at=occurred_at,
    )  # fmt: skip


def write_claim_off(batch: Batch, amount: Money, adjustment: UUID, at: datetime) -> None:
    """What was claimed of it is given up as a loss. Raises ``MoreThanClaimed``."""
    if not 0 < amount.amount <= batch.claimed:
        raise MoreThanClaimed(f"{batch.origin.batch}: {batch.money(batch.claimed)} is claimed")
    batch.tell(Batch.ClaimWrittenOff, at, amount=amount, adjustment=adjustment)


def to_budget(
    batch: Batch, reference: str, amount: Money, occurred_at: datetime, at: datetime
) -> None:
    """It went straight into the State budget account. Raises ``MoreThanInTransit``."""
    if reference in batch.budget_references:
        return
    if not 0 < amount.amount <= batch.outstanding:
        raise MoreThanInTransit(f"{batch.origin.batch}: {batch.money(batch.outstanding)}")
    batch.tell(Batch.ToBudget, at, reference=reference, amount=amount, occurred_at=occurred_at)
