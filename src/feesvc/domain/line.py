"""A line of an assessment: one fee item, priced, with everything its posting and receipt need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias
from uuid import UUID

from feesvc.money import Money

Kind: TypeAlias = Literal["charge", "fee", "postal", "advance"]
"""A charge (lệ phí) goes wholly to the State budget; a fee (phí) may be partly retained."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedReduction:
    """A reduction that was applied, with its legal basis. ``amount`` is what it took off, positive."""

    code: str
    citation: str
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """``full`` less ``reductions`` is ``amount``, what is due; zero is valid."""

    number: int
    kind: Kind
    item: str
    name_vi: str
    name_en: str
    quantity: int
    full: Money
    reductions: tuple[AppliedReduction, ...]
    amount: Money
    retained_ppm: int
    """The agency's share in parts per million; 0 for a charge, an advance, a postal price."""
    refundable: bool
    citation: str
    schedule: UUID
    schedule_version: int
    """The version of the fee schedule that priced this line."""
    budget: Mapping[str, str] = field(default_factory=dict)
    """Budget codes as the agency configured them (chapter, sub-item …)."""
