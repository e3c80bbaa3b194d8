"""Bank tables: the entries of one account by a profile, checked to roll forward."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from feesvc.money import Money
from feesvc.statement import Balance, BankEntry, BankStatement, Row, Unreadable
from feesvc.statement.cells import Unread, amount_reader, read_day
from feesvc.statement.profile import BankProfile
from feesvc.statement.tables import Table


class BankTable:
    """The table is one statement of one account."""

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
        self._balances: list[int | None] = []

    def statement(self) -> BankStatement:
        """Raises ``Unreadable``."""
        entries = list(self._entries())
        if self._profile.order == "newest_first":
            entries.reverse()
            self._balances.reverse()
        if len(self._accounts) > 1 or len(self._currencies) > 1:
            raise Unreadable("F11", "more than one account or currency in one table")
        currency = next(iter(self._currencies), self._profile.currency)
        label = self._profile.account_label
        account = self._table.label(label) if label else next(iter(self._accounts), self._account)
        opening, closing = self._ends(entries, currency)
        if not entries and (opening is None or closing is None):
            raise Unreadable("F13", "no entry, and no balances that say so")
        identity = self._profile.identity_label
        return BankStatement(
            kind="statement" if opening and closing else "notification",
            account="".join(account.split()), currency=currency,
            identity=self._table.label(identity) if identity else "", sequence=None,
            opening=opening, closing=closing, entries=entries,
        )  # fmt: skip

    def _entries(self) -> Iterator[BankEntry]:
        for row in self._table.lines():
            try:
                yield self._entry(row)
            except Unread as problem:
                text = " | ".join(cell for cell in row.cells if cell)
                raise Unreadable("F05", str(problem), place=row.place, text=text) from None

    def _entry(self, row: Row) -> BankEntry:
        columns = self._profile.columns
        currency = self._told(row, columns.currency) or self._profile.currency
        booked_on = self._day(row, self._booked)
        if columns.account:
            self._accounts.add(self._told(row, columns.account))
        self._currencies.add(currency)
        amount = self._signed(row, currency)
        balance = self._table.cell(row, columns.balance) if columns.balance else ""
        self._balances.append(self._amount(balance, currency) if balance.strip() else None)
        references = [self._told(row, heading) for heading in columns.references]
        return BankEntry(
            native_id=self._told(row, columns.native_id), amount=Money(amount, currency),
            booked_on=booked_on, value_on=self._day(row, self._value, booked_on),
            narrative=self._told(row, columns.narrative),
            references=tuple(one for one in references if one),
            counterparty_name=self._told(row, columns.counterparty_name),
            counterparty_account=self._told(row, columns.counterparty_account),
            code=self._told(row, columns.code), place=row.place,
        )  # fmt: skip

    def _signed(self, row: Row, currency: str) -> int:
        columns = self._profile.columns
        if columns.credit:
            credit, debit = (
                self._table.cell(row, heading).strip()
                for heading in (columns.credit, columns.debit)
            )
            gained = self._amount(credit, currency) if credit else 0
            lost = abs(self._amount(debit, currency)) if debit else 0
            if bool(gained) == bool(lost):
                raise Unread("neither only a credit nor only a debit")
            return gained - lost
        amount = self._amount(self._table.cell(row, columns.amount), currency)
        if not columns.direction:
            return amount
        word = self._told(row, columns.direction)
        if word not in (*self._profile.credits, *self._profile.debits):
            raise Unreadable("F12", f"unknown direction {word[:40]!r}", place=row.place)
        if amount < 0:
            raise Unread("a direction and a sign")
        return amount if word in self._profile.credits else -amount

    def _ends(
        self, entries: list[BankEntry], currency: str
    ) -> tuple[Balance | None, Balance | None]:
        """Opening and closing, from labels or from the running balance; all of it adds up."""
        amounts = [entry.amount.amount for entry in entries]
        opening = self._labelled(self._profile.opening_label, currency)
        closing = self._labelled(self._profile.closing_label, currency)
        if entries and self._balances[0] is not None and opening is None:
            opening = self._balances[0] - amounts[0]
        running = opening
        for entry, amount, balance in zip(entries, amounts, self._balances, strict=True):
            running = None if running is None else running + amount
            if running is not None and balance is not None and running != balance:
                why = f"the balance after it is {balance}, entries make {running}"
                raise Unreadable("F09", why, place=entry.place)
        if entries and self._balances[-1] is not None and closing is None:
            closing = self._balances[-1]
        if opening is not None and closing is not None and running != closing:
            raise Unreadable("F09", f"entries make {running}, the closing balance is {closing}")
        days = [entry.booked_on for entry in entries] + self._last_day(entries)
        first, last = (days[0], days[-1]) if days else (None, None)
        return _balance(opening, currency, first), _balance(closing, currency, last)

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

    def _labelled(self, label: str, currency: str) -> int | None:
        if not label:
            return None
        try:
            return self._amount(self._table.label(label), currency)
        except Unread as problem:
            raise Unreadable("F05", f"{label}: {problem}") from None

    def _day(self, row: Row, headings: tuple[str, ...], default: date | None = None) -> date:
        written = " ".join(self._told(row, heading) for heading in headings).strip()
        return default if default and not written else read_day(written, self._profile.day)

    def _told(self, row: Row, heading: str) -> str:
        return self._table.cell(row, heading).strip() if heading else ""


def _several(told: str | tuple[str, ...]) -> tuple[str, ...]:
    return told if isinstance(told, tuple) else (told,) if told else ()


def _balance(amount: int | None, currency: str, on: date | None) -> Balance | None:
    return None if amount is None else Balance(amount=Money(amount, currency), on=on)
