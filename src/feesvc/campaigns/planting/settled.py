"""S: what a settlement says otherwise than our ledger, line by line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta
from itertools import combinations

from feesvc.campaigns.planting.scenes import COMMON, Deed, Plant, Scene, Unfit
from feesvc.money import Money
from feesvc.testing.settling import Movement
from feesvc.testing.settling.faults import (
    added,
    by_contract,
    changed,
    damaged,
    in_currency,
    missing,
    of_amount,
    off_tariff,
    stranger,
    twin,
    unknown_refund,
)
from feesvc.testing.settling.movements import VIETNAM

NEAR = 2
"""Characters by which the numbers of two payments may differ and still be taken for each other."""
INQUIRED = timedelta(days=8)
"""After so long an inquiry is answered: what was forgotten stands in a document of that day."""


def _awaiting(scene: Scene) -> None:
    """A payment is settled with the next session, within the term."""
    one = _left_out(scene)
    scene.later.append((scene.tomorrow, one))
    scene.plant("S01", one.native_id, one.gross, heals_on=scene.tomorrow)


def _missing(scene: Scene) -> None:
    one = _left_out(scene)
    found = scene.day + INQUIRED
    scene.later.append((found, one))
    scene.plant("S02", one.native_id, one.gross, heals_on=found)


def _unknown(scene: Scene) -> None:
    amount = Money(50_000 + 1_000 * scene.chance.randrange(50), scene.batch.currency)
    one = by_contract(stranger(scene.fresh("9"), amount, scene.noon))
    scene.batch = added(scene.batch, one)
    scene.plant("S03", one.native_id, amount, "P08x")


def _amount(scene: Scene) -> None:
    one = scene.payment()
    by = scene.chance.choice((-10_000, -1, 1, 5_000))
    if one.gross.amount + by <= -(one.commission + one.tax).amount:
        raise Unfit("too small to be smaller")
    scene.batch = changed(scene.batch, one.native_id, of_amount(one.gross.amount + by))
    scene.plant("S04", one.native_id, one.gross)


def _currency(scene: Scene) -> None:
    """A payment in đồng is settled in dollars, in a batch of its own that is never paid."""
    if "currency" not in {column.title for column in scene.layout.columns}:
        raise Unfit(f"{scene.name} writes no currency")
    one = _left_out(scene)
    other = replace(
        scene.batch, currency="USD", identity=f"{scene.batch.identity[:-5]}U{scene.fresh('')[-4:]}",
        movements=(in_currency("USD")(one),),
    )  # fmt: skip
    scene.hand(scene.layout.document(other), suffix="-dollars")
    scene.plant("S05", one.native_id, one.gross)


def _status(scene: Scene) -> None:
    """Paid at the intermediary, open with us: no notification ever came."""
    item = scene.fresh("S06-")
    what = "pays and nobody tells"
    scene.deeds.append(Deed(what=what, day=scene.day, at=scene.name, item=item))
    scene.plant("S06", item, Money(100_000, scene.batch.currency), "P06", source="course")


def _twice(scene: Scene) -> None:
    one = scene.payment()
    scene.batch = twin(scene.batch, one.native_id)
    scene.plant("S07", one.native_id, one.gross)


def _again(scene: Scene) -> None:
    """The same payment stands in the next session's batch too."""
    one = scene.payment()
    scene.later.append((scene.tomorrow, one))
    scene.plant("S08", one.native_id, one.gross)


def _fee(scene: Scene) -> None:
    one = scene.payment()
    if not one.commission.amount:
        raise Unfit("nothing is withheld here")
    by = 100 + scene.chance.randrange(900)
    scene.batch = changed(scene.batch, one.native_id, off_tariff(by))
    scene.plant("S09", one.native_id, Money(by, scene.batch.currency), "P07a")


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
    scene.plant("S12", one.native_id, -one.gross)


def _refund_back(scene: Scene) -> None:
    """A refund of this batch did not reach the payer: the next one gives it back."""
    one = scene.choose("refund")
    _knows(scene, "refund_reversal")
    back = replace(
        one, kind="refund_reversal", native_id=f"{one.native_id}B", gross=-one.gross,
        transaction=f"{one.transaction}B", at=one.at + timedelta(hours=20),
    )  # fmt: skip
    scene.later.append((scene.tomorrow, back))
    scene.plant("S13", back.native_id, back.gross, "P12e", tells_on=scene.tomorrow)


def _disputed(scene: Scene) -> None:
    one = _dispute_of(scene, scene.payment())
    scene.later.append((scene.tomorrow, one))
    scene.plant("S14", one.native_id, -one.gross, "P13a", tells_on=scene.tomorrow)


