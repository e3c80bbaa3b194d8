"""Pricing: what a dossier owes under the schedules in force, line by line. Pure.

Which day decides is each item's and each reduction's own rule: the day the dossier was submitted,
assessed or paid. What payment decides is priced as if it were paid on ``assessed_on``, unless
``Circumstances.paid_on`` says when it was: the application prices such lines again when money comes
and increases or reduces the assessment by the difference.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from feesvc.domain.aggregate import Refusal
from feesvc.domain.amounts import counts, full_amount, needs_base
from feesvc.domain.circumstances import Circumstances
from feesvc.domain.fee_item import FeeItem
from feesvc.domain.fee_schedule import FeeSchedule
from feesvc.domain.ids import code as as_code
from feesvc.domain.line import AppliedReduction, Line, check_total
from feesvc.domain.reductions import Reduction
from feesvc.money import Money

MOST_UNITS = 100_000
LARGEST_BASE = 10**15
"""Minor units: a stated value beyond this was mistyped."""


class NoLines(Refusal):
    """An assessment has at least one line"""


class UnknownItem(Refusal):
    """No fee schedule of the agency has this item"""


class NotInForce(Refusal):
    """The item is not in force on the day and for the channel that decide"""


class AmbiguousItem(Refusal):
    """Two versions of the item are in force at once"""


class AmbiguousReduction(Refusal):
    """Two reductions of the same precedence apply to one line"""


class WrongQuantity(Refusal):
    """The quantity does not fit the item"""


class BaseRequired(Refusal):
    """The fee is a rate of a value that was not stated"""


class WrongBase(Refusal):
    """The stated value does not fit the item"""


class MixedCurrencies(Refusal):
    """The lines of one assessment and their values are in one currency"""


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedLine:
    """One item that a dossier owes: how often, and the value of which it is a rate."""

    item: str
    quantity: int = 1
    base: Money | None = None


@dataclass(frozen=True, slots=True)
class _Found:
    schedule: FeeSchedule
    item: FeeItem


def price(
    schedules: Sequence[FeeSchedule], wanted: Sequence[WantedLine], circumstances: Circumstances
) -> tuple[Line, ...]:
    """The lines in the order wanted, numbered from 1, in one currency; ``schedules`` are one
    agency's.

    A reduction of any of these schedules may reduce an item of any other. Of those that apply to a
    line only the one of the highest precedence is applied. Each refusal names the line.
    """
    if not wanted:
        raise NoLines("no item was named")
    lines = tuple(
        _line(number, one, schedules, circumstances) for number, one in enumerate(wanted, start=1)
    )
    for line in lines:
        if line.full.currency != lines[0].full.currency:
            raise MixedCurrencies(
                f"line {line.number}, {line.item}: {line.full.currency}, "
                f"line 1 is in {lines[0].full.currency}"
            )
    check_total(sum(line.full.amount for line in lines))
    return lines


def _line(
    number: int, wanted: WantedLine, schedules: Sequence[FeeSchedule], circumstances: Circumstances
) -> Line:
    label = f"line {number}, {wanted.item[:70]}"
    found = _find(label, as_code(wanted.item), schedules, circumstances)
    item = found.item
    base = _checked(label, item, wanted)
    full = full_amount(item.rule, item.rounding, wanted.quantity, base)
    reductions = tuple(_applied(label, item, full, wanted.quantity, schedules, circumstances))
    return Line(
        number=number,
        kind=item.kind,
        item=item.code,
        name_vi=item.name_vi,
        name_en=item.name_en,
        quantity=wanted.quantity,
        full=Money(full, item.currency),
        reductions=reductions,
        amount=Money(full - sum(r.amount.amount for r in reductions), item.currency),
        retained_ppm=item.retained_ppm,
        refundable=item.refundable,
        citation=item.citation,
        schedule=found.schedule.id,
        schedule_version=found.schedule.version,
        budget=dict(item.budget),
    )


def _find(
    label: str, code: str, schedules: Sequence[FeeSchedule], circumstances: Circumstances
) -> _Found:
    """The one version of the item that the deciding day and the channel meet."""
    known = [
        _Found(schedule, item)
        for schedule in schedules
        for item in schedule.items.values()
        if item.code == code
    ]
    if not known:
        raise UnknownItem(label)
    channel = circumstances.channel
    found = [
        one for one in known
        if one.item.in_force(circumstances.day(one.item.decided_by), channel)
    ]  # fmt: skip
    if not found:
        spans = "; ".join(sorted(_span(one.item) for one in known))
        days = sorted({one.item.decided_by for one in known})
        when = ", ".join(f"{day} on {circumstances.day(day)}" for day in days)
        raise NotInForce(f"{label}: in force {spans}; {channel}, {when}")
    if len(found) > 1:
        documents = " and ".join(sorted(one.schedule.document for one in found))
        raise AmbiguousItem(f"{label}: {documents}")
    return found[0]


def _span(item: FeeItem) -> str:
    channels = f" ({', '.join(item.channels)})" if item.channels else ""
    return f"from {item.effective_from} to {item.effective_to or 'no end'}{channels}"


def _checked(label: str, item: FeeItem, wanted: WantedLine) -> int:
    """The base value in minor units, 0 where the item has none; refuses what does not fit."""
    most = MOST_UNITS if counts(item.rule) else 1
    if type(wanted.quantity) is not int or not 1 <= wanted.quantity <= most:
        raise WrongQuantity(f"{label}: {wanted.quantity}, from 1 to {most}")
    if not needs_base(item.rule):
        if wanted.base is not None:
            raise WrongBase(f"{label}: it is not a rate of a value")
        return 0
    if wanted.base is None:
        raise BaseRequired(label)
    if wanted.base.currency != item.currency:
        raise MixedCurrencies(f"{label}: a value in {wanted.base.currency}, not {item.currency}")
    if not 0 <= wanted.base.amount <= LARGEST_BASE:
        raise WrongBase(f"{label}: {wanted.base}")
    return wanted.base.amount


def _applied(
    label: str, item: FeeItem, full: int, quantity: int, schedules: Sequence[FeeSchedule],
    circumstances: Circumstances,
) -> Iterator[AppliedReduction]:  # fmt: skip
    best: list[Reduction] = []
    for schedule in schedules:
        for reduction in schedule.reductions.values():
            if reduction.applies_to(item, circumstances):
                if best and reduction.precedence > best[0].precedence:
                    best = []
                if not best or reduction.precedence == best[0].precedence:
                    best.append(reduction)
    if len(best) > 1:
        raise AmbiguousReduction(f"{label}: {' and '.join(sorted(r.code for r in best))}")
    for reduction in best:
        off = reduction.taken_off(full, item, quantity)
        if off:
            yield AppliedReduction(
                code=reduction.code, citation=reduction.citation, amount=Money(off, item.currency)
            )
