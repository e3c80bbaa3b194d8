"""Remittance: allocated budget shares that the agency's bank is told to pay to the State budget.

    Drawn ─ Approved ─ Debited ─ Confirmed
      │                  └────── Returned
    Rejected

Whoever draws is not who approves, and an approval is bound to the hash of what was drawn. From its
approval a share is remitted, and never drawn again unless the remittance comes back.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Literal, Self, TypeAlias
from uuid import UUID

from eventsourcing.domain import event

from feesvc.domain.accounts import BankAccount
from feesvc.domain.aggregate import Aggregate, FirstEvent
from feesvc.domain.bank_order import AnotherAmount, NothingToSend, NotThere, Source, digest_of
from feesvc.domain.refund import ChangedSinceAsked, SamePerson
from feesvc.domain.remittance_lines import (
    ConfirmedLine,
    Drawable,
    Entry,
    LapsedShare,
    SetOff,
    Share,
    entries_of,
)
from feesvc.money import Money, total

__all__ = [
    "MOST", "ConfirmedLine", "Drawable", "Entry", "LapsedShare", "Remittance", "SetOff", "Share",
    "State",
]  # fmt: skip

MOST = 1000
"""Shares of one remittance: each of its assessments is written in the append that approves it."""
State: TypeAlias = Literal["drawn", "rejected", "approved", "debited", "confirmed", "returned"]


class Remittance(Aggregate):
    TOPIC = "remittance"

    class Drawn(FirstEvent):
        """Someone proposes to pay these shares to the State budget; nothing is sent yet.

        ``total`` is that of the shares; ``set_off`` of it is claims on the budget, not paid again.
        """

        TOPIC = "remittance.drawn"
        FORM = 2
        agency: str
        maker: str
        reference: str
        source: Source
        debited: BankAccount
        execute_on: date
        entries: tuple[Entry, ...]
        set_off: tuple[SetOff, ...]
        total: Money
        digest: str

        @staticmethod
        def upcast_1(state: dict[str, Any]) -> dict[str, Any]:
            return state | {"entries": [one | {"lapsed": []} for one in state["entries"]]}

    class Approved(Aggregate.Event):
        """Another person agreed: ``amount`` is in flight (P16a), its shares are remitted."""

        TOPIC = "remittance.approved"
        checker: str
        digest: str
        amount: Money

    class Rejected(Aggregate.Event):
        """It will not be sent; its shares may be drawn again."""

        TOPIC = "remittance.rejected"
        checker: str
        reason: str

    class Debited(Aggregate.Event):
        """The account was debited (P16b from the bank, P16f and P16h at the Treasury)."""

        TOPIC = "remittance.debited"
        source: Source
        amount: Money
        bank_reference: str
        occurred_at: datetime

    class Confirmed(Aggregate.Event):
        """The State Treasury confirmed what it received, under its own number."""

        TOPIC = "remittance.confirmed"
        number: str
        lines: tuple[ConfirmedLine, ...]
        agrees: bool
        """Whether codes and amounts are those that were sent."""
        occurred_at: datetime

    class Returned(Aggregate.Event):
        """The money came back (P16c); ``set_off`` stays set off."""

        TOPIC = "remittance.returned"
        source: Source
        amount: Money
        bank_reference: str
        reason: str
        occurred_at: datetime

    @event(Drawn)
    def __init__(
        self, agency: str, maker: str, reference: str, source: Source, debited: BankAccount,
        execute_on: date, entries: tuple[Entry, ...], set_off: tuple[SetOff, ...], total: Money,
        digest: str,
    ) -> None:  # fmt: skip
        self.agency = agency
        self.maker = maker
        self.reference = reference
        self.source: Source = source
        self.debited = debited
        self.execute_on = execute_on
        self.entries = entries
        self.set_off = set_off
        self.total = total
        self.digest = digest
        self.state: State = "drawn"
        self.confirmation = ""
        self.bank_reference = ""

    @property
    def paid(self) -> Money:
        """What the bank is to pay: the shares less the claims that are set off."""
        return self.total - total((one.amount for one in self.set_off), self.total.currency)

    @property
    def shares(self) -> list[Share]:
        return [share for entry in self.entries for share in entry.shares]

    @property
    def lapsed(self) -> list[LapsedShare]:
        return [share for entry in self.entries for share in entry.lapsed]

    @classmethod
    def draw(
        cls, id: UUID, agency: str, maker: str, reference: str, source: Source,
        debited: BankAccount, execute_on: date,
        drawable: Sequence[Drawable], set_off: Sequence[SetOff], at: datetime,
    ) -> Self:  # fmt: skip
        """``drawable`` are shares with the codes they go under. Raises ``NothingToSend``."""
        if not 0 < len(drawable) <= MOST:
            raise NothingToSend(f"{len(drawable)} budget shares")
        currency = debited.currency
        entries = entries_of(reference, currency, drawable)
        summed = total((entry.amount for entry in entries), currency)
        if total((one.amount for one in set_off), currency).amount > summed.amount:
            raise NothingToSend(f"more is set off than {summed}")
        said = [
            f"{e.reference} {sorted(e.codes.items())} {s.assessment} {s.line} {s.whole} {s.amount}"
            for e in entries
            for s in e.shares
        ]
        said += [
            f"{e.reference} {sorted(e.codes.items())} {one.transfer} {one.adjustment} {one.amount}"
            for e in entries
            for one in e.lapsed
        ]
        taken_off = [f"{one.claim} {one.amount}" for one in set_off]
        digest = digest_of(agency, reference, source, debited, execute_on, *said, *taken_off)
        return cls.first(
            cls.Drawn, id, at, agency=agency, maker=maker, reference=reference, source=source,
            debited=debited, execute_on=execute_on, entries=entries, set_off=tuple(set_off),
            total=summed, digest=digest,
        )  # fmt: skip

    def approve(self, checker: str, digest: str, at: datetime) -> None:
        self._check("drawn")
        if checker == self.maker:
            raise SamePerson("a remittance is approved by another person than drew it")
        if digest != self.digest:
            raise ChangedSinceAsked(f"drawn: {self.digest}")
        self.record(self.Approved, at, checker=checker, digest=digest, amount=self.paid)

    def reject(self, checker: str, reason: str, at: datetime) -> None:
        self._check("drawn")
        self.record(self.Rejected, at, checker=checker, reason=reason)

    def debit(
        self, amount: Money, bank_reference: str, occurred_at: datetime, at: datetime
    ) -> None:
        """The bank says so; the same line again is no news. Raises ``AnotherAmount``."""
        if self.bank_reference == bank_reference:
            return
        self._check("approved")
        self._same(amount)
        self.record(
            self.Debited, at, source=self.source, amount=amount, bank_reference=bank_reference,
            occurred_at=occurred_at,
        )  # fmt: skip

    def confirm(
        self, number: str, lines: Sequence[ConfirmedLine], occurred_at: datetime, at: datetime
    ) -> None:
        if self.state == "confirmed" and self.confirmation == number:
            return
        self._check("debited")
        self.record(
            self.Confirmed, at, number=number, lines=tuple(lines), agrees=self._agrees(lines),
            occurred_at=occurred_at,
        )  # fmt: skip

    def give_back(
        self, amount: Money, bank_reference: str, reason: str, occurred_at: datetime, at: datetime
    ) -> None:
        self._check("debited", "confirmed")
        self._same(amount)
        self.record(
            self.Returned, at, source=self.source, amount=amount, bank_reference=bank_reference,
            reason=reason, occurred_at=occurred_at,
        )  # fmt: skip

    def _agrees(self, lines: Sequence[ConfirmedLine]) -> bool:
        """What is set off is settled with the Treasury on its own: gross figures are compared."""
        ours = sorted((sorted(e.codes.items()), e.amount.amount) for e in self.entries)
        return ours == sorted((sorted(one.codes.items()), one.amount.amount) for one in lines)

    def _same(self, amount: Money) -> None:
        if amount != self.paid:
            raise AnotherAmount(f"{self.reference} is of {self.paid}, not {amount}")

    def _check(self, *states: State) -> None:
        if self.state not in states:
            raise NotThere(f"remittance {self.reference} is {self.state}")

    @event(Approved)
    def _approved(self) -> None:
        self.state = "approved"

    @event(Rejected)
    def _rejected(self) -> None:
        self.state = "rejected"

    @event(Debited)
    def _debited(self, bank_reference: str) -> None:
        self.state = "debited"
        self.bank_reference = bank_reference

    @event(Confirmed)
    def _confirmed(self, number: str) -> None:
        self.state = "confirmed"
        self.confirmation = number

    @event(Returned)
    def _returned(self) -> None:
        self.state = "returned"
