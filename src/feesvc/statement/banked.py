"""Bank tables: the entries of one account by a profile, checked to roll forward."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple, TypeVar

from feesvc.money import Money
from feesvc.statement import Balance, BankEntry, BankStatement, Row, Unreadable
from feesvc.statement.cells import Unread, amount_reader, is_currency, read_day
from feesvc.statement.faults import bad_lines, by_balances
from feesvc.statement.profile import BankProfile
from feesvc.statement.tables import Table

T = TypeVar("T")
SIGNS = {
    "unsigned": "an amount with a minus, where the profile says that there is none",
    "debits_negative": "a sign other than the profile says: credits have none, debits a minus",
}


class _Line(NamedTuple):
    """``entry`` is None where the line is wrong; its balance may be readable all the same."""

    entry: BankEntry | None
    balance: Money | None


class BankTable:
    """The table is one statement of one account.

    A line that is wrong is F05; the reader goes on, to say what the balances leave for it.
    """

    def __init__(self, profile: BankProfile, rows: Iterable[Row], account: str) -> None:
        """``account`` is the number that stands for it where the table tells none."""
        columns = profile.columns
        self._booked = _several(columns.booked_on)
        self._value = _several(columns.value_on)
        named = {
            columns.amount, columns.credit, columns.debit, columns.direction, columns.balance,
            columns.native_id, columns.narrative, columns.counterparty_name,
            columns.counterparty_account, columns.code, columns.currency, columns.account,
            *columns.references, *self._booked, *self._value,
        }  # fmt: skip
        labels = (
            profile.account_label, profile.identity_label, profile.opening_label,
            profile.closing_label, profile.day_label,
        )  # fmt: skip
        self._profile = profile
        self._amount = amount_reader(profile.amounts)
        self._table = Table(profile, rows, named - {""}, labels)
        self._accounts: set[str] = set()
        self._currencies: set[str] = set()
        self._account = account
        self._faults: list[Unreadable] = []

    def statement(self) -> BankStatement:
        """Raises ``Unreadable``."""
        lines = list(self._lines())
        if self._profile.order == "newest_first":
            lines.reverse()
        if self._faults:
            raise bad_lines(self._faults, self._difference(lines))
        entries = [line.entry for line in lines if line.entry]
        if len(self._accounts) > 1 or len(self._currencies) > 1:
            raise Unreadable("F11", "more than one account or currency in one table")
        currency = self._one_currency()
        label = self._profile.account_label
        account = self._table.label(label) if label else next(iter(self._accounts), self._account)
        opening, closing = self._ends(lines, entries, currency)
        if not entries and (opening is None or closing is None):
            raise Unreadable("F13", "no entry, and no balances that say so")
        identity = self._profile.identity_label
        return BankStatement(
            kind="statement" if opening and closing else "notification",
            account="".join(account.split()), currency=currency,
            identity=self._table.label(identity) if identity else "", sequence=None,
            opening=opening, closing=closing, entries=entries,
        )  # fmt: skip

    def _lines(self) -> Iterator[_Line]:
        for row in self._table.lines():
            entry = self._part(row, self._entry)
            yield _Line(entry, self._part(row, self._balance_after))

    def _part(self, row: Row, part: Callable[[Row], T]) -> T | None:
        try:
            return part(row)
        except Unread as problem:
            if not self._faults or self._faults[-1].place != row.place:
                text = " | ".join(cell for cell in row.cells if cell)
                self._faults.append(Unreadable("F05", str(problem), place=row.place, text=text))
            return None

    def _entry(self, row: Row) -> BankEntry:
        columns = self._profile.columns
        currency = self._currency(row)
        booked_on = self._day(row, self._booked)
        if columns.account:
            self._accounts.add(self._told(row, columns.account))
        self._currencies.add(currency)
        amount, taken_back = self._signed(row, currency)
        references = [self._told(row, heading) for heading in columns.references]
        return BankEntry(
            native_id=self._told(row, columns.native_id), amount=Money(amount, currency),
            booked_on=booked_on, value_on=self._day(row, self._value, booked_on),
            reversal=taken_back, narrative=self._told(row, columns.narrative),
            references=tuple(one for one in references if one),
            counterparty_name=self._told(row, columns.counterparty_name),
            counterparty_account=self._told(row, columns.counterparty_account),
            code=self._told(row, columns.code), place=row.place,
        )  # fmt: skip

    def _currency(self, row: Row) -> str:
        heading = self._profile.columns.currency
        currency = self._told(row, heading) or self._profile.currency
        if not is_currency(currency):
            raise Unread(f"{heading}: not a currency" if heading else "not a currency")
        return currency

    def _balance_after(self, row: Row) -> Money | None:
        heading = self._profile.columns.balance
        if not self._told(row, heading):
            return None
        currency = self._currency(row)
        return Money(self._amount_under(row, heading, currency), currency)

    def _amount_under(self, row: Row, heading: str, currency: str) -> int:
        try:
            return self._amount(self._table.cell(row, heading), currency)
        except Unread as problem:
            raise Unread(f"{heading}: {problem}") from None

    def _signed(self, row: Row, currency: str) -> tuple[int, bool]:
        """What the account gained, and whether the bank takes back an entry of its own by it."""
        columns = self._profile.columns
        if columns.credit:
            gained = self._apart(row, columns.credit, currency)
            lost = self._apart(row, columns.debit, currency)
            if bool(gained) == bool(lost):
                both = f"{columns.credit}, {columns.debit}"
                raise Unread(f"{both}: neither only a credit nor only a debit")
            return gained - lost, gained < 0 or lost < 0
        amount = self._amount_under(row, columns.amount, currency)
        if not columns.direction:
            return amount, False
        word = self._told(row, columns.direction)
        if word not in (*self._profile.credits, *self._profile.debits):
            raise Unreadable("F12", f"unknown direction {word[:40]!r}", place=row.place)
        if amount < 0:
            raise Unread(f"{columns.amount}: a sign, where {columns.direction} says which way")
        return amount if word in self._profile.credits else -amount, False

    def _apart(self, row: Row, heading: str, currency: str) -> int:
        """What stands under credit or debit, positive but where the bank takes back one of those.

        Taken as it comes, a debit of -10 could be one that was taken back, or only written so.
        """
        if not self._told(row, heading):
            return 0
        amount = self._amount_under(row, heading, currency)
        signs = self._profile.signs
        if signs == "debits_negative" and heading == self._profile.columns.debit:
            amount = -amount
        if amount < 0 and signs != "reversals_negative":
            raise Unread(f"{heading}: {SIGNS[signs]}")
        return amount

    def _difference(self, lines: Sequence[_Line]) -> list[str]:
        read = [line.entry.amount for line in lines if line.entry]
        try:
            opening, closing = self._balances(lines, self._one_currency())
        except Unreadable:
            return []  # a balance is wrong too: the first bad line is what is told
        return by_balances(_balance(opening), _balance(closing), read)

    def _one_currency(self) -> str:
        return next(iter(self._currencies), self._profile.currency)

    def _balances(
        self, lines: Sequence[_Line], currency: str
    ) -> tuple[Money | None, Money | None]:  # fmt: skip
        """Opening and closing, from labels, or else from the balances after the lines."""
        opening = self._labelled(self._profile.opening_label, currency)
        closing = self._labelled(self._profile.closing_label, currency)
        if lines and opening is None:
            first, after = lines[0]
            opening = after - first.amount if first and after is not None else None
        if lines and closing is None:
            closing = lines[-1].balance
        return opening, closing

    def _ends(
        self, lines: Sequence[_Line], entries: list[BankEntry], currency: str
    ) -> tuple[Balance | None, Balance | None]:
        """Opening and closing, each with its day; all of it adds up."""
        opening, closing = self._balances(lines, currency)
        running = opening
        for entry, after in lines:
            running = running + entry.amount if entry and running is not None else None
            if entry and running is not None and after is not None and running != after:
                why = f"the balance after it is {after}, entries make {running}, difference "
                raise Unreadable("F09", f"{why}{after - running}", place=entry.place)
        if running is not None and closing is not None and running != closing:
            why = f"entries make {running}, the closing balance is {closing}, difference "
            raise Unreadable("F09", f"{why}{closing - running}")
        days = [entry.booked_on for entry in entries] + self._last_day(entries)
        first, last = (days[0], days[-1]) if days else (None, None)
        return _balance(opening, first), _balance(closing, last)

    def _last_day(self, entries: list[BankEntry]) -> list[date]:
        """The day up to which the table tells, where it says one; a day without entries has one."""
        label = self._profile.day_label
        if not label:
            return []
        try:
            last = read_day(self._table.label(label), self._profile.day)
        except Unread as problem:
            raise Unreadable("F05", f"{label}: {problem}") from None
        for entry in entries:
            if entry.booked_on > last:
                why = f"booked on {entry.booked_on}, after the statement's last day {last}"
                raise Unreadable("F05", why, place=entry.place)
        return [last]

    def _labelled(self, label: str, currency: str) -> Money | None:
        if not label:
            return None
        if not is_currency(currency):
            raise Unreadable("F13", "no entry, and nothing that says its currency")
        try:
            return Money(self._amount(self._table.label(label), currency), currency)
        except Unread as problem:
            raise Unreadable("F05", f"{label}: {problem}") from None

    def _day(self, row: Row, headings: tuple[str, ...], default: date | None = None) -> date:
        written = " ".join(self._told(row, heading) for heading in headings).strip()
        if default and not written:
            return default
        try:
            return read_day(written, self._profile.day)
        except Unread as problem:
            raise Unread(f"{', '.join(headings)}: {problem}") from None

    def _told(self, row: Row, heading: str) -> str:
        return self._table.cell(row, heading).strip() if heading else ""


def _several(told: str | tuple[str, ...]) -> tuple[str, ...]:
    return told if isinstance(told, tuple) else (told,) if told else ()


def _balance(amount: Money | None, on: date | None = None) -> Balance | None:
    return None if amount is None else Balance(amount=amount, on=on)
