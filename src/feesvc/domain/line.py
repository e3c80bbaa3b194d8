"""A line of an assessment: one fee item, priced, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias
from uuid import UUID

from feesvc.domain.aggregate import Refusal
from feesvc.money import Money, next_share

MOST_OWED = 10**14
"""Minor units of one assessment: above any fee there is, and 92 000 of them fit into 64 bits."""

Kind: TypeAlias = Literal["charge", "fee", "postal", "advance"]
"""A charge (lệ phí) goes wholly to the State budget; a fee (phí) may be partly retained."""

State: TypeAlias = Literal["collected", "banked", "allocated", "remitted", "retained"]
"""How far a line's money has come (DESIGN §7). Once it is split, ``allocated`` and ``remitted``
name the budget's share, not yet and already passed on, and ``retained`` the agency's.
"""

Step: TypeAlias = Literal["collected", "banked", "allocated", "remitted"]


class AmountTooLarge(Refusal):
    """The line is smaller than the reduction"""


class TooMuchOwed(Refusal):
    """An assessment is of no more than 100 000 000 000 000 minor units"""


class UnknownLine(Refusal):
    """The assessment has no such line"""


class NothingToChange(Refusal):
    """The change is of nothing"""


class NotThatFar(Refusal):
    """Less of the line's money has come as far as that"""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedReduction:
    """A reduction that was applied, and its legal basis; ``amount``, positive, came off."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """An amount of one line. ``retained`` is the agency's share of it, rounded cumulatively."""

    line: int
    amount: Money
    retained: Money
    kind: Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenPart:
    """An amount that leaves a line, and how far that money had come."""

    line: int
    amount: Money
    kind: Kind
    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class AdvanceLine:
    """A line of an advance, by its assessment."""

    assessment: UUID
    line: int


@dataclass(slots=True)
class LineState:
    """What became of a line, in minor units. ``due`` is what is owed and was not given back.

    ``collected``, ``banked``, ``allocated`` and ``remitted`` each contain the next.
    """

    kind: Kind
    retained_ppm: int
    refundable: bool
    due: int
    collected: int = 0
    refunded: int = 0
    banked: int = 0
    allocated: int = 0
    remitted: int = 0
    paid_by: dict[UUID, int] = field(default_factory=dict)
    """What each transfer still pays of it."""

    @property
    def open(self) -> int:
        return self.due - self.collected

    @property
    def kept_ppm(self) -> int:
        """The agency's share of what is allocated; of anything but a fee nothing."""
        return self.retained_ppm if self.kind == "fee" else 0

    def part(self, number: int, change: int, currency: str, step: Step = "collected") -> Part:
        """``change`` minor units more (or less) at this step, with the agency's share of them.

        The share is of what is there before and after: rounding is cumulative (DESIGN §6).
        """
        there: int = getattr(self, step)
        before = there if change > 0 else there + change
        return Part(
            line=number,
            amount=Money(abs(change), currency),
            retained=Money(next_share(before, abs(change), self.kept_ppm), currency),
            kind=self.kind,
        )

    def unwound(self, amount: int) -> Iterator[tuple[State, int]]:
        """Which money goes when ``amount`` leaves the line: unbanked first, remitted last.

        What was split is given back as it was split: in total exactly what it had been.
        """
        unsplit: tuple[tuple[State, int], ...] = (
            ("collected", self.collected - self.banked),
            ("banked", self.banked - self.allocated),
        )
        for state, most in unsplit:
            if part := min(amount, most):
                amount -= part
                yield state, part
        last = max(amount - (self.allocated - self.remitted), 0)
        kept = next_share(self.allocated - amount, amount, self.kept_ppm)
        of_last = next_share(self.remitted - last, last, self.kept_ppm)
        split: tuple[tuple[State, int], ...] = (
            ("retained", kept),
            ("allocated", amount - last - (kept - of_last)),
            ("remitted", last - of_last),
        )
        yield from ((state, part) for state, part in split if part)

    def leave(self, transfer: UUID, amount: int) -> None:
        """``amount`` that this transfer paid is gone; the states give way in their order."""
        self.paid_by[transfer] = self.paid_by.get(transfer, 0) - amount
        self.collected -= amount
        self.banked = min(self.banked, self.collected)
        self.allocated = min(self.allocated, self.banked)
        self.remitted = min(self.remitted, self.allocated)


def fill(
    lines: Mapping[int, LineState], amount: int, order: Sequence[Kind]
) -> Iterator[tuple[int, int]]:
    """How ``amount`` minor units fill what is open: kind by kind, then in line order."""
    for number in sorted(lines, key=lambda n: (order.index(lines[n].kind), n)):
        part = min(amount, lines[number].open)
        if part > 0:
            amount -= part
            yield number, part


def positive(amounts: Mapping[int, int]) -> dict[int, int]:
    return {number: amount for number, amount in amounts.items() if amount > 0}


def check_change(lines: Mapping[int, LineState], amounts: Mapping[int, int]) -> None:
    """A change names lines there are, and positive amounts."""
    if not amounts or any(amount <= 0 for amount in amounts.values()):
        raise NothingToChange("a change names lines and positive amounts")
    for number in amounts:
        if number not in lines:
            raise UnknownLine(f"there is no line {number}")


def check_increase(lines: Mapping[int, LineState], amounts: Mapping[int, int]) -> None:
    """As ``check_change``, and the assessment stays within ``MOST_OWED``."""
    check_change(lines, amounts)
    check_total(sum(line.due for line in lines.values()) + sum(amounts.values()))


def check_total(owed: int) -> None:
    """Refuse a total beyond all sense: ledgers add these up in 64 bits, and must never stop."""
    if owed > MOST_OWED:
        raise TooMuchOwed(f"{owed}")


def reducible(
    lines: Mapping[int, LineState], amounts: Mapping[int, int]
) -> tuple[dict[int, int], dict[int, int]]:
    """Split a reduction in what is open and what is paid; refuses more than is due."""
    check_change(lines, amounts)
    for number, amount in amounts.items():
        if amount > lines[number].due:
            raise AmountTooLarge(f"line {number}: {amount} of {lines[number].due}")
    unpaid = {number: min(amount, lines[number].open) for number, amount in amounts.items()}
    return positive(unpaid), positive({n: a - unpaid[n] for n, a in amounts.items()})
