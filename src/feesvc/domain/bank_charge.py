"""Bank charge: what a bank took for itself from an account, as two people said (P09d without a
payout)."""

from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import UUID

from eventsourcing.domain import event

from feesvc.domain.aggregate import Aggregate, FirstEvent
from feesvc.money import Money


class BankCharge(Aggregate):
    TOPIC = "bank_charge"

    class Booked(FirstEvent):
        """``account`` is the agency's own at the bank, ``reference`` the bank's name of the debit;
        ``adjustment`` is the reason why."""

        TOPIC = "bank_charge.booked"
        agency: str
        account: UUID
        reference: str
        amount: Money
        adjustment: UUID
        occurred_at: datetime

    @event(Booked)
    def __init__(self, agency: str, account: UUID, reference: str, amount: Money) -> None:
        self.agency = agency
        self.account = account
        self.reference = reference
        self.amount = amount

    @classmethod
    def book(
        cls, id: UUID, agency: str, account: UUID, reference: str, amount: Money,
        adjustment: UUID, occurred_at: datetime, at: datetime,
    ) -> Self:  # fmt: skip
        return cls.first(
            cls.Booked, id, at, agency=agency, account=account, reference=reference, amount=amount,
            adjustment=adjustment, occurred_at=occurred_at,
        )  # fmt: skip
