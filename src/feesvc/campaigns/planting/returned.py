"""S10 to S17: what a settlement says goes back to payers, is disputed, kept back, or adjusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from feesvc.campaigns.planting.scenes import INQUIRED, Plant, Scene, Unfit
from feesvc.money import Money
from feesvc.testing.settling import Movement
from feesvc.testing.settling.faults import (
    added,
    changed,
    missing,
    of_amount,
    stranger,
    unknown_refund,
)


def _refund_missing(scene: Scene) -> None:
    one = scene.choose("refund")
    scene.batch, left_out = missing(scene.batch, one.native_id)
    found = scene.day + INQUIRED
    scene.later.append((found, left_out))
    scene.plant("S10", one.native_id, -one.gross, heals_on=found)


def _refund_unknown(scene: Scene) -> None:
    _knows(scene, "refund")
    of = scene.payment()
    amount = Money(max(1, of.gross.amount // 2), scene.batch.currency)
    one = unknown_refund(scene.fresh("8"), of, amount)
    scene.batch = added(scene.batch, one)
    scene.plant("S11", one.native_id, amount)


def _refund_amount(scene: Scene) -> None:
    one = scene.choose("refund")
    scene.batch = changed(scene.batch, one.native_id, of_amount(one.gross.amount - 1_000))
    scene.plant("S12", one.native_id, Money(1_000, scene.batch.currency))


def _refund_back(scene: Scene) -> None:
    """A refund of this batch did not reach the payer: the next one gives it back."""
    one = scene.choose("refund")
    _knows(scene, "refund_reversal")
    back = replace(
        one, kind="refund_reversal", native_id=f"{one.native_id}B", gross=-one.gross,
        transaction=f"{one.transaction}B", at=one.at + timedelta(hours=20),
    )  # fmt: skip
    scene.later.append((scene.tomorrow, back))
    scene.plant(
        "S13", back.native_id, back.gross, "P12e", tells_on=scene.tomorrow, also=one.transaction
    )


def _disputed(scene: Scene) -> None:
    one = _dispute_of(scene, scene.payment())
    scene.later.append((scene.tomorrow, one))
    scene.plant(
        "S14", one.native_id, -one.gross, "P13a", tells_on=scene.tomorrow, also=one.original
    )


def _dispute_won(scene: Scene) -> None:
    _knows(scene, "dispute_reversal")
    one = _dispute_of(scene, scene.payment())
    won = replace(
        one, kind="dispute_reversal", native_id=f"{one.native_id}W", gross=-one.gross,
        transaction=f"{one.transaction}W", at=one.at + timedelta(days=10),
    )  # fmt: skip
    decided = scene.day + timedelta(days=11)
    scene.later += [(scene.tomorrow, one), (decided, won)]
    scene.plant(
        "S14", one.native_id, -one.gross, "P13a", tells_on=scene.tomorrow, also=one.original
    )
    scene.plant("S15", won.native_id, scene.nothing(), "P13b", tells_on=decided, also=one.original)


def _reserve(scene: Scene) -> None:
    _knows(scene, "reserve_hold")
    amount = Money(5_000, scene.batch.currency)
    held = replace(
        stranger(scene.fresh("7"), amount, scene.noon), kind="reserve_hold", gross=-amount,
        transaction="", reference="",
    )  # fmt: skip
    released = replace(
        held, kind="reserve_release", native_id=f"{held.native_id}F", gross=amount,
        at=held.at + timedelta(days=20),
    )  # fmt: skip
    scene.batch = added(scene.batch, held)
    scene.later.append((scene.day + timedelta(days=20), released))
    scene.plant("S16", held.native_id, amount, "P08r", heals_on=scene.day + timedelta(days=20))


def released(scene: Scene) -> None:
    """What was kept back earlier comes with this batch: as S16 as the hold was."""
    for one in scene.batch.movements:
        if one.kind == "reserve_release":
            scene.plant("S16", one.native_id, one.gross, "P08s")


def _adjustment(scene: Scene) -> None:
    _knows(scene, "adjustment")
    amount = Money(-(1_000 + scene.chance.randrange(9_000)), scene.batch.currency)
    one = replace(
        stranger(scene.fresh("6"), amount, scene.noon), kind="adjustment", reference="",
    )  # fmt: skip
    scene.batch = added(scene.batch, one)
    scene.plant("S17", one.native_id, -amount)


def _dispute_of(scene: Scene, payment: Movement) -> Movement:
    _knows(scene, "dispute")
    nothing = Money(0, payment.gross.currency)
    return replace(
        payment, kind="dispute", native_id=f"{payment.native_id}D",
        transaction=f"{payment.transaction}D", original=payment.transaction,
        gross=-payment.gross, commission=nothing, tax=nothing,
        at=payment.at + timedelta(hours=20),
    )  # fmt: skip


def _knows(scene: Scene, kind: str) -> None:
    """Raises ``Unfit`` where the intermediary has no word for such a line."""
    if kind not in scene.layout.kinds:
        raise Unfit(f"{scene.name} writes no {kind}")


PLANTS: Mapping[str, Plant] = {
    "S10": _refund_missing,
    "S11": _refund_unknown,
    "S12": _refund_amount,
    "S13": _refund_back,
    "S14": _disputed,
    "S15": _dispute_won,
    "S16": _reserve,
    "S17": _adjustment,
}
