"""A batch: what hundreds of events come to, before anything of it is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from feesvc.domain.placement import Placement

NOWHERE = UUID(int=0)
"""Stands where a place of money has no assessment: a key holds no NULL."""


@dataclass(slots=True)
class AssessmentChange:
    """Sums are differences, in minor units; a state of None is left as it was."""

    total: int = 0
    collected: int = 0
    state: str | None = None
    state_at: datetime | None = None


@dataclass(slots=True)
class TransferChange:
    on_lines: int = 0
    credit: int = 0
    suspense: int = 0
    paying: int = 0
    disputed: int = 0
    lost: int = 0
    reversed: int = 0
    disclaimed: int = 0
    batch: str | None = None
    amount: int = 0


@dataclass(slots=True)
class RefundChange:
    """``state`` is None where only ``by_treasury`` changes; all of it there means paid."""

    state: str | None
    state_at: datetime
    checker: str | None = None
    reference: str | None = None
    method: str | None = None
    by_treasury: int = 0


@dataclass(slots=True)
class Bucket:
    since: datetime
    reason: str = ""
    amount: int = 0


@dataclass(slots=True)
class Batch:
    """New rows by id, as far as their first event says, and what later events change.

    What is new and changed in one batch is written once.
    """

    payments: dict[UUID, tuple[Any, ...]] = field(default_factory=dict)
    asked: list[tuple[Any, ...]] = field(default_factory=list)
    attempts: dict[UUID, tuple[str, datetime]] = field(default_factory=dict)
    assessments: dict[UUID, tuple[Any, ...]] = field(default_factory=dict)
    assessment_changes: defaultdict[UUID, AssessmentChange] = field(
        default_factory=lambda: defaultdict(AssessmentChange)
    )
    receipts: dict[UUID, tuple[str, int]] = field(default_factory=dict)
    transfers: dict[UUID, tuple[Any, ...]] = field(default_factory=dict)
    transfer_changes: defaultdict[UUID, TransferChange] = field(
        default_factory=lambda: defaultdict(TransferChange)
    )
    buckets: dict[tuple[UUID, str, UUID, int, str], Bucket] = field(default_factory=dict)
    reclassifications: dict[UUID, tuple[Any, ...]] = field(default_factory=dict)
    reclassified: dict[UUID, tuple[str, str, datetime]] = field(default_factory=dict)
    """State, who decided and when, by reclassification."""
    refunds: dict[UUID, tuple[Any, ...]] = field(default_factory=dict)
    refund_changes: dict[UUID, RefundChange] = field(default_factory=dict)
    taken: list[tuple[Any, ...]] = field(default_factory=list)
    payment_lists: list[tuple[Any, ...]] = field(default_factory=list)
    dossiers: set[tuple[str, str]] = field(default_factory=set)

    def put(
        self, transfer: UUID, placements: Sequence[Placement], at: datetime, sign: int = 1
    ) -> None:
        """Free money comes to these places ``at`` a moment, or with ``sign`` -1 leaves them."""
        change = self.transfer_changes[transfer]
        for placement in placements:
            amount = sign * placement.amount.amount
            match placement.to:
                case "line":
                    change.on_lines += amount
                case "credit":
                    change.credit += amount
                case "suspense":
                    change.suspense += amount
                case "held" | "surcharge":
                    pass  # its bucket says it all
            assessment = placement.assessment or NOWHERE
            key = (transfer, placement.to, assessment, placement.line, placement.beneficiary)
            bucket = self.buckets.setdefault(key, Bucket(at))
            bucket.amount += amount
            bucket.reason = placement.reason or bucket.reason

    def pay(self, transfer: UUID, placements: Sequence[Placement], sign: int = 1) -> None:
        """Money that pays lines, whether set aside for a refund or not, comes or goes."""
        on_lines = sum(p.amount.amount for p in placements if p.to == "line")
        self.transfer_changes[transfer].paying += sign * on_lines

    def stand(self, assessment: UUID, state: str, at: datetime) -> None:
        change = self.assessment_changes[assessment]
        change.state, change.state_at = state, at
