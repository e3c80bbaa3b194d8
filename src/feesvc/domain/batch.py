"""Batch: what an intermediary settles at once, from its lines to the credit at the bank.

One stream per merchant account and batch name. Three sums tell how it stands: what it was declared
to pay out, what its booked lines add up to, and what came of it. Lines and credits come in any
order. What the lines are short of the declared sum stays visible as ``residual``; what has not
come, as ``outstanding``; what the ledger holds on 1210 is ``in_transit``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from eventsourcing.domain import event

from feesvc.domain import batch_events as events
from feesvc.domain.aggregate import Aggregate, Refusal
from feesvc.domain.batch_credit import BatchCredit, Declaration
from feesvc.domain.batch_events import BatchLine, BatchOrigin
from feesvc.domain.settled_part import BatchName
from feesvc.money import Money


class UnknownCredit(Refusal):
    """No such credit is the batch's"""


class Batch(Aggregate):
    TOPIC = "batch"
    LONG = True

    Opened = events.Opened
    Declared = events.Declared
    LinesSettled = events.LinesSettled
    LinesUnsettled = events.LinesUnsettled
    FeeCharged = events.FeeCharged
    FeeUncharged = events.FeeUncharged
    ReserveWithheld = events.ReserveWithheld
    ReserveReleased = events.ReserveReleased
    Credited = events.Credited
    CreditReversed = events.CreditReversed
    CreditUndone = events.CreditUndone
    ClaimRecovered = events.ClaimRecovered
    ClaimWrittenOff = events.ClaimWrittenOff
    CarriedForward = events.CarriedForward
    CarriedOut = events.CarriedOut
    CarryTaken = events.CarryTaken
    CarriedOver = events.CarriedOver
    TakenUp = events.TakenUp
    PaidByUs = events.PaidByUs
    ToBudget = events.ToBudget

    @event(Opened)
    def __init__(self, agency: str, origin: BatchOrigin, currency: str) -> None:
        self.agency = agency
        self.origin = origin
        self.currency = currency
        self.declared: Declaration | None = None
        self.lines: dict[str, BatchLine] = {}
        self.fees: dict[str, tuple[Money, Money]] = {}
        """Commission and tax of the lines that are fees of no transfer."""
        self.settled_net = 0
        self.arrived = 0
        self.claimed = 0
        self.reserved = 0
        self.carried = False
        self.carried_out = 0
        self.credits: dict[tuple[UUID, str], BatchCredit] = {}
        self.recoveries: set[tuple[UUID, str]] = set()
        self.budget_references: set[str] = set()

    @classmethod
    def open(cls, id: UUID, agency: str, origin: BatchOrigin, currency: str, at: datetime) -> Self:
        return cls.first(cls.Opened, id, at, agency=agency, origin=origin, currency=currency)

    @property
    def name(self) -> BatchName:
        return BatchName(self.id, self.origin.batch)

    # Sums, in minor units.

    @property
    def expected(self) -> int:
        """What is to come of it: as declared, or else what its booked lines add up to."""
        return self.declared.net.amount if self.declared else self.settled_net

    @property
    def outstanding(self) -> int:
        """What has not come; negative where it is owed to the intermediary."""
        return self.expected - self.arrived

    @property
    def residual(self) -> int:
        """What was declared beyond the booked lines: unexplained as long as it is not zero."""
        return self.expected - self.settled_net

    @property
    def in_transit(self) -> int:
        """What the ledger holds of it on 1210."""
        return self.settled_net - self.arrived

    @property
    def in_full(self) -> bool:
        """Whether all of it came: what its lines settled is in the bank."""
        return self.outstanding == 0 and bool(self.lines)

    @property
    def transfers(self) -> tuple[UUID, ...]:
        """What its payment lines settled, each once."""
        payments = (one for one in self.lines.values() if one.kind == "payment" and one.transfer)
        return tuple({one.transfer: None for one in payments if one.transfer})

    def money(self, amount: int) -> Money:
        return Money(amount, self.currency)

    # Commands decide.

    def declare(self, said: Declaration, at: datetime) -> None:
        """Take what its intermediary declares; the same again changes nothing."""
        if said != self.declared:
            self.tell(
                self.Declared, at, gross=said.gross, commission=said.commission, tax=said.tax,
                net=said.net, count=said.count, settled_on=said.settled_on,
                statement=said.statement,
            )  # fmt: skip

    def settle(self, lines: Sequence[BatchLine], at: datetime) -> None:
        if lines:
            self.tell(self.LinesSettled, at, lines=tuple(lines))

    def unsettle(self, lines: Sequence[BatchLine], reason: str, at: datetime) -> None:
        if lines:
            self.tell(self.LinesUnsettled, at, lines=tuple(lines), reason=reason)

    def credit(self, credit: BatchCredit, occurred_at: datetime, at: datetime) -> None:
        """Book a bank credit's part, once."""
        if credit.key not in self.credits:
            self.tell(
                self.Credited, at, bank_account=credit.bank_account, reference=credit.reference,
                whole=credit.whole, amount=credit.amount, short=credit.short, charge=credit.charge,
                transfer=credit.transfer, batches=credit.batches, occurred_at=occurred_at,
            )  # fmt: skip

    def reverse_credit(
        self, key: tuple[UUID, str], reason: str, occurred_at: datetime, at: datetime
    ) -> None:
        """The bank took it back. Raises ``UnknownCredit``."""
        credit = self.credit_of(key)
        self.tell(
            self.CreditReversed, at, bank_account=credit.bank_account, reference=credit.reference,
            amount=credit.amount, short=self._still_claimed(credit), charge=credit.charge,
            reason=reason,
            occurred_at=occurred_at,
        )  # fmt: skip

    def undo_credit(self, key: tuple[UUID, str], reason: str, at: datetime) -> None:
        """It was not this batch's. Raises ``UnknownCredit``."""
        credit = self.credit_of(key)
        self.tell(
            self.CreditUndone, at, bank_account=credit.bank_account, reference=credit.reference,
            amount=credit.amount, short=self._still_claimed(credit), charge=credit.charge,
            transfer=credit.transfer, reason=reason,
        )  # fmt: skip

    def _still_claimed(self, credit: BatchCredit) -> Money:
        """What was recovered or given up of a claim has come, whatever became of the credit."""
        return self.money(min(credit.short.amount, max(self.claimed, 0)))

    def credit_of(self, key: tuple[UUID, str]) -> BatchCredit:
        if key not in self.credits:
            raise UnknownCredit(key[1][:100])
        return self.credits[key]

    def tell(self, event_class: type[Aggregate.Event], at: datetime, **facts: Any) -> None:
        self.record(event_class, at, origin=self.origin, **facts)

    # Mutators record.

    @event(Declared)
    def _declared(
        self, gross: Money, commission: Money, tax: Money, net: Money, count: int,
        settled_on: date, statement: UUID | None,
    ) -> None:  # fmt: skip
        self.declared = Declaration(
            gross=gross, commission=commission, tax=tax, net=net, count=count,
            settled_on=settled_on, statement=statement,
        )  # fmt: skip

    @event(LinesSettled)
    def _lines_settled(self, lines: tuple[BatchLine, ...]) -> None:
        for line in lines:
            self.lines[line.line] = line
            self.settled_net += line.net.amount

    @event(LinesUnsettled)
    def _lines_unsettled(self, lines: tuple[BatchLine, ...]) -> None:
        for line in lines:
            self.settled_net -= self.lines.pop(line.line).net.amount

    @event(FeeCharged)
    def _fee_charged(self, line: str, commission: Money, tax: Money) -> None:
        self.fees[line] = (commission, tax)

    @event(FeeUncharged)
    def _fee_uncharged(self, line: str) -> None:
        self.fees.pop(line)

    @event(ReserveWithheld)
    def _reserve_withheld(self, amount: Money) -> None:
        self.reserved += amount.amount

    @event(ReserveReleased)
    def _reserve_released(self, amount: Money) -> None:
        self.reserved -= amount.amount

    @event(Credited)
    def _credited(
        self, bank_account: UUID, reference: str, whole: Money, amount: Money, short: Money,
        charge: Money, transfer: UUID | None, batches: tuple[UUID, ...],
    ) -> None:  # fmt: skip
        credit = BatchCredit(
            bank_account=bank_account, reference=reference, whole=whole, amount=amount,
            short=short, charge=charge, transfer=transfer, batches=batches,
        )  # fmt: skip
        self.credits[credit.key] = credit
        self.arrived += credit.covers
        self.claimed += short.amount

    @event(CreditReversed)
    def _credit_reversed(
        self, bank_account: UUID, reference: str, amount: Money, short: Money, charge: Money
    ) -> None:
        self._without(bank_account, reference, amount + short + charge, short)

    @event(CreditUndone)
    def _credit_undone(
        self, bank_account: UUID, reference: str, amount: Money, short: Money, charge: Money
    ) -> None:
        self._without(bank_account, reference, amount + short + charge, short)

    def _without(self, bank_account: UUID, reference: str, covered: Money, short: Money) -> None:
        self.credits.pop((bank_account, reference))
        self.arrived -= covered.amount
        self.claimed -= short.amount

    @event(ClaimRecovered)
    def _claim_recovered(self, bank_account: UUID, reference: str, amount: Money) -> None:
        self.claimed -= amount.amount
        self.recoveries.add((bank_account, reference))

    @event(ClaimWrittenOff)
    def _claim_written_off(self, amount: Money) -> None:
        self.claimed -= amount.amount

    @event(CarriedForward)
    def _carried_forward(self) -> None:
        self.carried = True

    @event(CarriedOut)
    def _carried_out_now(self, amount: Money) -> None:
        self.carried_out += amount.amount

    @event(CarryTaken)
    def _carry_taken(self, amount: Money) -> None:
        self.carried_out -= amount.amount

    @event(CarriedOver)
    def _carried_over(self, amount: Money) -> None:
        self.arrived -= amount.amount

    @event(PaidByUs)
    def _paid_by_us(self, amount: Money) -> None:
        self.arrived -= amount.amount

    @event(ToBudget)
    def _to_budget(self, reference: str, amount: Money) -> None:
        self.arrived += amount.amount
        self.budget_references.add(reference)
