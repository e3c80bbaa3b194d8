"""G: what is wrong inside our own books, or stands there for too long."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from feesvc.campaigns.planting.scenes import Deed, Plant, Scene, Unfit
from feesvc.money import Money
from feesvc.testing.settling.faults import added, by_contract, missing, stranger

AGED = timedelta(days=31)
CLOSES = timedelta(days=8)
"""After so long a day is closed: whatever else is planted in it was told by then."""
UNEXPLAINED = 100
"""Đồng that a settlement on paper says beyond its lines."""


def _residual(scene: Scene) -> None:
    """A payment is settled on paper, in a batch that is paid with more than its lines come to."""
    item = _on_paper(scene, "settles on paper, with more than its lines")
    scene.plant("G01", item, Money(UNEXPLAINED, scene.batch.currency), source="books")


def _wrong_side(scene: Scene) -> None:
    """The same, and nobody clears it until the day on which it was paid is closed."""
    item = _on_paper(scene, "settles on paper, and the day of its credit is closed")
    closed = scene.tomorrow + CLOSES
    amount = Money(UNEXPLAINED, scene.batch.currency)
    scene.plant("G03", item, amount, source="books", tells_on=closed)


def _on_paper(scene: Scene, what: str) -> str:
    one = scene.payment()
    scene.batch, _ = missing(scene.batch, one.native_id)
    scene.deeds.append(
        Deed(what=what, day=scene.day, at=scene.name, figure=UNEXPLAINED, item=one.native_id)
    )
    return one.native_id


def _late(scene: Scene) -> None:
    """A payment of a session stands in a document that comes after its day was closed."""
    amount = Money(45_000, scene.batch.currency)
    one = by_contract(stranger(scene.fresh("4"), amount, scene.noon), scene.tariff)
    told = scene.day + CLOSES + timedelta(days=1)
    scene.later.append((told, one))
    what = "closes the day"
    scene.deeds.append(Deed(what=what, day=scene.day, at=scene.name, item=one.native_id))
    scene.plant("G02", one.native_id, amount, "P08x", source="books", tells_on=told)


def _drifts(scene: Scene) -> None:
    """A row of a projection is changed behind its back, on the last of all days."""
    item = scene.fresh("G04-")
    what = "changes a row of a projection"
    scene.deeds.append(Deed(what=what, day=scene.day, at=scene.name, item=item))
    scene.plant("G04", item, scene.nothing(), source="books")


def _aged(scene: Scene) -> None:
    """Money that nobody asks for stands in suspense for more than thirty days."""
    if scene.batch.net.amount < 0:
        raise Unfit("a batch below nothing stays so")
    amount = Money(61_000, scene.batch.currency)
    one = by_contract(stranger(scene.fresh("3"), amount, scene.noon), scene.tariff)
    scene.batch = added(scene.batch, one)
    scene.deeds.append(Deed(what="leaves it alone", day=scene.day + AGED, item=one.native_id))
    scene.plant("G05", one.native_id, amount, "P08x", source="books")


PLANTS: Mapping[str, Plant] = {
    "G01": _residual,
    "G02": _late,
    "G03": _wrong_side,
    "G04": _drifts,
    "G05": _aged,
}
