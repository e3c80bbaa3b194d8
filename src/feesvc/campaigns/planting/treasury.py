"""T: what goes wrong between our bank account, the State Treasury and other agencies."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from feesvc.campaigns.planting.scenes import Deed, Plant, Scene, Unfit
from feesvc.money import Money

SHARE = 10_000
"""Đồng: the budget's part of a fee of 100,000 of which nine tenths are retained."""


HELD_BACK = timedelta(days=8)
"""While a remittance is held back past its period the agency sends no other one."""


def _remitted(code: str, what: str, at_risk: int, *posts: str, figure: int = 0) -> Plant:
    """An agency sends one remittance a day: in each only one thing is planted."""
    planting = _deed(code, what, at_risk, *posts, figure=figure)

    def plant(scene: Scene) -> None:
        agency = f"remittances of {scene.name.partition(' ')[0]}"
        if scene.busy.get(agency, date.min) >= scene.day:
            raise Unfit("another remittance of the agency is planted in just now")
        scene.busy[agency] = scene.day + (HELD_BACK if code == "T02" else timedelta())
        planting(scene)

    return plant


def _forwarded_late(scene: Scene) -> None:
    """The 24 hours run from the bank credit (DESIGN, part 7): the payment's batch must be paid."""
    _deed("T08", "forwards after two days", 100_000, "P20a", figure=48)(scene)
    scene.keep_paid()


def _deed(code: str, what: str, at_risk: int, *posts: str, figure: int = 0) -> Plant:
    def plant(scene: Scene) -> None:
        item = scene.fresh(f"{code}-")
        scene.deeds.append(Deed(what=what, day=scene.day, at=scene.name, figure=figure, item=item))
        money = Money(at_risk, scene.batch.currency)
        scene.plant(code, item, money, *posts, source="treasury")

    return plant


PLANTS: Mapping[str, Plant] = {
    "T01": _remitted("T01", "remits within the period", SHARE, "P16a", "P16b"),
    "T02": _remitted("T02", "remits after the period", SHARE, "P16a", "P16b"),
    "T03": _remitted("T03", "the bank debits another amount", 1_000, "P16a", figure=SHARE - 1_000),
    "T04": _remitted("T04", "the Treasury confirms other codes", SHARE, "P16a", "P16b"),
    "T05": _remitted("T05", "the Treasury returns it", SHARE, "P16a", "P16b", "P16c"),
    "T06": _remitted("T06", "the Treasury confirms nothing", SHARE, "P16a", "P16b"),
    "T07": _remitted("T07", "the bank debits it twice", SHARE, "P16a", "P16b"),
    "T08": _forwarded_late,
    "T09": _deed("T09", "decides on an advance and leaves it", 300_000, "P14a", figure=300_000),
}
