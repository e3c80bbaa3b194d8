"""Currency sale: foreign money in the agency's bank that the bank buys for home currency.

    Requested ─ Approved ─ Sold ─ Received
        └────── Rejected

The foreign book credits its bank account when the bank debits it (P24a), the home book debits its
own when the money arrives (P24b); 1260 of both carries the value between.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Self, TypeAlias
from uuid import UUID

from eventsourcing.domain import event

from feesvc.domain.aggregate import Aggregate, FirstEvent
from feesvc.domain.bank_order import AnotherAmount, NotThere, digest_of
from feesvc.domain.exchange_rate import WrongRate
from feesvc.domain.refund import ChangedSinceAsked, SamePerson
from feesvc.money import Money

State: TypeAlias = Literal["requested", "rejected", "approved", "sold", "received"]


class CurrencySale(Aggregate):
    TOPIC = "currency_sale"

    class Requested(FirstEvent):
        """Someone asks that this foreign money be sold to the bank."""

        TOPIC = "currency_sale.requested"
        agency: str
        maker: str
        amount: Money
        into: str
        reason: str
        digest: str

    class Approved(Aggregate.Event):
        """Another person agreed; the bank is told."""

        TOPIC = "currency_sale.approved"
        checker: str
        digest: str

    class Rejected(Aggregate.Event):
        """It will not be sold."""

        TOPIC = "currency_sale.rejected"
        checker: str
        reason: str

    class Sold(Aggregate.Event):
        """The bank debited the foreign account (P24a)."""

        TOPIC = "currency_sale.sold"
        amount: Money
        bank_reference: str
        occurred_at: datetime

    class Received(Aggregate.Event):
        """The bank credited the home account (P24b), at the rate that it gave."""

        TOPIC = "currency_sale.received"
        amount: Money
        rate_ppm: int
        bank_reference: str
        occurred_at: datetime

    @event(Requested)
    def __init__(
        self, agency: str, maker: str, amount: Money, into: str, reason: str, digest: str
    ) -> None:
        self.agency = agency
        self.maker = maker
        self.amount = amount
        self.into = into
        self.reason = reason
        self.digest = digest
        self.state: State = "requested"

    @classmethod
    def request(
        cls, id: UUID, agency: str, maker: str, amount: Money, into: str, reason: str, at: datetime
    ) -> Self:
        if amount.currency == into or amount.amount <= 0:
            raise WrongRate(f"{amount} into {into}")
        digest = digest_of(agency, id, amount, into, reason)
        return cls.first(
            cls.Requested, id, at, agency=agency, maker=maker, amount=amount, into=into,
            reason=reason, digest=digest,
        )  # fmt: skip

    def approve(self, checker: str, digest: str, at: datetime) -> None:
        self._check("requested")
        if checker == self.maker:
            raise SamePerson("a sale is approved by another person than asked for it")
        if digest != self.digest:
            raise ChangedSinceAsked(f"asked: {self.digest}")
        self.record(self.Approved, at, checker=checker, digest=digest)

    def reject(self, checker: str, reason: str, at: datetime) -> None:
        self._check("requested", "approved")
        self.record(self.Rejected, at, checker=checker, reason=reason)

    def sell(self, amount: Money, bank_reference: str, occurred_at: datetime, at: datetime) -> None:
        self._check("approved")
        if amount != self.amount:
            raise AnotherAmount(f"{self.amount} was to be sold, not {amount}")
        self.record(
            self.Sold, at, amount=amount, bank_reference=bank_reference, occurred_at=occurred_at
        )

    def receive(
        self, amount: Money, rate_ppm: int, bank_reference: str, occurred_at: datetime,
        at: datetime,
    ) -> None:  # fmt: skip
        self._check("sold")
        if amount.currency != self.into or rate_ppm <= 0:
            raise WrongRate(f"{amount} at {rate_ppm}")
        self.record(
            self.Received, at, amount=amount, rate_ppm=rate_ppm, bank_reference=bank_reference,
            occurred_at=occurred_at,
        )  # fmt: skip

    def _check(self, *states: State) -> None:
        if self.state not in states:
            raise NotThere(f"the sale is {self.state}")

    @event(Approved)
    def _approved(self) -> None:
        self.state = "approved"

    @event(Rejected)
    def _rejected(self) -> None:
        self.state = "rejected"

    @event(Sold)
    def _sold(self) -> None:
        self.state = "sold"

    @event(Received)
    def _received(self) -> None:
        self.state = "received"
