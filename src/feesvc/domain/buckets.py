"""Buckets: where the money of one transfer stands that nothing has consumed yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from feesvc.domain.aggregate import Refusal
from feesvc.domain.placement import Bucket, Placement

TAKEN_FIRST = {"suspense": 0, "credit": 1, "held": 2, "line": 3, "surcharge": 4}


class MoreThanIsLeft(Refusal):
    """The transfer holds less than that"""


class Buckets:
    """Placements that are free: not reserved, refunded, disputed or reversed."""

    def __init__(self) -> None:
        self._held: dict[Bucket, Placement] = {}

    def __iter__(self) -> Iterator[Placement]:
        return iter(self._held.values())

    @property
    def total(self) -> int:
        """All that is free, in minor units."""
        return sum(placement.amount.amount for placement in self)

    def holds(self, bucket: Bucket) -> int:
        return self._held[bucket].amount.amount if bucket in self._held else 0

    def check(self, takes: Sequence[Placement], keep: int = 0) -> None:
        """Refuse to take more out of a bucket than it holds, or nothing; ``keep`` must be left."""
        wanted: dict[Bucket, int] = {}
        for take in takes:
            wanted[take.bucket] = wanted.get(take.bucket, 0) + take.amount.amount
        for bucket, amount in wanted.items():
            if not 0 < amount <= self.holds(bucket):
                raise MoreThanIsLeft(f"{amount} asked of {self.holds(bucket)} in {bucket[0]}")
        if self.total - sum(wanted.values()) < keep:
            raise MoreThanIsLeft(f"{keep} was taken back already, beyond what was left")

    def take(self, amount: int) -> tuple[Placement, ...]:
        """Placements that make up ``amount``, or all there is.

        Suspense goes first, then credits, then what is held for others, then lines from the last
        one filled, then a surcharge; what was forwarded goes last of all.
        """
        takes = []
        last_filled_first = list(self)[::-1]
        for placement in sorted(last_filled_first, key=_order):
            part = min(amount, placement.amount.amount)
            if part:
                takes.append(placement.of(part))
                amount -= part
        return tuple(takes)

    def add(self, placements: Sequence[Placement]) -> None:
        for placement in placements:
            self._put(placement, self.holds(placement.bucket) + placement.amount.amount)

    def remove(self, placements: Sequence[Placement]) -> None:
        for placement in placements:
            self._put(placement, self.holds(placement.bucket) - placement.amount.amount)

    def _put(self, placement: Placement, amount: int) -> None:
        if amount:
            self._held[placement.bucket] = placement.of(amount)
        else:
            self._held.pop(placement.bucket, None)


def _order(placement: Placement) -> tuple[bool, int]:
    return placement.state == "forwarded", TAKEN_FIRST[placement.to]
