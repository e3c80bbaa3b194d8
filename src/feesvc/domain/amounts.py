"""Amount rules: how a fee is computed, as data. Integers only; all amounts are minor units.

Amounts are of the fee item's currency, rates are parts per million, and the rounding rule of the
item is applied once, at the end, before a floor or a cap.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias, assert_never

from msgspec import Struct

from feesvc.money import PPM

MOST = 10**12
"""The largest amount a rule may name, in minor units; a mistyped one is larger."""


class Flat(Struct, frozen=True, kw_only=True, tag_field="rule", tag="flat"):
    """The same for every dossier."""

    amount: int


class PerUnit(Struct, frozen=True, kw_only=True, tag_field="rule", tag="per_unit"):
    """So much for each copy, month, report …"""

    amount: int


class Percentage(Struct, frozen=True, kw_only=True, tag_field="rule", tag="percentage"):
    """A rate of a stated base value, never less than ``floor`` nor more than ``cap``."""

    ppm: int
    floor: int = 0
    cap: int | None = None


class Step(Struct, frozen=True, kw_only=True):
    """For values up to ``up_to``: ``amount``, and a rate of what the base has beyond ``over``."""

    up_to: int | None
    """Included; None has no end."""
    amount: int = 0
    ppm: int = 0
    over: int = 0


class Tiers(Struct, frozen=True, kw_only=True, tag_field="rule", tag="tiers"):
    """The first step that reaches up to the base value, or to the quantity."""

    by: Literal["base", "quantity"]
    steps: tuple[Step, ...]


AmountRule: TypeAlias = Flat | PerUnit | Percentage | Tiers


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounding:
    """To whole multiples of ``to`` minor units. ``half_up``: a half goes up."""

    to: int = 1
    mode: Literal["half_up", "down", "up"] = "half_up"


def rounded(numerator: int, denominator: int, rounding: Rounding) -> int:
    """The exact fraction ``numerator / denominator``, neither negative, as a whole amount."""
    divisor = denominator * rounding.to
    match rounding.mode:
        case "down":
            multiples = numerator // divisor
        case "up":
            multiples = -(-numerator // divisor)
        case "half_up":
            multiples = (2 * numerator + divisor) // (2 * divisor)
        case _:
            assert_never(rounding.mode)
    return multiples * rounding.to


def needs_base(rule: AmountRule) -> bool:
    """Whether the fee is computed from a value, such as a price or a claim."""
    return isinstance(rule, Percentage) or (isinstance(rule, Tiers) and rule.by == "base")


def counts(rule: AmountRule) -> bool:
    """Whether the fee depends on a quantity; otherwise it is charged once."""
    return isinstance(rule, PerUnit) or (isinstance(rule, Tiers) and rule.by == "quantity")


def full_amount(rule: AmountRule, rounding: Rounding, quantity: int, base: int) -> int:
    """The fee before any reduction, for a quantity and a base value of the item's currency."""
    match rule:
        case Flat():
            return rounded(rule.amount, 1, rounding)
        case PerUnit():
            return rounded(rule.amount * quantity, 1, rounding)
        case Percentage():
            amount = max(rounded(base * rule.ppm, PPM, rounding), rule.floor)
            return amount if rule.cap is None else min(amount, rule.cap)
        case Tiers():
            return _of_step(_step(rule, base if rule.by == "base" else quantity), base, rounding)
        case _:
            assert_never(rule)


def _step(rule: Tiers, value: int) -> Step:
    return next(step for step in rule.steps if step.up_to is None or value <= step.up_to)


def _of_step(step: Step, base: int, rounding: Rounding) -> int:
    return rounded(step.amount * PPM + max(base - step.over, 0) * step.ppm, PPM, rounding)


def wrongs(rule: AmountRule, rounding: Rounding) -> Iterator[str]:
    """What is wrong with a rule that somebody proposes; nothing when it can be computed."""
    if not 1 <= rounding.to <= MOST:
        yield "rounding is to a positive number of minor units"
    match rule:
        case Flat() | PerUnit():
            yield from _wrong_amount("the amount", rule.amount)
        case Percentage():
            yield from _wrong_rate(rule.ppm)
            yield from _wrong_amount("the floor", rule.floor)
            if rule.cap is not None:
                yield from _wrong_amount("the cap", rule.cap)
                if rule.cap < rule.floor:
                    yield "the cap lies below the floor"
        case Tiers():
            yield from _wrong_steps(rule)
        case _:
            assert_never(rule)


def _wrong_steps(rule: Tiers) -> Iterator[str]:
    if not rule.steps or rule.steps[-1].up_to is not None:
        yield "the last step has no end"
    ends = [step.up_to for step in rule.steps[:-1]]
    known = [end for end in ends if end is not None]
    if len(known) < len(ends) or any(a >= b for a, b in zip([-1, *known], known, strict=False)):
        yield "steps rise, and only the last has no end"
    for step in rule.steps:
        yield from _wrong_amount("a step's amount", step.amount)
        yield from _wrong_rate(step.ppm)
        if step.over < 0:
            yield "a step's rate counts from zero or more"
        if rule.by == "quantity" and step.ppm:
            yield "a rate needs a base value, not a quantity"


def _wrong_amount(what: str, amount: int) -> Iterator[str]:
    if not 0 <= amount <= MOST:
        yield f"{what} lies between 0 and {MOST:,} minor units"


def _wrong_rate(ppm: int) -> Iterator[str]:
    if not 0 <= ppm <= PPM:
        yield f"a rate lies between 0 and {PPM:,} parts per million"
