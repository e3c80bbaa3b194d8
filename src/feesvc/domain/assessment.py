"""Assessment: what one dossier owes one agency under one notice.

    Raised ─ Increased, Reduced … ─ CollectedBy … Paid ⇄ Unpaid
       └──── Waived | Cancelled | Superseded

We may refuse a change of our own; money that arrives the transfer places.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, TypeAlias
from uuid import UUID

from eventsourcing.domain import event

from feesvc.domain import assessment_events as events
from feesvc.domain.aggregate import Aggregate, Refusal
from feesvc.domain.assessment_events import Uncollection
from feesvc.domain.line import (
    AdvanceLine,
    Kind,
    Line,
    LineState,
    Part,
    TakenPart,
    check_increase,
    fill,
    positive,
    reducible,
)
from feesvc.domain.standing import Standing, banked_now, move, payers, taken_parts
from feesvc.money import Money

Withdrawal: TypeAlias = Literal["waived", "cancelled", "superseded", "written_off"]


class NotOpen(Refusal):
    """The assessment was withdrawn"""


class Assessment(Standing):
    TOPIC = "assessment"

    Raised = events.Raised
    Increased = events.Increased
    Reduced = events.Reduced
    Waived = events.Waived
    Cancelled = events.Cancelled
    Superseded = events.Superseded
    WrittenOff = events.WrittenOff
    CollectedBy = events.CollectedBy
    UncollectedBy = events.UncollectedBy
    Banked = events.Banked
    Unbanked = events.Unbanked
    Allocated = events.Allocated
    Remitted = events.Remitted
    RemittanceUndone = events.RemittanceUndone
    Forfeited = events.Forfeited
    Paid = events.Paid
    Unpaid = events.Unpaid

    @event(Raised)
    def __init__(
        self, agency: str, dossier: str, notice: str, subject: UUID | None,
        lines: tuple[Line, ...], total: Money, content: str,
    ) -> None:  # fmt: skip
        self.agency = agency
        self.dossier = dossier
        self.notice = notice
        self.subject = subject
        self.content = content
        self.currency = total.currency
        self.terms = {line.number: line for line in lines}
        self.lines = {
            line.number: LineState(
                line.kind, line.retained_ppm, line.refundable, line.amount.amount
            )
            for line in lines
        }
        self.withdrawn: Withdrawal | None = None
        self.paid = False
        self.transfers: dict[UUID, str] = {}
        self.in_bank: set[UUID] = set()
        self.remittances: dict[UUID, dict[int, int]] = {}
        self.allocations: dict[UUID, dict[int, int]] = {}
        """What each allocation split of each line, oldest first."""

    @property
    def outstanding(self) -> Money:
        due = 0 if self.withdrawn else sum(line.open for line in self.lines.values())
        return Money(due, self.currency)

    @property
    def total(self) -> Money:
        return Money(sum(line.due for line in self.lines.values()), self.currency)

    @property
    def state(self) -> str:
        return self.withdrawn or ("paid" if self.paid else "open")

    # Commands decide.

    def fill(self, amount: int, order: Sequence[Kind]) -> Iterator[tuple[int, int]]:
        """How ``amount`` minor units would fill what is open: kind by kind, then in line order."""
        return fill({} if self.withdrawn else self.lines, amount, order)

    def increase(self, amounts: dict[int, int], reason: str, at: datetime) -> None:
        self._check_open()
        check_increase(self.lines, amounts)
        self.record(self.Increased, at, parts=self._parts(amounts), reason=reason)
        self.mark(at)

    def reducible(self, amounts: dict[int, int]) -> tuple[dict[int, int], dict[int, int]]:
        self._check_open()
        return reducible(self.lines, amounts)

    def reduce(self, amounts: dict[int, int], reason: str, at: datetime) -> dict[int, int]:
        """Owe less. Returns the paid part: ``uncollect`` takes it off in the same append."""
        unpaid, paid = self.reducible(amounts)
        self.record(
            self.Reduced, at, open=self._parts(unpaid), paid=self._parts(paid), reason=reason
        )
        if not paid:
            self.mark(at)
        return paid

    def waive(self, reason: str, at: datetime) -> None:
        self._withdraw(self.Waived, at, reason=reason)

    def cancel(self, reason: str, at: datetime) -> None:
        self._withdraw(self.Cancelled, at, reason=reason)

    def supersede(self, by_notice: str, reason: str, at: datetime) -> None:
        self._withdraw(self.Superseded, at, by_notice=by_notice, reason=reason)

    def write_off(self, adjustment: UUID, reason: str, at: datetime) -> None:
        self._withdraw(self.WrittenOff, at, adjustment=adjustment, reason=reason)

    def collect(
        self, collector: str, transfer: UUID, amounts: Mapping[int, int],
        occurred_at: datetime, at: datetime, *, in_bank: bool = False,
        advance: AdvanceLine | None = None,
    ) -> None:  # fmt: skip
        """``in_bank``: the money is in our own bank already. ``advance``: it had paid that one,
        and another agency had collected it.
        """
        self.record(
            self.CollectedBy, at, collector=collector, transfer=transfer,
            parts=self._parts(amounts), occurred_at=occurred_at, advance=advance,
        )  # fmt: skip
        if in_bank:
            self.bank(transfer, occurred_at, at)
        self.mark(at)

    def uncollect(
        self, transfer: UUID, amounts: Mapping[int, int], *, still_due: bool, why: Uncollection,
        occurred_at: datetime, at: datetime, forwarded: bool = False,
    ) -> tuple[TakenPart, ...]:  # fmt: skip
        """Money leaves some lines again, unbanked first; ``still_due`` reopens them.

        Gives what left. What now waits for no other transfer is banked.
        """
        parts = tuple(taken_parts(self.lines, amounts, self.currency))
        self.record(
            self.UncollectedBy, at, collector=self.transfers[transfer], transfer=transfer,
            parts=parts, still_due=still_due, why=why, forwarded=forwarded,
            occurred_at=occurred_at,
        )  # fmt: skip
        for number, amount in banked_now(self.lines, self.in_bank).items():
            self._banked(payers(self.lines[number])[-1], {number: amount}, occurred_at, at)
        self.mark(at)
        return parts

    def mark(self, at: datetime) -> None:
        """Say that it is paid, or is no more, where that changed; a zero total is paid at once."""
        covered = not self.outstanding and not self.withdrawn
        if covered and not self.paid:
            self.record(
                self.Paid, at, dossier=self.dossier, notice=self.notice, total=self.total,
                subject=self.subject,
            )  # fmt: skip
        elif self.paid and self.outstanding:
            self.record(self.Unpaid, at, outstanding=self.outstanding)

    def _check_open(self) -> None:
        if self.withdrawn:
            raise NotOpen(f"notice {self.notice} of {self.dossier} is {self.withdrawn}")

    def _withdraw(self, event_class: type[Aggregate.Event], at: datetime, **said: Any) -> None:
        self._check_open()
        still_open = self._parts(positive({n: line.open for n, line in self.lines.items()}))
        self.record(event_class, at, open=still_open, **said)

    # Mutators record. They run again on every replay, so they never decide and never refuse.

    @event(Increased)
    def _increased(self, parts: tuple[Part, ...]) -> None:
        for part in parts:
            self.lines[part.line].due += part.amount.amount

    @event(Reduced)
    def _reduced(self, open: tuple[Part, ...]) -> None:
        for part in open:
            self.lines[part.line].due -= part.amount.amount

    @event(Waived)
    def _waived(self) -> None:
        self.withdrawn = "waived"

    @event(Cancelled)
    def _cancelled(self) -> None:
        self.withdrawn = "cancelled"

    @event(Superseded)
    def _superseded(self) -> None:
        self.withdrawn = "superseded"

    @event(WrittenOff)
    def _written_off(self) -> None:
        self.withdrawn = "written_off"

    @event(CollectedBy)
    def _collected_by(self, collector: str, transfer: UUID, parts: tuple[Part, ...]) -> None:
        self.transfers[transfer] = collector
        for part in parts:
            line = self.lines[part.line]
            line.collected += part.amount.amount
            line.paid_by[transfer] = line.paid_by.get(transfer, 0) + part.amount.amount

    @event(UncollectedBy)
    def _uncollected_by(
        self, transfer: UUID, parts: tuple[TakenPart, ...], still_due: bool, why: Uncollection
    ) -> None:
        for part in parts:
            line = self.lines[part.line]
            line.leave(transfer, part.amount.amount)
            line.due -= 0 if still_due else part.amount.amount
            line.refunded += part.amount.amount if why == "refunded" else 0

    @event(Banked)
    def _banked_now(self, transfer: UUID, parts: tuple[Part, ...]) -> None:
        self.in_bank.add(transfer)
        move(self.lines, "banked", parts)

    @event(Unbanked)
    def _unbanked(self, transfer: UUID, parts: tuple[Part, ...]) -> None:
        self.in_bank.discard(transfer)
        move(self.lines, "banked", parts, -1)

    @event(Allocated)
    def _allocated(self, allocation: UUID, parts: tuple[Part, ...]) -> None:
        self.allocations[allocation] = {part.line: part.amount.amount for part in parts}
        move(self.lines, "allocated", parts)

    @event(Forfeited)
    def _forfeited(self, parts: tuple[Part, ...]) -> None:
        move(self.lines, "allocated", parts)

    @event(Remitted)
    def _remitted(self, remittance: UUID, parts: tuple[Part, ...]) -> None:
        self.remittances[remittance] = {part.line: part.amount.amount for part in parts}
        move(self.lines, "remitted", parts)

    @event(RemittanceUndone)
    def _remittance_undone(self, remittance: UUID, parts: tuple[Part, ...]) -> None:
        self.remittances[remittance] = {}
        move(self.lines, "remitted", parts, -1)

    @event(Paid)
    def _paid(self) -> None:
        self.paid = True

    @event(Unpaid)
    def _unpaid(self) -> None:
        self.paid = False
