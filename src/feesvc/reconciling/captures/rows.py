"""The rows of the captures: what they hold, and the batch that changes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID


@dataclass(kw_only=True)
class Capture:
    """One thing that a settlement line may be about; keys are normalised.

    ``amount`` is signed as a settlement signs it: what the payout gains is plus.
    """

    id: UUID
    agency: str
    account: UUID
    kind: str
    transfer: UUID
    refund: UUID | None = None
    transaction: str = ""
    reference: str = ""
    original: str = ""
    amount: int
    currency: str
    occurred_at: datetime
    state: str
    position: int


@dataclass(kw_only=True)
class Awaited:
    """What a bank is still to credit (plus) or to debit (minus); keys are normalised."""

    id: UUID
    agency: str
    account: UUID
    kind: str
    keys: list[str]
    amount: int
    done: int = 0
    currency: str
    on_day: date
    state: str = "open"
    position: int


@dataclass
class Batch:
    """Rows that events change: those that stand in the tables, and those that are new."""

    captures: dict[UUID, Capture]
    awaited: dict[UUID, Awaited]
    stood: frozenset[UUID] = field(init=False)

    def __post_init__(self) -> None:
        self.stood = frozenset(self.captures) | frozenset(self.awaited)

    def tell(self, id: UUID, state: str) -> None:
        """What is not known here, such as money that came to a bank account, is none of it."""
        if id in self.captures:
            self.captures[id].state = state


def capture_of(row: Mapping[str, Any]) -> Capture:
    return Capture(**row)


def awaited_of(row: Mapping[str, Any]) -> Awaited:
    return Awaited(**row)
