"""Banks: the accounts of the month's agencies, what is booked on them, their daily statements."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from feesvc.cli.demo.month.content import Statements
from feesvc.testing.banking import Account, Entry
from feesvc.testing.banking.writing import camt053, delimited, mt940
from feesvc.testing.settling import Batch

SUFFIXES: dict[Statements, str] = {"camt053": "xml", "mt940": "sta", "delimited": "csv"}
SATURDAY = 5


@dataclass(slots=True)
class Teller:
    """One account; ``id`` is what the service calls it. Payouts wait for a weekday."""

    account: Account
    id: str
    form: Statements
    payouts: list[Batch] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    """Direct credits that were booked."""

    def order(self, amount: int, reference: str, on: date) -> Entry:
        """A payment that an order of the agency caused; out is negative. Banks do it any day."""
        return self.account.book(amount, on, f"LENH {reference}", end_to_end=reference)

    def pay_out(self, on: date) -> None:
        """Intermediaries pay what they settled, on weekdays, and debit what they settled below
        nothing: more was given back than came.
        """
        if on.weekday() >= SATURDAY:
            return
        for batch in self.payouts:
            if batch.net.amount:
                self.account.book(
                    batch.net.amount, on, f"TT DOI SOAT {batch.identity}",
                    end_to_end=batch.identity,
                )  # fmt: skip
        self.payouts.clear()

    def statement(self, on: date) -> bytes:
        """What the bank sends in the night after ``on``."""
        day = self.account.statement(on)
        match self.form:
            case "camt053":
                return camt053([day])
            case "mt940":
                return mt940([day])
            case "delimited":
                return delimited(day)

    @property
    def suffix(self) -> str:
        return SUFFIXES[self.form]


def next_weekday(day: date) -> date:
    """The first weekday after ``day``."""
    following = day + timedelta(days=1)
    return following if following.weekday() < SATURDAY else next_weekday(following)
