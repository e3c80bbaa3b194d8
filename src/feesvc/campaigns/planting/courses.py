"""A: payers who pay less, more, twice, late, for nothing, or for others; and one who never ends."""

from __future__ import annotations

from collections.abc import Mapping

from feesvc.campaigns.planting.scenes import Deed, Plant, Scene
from feesvc.money import Money

OWED = 100_000
"""Đồng: what an assessment in a course is of."""


def _course(code: str, what: str, at_risk: int, *posts: str, figure: int = 0) -> Plant:
    """A course of payments, to be played by whoever drives; found among the cases by its item."""

    def plant(scene: Scene) -> None:
        item = scene.fresh(f"{code}-")
        scene.deeds.append(Deed(what=what, day=scene.day, at=scene.name, figure=figure, item=item))
        money = Money(at_risk, scene.batch.currency)
        scene.plant(code, item, money, *posts, source="course")

    return plant


PLANTS: Mapping[str, Plant] = {
    "A01": _course("A01", "pays less", 20_000, "P06u", figure=OWED - 20_000),
    "A02": _course("A02", "pays more", 20_000, "P06o", figure=OWED + 20_000),
    "A03": _course("A03", "pays twice", OWED, "P06", "P06d", figure=OWED),
    "A04": _course("A04", "pays, then it is reduced", 20_000, "P06", "P02b", figure=OWED - 20_000),
    "A05": _course("A05", "pays after it was cancelled", OWED, "P06w", figure=OWED),
    "A06": _course("A06", "pays for nothing known", OWED, "P06x", figure=OWED),
    "A07": _course("A07", "pays for another agency's item", OWED, "P06x", "P23c", figure=OWED),
    "A08": _course("A08", "never ends", OWED, figure=OWED),
}
