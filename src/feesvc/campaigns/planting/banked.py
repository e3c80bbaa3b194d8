"""B: what comes to the bank otherwise than a settlement says, and what nobody said at all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from feesvc.campaigns.planting.scenes import Deed, Plant, Scene, Unfit
from feesvc.money import Money
from feesvc.reconciling.calendar import vietnam
from feesvc.testing.banking import Entry

PAYER = "CTCP TRUNG GIAN THANH TOAN"
WITHIN, BEYOND, BEYOND_WORKING = timedelta(days=2), timedelta(days=9), 6
"""A credit inside and beyond the term that a contract gives: at least so many days, and working
days.
"""
CHARGE = 11_000
"""Đồng: what the bank keeps of a credit by its tariff."""


def narrative_of(scene: Scene) -> str:
    return f"TT DOI SOAT {scene.batch.identity} NGAY {scene.batch.ends_on:%d%m%y}"


def pay_out(scene: Scene, amount: int | None = None, narrative: str | None = None) -> Entry:
    """The batch is credited as it says, on the next day; or so much, with this text."""
    said = narrative_of(scene) if narrative is None else narrative
    return scene.bank.book(
        scene.pays if amount is None else amount, scene.tomorrow, said,
        end_to_end=scene.batch.identity if narrative is None else "", name=PAYER,
        account="0011004455667",
    )  # fmt: skip


def _awaiting(scene: Scene) -> None:
    _later(scene, "B01", scene.day + WITHIN)


def _missing(scene: Scene) -> None:
    _not_awaited(scene)
    on = vietnam().plus(scene.day, BEYOND_WORKING)
    _later(scene, "B02", max(scene.day + BEYOND, on))


def _unidentified(scene: Scene) -> None:
    """A credit that names nothing. The batch comes as it should."""
    amount = 70_000 + 1_000 * scene.chance.randrange(100)
    entry = scene.bank.book(amount, scene.tomorrow, "CHUYEN TIEN", name="TRAN THI B")
    _planted(scene, "B03", entry, amount, "P09e")


def _differs(scene: Scene) -> None:
    """Nobody claims or keeps anything without a person: all of it waits in suspense."""
    _not_awaited(scene)
    by = scene.chance.choice((-CHARGE - 900, 1_000))  # less than a charge would be one
    _pays(scene, more_than=-by)
    entry = pay_out(scene, scene.pays + by, narrative_of(scene))
    _planted(scene, "B04", entry, entry.amount.amount, "P09e")


def _split(scene: Scene) -> None:
    """Two credits in the place of one, both naming the batch."""
    _pays(scene)
    part = scene.pays // 3
    pay_out(scene, part, f"{narrative_of(scene)} LAN 1")
    entry = pay_out(scene, scene.pays - part, f"{narrative_of(scene)} LAN 2")
    _planted(scene, "B05", entry, entry.amount.amount, "P09a")


def _charged(scene: Scene) -> None:
    _pays(scene, more_than=CHARGE)
    entry = pay_out(scene, scene.pays - CHARGE, narrative_of(scene))
    _planted(scene, "B06", entry, CHARGE, "P09d")


def _taken_back(scene: Scene) -> None:
    """The bank takes the credit back after two days, and credits it again after four."""
    _pays(scene)
    entry = pay_out(scene)
    scene.unpaid.append((scene.day + timedelta(days=5), scene.pays, narrative_of(scene)))
    scene.bank.take_back(entry, scene.day + timedelta(days=3))
    heals = scene.day + timedelta(days=5)
    scene.plant(
        "B07", entry.native_id, entry.amount, "P09a", "P09h", source="bank",
        account=scene.bank.number, heals_on=heals,
    )  # fmt: skip


def _twice(scene: Scene) -> None:
    _pays(scene)
    pay_out(scene)
    entry = pay_out(scene)
    _planted(scene, "B08", entry, scene.pays, "P09a", "P09e")


def _elsewhere(scene: Scene) -> None:
    """Credited to another account of the agency."""
    _not_awaited(scene)
    _pays(scene)
    entry = scene.other_bank.book(
        scene.pays, scene.tomorrow, narrative_of(scene), end_to_end=scene.batch.identity,
        name=PAYER,
    )  # fmt: skip
    scene.plant(
        "B09",
        entry.native_id,
        entry.amount,
        source="bank",
        tells_on=scene.tomorrow,
        account=scene.other_bank.number,
    )


def _direct(scene: Scene) -> None:
    """A citizen pays the account and writes what for: possible where payments have such a code."""
    if not scene.by_bank:
        raise Unfit(f"{scene.name} is not paid at a bank")
    item = scene.fresh("B10-")
    what = "pays the account directly"
    scene.deeds.append(Deed(what=what, day=scene.day, at=scene.name, item=item))
    scene.plant("B10", item, Money(100_000, scene.batch.currency), "P09g", source="course")


def _debited(scene: Scene) -> None:
    amount = 33_000
    entry = scene.bank.book(-amount, scene.tomorrow, "TRICH NO TU DONG")
    _planted(scene, "B11", entry, amount)


def _later(scene: Scene, code: str, on: date) -> None:
    _pays(scene)
    scene.unpaid.append((on, scene.pays, narrative_of(scene)))
    scene.plant(
        code, scene.batch.identity, scene.batch.declared_net, source="bank",
        account=scene.bank.number, heals_on=on,
    )  # fmt: skip


def _pays(scene: Scene, more_than: int = 0) -> None:
    """The batch is paid by this plant, and by no other. Raises ``Unfit``; then it is not."""
    if not scene.pays_itself or scene.pays <= max(more_than, 0):
        raise Unfit("its money is spoken for, or too little")
    scene.pays_itself = False


def _not_awaited(scene: Scene) -> None:
    if scene.must_be_paid:
        raise Unfit("something of the batch is to come to the bank in time")


def _planted(scene: Scene, code: str, entry: Entry, at_risk: int, *posts: str) -> None:
    scene.plant(
        code, entry.native_id, Money(at_risk, entry.amount.currency), *posts, source="bank",
        account=scene.bank.number,
    )  # fmt: skip


PLANTS: Mapping[str, Plant] = {
    "B01": _awaiting,
    "B02": _missing,
    "B03": _unidentified,
    "B04": _differs,
    "B05": _split,
    "B06": _charged,
    "B07": _taken_back,
    "B08": _twice,
    "B09": _elsewhere,
    "B10": _direct,
    "B11": _debited,
}
