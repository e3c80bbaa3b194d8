"""A counterpart's own truth: the orders it knows, the money it took and what it gave back.

Strict, as an intermediary is: an order is paid once, a refund never exceeds what is left. Kept
apart from any wire format, and sharing no code with the service whose books it is compared with.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal

from feesvc.money import Money


class No(Exception):
    """The counterpart refuses; the message is one word of ours that its wire format translates."""


@dataclass(slots=True, kw_only=True)
class Order:
    """A checkout that was opened. ``transactions`` are the transfers it met."""

    reference: str
    amount: Money
    handle: str = ""
    description: str = ""
    notify_url: str = ""
    return_url: str = ""
    expires_at: datetime | None = None
    state: Literal["open", "paid", "declined", "cancelled"] = "open"
    """With ``several`` it is open until the transfers reach the amount."""
    several: bool = False
    """Bank transfers: an order may meet one after the other, of any amounts."""
    ended_at: datetime | None = None
    transactions: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One transfer of money, as it stands. All amounts in one currency, none negative.

    ``fee`` is what the intermediary keeps of it, ``reversed_at`` when it was undone in whole.
    """

    transaction: str
    reference: str
    amount: Money
    fee: Money
    at: datetime
    refunded: Money
    disputed: Money
    reversed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BankCredit:
    """Money that came to the agency's own bank account, as a line of its statement says it."""

    native_id: str
    """The bank's own name for the line, unique in the account."""
    amount: Money
    value_date: date
    """In Asia/Ho_Chi_Minh."""
    narrative: str
    """The remittance text as the banks on its way left it."""
    counterparty_account: str = ""
    counterparty_name: str = ""


@dataclass(slots=True, kw_only=True)
class Returned:
    """One refund: accepted, then paid or failed."""

    reference: str
    handle: str
    transaction: str
    amount: Money
    at: datetime
    state: Literal["accepted", "paid", "failed"] = "accepted"
    reason: str = ""


class Books:
    """Orders, transfers and refunds of one merchant account. Safe to use from many threads."""

    def __init__(self, transaction_form: str = "tx_{:06d}") -> None:
        self.lock = threading.RLock()
        self.transaction_form = transaction_form
        self.orders: dict[str, Order] = {}
        self.taken: dict[str, Taken] = {}
        self.refunds: dict[str, Returned] = {}

    def transfers(self) -> Mapping[str, Taken]:
        """Every transfer by its transaction, a copy of how it stands now."""
        with self.lock:
            return dict(self.taken)

    def open(self, order: Order) -> Order:
        """The order as first opened; ``No("other_content")`` when that was for another amount."""
        with self.lock:
            known = self.orders.setdefault(order.reference, order)
            if known.amount != order.amount:
                raise No("other_content")
            if not known.handle:
                known.handle = f"co_{len(self.orders)}"
            return known

    def order(self, reference: str) -> Order:
        """Raises ``No("unknown_order")``."""
        with self.lock:
            if reference not in self.orders:
                raise No("unknown_order")
            return self.orders[reference]

    def pay(
        self, reference: str, amount: Money, fee: Money, at: datetime, *, late: bool = False
    ) -> Taken:
        """Take money. ``late`` lets it through although the order ended or expired meanwhile."""
        with self.lock:
            order = self.order(reference)
            expired = order.expires_at is not None and at >= order.expires_at
            closed = order.state != "open" or expired
            if (order.state == "paid" and not order.several) or (closed and not late):
                raise No("not_payable")
            none = Money(0, amount.currency)
            transaction = self.transaction_form.format(len(self.taken) + 1)
            taken = Taken(
                transaction=transaction, reference=reference, amount=amount, fee=fee,
                at=at, refunded=none, disputed=none,
            )  # fmt: skip
            self.taken[transaction] = taken
            order.transactions.append(transaction)
            if not order.several or self.met(order) >= order.amount.amount:
                order.state = "paid"
            return taken

    def met(self, order: Order) -> int:
        """The sum of the transfers that an order met, in minor units."""
        with self.lock:
            return sum(self.taken[each].amount.amount for each in order.transactions)

    def end(self, reference: str, state: Literal["declined", "cancelled"], at: datetime) -> Order:
        """Close an order that is still open; one that is paid stays paid."""
        with self.lock:
            order = self.order(reference)
            if order.state == "open":
                order.state, order.ended_at = state, at
            return order

    def reverse(self, transaction: str, at: datetime) -> Taken:
        """Undo a transfer in whole; ``No("not_reversible")`` once something of it was refunded."""
        with self.lock:
            taken = self.taken[transaction]
            if taken.reversed_at or taken.refunded or self._promised(transaction):
                raise No("not_reversible")
            self.taken[transaction] = replace(taken, reversed_at=at)
            return self.taken[transaction]

    def refund(self, refund: Returned) -> Returned:
        """The refund as first asked; ``No("exceeds")`` when more would go back than came."""
        with self.lock:
            if refund.reference in self.refunds:
                known = self.refunds[refund.reference]
                if (known.transaction, known.amount) != (refund.transaction, refund.amount):
                    raise No("other_content")
                return known
            taken = self.taken.get(refund.transaction)
            if taken is None or taken.reversed_at:
                raise No("unknown_transaction")
            left = taken.amount - taken.refunded - self._promised(refund.transaction)
            if not Money(0, left.currency) < refund.amount <= left:
                raise No("exceeds")
            self.refunds[refund.reference] = refund
            return refund

    def finish_refund(self, reference: str, state: Literal["paid", "failed"], at: datetime) -> bool:
        """Bring an accepted refund to its end; False when it had one already."""
        with self.lock:
            refund = self.refunds[reference]
            if refund.state != "accepted":
                return False
            refund.state, refund.at = state, at
            if state == "paid":
                taken = self.taken[refund.transaction]
                refunded = taken.refunded + refund.amount
                self.taken[refund.transaction] = replace(taken, refunded=refunded)
            return True

    def _promised(self, transaction: str) -> Money:
        promised = Money(0, self.taken[transaction].amount.currency)
        for refund in self.refunds.values():
            if refund.transaction == transaction and refund.state == "accepted":
                promised += refund.amount
        return promised
