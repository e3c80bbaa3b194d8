"""A counterpart whose transfers are known by the merchant's own reference, taken once each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from feesvc.testing.books import Taken
from feesvc.testing.counterpart import Counterpart


class NamedByReference(Counterpart):
    """Neither a status nor a detail is sure to tell KeyPay's own number of a transfer."""

    def pay(self, reference: str, amount: int | None = None, *, late: bool = False) -> str:
        super().pay(reference, amount, late=late)
        return reference

    def reverse(self, transaction: str) -> None:
        """Undoes nothing: no word of KeyPay's is known that could tell of it."""

    def books(self) -> Mapping[str, Taken]:
        return {
            taken.reference: replace(taken, transaction=taken.reference)
            for taken in super().books().values()
        }
