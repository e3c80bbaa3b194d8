"""Books of custody: what stands in an agency's accounts, and what of it is owed to others.

Plain sums, changed event by event. The projection loads those that a batch touches; a test may hold
them all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

ASSETS = ("bank", "treasury_fees", "treasury_custody")
"""1300, 1305, 1320."""
LIABILITIES = (
    "credit", "suspense", "refund", "advance", "other_agency", "postal", "collector", "budget",
)  # fmt: skip
"""The banked part of 2100, 2150, 2200 with 2210, 2300, 2350, 2360, 2370, and the budget's share:
of 2510 that share only, 2400 and 2410."""
OF_TRANSFERS = frozenset({"credit", "suspense", "refund", "advance", "other_agency", "postal"})
"""Owed once the transfer that brought the money is in the bank."""


class Sum(NamedTuple):
    """What a running sum is of."""

    agency: str
    currency: str
    item: str


class Held(NamedTuple):
    """Money of one transfer at one place in the book of ``agency``.

    ``beneficiary`` is the agency that it is held for, or owed back to.
    """

    transfer: UUID
    item: str
    beneficiary: str
    agency: str


@dataclass(slots=True)
class TransferRow:
    """Where a transfer is. ``banked_at`` is when the bank had it, or None."""

    agency: str
    currency: str
    banked_at: datetime | None = None


@dataclass(slots=True)
class LineRow:
    """A line's money on its way to the budget, in minor units.

    ``unsplit`` is banked and not allocated, ``unsplit_budget`` the budget's share of that;
    ``share`` is the budget's share of what is allocated and not remitted.
    """

    agency: str
    currency: str
    unsplit: int = 0
    unsplit_budget: int = 0
    share: int = 0


@dataclass(slots=True)
class RefundRow:
    """How a refund is paid, and what it takes from which transfer."""

    method: str
    takes: dict[UUID, int]


@dataclass(slots=True)
class ClaimRow:
    """What is still claimed of the budget."""

    agency: str
    currency: str
    left: int


@dataclass(slots=True)
class Books:
    """Everything in minor units."""

    sums: dict[Sum, int] = field(default_factory=lambda: defaultdict(int))
    held: dict[Held, int] = field(default_factory=lambda: defaultdict(int))
    transfers: dict[UUID, TransferRow] = field(default_factory=dict)
    lines: dict[tuple[UUID, int], LineRow] = field(default_factory=dict)
    refunds: dict[UUID, RefundRow] = field(default_factory=dict)
    claims: dict[UUID, ClaimRow] = field(default_factory=dict)

    def add(self, agency: str, currency: str, item: str, amount: int) -> None:
        if amount:
            self.sums[Sum(agency, currency, item)] += amount

    def came(self, transfer: UUID, agency: str, currency: str) -> None:
        """It is on record, also where none of it is held: what is given back later was banked."""
        self.transfers.setdefault(transfer, TransferRow(agency, currency))

    def hold(
        self, transfer: UUID, agency: str, currency: str, item: str, amount: int,
        beneficiary: str = "",
    ) -> None:  # fmt: skip
        """Money of a transfer comes to a place, or leaves it (``amount`` negative)."""
        row = self.transfers.setdefault(transfer, TransferRow(agency, currency))
        self.held[Held(transfer, item, beneficiary, agency)] += amount
        if row.banked_at is not None and item in OF_TRANSFERS:
            self.add(row.agency, row.currency, item, amount)

    def bank(self, transfer: UUID, at: datetime) -> None:
        """The bank has it: what stands of it anywhere is owed from now on."""
        row = self.transfers.get(transfer)
        if row is not None and row.banked_at is None:
            row.banked_at = at
            self._count(transfer, row, 1)

    def unbank(self, transfer: UUID) -> None:
        """The bank took it back."""
        row = self.transfers.get(transfer)
        if row is not None and row.banked_at is not None:
            row.banked_at = None
            self._count(transfer, row, -1)

    def line(self, assessment: UUID, number: int, agency: str, currency: str) -> LineRow:
        return self.lines.setdefault((assessment, number), LineRow(agency, currency))

    def standing(self, transfer: UUID) -> Iterable[tuple[Held, int]]:
        return [(held, amount) for held, amount in self.held.items() if held.transfer == transfer]

    def _count(self, transfer: UUID, row: TransferRow, sign: int) -> None:
        for held, amount in self.standing(transfer):
            if held.item in OF_TRANSFERS:
                self.add(row.agency, row.currency, held.item, sign * amount)
