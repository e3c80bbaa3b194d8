"""G: what is wrong inside our own books, or stands there for too long."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from feesvc.campaigns.planting.scenes import Deed, Plant, Scene
from feesvc.money import Money
from feesvc.testing.settling.faults import added, by_contract, stranger

AGED = timedelta(days=31)


def _deed(code: str, what: str, at_risk: int = 0) -> Plant:
    def plant(scene: Scene) -> None:
        item = scene.fresh(f"{code}-")
        scene.deeds.append(Deed(what=what, day=scene.day, at=scene.name, figure=at_risk, item=item))
        scene.plant(code, item, Money(at_risk, scene.batch.currency), source="books")

    return plant


def _late(scene: Scene) -> None:
    """A payment of a session stands in a document that comes after its month was closed."""
    amount = Money(45_000, scene.batch.currency)
    one = by_contract(stranger(scene.fresh("4"), amount, scene.noon))
    closed = scene.day + timedelta(days=40)
    scene.later.append((closed, one))
    what = "closes the month"
    scene.deeds.append(Deed(what=what, day=scene.day, at=scene.name, item=one.native_id))
    scene.plant("G02", one.native_id, amount, "P08x", source="books", tells_on=closed)


def _aged(scene: Scene) -> None:
    """Money that nobody asks for stands in suspense for more than thirty days."""
    amount = Money(61_000, scene.batch.currency)
    one = by_contract(stranger(scene.fresh("3"), amount, scene.noon))
    scene.batch = added(scene.batch, one)
    scene.deeds.append(Deed(what="leaves it alone", day=scene.day + AGED, item=one.native_id))
    scene.plant("G05", one.native_id, amount, "P08x", source="books")


PLANTS: Mapping[str, Plant] = {
    "G01": _deed("G01", "closes a group with a residual", 100),
    "G02": _late,
    "G03": _deed("G03", "turns an account to the other side", 100),
    "G04": _deed("G04", "changes a row of a projection", 1),
    "G05": _aged,
}
