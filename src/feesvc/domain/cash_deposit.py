"""Cash deposit: takings of a cash desk that an officer pays into the agency's bank account.

Handed in ─ Credited
    └────── Withdrawn
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Self, TypeAlias
from uuid import UUID

from eventsourcing.domain import event

from feesvc.domain.accounts import BankAccount
from feesvc.domain.aggregate import Aggregate, FirstEvent
from feesvc.domain.bank_order import AnotherAmount, NothingToSend, NotThere
from feesvc.money import Money, total

MOST = 500
State: TypeAlias = Literal["handed_in", "withdrawn", "credited"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """Cash of one transfer."""

    transfer: UUID
    amount: Money


class CashDeposit(Aggregate):
    TOPIC = "cash_deposit"

    class HandedIn(FirstEvent):
        """An officer takes these takings to the bank; they stand as cash until it credits them."""

        TOPIC = "cash_deposit.handed_in"
        agency: str
        officer: str
        desk: str
        reference: str
        account: BankAccount
        takings: tuple[Taking, ...]
        total: Money

    class Withdrawn(Aggregate.Event):
        """It was not paid in; the takings wait for another deposit."""

        TOPIC = "cash_deposit.withdrawn"
        officer: str
        reason: str

    class Credited(Aggregate.Event):
        """The bank credited it (P06l)."""

        TOPIC = "cash_deposit.credited"
        takings: tuple[Taking, ...]
        bank_reference: str
        occurred_at: datetime

    @event(HandedIn)
    def __init__(
        self, agency: str, officer: str, desk: str, reference: str, account: BankAccount,
        takings: tuple[Taking, ...], total: Money,
    ) -> None:  # fmt: skip
        self.agency = agency
        self.officer = officer
        self.desk = desk
        self.reference = reference
        self.account = account
        self.takings = takings
        self.total = total
        self.state: State = "handed_in"
        self.bank_reference = ""

    @classmethod
    def hand_in(
        cls, id: UUID, agency: str, officer: str, desk: str, reference: str, account: BankAccount,
        takings: Sequence[Taking], at: datetime,
    ) -> Self:  # fmt: skip
        """Raises ``NothingToSend``."""
        if not 0 < len(takings) <= MOST:
            raise NothingToSend(f"{len(takings)} takings")
        return cls.first(
            cls.HandedIn, id, at, agency=agency, officer=officer, desk=desk, reference=reference,
            account=account, takings=tuple(takings),
            total=total((one.amount for one in takings), account.currency),
        )  # fmt: skip

    def withdraw(self, officer: str, reason: str, at: datetime) -> None:
        self._check("handed_in")
        self.record(self.Withdrawn, at, officer=officer, reason=reason)

    def credit(
        self, amount: Money, bank_reference: str, occurred_at: datetime, at: datetime
    ) -> None:
        """Raises ``AnotherAmount``; the same line again is no news."""
        if self.bank_reference == bank_reference:
            return
        self._check("handed_in")
        if amount != self.total:
            raise AnotherAmount(f"{self.reference} is of {self.total}, not {amount}")
        self.record(
            self.Credited, at, takings=self.takings, bank_reference=bank_reference,
            occurred_at=occurred_at,
        )  # fmt: skip

    def _check(self, *states: State) -> None:
        if self.state not in states:
            raise NotThere(f"cash deposit {self.reference} is {self.state}")

    @event(Withdrawn)
    def _withdrawn(self) -> None:
        self.state = "withdrawn"

    @event(Credited)
    def _credited(self, bank_reference: str) -> None:
        self.state = "credited"
        self.bank_reference = bank_reference
