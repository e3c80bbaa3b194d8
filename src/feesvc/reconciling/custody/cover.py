"""Cover: whether what an agency owes to others out of its accounts is in them (DESIGN §7). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from feesvc.money import Money
from feesvc.reconciling.custody.books import ASSETS, LIABILITIES


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """Minor units of one currency, by item."""

    currency: str
    sums: Mapping[str, int]

    def of(self, item: str) -> int:
        return self.sums.get(item, 0)

    @property
    def assets(self) -> int:
        return sum(self.of(item) for item in ASSETS)

    @property
    def owed(self) -> int:
        return sum(self.of(item) for item in LIABILITIES)

    @property
    def surplus(self) -> int:
        """What is there beyond what is owed; negative: a shortfall."""
        return self.assets - self.owed

    @property
    def shortfall(self) -> Money:
        return Money(max(-self.surplus, 0), self.currency)

    @property
    def to_make_whole(self) -> int:
        """Commission withheld from money that is passed on whole, not yet made good."""
        return self.of("commission_whole") - self.of("made_whole")

    @property
    def retained_to_move(self) -> int:
        """Retained fees less the commission that they bear, not moved to the deposit account."""
        return self.of("retained") - self.of("commission_own") - self.of("retained_moved")
