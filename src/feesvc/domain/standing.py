"""Standing: how far the money of an assessment's lines has come, and what moves it on.

    collected ─ banked ─ allocated ─ remitted

A line is banked once every transfer that still pays it is in the bank. Only banked money goes on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from feesvc.domain import assessment_events as events
from feesvc.domain.aggregate import Aggregate
from feesvc.domain.line import (
    Kind,
    LineState,
    NotThatFar,
    Part,
    Step,
    TakenPart,
    check_change,
    positive,
)
from feesvc.money import Money

SHARED: tuple[Kind, ...] = ("fee", "charge")
"""What is allocated. An advance waits to be applied, a postal price for the operator."""


def payers(line: LineState) -> list[UUID]:
    """The transfers that still pay the line, in the order in which they first did."""
    return [transfer for transfer, amount in line.paid_by.items() if amount > 0]


def banked_now(lines: Mapping[int, LineState], in_bank: Collection[UUID]) -> dict[int, int]:
    """What is not banked yet of lines whose every payer is in the bank."""
    return positive({
        number: line.collected - line.banked
        for number, line in lines.items()
        if all(transfer in in_bank for transfer in payers(line))
    })  # fmt: skip


def unbanked_by(lines: Mapping[int, LineState], transfer: UUID) -> dict[int, int]:
    """What is banked and not split of the lines that a transfer pays."""
    return positive(
        {n: one.banked - one.allocated for n, one in lines.items() if one.paid_by.get(transfer)}
    )


def allocable(lines: Mapping[int, LineState]) -> dict[int, int]:
    """What is banked and waits to be split, of fees and charges."""
    return positive(
        {n: one.banked - one.allocated for n, one in lines.items() if one.kind in SHARED}
    )


def remittable(lines: Mapping[int, LineState]) -> dict[int, int]:
    """What was split, or forfeited, and whose budget share waits to be passed on."""
    return positive({n: one.allocated - one.remitted for n, one in lines.items()})


def held(lines: Mapping[int, LineState]) -> dict[int, int]:
    """What stands there of advances, wholly banked, and may be applied, returned or forfeited."""
    return positive({
        n: one.banked - one.allocated
        for n, one in lines.items()
        if one.kind == "advance" and one.banked == one.collected
    })  # fmt: skip


def check_within(lines: Mapping[int, LineState], asked: Mapping[int, int],
                 there: Mapping[int, int]) -> None:  # fmt: skip
    """Refuse (``NotThatFar``) more of a line than there is of it."""
    check_change(lines, asked)
    for number, amount in asked.items():
        if amount > there.get(number, 0):
            raise NotThatFar(f"line {number}: {amount} of {there.get(number, 0)}")


def taken_parts(
    lines: Mapping[int, LineState], amounts: Mapping[int, int], currency: str
) -> Iterable[TakenPart]:
    """What leaves, by how far it had come."""
    for number, amount in sorted(amounts.items()):
        for state, part in lines[number].unwound(amount):
            yield TakenPart(
                line=number, amount=Money(part, currency), kind=lines[number].kind, state=state
            )


def move(lines: Mapping[int, LineState], step: Step, parts: Iterable[Part], sign: int = 1) -> None:
    """These parts reached the step, or with a negative ``sign`` are there no more."""
    for part in parts:
        line = lines[part.line]
        setattr(line, step, getattr(line, step) + sign * part.amount.amount)


class Standing(Aggregate):
    """The part of an assessment that decides how far its money has come."""

    Banked: ClassVar[type[events.Banked]]
    Unbanked: ClassVar[type[events.Unbanked]]
    Allocated: ClassVar[type[events.Allocated]]
    Remitted: ClassVar[type[events.Remitted]]
    RemittanceUndone: ClassVar[type[events.RemittanceUndone]]
    Forfeited: ClassVar[type[events.Forfeited]]

    if TYPE_CHECKING:  # set when it is raised; the library would make fields of them
        lines: dict[int, LineState]
        currency: str
        in_bank: set[UUID]
        remittances: dict[UUID, dict[int, int]]

    def bank(self, transfer: UUID, occurred_at: datetime, at: datetime) -> None:
        """A transfer is in our bank; a line is banked once every transfer that pays it is."""
        pays = any(transfer in payers(line) for line in self.lines.values())
        now = banked_now(self.lines, self.in_bank | {transfer}) if pays else {}
        if now or (pays and transfer not in self.in_bank):
            self._banked(transfer, now, occurred_at, at)

    def unbank(self, transfer: UUID, occurred_at: datetime, at: datetime) -> None:
        """The bank took back what had brought this transfer; what was split stays split."""
        if transfer in self.in_bank:
            parts = self._parts(unbanked_by(self.lines, transfer), -1, "banked")
            self.record(self.Unbanked, at, transfer=transfer, parts=parts, occurred_at=occurred_at)

    def allocate(self, allocation: UUID, most: Mapping[int, int] | None, at: datetime) -> None:
        """Split what is banked of fees and charges, of each line at most this."""
        there = allocable(self.lines)
        wanted = there if most is None else {n: min(a, most.get(n, 0)) for n, a in there.items()}
        parts = self._parts(positive(wanted), step="allocated")
        if parts:
            self.record(self.Allocated, at, allocation=allocation, parts=parts)

    def remit(self, remittance: UUID, amounts: Mapping[int, int], at: datetime) -> None:
        """The budget's share of so much of each line is passed on; raises ``NotThatFar``."""
        if remittance not in self.remittances:
            check_within(self.lines, amounts, remittable(self.lines))
            parts = self._parts(amounts, step="remitted")
            self.record(self.Remitted, at, remittance=remittance, parts=parts)

    def undo_remittance(self, remittance: UUID, at: datetime) -> None:
        """It came back. What left the line meanwhile is not there to wait again."""
        amounts = self.remittances.get(remittance)
        if amounts:
            back = {n: min(amount, self.lines[n].remitted) for n, amount in amounts.items()}
            parts = self._parts(positive(back), -1, "remitted")
            self.record(self.RemittanceUndone, at, remittance=remittance, parts=parts)

    def forfeit(
        self, forfeiture: UUID, amounts: Mapping[int, int], reason: str, at: datetime
    ) -> None:
        """So much of an advance falls to the State budget; raises ``NotThatFar``."""
        check_within(self.lines, amounts, held(self.lines))
        parts = self._parts(amounts, step="allocated")
        self.record(self.Forfeited, at, forfeiture=forfeiture, parts=parts, reason=reason)

    def _parts(
        self, amounts: Mapping[int, int], sign: int = 1, step: Step = "collected"
    ) -> tuple[Part, ...]:
        return tuple(
            self.lines[number].part(number, sign * amount, self.currency, step)
            for number, amount in sorted(amounts.items())
        )

    def _banked(
        self, transfer: UUID, amounts: Mapping[int, int], occurred_at: datetime, at: datetime
    ) -> None:
        parts = self._parts(amounts, step="banked")
        self.record(self.Banked, at, transfer=transfer, parts=parts, occurred_at=occurred_at)
