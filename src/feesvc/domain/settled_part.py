"""Settled parts: what the settlement lines of one transfer were booked as, line by line."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias
from uuid import UUID

from feesvc.money import Money

Part: TypeAlias = Literal["payment", "refund", "dispute"]


@dataclass(frozen=True, slots=True)
class BatchName:
    """A batch by its stream, and as its intermediary names it."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class SettledPart:
    """One line as it was booked, in minor units: what was withheld is positive."""

    kind: Part
    net: Money
    refund: UUID | None = None
    commission: int = 0
    tax: int = 0
    fee: int = 0
    withheld: int = 0
    """Of a dispute: the fee that the line itself says, booked by it or before."""
    dispute: str = ""
    surcharge: int = 0
    """What of commission and tax the payer had covered."""

    def of(self, amount: int) -> Money:
        """An amount in the line's currency."""
        return Money(amount, self.net.currency)


class SettledParts:
    """The lines of one transfer that are booked, by batch and line."""

    def __init__(self) -> None:
        self._booked: dict[tuple[UUID, str], SettledPart] = {}
        self.fees_told = 0
        """What disputes themselves said that they cost, in minor units."""

    def __contains__(self, key: tuple[UUID, str]) -> bool:
        return key in self._booked

    def __getitem__(self, key: tuple[UUID, str]) -> SettledPart:
        return self._booked[key]

    @property
    def settled(self) -> bool:
        """Whether the money itself went through a batch."""
        return any(part.kind == "payment" for part in self._booked.values())

    @property
    def refunds(self) -> set[UUID]:
        """The refunds that went through a batch."""
        return {part.refund for part in self._booked.values() if part.refund}

    def fee_beyond(self, withheld: Money) -> Money:
        """Of a fee that a line withholds, what nothing told before; all of one given back."""
        if withheld.amount <= 0:
            return withheld
        booked = self.fees_told + sum(max(part.fee, 0) for part in self._booked.values())
        seen = sum(max(part.withheld, 0) for part in self._booked.values())
        return Money(max(withheld.amount + seen - booked, 0), withheld.currency)

    @property
    def surcharge(self) -> int:
        """What payers had covered of all that was withheld."""
        return sum(part.surcharge for part in self._booked.values())

    @property
    def payments(self) -> list[tuple[UUID, str, SettledPart]]:
        """Of the money itself: by which batch and line."""
        return [(*key, part) for key, part in self._booked.items() if part.kind == "payment"]

    def cover(self, batch: UUID, line: str, amount: int) -> None:
        """The payer had covered so much more of it."""
        part = self._booked[batch, line]
        self._booked[batch, line] = replace(part, surcharge=part.surcharge + amount)

    def add(self, batch: UUID, line: str, part: SettledPart) -> None:
        self._booked[batch, line] = part

    def remove(self, batch: UUID, line: str) -> None:
        self._booked.pop((batch, line))
