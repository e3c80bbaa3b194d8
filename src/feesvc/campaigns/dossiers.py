"""Dossiers of a shortened year, made from a seed: what each one owes and what becomes of it."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

Fate: TypeAlias = Literal[
    "paid", "paid_twice", "wrong_amount", "declined", "refunded", "refund_rejected", "cancelled",
    "cancelled_when_paid", "reduced_when_paid", "reversed", "unpaid",
]  # fmt: skip
"""Everything that happens to one dossier, in an order of its own: no other one's matters to it."""

ITEMS = (("CHARGE",), ("FEE",), ("CHARGE", "FEE"), ("ADVANCE",), ("CHARGE", "FEE", "ADVANCE"))
RETURNABLE = tuple(items for items in ITEMS if "ADVANCE" not in items)
"""For what is given back here: an advance is returned only from the bank, and none is told of."""


@dataclass(frozen=True, slots=True)
class Dossier:
    """``part`` is an amount in đồng for what is done in part."""

    number: int
    code: str
    items: tuple[str, ...]
    fate: Fate
    part: int


def dossiers(seed: int, count: int) -> list[Dossier]:
    """The same ones for a seed; every fate comes up as soon as there are enough of them."""
    chance = random.Random(seed)  # noqa: S311 it has to be the same again, not secret
    fates: list[Fate] = list(get_args(Fate))
    made = []
    for number in range(count):
        month, day = number * 12 // count + 1, chance.randrange(1, 29)
        fate = fates[number] if number < len(fates) else chance.choice([*fates, "paid", "paid"])
        made.append(
            Dossier(
                number=number,
                code=f"G14-26{month:02d}{day:02d}-{number:04d}",
                items=chance.choice(RETURNABLE if fate.startswith("refund") else ITEMS),
                fate=fate,
                part=chance.randrange(1, 50) * 1_000 + 7,
            )
        )
    return made
