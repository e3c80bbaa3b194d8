"""Movements: what an intermediary's books say of a merchant's money, one line each, signed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Literal, TypeAlias

from feesvc.intermediary import LineKind
from feesvc.money import PPM, Money
from feesvc.testing.books import Returned, Taken

VIETNAM = timezone(timedelta(hours=7))
"""Asia/Ho_Chi_Minh, which has no summer time."""
Kind: TypeAlias = LineKind


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractTariff:
    """What a contract lets an intermediary keep of a payment. Rates in parts per million.

    Both are rounded to the minor unit, the tax from the rounded commission.
    """

    rate_ppm: int = 10_000
    flat: int = 0
    tax_ppm: int = 100_000
    rounding: Literal["down", "half_up"] = "down"

    def of(self, amount: Money) -> tuple[Money, Money]:
        """Commission and the tax on it, neither negative."""
        commission = self._part(amount.amount, self.rate_ppm) + self.flat
        tax = self._part(commission, self.tax_ppm)
        return Money(commission, amount.currency), Money(tax, amount.currency)

    def _part(self, amount: int, ppm: int) -> int:
        half = PPM // 2 if self.rounding == "half_up" else 0
        return (amount * ppm + half) // PPM


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """What adds to the payout is plus: a refund's gross and a commission withheld are negative."""

    kind: Kind
    native_id: str
    transaction: str
    """Its own at the intermediary."""
    original: str
    """The transfer that a refund or a dispute is of; empty for a payment."""
    reference: str
    """Ours, of the order that the transfer met, or of the refund."""
    gross: Money
    commission: Money
    tax: Money
    at: datetime

    @property
    def net(self) -> Money:
        return self.gross + self.commission + self.tax

    @property
    def on(self) -> date:
        """The session that it belongs to: a day in Việt Nam, 00:00:00 to 23:59:59."""
        return self.at.astimezone(VIETNAM).date()


Charged: TypeAlias = Callable[[Taken], tuple[Money, Money]]
"""What is kept of a transfer: commission and the tax on it, neither negative."""


def movements_of(
    transfers: Iterable[Taken], refunds: Iterable[Returned], charged: Charged
) -> Iterator[Movement]:
    """Every movement of some books as they stand now.

    What was undone on the day on which it came never moved any money to the merchant.
    """
    for taken in transfers:
        yield from _of_transfer(taken, charged)
    for refund in refunds:
        if refund.state == "paid":
            nothing = Money(0, refund.amount.currency)
            yield Movement(
                kind="refund", native_id=refund.handle or refund.reference,
                transaction=refund.handle or refund.reference, original=refund.transaction,
                reference=refund.reference, gross=-refund.amount,
                commission=nothing, tax=nothing, at=refund.at,
            )  # fmt: skip


def _of_transfer(taken: Taken, charged: Charged) -> Iterator[Movement]:
    nothing = Money(0, taken.amount.currency)
    commission, tax = charged(taken)
    payment = Movement(
        kind="payment", native_id=taken.transaction, transaction=taken.transaction,
        original="", reference=taken.reference, gross=taken.amount, commission=-commission,
        tax=-tax, at=taken.at,
    )  # fmt: skip
    if taken.reversed_at is None:
        yield payment
        return
    undone = Movement(
        kind="dispute", native_id=f"{taken.transaction}R",
        transaction=f"{taken.transaction}R", original=taken.transaction,
        reference=taken.reference, gross=-taken.amount, commission=nothing, tax=nothing,
        at=taken.reversed_at,
    )  # fmt: skip
    if undone.on != payment.on:
        yield payment
        yield undone
