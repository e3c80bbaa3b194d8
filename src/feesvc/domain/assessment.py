"""Assessment: what one dossier owes one agency under one notice.

    Raised ─ Increased, Reduced … ─ CollectedBy … Paid ⇄ Unpaid
       └──── Waived | Cancelled | Superseded

We may refuse a change of our own; money that arrives the transfer places.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Literal, TypeAlias
from uuid import UUID

from eventsourcing.domain import event

from feesvc.domain.aggregate import Aggregate, FirstEvent, Refusal
from feesvc.domain.circumstances import Channel
from feesvc.domain.line import (
    Kind,
    Line,
    LineState,
    Part,
    check_increase,
    fill,
    positive,
    reducible,
)
from feesvc.money import Money

Withdrawal: TypeAlias = Literal["waived", "cancelled", "superseded"]
Uncollection: TypeAlias = Literal["reduced", "withdrawn", "refunded", "reversed", "dispute_lost"]


class NotOpen(Refusal):
    """The assessment was withdrawn"""


class Assessment(Aggregate):
    TOPIC = "assessment"

    class Raised(FirstEvent):
        """An agency says what a dossier owes (P01). A total of zero is valid."""

        TOPIC = "assessment.raised"
        agency: str
        dossier: str
        notice: str
        procedure: str
        procedure_version: int
        portal: str
        channel: Channel
        service_level: str
        result_delivery: str
        submitted_on: date
        due_on: date | None
        payer_class: str
        identity_level: int
        locality: str
        subject: UUID | None
        lines: tuple[Line, ...]
        total: Money
        content: str
        """SHA-256 of what was asked, so that the same notice twice can be told from another."""

    class Increased(Aggregate.Event):
        """More is owed on some lines (P02e)."""

        TOPIC = "assessment.increased"
        parts: tuple[Part, ...]
        reason: str

    class Reduced(Aggregate.Event):
        """Less is owed. ``open`` was unpaid (P02a), ``paid`` becomes the payer's credit (P02b)."""

        TOPIC = "assessment.reduced"
        open: tuple[Part, ...]
        paid: tuple[Part, ...]
        reason: str

    class Waived(Aggregate.Event):
        """What is still open is forgiven (P03); what was paid stays paid."""

        TOPIC = "assessment.waived"
        open: tuple[Part, ...]
        reason: str

    class Cancelled(Aggregate.Event):
        """Nothing is owed any more (P04); what was paid went to the payer's credit."""

        TOPIC = "assessment.cancelled"
        open: tuple[Part, ...]
        reason: str

    class Superseded(Aggregate.Event):
        """Another notice took this one's place (P04)."""

        TOPIC = "assessment.superseded"
        open: tuple[Part, ...]
        by_notice: str
        reason: str

    class CollectedBy(Aggregate.Event):
        """A transfer paid parts of it. Of another collector, the money is held for us (P20c)."""

        TOPIC = "assessment.collected_by"
        collector: str
        transfer: UUID
        parts: tuple[Part, ...]
        occurred_at: datetime

    class UncollectedBy(Aggregate.Event):
        """Money that had paid it went away again. ``still_due``: the fee is owed once more."""

        TOPIC = "assessment.uncollected_by"
        collector: str
        transfer: UUID
        parts: tuple[Part, ...]
        still_due: bool
        why: Uncollection
        occurred_at: datetime

    class Paid(Aggregate.Event):
        """Authoritative transfers cover the total, or the total is zero."""

        TOPIC = "assessment.paid"
        dossier: str
        notice: str
        total: Money
        subject: UUID | None

    class Unpaid(Aggregate.Event):
        """It was paid and is no more: a reversal, a lost dispute, an increase."""

        TOPIC = "assessment.unpaid"
        outstanding: Money

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

    def collect(
        self, collector: str, transfer: UUID, amounts: dict[int, int],
        occurred_at: datetime, at: datetime,
    ) -> None:  # fmt: skip
        self.record(
            self.CollectedBy, at, collector=collector, transfer=transfer,
            parts=self._parts(amounts), occurred_at=occurred_at,
        )  # fmt: skip
        self.mark(at)

    def uncollect(
        self, transfer: UUID, amounts: dict[int, int], *, still_due: bool, why: Uncollection,
        occurred_at: datetime, at: datetime,
    ) -> None:  # fmt: skip
        """Money leaves some lines again; ``still_due`` reopens them."""
        self.record(
            self.UncollectedBy, at, collector=self.transfers[transfer], transfer=transfer,
            parts=self._parts(amounts, -1), still_due=still_due, why=why, occurred_at=occurred_at,
        )  # fmt: skip
        self.mark(at)

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

    def _withdraw(self, event_class: type[Aggregate.Event], at: datetime, **said: str) -> None:
        self._check_open()
        still_open = self._parts(positive({n: line.open for n, line in self.lines.items()}))
        self.record(event_class, at, open=still_open, **said)

    def _parts(self, amounts: dict[int, int], sign: int = 1) -> tuple[Part, ...]:
        return tuple(
            self.lines[number].part(number, sign * amount, self.currency)
            for number, amount in sorted(amounts.items())
        )

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

    @event(CollectedBy)
    def _collected_by(self, collector: str, transfer: UUID, parts: tuple[Part, ...]) -> None:
        self.transfers[transfer] = collector
        for part in parts:
            self.lines[part.line].collected += part.amount.amount

    @event(UncollectedBy)
    def _uncollected_by(self, parts: tuple[Part, ...], still_due: bool, why: Uncollection) -> None:
        for part in parts:
            line = self.lines[part.line]
            line.collected -= part.amount.amount
            line.due -= 0 if still_due else part.amount.amount
            line.refunded += part.amount.amount if why == "refunded" else 0

    @event(Paid)
    def _paid(self) -> None:
        self.paid = True

    @event(Unpaid)
    def _unpaid(self) -> None:
        self.paid = False
