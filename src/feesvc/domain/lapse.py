"""Lapses: what of one transfer fell to the State budget, and which remittance took it there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from feesvc.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class LapsedPart:
    """What one adjustment let lapse. ``codes`` are the budget codes that it goes under."""

    adjustment: UUID
    amount: Money
    codes: Mapping[str, str] = field(default_factory=dict)


class Lapses:
    """Everything that lapsed of a transfer, by adjustment."""

    def __init__(self) -> None:
        self._parts: dict[UUID, LapsedPart] = {}
        self._remitted: dict[UUID, UUID] = {}
        """By adjustment, the remittance that took it."""

    def add(self, part: LapsedPart) -> None:
        self._parts[part.adjustment] = part

    @property
    def waiting(self) -> Iterator[LapsedPart]:
        """What no remittance has taken."""
        return (one for id, one in self._parts.items() if id not in self._remitted)

    def taken_by(self, remittance: UUID) -> tuple[LapsedPart, ...]:
        taken = [id for id, by in self._remitted.items() if by == remittance]
        return tuple(self._parts[id] for id in taken)

    def remit(self, remittance: UUID, parts: Sequence[LapsedPart]) -> None:
        self._remitted |= {part.adjustment: remittance for part in parts}

    def undo(self, parts: Sequence[LapsedPart]) -> None:
        for part in parts:
            self._remitted.pop(part.adjustment, None)
