"""Reductions: who pays less, for what, when, by how much, and which one wins.

Of the reductions that apply to a line, only the one of the highest precedence is applied: no
source of law says that two may be multiplied.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias, assert_never, get_args

from msgspec import Struct

from feesvc.domain.amounts import MOST, PerUnit, rounded
from feesvc.domain.circumstances import Channel, Circumstances, Deciding, ServiceLevel
from feesvc.domain.fee_item import CURRENCY, ITEM_CODE, FeeItem
from feesvc.domain.line import Kind
from feesvc.domain.validity import holds, overlap
from feesvc.money import PPM

KINDS: tuple[Kind, ...] = get_args(Kind)
EVERY_ITEM = "*"


class PercentOff(Struct, frozen=True, kw_only=True, tag_field="effect", tag="percent_off"):
    """A rate of the full price is taken off; what is left is rounded as the item says."""

    ppm: int


class AmountOff(Struct, frozen=True, kw_only=True, tag_field="effect", tag="amount_off"):
    """So many minor units are taken off, per unit where the item is charged per unit."""

    amount: int


class FixedAmount(Struct, frozen=True, kw_only=True, tag_field="effect", tag="fixed_amount"):
    """The price is this many minor units, per unit where the item is charged per unit."""

    amount: int


class Zero(Struct, frozen=True, kw_only=True, tag_field="effect", tag="zero"):
    """Nothing is due. The assessment is still raised, and its receipt still issued."""


Effect: TypeAlias = PercentOff | AmountOff | FixedAmount | Zero


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """All must be met; one that names nothing is met by everybody."""

    channels: tuple[Channel, ...] = ()
    service_levels: tuple[ServiceLevel, ...] = ()
    identity_level: int = 0
    """The lowest level of electronic identity that will do."""
    payer_classes: tuple[str, ...] = ()
    localities: tuple[str, ...] = ()
    age_from: int | None = None
    age_to: int | None = None
    """Full years, both included; an unknown age meets no limit."""

    def met_by(self, circumstances: Circumstances) -> bool:
        if self.age_from is not None or self.age_to is not None:
            if circumstances.age is None:
                return False
            if not (self.age_from or 0) <= circumstances.age <= _last(self.age_to):
                return False
        return circumstances.identity_level >= self.identity_level and all(
            not wanted or found in wanted
            for wanted, found in (
                (self.channels, circumstances.channel),
                (self.service_levels, circumstances.service_level),
                (self.payer_classes, circumstances.payer_class),
                (self.localities, circumstances.locality),
            )
        )

    def may_meet(self, other: Conditions) -> bool:
        """Whether one dossier could meet both."""
        if (self.age_from or 0) > _last(other.age_to) or (other.age_from or 0) > _last(self.age_to):
            return False
        return all(
            not mine or not theirs or set(mine) & set(theirs)
            for mine, theirs in (
                (self.channels, other.channels),
                (self.service_levels, other.service_levels),
                (self.payer_classes, other.payer_classes),
                (self.localities, other.localities),
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reduction:
    code: str
    items: tuple[str, ...]
    """Item codes, kinds (``charge``, ``fee`` …: lower case), or ``*`` for every item."""
    conditions: Conditions = field(default_factory=Conditions)
    effect: Effect
    currency: str
    """Only lines of this currency are reduced."""
    cap: int | None = None
    """The most that is taken off a line, in minor units."""
    precedence: int
    """Of those that apply, the highest is applied, alone."""
    decided_by: Deciding = "submitted"
    effective_from: date
    effective_to: date | None = None
    """The last day, included; None has no end."""
    citation: str

    def applies_to(self, item: FeeItem, circumstances: Circumstances) -> bool:
        return (
            self.currency == item.currency
            and any(name in (EVERY_ITEM, item.kind, item.code) for name in self.items)
            and holds(circumstances.day(self.decided_by), self.effective_from, self.effective_to)
            and self.conditions.met_by(circumstances)
        )

    def ties_with(self, other: Reduction) -> bool:
        """Whether both could apply to one line, and neither wins.

        A kind and a code may name the same item, which may stand in another schedule.
        """
        codes_only = not any(name in (EVERY_ITEM, *KINDS) for name in self.items + other.items)
        return (
            self.precedence == other.precedence
            and self.currency == other.currency
            and not (codes_only and not set(self.items) & set(other.items))
            and self.conditions.may_meet(other.conditions)
            and (self.decided_by != other.decided_by or overlap(
                self.effective_from, self.effective_to, other.effective_from, other.effective_to
            ))
        )  # fmt: skip

    def taken_off(self, full: int, item: FeeItem, quantity: int) -> int:
        """What it takes off ``full`` minor units: never more than all of it, nor than the cap."""
        units = quantity if isinstance(item.rule, PerUnit) else 1
        match self.effect:
            case PercentOff(ppm=ppm):
                off = full - rounded(full * (PPM - ppm), PPM, item.rounding)
            case AmountOff(amount=amount):
                off = amount * units
            case FixedAmount(amount=amount):
                off = full - amount * units
            case Zero():
                off = full
            case _:
                assert_never(self.effect)
        return max(min(off, full, full if self.cap is None else self.cap), 0)


def reduction_wrongs(reduction: Reduction) -> Iterator[str]:
    """What is wrong with a reduction that somebody proposes."""
    if not (ITEM_CODE.fullmatch(reduction.code) and reduction.citation):
        yield "a code and a citation are needed"
    if not reduction.items:
        yield "a reduction names items, kinds, or * for all"
    for name in reduction.items:
        if name != EVERY_ITEM and name not in KINDS and not ITEM_CODE.fullmatch(name):
            yield f"{name[:70]!r} is neither a kind nor an item's code"
    if not CURRENCY.fullmatch(reduction.currency):
        yield "a currency is named by its ISO 4217 code"
    if reduction.effective_to is not None and reduction.effective_to < reduction.effective_from:
        yield "the last day lies before the first"
    if reduction.cap is not None and not 0 <= reduction.cap <= MOST:
        yield f"the cap lies between 0 and {MOST:,} minor units"
    yield from _effect_wrongs(reduction.effect)


def _effect_wrongs(effect: Effect) -> Iterator[str]:
    match effect:
        case PercentOff(ppm=ppm):
            if not 0 < ppm <= PPM:
                yield f"a rate lies between 1 and {PPM:,} parts per million"
        case AmountOff(amount=amount) | FixedAmount(amount=amount):
            if not 0 <= amount <= MOST:
                yield f"an amount lies between 0 and {MOST:,} minor units"
        case Zero():
            pass
        case _:
            assert_never(effect)


def _last(age: int | None) -> int:
    return 1_000 if age is None else age
