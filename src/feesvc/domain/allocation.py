"""Allocation: banked money of an agency split at one time between itself and the State budget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Self
from uuid import UUID

from eventsourcing.domain import event

from feesvc.domain.aggregate import Aggregate, FirstEvent
from feesvc.domain.assessment import Assessment
from feesvc.domain.assessment_events import Allocated
from feesvc.money import Money, next_share


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetTotal:
    """What was split under one set of budget codes: ``amount`` is ``retained`` and the budget's."""

    codes: Mapping[str, str]
    amount: Money
    retained: Money
    lines: int


class Allocation(Aggregate):
    TOPIC = "allocation"

    class Made(FirstEvent):
        """So much was split. The assessments' own events, of the same append, post it (P15)."""

        TOPIC = "allocation.made"
        agency: str
        maker: str
        until: date
        """What the bank had by this day, Asia/Ho_Chi_Minh."""
        totals: tuple[BudgetTotal, ...]

    @event(Made)
    def __init__(
        self, agency: str, maker: str, until: date, totals: tuple[BudgetTotal, ...]
    ) -> None:
        self.agency = agency
        self.maker = maker
        self.until = until
        self.totals = totals

    @classmethod
    def make(
        cls, id: UUID, agency: str, maker: str, until: date, split: Sequence[Assessment],
        at: datetime,
    ) -> Self:  # fmt: skip
        """``split`` are the assessments that it split, with what they have just recorded."""
        return cls.first(
            cls.Made, id, at, agency=agency, maker=maker, until=until, totals=tuple(_totals(split))
        )


def not_remitted(assessment: Assessment, allocation: UUID) -> int:
    """The budget's share of what an allocation split of an assessment and nobody passed on yet, in
    minor units. What was split first is taken to be passed on first.
    """
    left = 0
    for number, amount in assessment.allocations.get(allocation, {}).items():
        line, through = assessment.lines[number], 0
        for id, split in assessment.allocations.items():
            through += split.get(number, 0)
            if id == allocation:
                break
        through = min(through, line.allocated)
        waiting = min(amount, max(through - line.remitted, 0))
        left += waiting - next_share(through - waiting, waiting, line.kept_ppm)
    return left


def _totals(split: Sequence[Assessment]) -> list[BudgetTotal]:
    """By currency and codes, in their order."""
    sums: dict[tuple[str, tuple[tuple[str, str], ...]], list[int]] = {}
    for assessment in split:
        for told in assessment.news:
            for part in told.parts if isinstance(told, Allocated) else ():
                codes = tuple(sorted(assessment.terms[part.line].budget.items()))
                summed = sums.setdefault((assessment.currency, codes), [0, 0, 0])
                summed[0] += part.amount.amount
                summed[1] += part.retained.amount
                summed[2] += 1
    return [
        BudgetTotal(
            codes=dict(codes), amount=Money(amount, currency), retained=Money(retained, currency),
            lines=lines,
        )
        for (currency, codes), (amount, retained, lines) in sorted(sums.items())
    ]  # fmt: skip
