"""Remembering: an intermediary's books that outlive us, as a real one's do when we are killed."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from feesvc.money import Money
from feesvc.testing.books import Books, Order, Returned, Taken


class LastingBooks(Books):
    """Writes down each change once it is made, a JSON line each, and begins by making them again.

    A power cut may take the end of the file; being killed does not.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._file: Any = None
        if path.exists():
            for line in path.read_text("utf-8").splitlines():
                what, *said = json.loads(line)
                getattr(self, f"_again_{what}")(*said)
        self._file = path.open("a", encoding="utf-8")

    def close(self) -> None:
        self._file.close()

    def open(self, order: Order) -> Order:
        with self.lock:
            known = order.reference in self.orders
            opened = super().open(order)
            if not known:
                expires = order.expires_at.isoformat() if order.expires_at else ""
                self._write(
                    "open", order.reference, *_said(order.amount), order.notify_url,
                    order.return_url, expires,
                )  # fmt: skip
            return opened

    def pay(
        self, reference: str, amount: Money, fee: Money, at: datetime, *, late: bool = False
    ) -> Taken:
        with self.lock:
            taken = super().pay(reference, amount, fee, at, late=late)
            self._write("pay", reference, *_said(amount), fee.amount, at.isoformat())
            return taken

    def refund(self, refund: Returned) -> Returned:
        with self.lock:
            known = refund.reference in self.refunds
            returned = super().refund(refund)
            if not known:
                self._write(
                    "refund", refund.reference, refund.handle, refund.transaction,
                    *_said(refund.amount), refund.at.isoformat(), refund.reason,
                )  # fmt: skip
            return returned

    def finish_refund(self, reference: str, state: Literal["paid", "failed"], at: datetime) -> bool:
        with self.lock:
            ended = super().finish_refund(reference, state, at)
            if ended:
                self._write("finish_refund", reference, state, at.isoformat())
            return ended

    def _write(self, *said: object) -> None:
        if self._file is not None:
            self._file.write(json.dumps(said) + "\n")
            self._file.flush()

    def _again_open(
        self, reference: str, amount: int, currency: str, notify_url: str, return_url: str,
        expires: str,
    ) -> None:  # fmt: skip
        ends = datetime.fromisoformat(expires) if expires else None
        self.open(
            Order(
                reference=reference, amount=Money(amount, currency), notify_url=notify_url,
                return_url=return_url, expires_at=ends,
            )
        )  # fmt: skip

    def _again_pay(self, reference: str, amount: int, currency: str, fee: int, at: str) -> None:
        paid, kept = Money(amount, currency), Money(fee, currency)
        self.pay(reference, paid, kept, datetime.fromisoformat(at), late=True)

    def _again_refund(
        self, reference: str, handle: str, transaction: str, amount: int, currency: str, at: str,
        reason: str,
    ) -> None:  # fmt: skip
        self.refund(
            Returned(
                reference=reference, handle=handle, transaction=transaction,
                amount=Money(amount, currency), at=datetime.fromisoformat(at), reason=reason,
            )
        )  # fmt: skip

    def _again_finish_refund(
        self, reference: str, state: Literal["paid", "failed"], at: str
    ) -> None:
        self.finish_refund(reference, state, datetime.fromisoformat(at))


def _said(money: Money) -> tuple[int, str]:
    return money.amount, money.currency
