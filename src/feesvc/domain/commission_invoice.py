"""Commission invoice: what an intermediary that withholds nothing bills for a month (P07c)."""

from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import UUID

from eventsourcing.domain import event

from feesvc.domain.aggregate import Aggregate, FirstEvent, Refusal
from feesvc.money import Money


class InvoiceContradicts(Refusal):
    """The invoice is on record with other amounts, or for another month"""


class NothingInvoiced(Refusal):
    """An invoice has a positive commission, a tax that is not negative, and one currency"""


class CommissionInvoice(Aggregate):
    TOPIC = "commission_invoice"

    class Received(FirstEvent):
        """Owed from now on: ``commission`` without tax, and the tax on it."""

        TOPIC = "commission_invoice.received"
        agency: str
        account: UUID
        intermediary: str
        number: str
        month: str
        """As in 2026-11."""
        commission: Money
        tax: Money
        occurred_at: datetime

    @event(Received)
    def __init__(
        self, agency: str, account: UUID, number: str, month: str, commission: Money, tax: Money
    ) -> None:
        self.agency = agency
        self.account = account
        self.number = number
        self.month = month
        self.commission = commission
        self.tax = tax

    @classmethod
    def receive(
        cls, id: UUID, agency: str, account: UUID, intermediary: str, number: str, month: str,
        commission: Money, tax: Money, occurred_at: datetime, at: datetime,
    ) -> Self:  # fmt: skip
        """Raises ``NothingInvoiced``."""
        if commission.amount <= 0 or tax.amount < 0 or tax.currency != commission.currency:
            raise NothingInvoiced(f"{commission} and {tax}")
        return cls.first(
            cls.Received, id, at, agency=agency, account=account, intermediary=intermediary,
            number=number, month=month, commission=commission, tax=tax, occurred_at=occurred_at,
        )  # fmt: skip

    def same(self, month: str, commission: Money, tax: Money) -> None:
        """Raises ``InvoiceContradicts``."""
        if (self.month, self.commission, self.tax) != (month, commission, tax):
            raise InvoiceContradicts(f"{self.number}: {self.commission} for {self.month}")