def _dispute_won(scene: Scene) -> None:
    _knows(scene, "dispute_reversal")
    one = _dispute_of(scene, scene.payment())
    won = replace(
        one, kind="dispute_reversal", native_id=f"{one.native_id}W", gross=-one.gross,
        transaction=f"{one.transaction}W", at=one.at + timedelta(days=10),
    )  # fmt: skip
    decided = scene.day + timedelta(days=11)
    scene.later += [(scene.tomorrow, one), (decided, won)]
    scene.plant("S14", one.native_id, -one.gross, "P13a", tells_on=scene.tomorrow)
    scene.plant("S15", won.native_id, won.gross, "P13b", tells_on=decided)


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


def _adjustment(scene: Scene) -> None:
    _knows(scene, "adjustment")
    amount = Money(-(1_000 + scene.chance.randrange(9_000)), scene.batch.currency)
    one = replace(
        stranger(scene.fresh("6"), amount, scene.noon), kind="adjustment", reference="",
    )  # fmt: skip
    scene.batch = added(scene.batch, one)
    scene.plant("S17", one.native_id, -amount)


def _shifted(scene: Scene) -> None:
    """Their clock is ahead: a payment of today is written and settled as one of tomorrow."""
    one = _left_out(scene)
    moved = replace(one, at=datetime.combine(scene.tomorrow, time(0, 0, 5), VIETNAM))
    scene.later.append((scene.tomorrow, moved))
    scene.plant("S18", one.native_id, one.gross, heals_on=scene.tomorrow)


def _damaged(scene: Scene) -> None:
    """Of an amount that no other payment has: with a common one it would be ambiguous (S20)."""
    one = scene.payment()
    if one.gross.amount in COMMON:
        raise Unfit("of a common amount")
    scene.batch = changed(scene.batch, one.native_id, damaged)
    scene.plant("S19", damaged(one).native_id, one.gross, also=one.native_id)


def _ambiguous(scene: Scene) -> None:
    """Two payments of one amount, and both lines lost just what would tell them apart."""
    first, second = _alike(scene)
    for one, lost in ((first, "?"), (second, "!")):
        number = "".join(
            a if a == b else lost for a, b in zip(first.native_id, second.native_id, strict=True)
        )
        damaged_too = replace(one, native_id=number, transaction=number, reference="")
        scene.batch = scene.batch.having(
            tuple(damaged_too if each is one else each for each in scene.batch.movements)
        )
        scene.plant("S20", number, one.gross, also=one.native_id)


def _negative(scene: Scene) -> None:
    """Only what goes out is settled today: the payments of the session come tomorrow."""
    going = tuple(one for one in scene.batch.movements if one.net.amount < 0)
    if not going or scene.planted:
        raise Unfit("nothing goes out, or other things are planted")
    for one in scene.batch.movements:
        if one not in going:
            scene.later.append((scene.tomorrow, one))
    scene.batch = scene.batch.having(going)
    scene.pays_itself = False
    owed = -scene.batch.net
    scene.plant("S21", scene.batch.identity, owed, "P08n", heals_on=scene.tomorrow)


def _left_out(scene: Scene) -> Movement:
    one = scene.payment()
    scene.batch, left_out = missing(scene.batch, one.native_id)
    return left_out


def _dispute_of(scene: Scene, payment: Movement) -> Movement:
    _knows(scene, "dispute")
    nothing = Money(0, payment.gross.currency)
    return replace(
        payment, kind="dispute", native_id=f"{payment.native_id}D",
        transaction=f"{payment.transaction}D", original=payment.transaction,
        gross=-payment.gross, commission=nothing, tax=nothing,
        at=payment.at + timedelta(hours=20),
    )  # fmt: skip


def _alike(scene: Scene) -> tuple[Movement, Movement]:
    """Two payments of one amount whose numbers differ in so little that a reader may err."""
    taken = {one.item for one in scene.planted}
    free = [o for o in scene.batch.movements if o.kind == "payment" and o.native_id not in taken]
    for first, second in combinations(free, 2):
        pairs = list(zip(first.native_id, second.native_id, strict=False))
        differ = sum(a != b for a, b in pairs)
        alike = first.gross == second.gross and first.transaction == first.native_id
        if alike and len(first.native_id) == len(second.native_id) and 0 < differ <= NEAR:
            return first, second
    raise Unfit("no two payments are alike")


def _knows(scene: Scene, kind: str) -> None:
    """Raises ``Unfit`` where the intermediary has no word for such a line."""
    if kind not in scene.layout.kinds:
        raise Unfit(f"{scene.name} writes no {kind}")


PLANTS: Mapping[str, Plant] = {
    "S01": _awaiting,
    "S02": _missing,
    "S03": _unknown,
    "S04": _amount,
    "S05": _currency,
    "S06": _status,
    "S07": _twice,
    "S08": _again,
    "S09": _fee,
    "S10": _refund_missing,
    "S11": _refund_unknown,
    "S12": _refund_amount,
    "S13": _refund_back,
    "S14": _disputed,
    "S15": _dispute_won,
    "S16": _reserve,
    "S17": _adjustment,
    "S18": _shifted,
    "S19": _damaged,
    "S20": _ambiguous,
    "S21": _negative,
}
