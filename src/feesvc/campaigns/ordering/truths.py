"""Truths: what really became of an order at its intermediary, before anybody told us anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import NamedTuple, TypeAlias

from feesvc.domain.payment import Payment
from feesvc.testing.books import No
from feesvc.testing.counterpart import Counterpart
from feesvc.testing.world import World

LATE = timedelta(hours=2)
"""After the time to pay was over."""

TOO_LITTLE, TOO_MUCH = -1, 10_000

Happens: TypeAlias = Callable[[World, Counterpart, Payment], str]
"""Makes it true; gives the transaction, or empty where no money moved. Raises ``No``."""


class End(NamedTuple):
    """How it must end: the assessment's state, and where money stands (a line's is added up)."""

    assessment: str
    places: Mapping[tuple[str, str], int]


class Truth(NamedTuple):
    """``change``: by how much the payer paid something else than was asked."""

    name: str
    happens: Happens
    money: bool = True
    """Whether money came and stayed."""
    change: int = 0

    def end(self, asked: int, *, variable: bool) -> End:
        """By the design's table; ``variable`` where a payer may send another amount."""
        if not self.money:
            return End("open", {})
        if not self.change:
            return End("paid", {("line", ""): asked})
        came = asked + self.change
        if not variable:
            return End("open", {("suspense", "wrong_amount"): came})
        if came < asked:
            return End("open", {("line", ""): came})
        return End("paid", {("line", ""): asked, ("credit", "overpaid"): self.change})


def _paid(world: World, counterpart: Counterpart, payment: Payment) -> str:
    return counterpart.pay(payment.reference)


def _less(world: World, counterpart: Counterpart, payment: Payment) -> str:
    return counterpart.pay(payment.reference, payment.amount.amount + TOO_LITTLE)


def _more(world: World, counterpart: Counterpart, payment: Payment) -> str:
    return counterpart.pay(payment.reference, payment.amount.amount + TOO_MUCH)


def _late(world: World, counterpart: Counterpart, payment: Payment) -> str:
    world.now = payment.expires_at + LATE
    return counterpart.pay(payment.reference, late=True)


def _declined(world: World, counterpart: Counterpart, payment: Payment) -> str:
    counterpart.decline(payment.reference)
    return ""


def _cancelled(world: World, counterpart: Counterpart, payment: Payment) -> str:
    counterpart.cancel(payment.reference)
    return ""


def _reversed(world: World, counterpart: Counterpart, payment: Payment) -> str:
    transaction = counterpart.pay(payment.reference)
    world.now += timedelta(minutes=1)
    counterpart.reverse(transaction)
    if counterpart.books()[transaction].reversed_at is None:
        raise No("final")
    return transaction


TRUTHS = (
    Truth("paid", _paid),
    Truth("paid late", _late),
    Truth("paid too little", _less, change=TOO_LITTLE),
    Truth("paid too much", _more, change=TOO_MUCH),
    Truth("declined", _declined, money=False),
    Truth("cancelled", _cancelled, money=False),
    Truth("reversed", _reversed, money=False),
)
