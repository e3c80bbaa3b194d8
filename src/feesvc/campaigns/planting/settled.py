"""S: what a settlement says otherwise than our ledger, line by line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import combinations

from feesvc.campaigns.planting import returned
from feesvc.campaigns.planting.scenes import COMMON, INQUIRED, Deed, Plant, Scene, Unfit
from feesvc.money import Money
from feesvc.reconciling.keys import key
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
)
from feesvc.testing.settling.layouts import currency
from feesvc.testing.settling.movements import VIETNAM

NEAR = 2
"""Characters by which the numbers of two payments may differ and still be taken for each other."""
NEVER_PAID = timedelta(days=9)
"""After so long a batch should have been credited, by any contract and over any holiday."""


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
    one = by_contract(stranger(scene.fresh("9"), amount, scene.noon), scene.tariff)
    scene.batch = added(scene.batch, one)
    scene.plant("S03", one.native_id, amount, "P08x")


def _amount(scene: Scene) -> None:
    one = scene.payment()
    by = scene.chance.choice((-10_000, -1, 1, 5_000))
    if one.gross.amount + by <= -(one.commission + one.tax).amount:
        raise Unfit("too small to be smaller")
    scene.batch = changed(scene.batch, one.native_id, of_amount(one.gross.amount + by))
    scene.plant("S04", one.native_id, Money(abs(by), scene.batch.currency))


def _currency(scene: Scene) -> None:
    """A payment in đồng is settled in dollars, in a batch of its own that is never paid."""
    if not any(column.cell is currency for column in scene.layout.columns):
        raise Unfit(f"{scene.name} writes no currency, or a layout for each")
    one = _left_out(scene)
    other = replace(
        scene.batch, currency="USD", identity=f"{scene.batch.identity[:-5]}U{scene.fresh('')[-4:]}",
        movements=(in_currency("USD")(one),),
    )  # fmt: skip
    scene.hand(scene.layout.document(other), suffix="-dollars")
    scene.plant("S05", one.native_id, Money(one.gross.amount, "USD"))
    owed = other.declared_net
    scene.plant("B02", other.identity, owed, tells_on=scene.day + NEVER_PAID)


def _status(scene: Scene) -> None:
    """Paid at the intermediary, open with us: no notification ever came."""
    if not _tells_references(scene):
        raise Unfit(f"{scene.name} does not write which order a payment is of")
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
    """What is kept is held against the contract, which may round otherwise than they usually do."""
    one = scene.payment()
    if not one.commission.amount:
        raise Unfit("nothing is withheld here")
    by = 100 + scene.chance.randrange(900)
    commission, tax = scene.tariff.of(one.gross)
    beyond = Money(by, scene.batch.currency) - (one.commission + commission) - (one.tax + tax)
    scene.batch = changed(scene.batch, one.native_id, off_tariff(by))
    scene.plant("S09", one.native_id, beyond, "P07a")


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
    both = list(zip(first.native_id, second.native_id, strict=True))
    left = "".join(a for a, b in both if a == b)
    if key(left) in scene.numbers:
        raise Unfit(f"{left} is another payment's number")
    for one, lost in ((first, "?"), (second, "!")):
        number = "".join(a if a == b else lost for a, b in both)
        damaged_too = replace(one, native_id=number, transaction=number, reference="")
        scene.batch = scene.batch.having(
            tuple(damaged_too if each is one else each for each in scene.batch.movements)
        )
        scene.plant("S20", number, one.gross, also=one.native_id)


def _negative(scene: Scene) -> None:
    """Only what goes out is settled today: the payments of the session come tomorrow."""
    going = tuple(one for one in scene.batch.movements if one.net.amount < 0)
    if not going or scene.planted or scene.must_be_paid:
        raise Unfit("nothing goes out, or other things are planted")
    for one in scene.batch.movements:
        if one not in going:
            scene.later.append((scene.tomorrow, one))
    scene.batch = scene.batch.having(going)
    scene.pays_itself = False
    _below(scene, scene.tomorrow)


def below_nothing(scene: Scene) -> None:
    """Refunds and disputes that were planted for the day may be more than all its payments."""
    told = {one.code for one in scene.planted if one.item == scene.batch.identity}
    if scene.batch.net.amount < 0 and "S21" not in told:
        _below(scene, None)


def _below(scene: Scene, heals_on: date | None) -> None:
    owed = -scene.batch.net
    scene.plant("S21", scene.batch.identity, owed, "P08n", heals_on=heals_on)


def _tells_references(scene: Scene) -> bool:
    """Whether a line says which order of ours its payment is of."""
    said = stranger(scene.fresh("5"), Money(1_000, scene.batch.currency), scene.noon, "REFERENCE")
    rows = scene.layout.rows(scene.batch.having((said,)))
    return any("REFERENCE" in cell for row in rows for cell in row)


def _left_out(scene: Scene) -> Movement:
    one = scene.payment()
    scene.batch, left_out = missing(scene.batch, one.native_id)
    return left_out


def _alike(scene: Scene) -> tuple[Movement, Movement]:
    """Two payments of one amount whose numbers differ in so little that a reader may err."""
    for first, second in combinations(scene.free("payment"), 2):
        pairs = list(zip(first.native_id, second.native_id, strict=False))
        differ = sum(a != b for a, b in pairs)
        alike = first.gross == second.gross and first.transaction == first.native_id
        if alike and len(first.native_id) == len(second.native_id) and 0 < differ <= NEAR:
            return first, second
    raise Unfit("no two payments are alike")


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
    **returned.PLANTS,
    "S18": _shifted,
    "S19": _damaged,
    "S20": _ambiguous,
    "S21": _negative,
}
