"""An account at a bank: what was booked on it, day by day, and what stood on it in between."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from feesvc.money import Money, total


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry; a debit is negative. Days are those of Việt Nam."""

    native_id: str
    amount: Money
    booked_on: date
    value_on: date
    narrative: str
    end_to_end: str = ""
    counterparty_name: str = ""
    counterparty_account: str = ""
    reversal: bool = False
    """The bank takes back an entry of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One statement: everything booked on one day, between two balances that it makes."""

    bank: str
    number: str
    currency: str
    sequence: int
    on: date
    opening: Money
    closing: Money
    entries: tuple[Entry, ...]

    @property
    def identity(self) -> str:
        return f"STMT{self.number[-4:]}{self.on:%y%m%d}{self.sequence:04d}"


@dataclass(slots=True)
class Account:
    """One account in one currency. Nothing booked is ever changed; a mistake is booked back."""

    bank: str
    number: str
    currency: str = "VND"
    opening: int = 0
    entries: list[Entry] = field(default_factory=list)
    sequence: int = 0
    """The number of the last statement."""
    stated_until: date | None = None

    @property
    def balance(self) -> Money:
        return Money(self.opening, self.currency) + total(
            (entry.amount for entry in self.entries), self.currency
        )

    def book(
        self, amount: int, on: date, narrative: str, *, value_on: date | None = None,
        end_to_end: str = "", name: str = "", account: str = "", reversal: bool = False,
    ) -> Entry:  # fmt: skip
        """Book an entry of so many minor units; the bank names it by its count."""
        entry = Entry(
            native_id=f"FT{on:%y%j}{self.number[-4:]}{len(self.entries) + 1:05d}",
            amount=Money(amount, self.currency), booked_on=on, value_on=value_on or on,
            narrative=narrative, end_to_end=end_to_end, counterparty_name=name,
            counterparty_account=account, reversal=reversal,
        )  # fmt: skip
        self.entries.append(entry)
        return entry

    def take_back(self, entry: Entry, on: date) -> Entry:
        """The bank books an entry of its own back."""
        return self.book(
            -entry.amount.amount, on, f"HOAN TRA LENH {entry.native_id} {entry.narrative}",
            end_to_end=entry.end_to_end, reversal=True,
        )  # fmt: skip

    def statement(self, on: date) -> Day:
        """The next statement, of ``on``, which must come after the last one's day."""
        if self.stated_until is not None and on <= self.stated_until:
            raise ValueError(f"stated until {self.stated_until}")
        after = self.stated_until or date.min
        self.sequence += 1
        self.stated_until = on
        return self._day(on, self._between(after, on), after)

    def statements(self, starts_on: date, ends_on: date) -> Sequence[Day]:
        """A statement for each day, those without an entry too."""
        count = (ends_on - starts_on).days + 1
        return [self.statement(starts_on + timedelta(days=number)) for number in range(count)]

    def _between(self, after: date, on: date) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if after < entry.booked_on <= on)

    def _day(self, on: date, entries: tuple[Entry, ...], after: date) -> Day:
        before = (entry.amount for entry in self.entries if entry.booked_on <= after)
        opening = Money(self.opening, self.currency) + total(before, self.currency)
        return Day(
            bank=self.bank, number=self.number, currency=self.currency, sequence=self.sequence,
            on=on, opening=opening, closing=opening + _sum(entries, self.currency), entries=entries,
        )  # fmt: skip


def _sum(entries: Iterable[Entry], currency: str) -> Money:
    return total((entry.amount for entry in entries), currency)
