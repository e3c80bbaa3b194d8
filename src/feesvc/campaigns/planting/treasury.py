"""T: what goes wrong between our bank account, the State Treasury and other agencies."""

from __future__ import annotations

from collections.abc import Mapping

from feesvc.campaigns.planting.scenes import Deed, Plant, Scene
from feesvc.money import Money

SHARE = 10_000
"""Đồng: the budget's part of a fee of 100,000 of which nine tenths are retained."""


def _deed(code: str, what: str, at_risk: int, *posts: str, figure: int = 0) -> Plant:
    def plant(scene: Scene) -> None:
        item = scene.fresh(f"{code}-")
        scene.deeds.append(Deed(what=what, day=scene.day, at=scene.name, figure=figure, item=item))
        money = Money(at_risk, scene.batch.currency)
        scene.plant(code, item, money, *posts, source="treasury")

    return plant


PLANTS: Mapping[str, Plant] = {
    "T01": _deed("T01", "remits within the period", SHARE, "P16a", "P16b"),
    "T02": _deed("T02", "remits after the period", SHARE, "P16a", "P16b"),
    "T03": _deed("T03", "the bank debits another amount", 1_000, "P16a", figure=SHARE - 1_000),
    "T04": _deed("T04", "the Treasury confirms other codes", SHARE, "P16a", "P16b"),
    "T05": _deed("T05", "the Treasury returns it", SHARE, "P16a", "P16b", "P16c"),
    "T06": _deed("T06", "the Treasury confirms nothing", SHARE, "P16a", "P16b"),
    "T07": _deed("T07", "the bank debits it twice", SHARE, "P16a", "P16b"),
    "T08": _deed("T08", "forwards after two days", 100_000, "P20a", "P20b", figure=48),
    "T09": _deed("T09", "decides on an advance and leaves it", 300_000, "P14a"),
}
