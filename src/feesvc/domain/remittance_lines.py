"""Remittance lines: the shares that a remittance is made of, by the budget codes they go under."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from feesvc.money import Money, total


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The budget's share of what one line of an assessment has allocated and not remitted.

    ``whole`` is the allocated amount that it is the share of.
    """

    assessment: UUID
    line: int
    whole: Money
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class LapsedShare:
    """What one adjustment let lapse of a transfer: all of it is the budget's (P17c, P17d)."""

    transfer: UUID
    adjustment: UUID
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the payment list: what goes under one set of budget codes.

    ``codes`` are those that the agency's fee schedule names (chapter, sub-item, Treasury,
    locality …), as they stood when the assessment was raised.
    """

    reference: str
    codes: Mapping[str, str]
    amount: Money
    shares: tuple[Share, ...]
    lapsed: tuple[LapsedShare, ...]
    """Empty in the first form of what was drawn."""


Drawable: TypeAlias = tuple[Mapping[str, str], Share | LapsedShare]
"""What may be remitted, with the codes that it goes under."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetOff:
    """A claim on the budget that this remittance pays itself by sending less (P11f)."""

    claim: UUID
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmedLine:
    """What the State Treasury says it received under one set of codes."""

    codes: Mapping[str, str]
    amount: Money


def entries_of(reference: str, currency: str, drawable: Sequence[Drawable]) -> tuple[Entry, ...]:
    """One entry for each set of codes, in the order of the codes."""
    grouped: dict[tuple[tuple[str, str], ...], list[Share | LapsedShare]] = {}
    for codes, share in drawable:
        grouped.setdefault(tuple(sorted(codes.items())), []).append(share)
    return tuple(
        Entry(
            reference=f"{reference}{number:03d}", codes=dict(codes),
            amount=total((share.amount for share in shares), currency),
            shares=tuple(one for one in shares if isinstance(one, Share)),
            lapsed=tuple(one for one in shares if isinstance(one, LapsedShare)),
        )
        for number, (codes, shares) in enumerate(sorted(grouped.items()), start=1)
    )  # fmt: skip
