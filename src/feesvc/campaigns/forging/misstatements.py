"""M27 to M33, M37 and M38: signed with the right key, and what it says is wrong.

Each function tells one story and gives what must have come of it, by the design's table "Where
money from outside goes". A hint books nothing that it says: what a look-up tells is the truth then.
"""

from __future__ import annotations

from contextlib import suppress
from random import Random
from typing import Any

from feesvc.application.payments import PaymentRequest, open_payment
from feesvc.campaigns.forging.cases import other_value
from feesvc.campaigns.forging.ends import End, Place
from feesvc.campaigns.forging.letters import Letter
from feesvc.campaigns.forging.stall import USUAL, Paid, Stall
from feesvc.domain.payment import Payment
from feesvc.intermediary import Refused, Unavailable
from feesvc.store import Answer
from feesvc.testing.at_once import at_once
from feesvc.testing.books import No

WHOLE: tuple[Place, ...] = (("line", USUAL, ""),)
NOTHING: tuple[Place, ...] = ()


def another_amount(stall: Stall, chance: Random) -> End | None:
    """M27: one less, one more, a hundred times as much, the hundredth part."""
    changed = chance.choice((USUAL - 1, USUAL + 1, USUAL * 100, USUAL // 100))
    try:
        paid = stall.paid(amount=changed if stall.hints else None)
    except No:  # it takes exactly what was asked, and its word for it is no more than a hint
        return None
    wire = stall.letter(paid).get(stall.counterpart.words["amount"])
    said = stall.rephrased(paid, {stall.counterpart.words["amount"]: scaled(wire, changed, paid)})
    places: tuple[Place, ...] = (("suspense", changed, "wrong_amount"),)
    if stall.kind.facts.variable_amount:
        over: tuple[Place, ...] = (("credit", changed - USUAL, "overpaid"),)
        places = (("line", min(changed, USUAL), ""), *(over if changed > USUAL else ()))
    return End(paid, (said,), places)


def amount_in_another_notation(stall: Stall, chance: Random) -> End:
    """M28: nobody guesses what is meant. A leading zero or plus may be read as what it says."""
    paid = stall.paid()
    place = stall.counterpart.words["amount"]
    wire = stall.letter(paid).get(place)
    text = str(wire)
    whole = text.partition(".")[0]
    plain: tuple[Any, ...] = (f"0{text}", f"+{text}", f"{whole}.0", f" {text}")
    strange: tuple[Any, ...] = (
        f"{whole}e0", f"{int(whole) // 10}e1", hex(int(whole)), f"-{text}", f"{whole}.5",
        f"{whole[:-3]},{whole[-3:]}", f"{whole[:-3]}.{whole[-3:]}", "1e6", "NaN", "Infinity", "",
    )  # fmt: skip
    if isinstance(wire, int):
        plain, strange = (float(wire), *plain), (-wire, wire + 0.5, True, *strange)
    written = chance.choice((*plain, *strange))
    exact = stall.hints or written in plain
    places = WHOLE if exact else NOTHING
    return End(paid, (stall.rephrased(paid, {place: written}),), places, or_nothing=True)


def another_currency(stall: Stall, chance: Random) -> End | None:
    """M29."""
    place = stall.counterpart.words.get("currency")
    if not place:
        return None
    paid = stall.paid()
    wire = str(stall.letter(paid).get(place))
    other = (
        chance.choice(("840", "978")) if wire.isdigit() else chance.choice(("USD", "EUR", "JPY"))
    )
    said = stall.rephrased(paid, {place: other.lower() if wire.islower() else other})
    places = WHOLE if stall.hints else (("suspense", None, "wrong_currency"),)
    return End(paid, (said,), places)


def another_merchant(stall: Stall, chance: Random) -> End | None:
    """M30: the message is ours by its key, and says that somebody else was paid."""
    place = stall.counterpart.words.get("merchant")
    if not place:
        return None
    paid = stall.paid()
    wire = stall.letter(paid).get(place)
    said = stall.rephrased(paid, {place: other_value("acct_1" if wire is None else wire, chance)})
    places = WHOLE if stall.hints else (("suspense", USUAL, "wrong_merchant"),)
    return End(paid, (said,), places, or_nothing=stall.hints)


def unknown_reference(stall: Stall, chance: Random) -> End:
    """M31: of the right form, and nobody asked for it."""
    paid = stall.paid()
    number = chance.randrange(500_000, 900_000)
    adapter = stall.world.adapter(paid.account)
    nobody = adapter.reference_for("zz9zz9", number, stall.world.now)
    said = _naming(stall, paid, nobody)
    return End(paid, (said,), _unplaced(stall), state="open")


def reference_of_another_agency(stall: Stall, chance: Random) -> End:
    """M32: a payment that the neighbour asked for, told with our key on our account."""
    paid, theirs = stall.paid(), _neighbours(stall)
    said = _naming(stall, paid, theirs.reference)
    return End(paid, (said,), _unplaced(stall), state="open", untouched=(theirs.id,))


def transaction_known_already(stall: Stall, chance: Random) -> End:
    """M33: a second payment is told under the transaction of the first."""
    first, second = stall.paid(), stall.paid()
    stall.send(stall.letter(first))
    place = stall.counterpart.words["transaction"]
    known = stall.letter(first).get(place)
    said = stall.rephrased(second, {place: known})
    if stall.hints:
        return End(second, (said,), WHOLE)
    return End(
        second, (said,), NOTHING, state="open", untouched=(first.assessment, first.payment.id)
    )


def codes_that_contradict(stall: Stall, chance: Random) -> End | None:
    """M37: one code says paid, another one that it failed; and nobody has paid, if one asks."""
    words = stall.counterpart.words
    if "status" not in words:
        return None
    declined, unpaid, paid = stall.asked(), stall.asked(), stall.paid()
    stall.counterpart.decline(declined.payment.reference)
    declined.says = stall.outbox.taken()
    which = chance.choice((words["status"], words["result"]))
    failed = stall.letter(declined).get(which) if declined.says else None
    if failed is None:
        return None
    reference = _as_written(stall, paid, unpaid.payment.reference)
    said = stall.rephrased(paid, {which: failed, words["reference"]: reference})
    unpaid.transaction = paid.transaction
    return End(unpaid, (said,), NOTHING, state="open", untouched=(paid.assessment,))


def another_method(stall: Stall, chance: Random) -> End | None:
    """M38: paid by another bank or method than was asked for. Money is money."""
    place = stall.counterpart.words.get("method")
    if not place:
        return None
    paid = stall.paid()
    wire = stall.letter(paid).get(place)
    if not isinstance(wire, str) or not wire:
        return None
    other = "".join(chance.sample(wire, len(wire))) + "X"
    return End(paid, (stall.rephrased(paid, {place: other}),), WHOLE)


def scaled(wire: Any, changed: int, paid: Paid) -> Any:
    """``changed`` as this format writes amounts: as text or number, in its unit, its decimals."""
    whole, point, decimals = str(wire).partition(".")
    unit, rest = divmod(int(whole), paid.payment.amount.amount)
    if rest:  # the payment itself was made of another amount
        unit = 100 if int(whole) == changed * 100 else 1
    written = f"{changed * unit}{point}{decimals}"
    return written if isinstance(wire, str) else type(wire)(written)


def _naming(stall: Stall, paid: Paid, reference: str) -> Letter:
    place = stall.counterpart.words["reference"]
    return stall.rephrased(paid, {place: _as_written(stall, paid, reference)})


def _as_written(stall: Stall, paid: Paid, reference: str) -> str | int:
    """A reference as this format writes them: as text, or as a number."""
    wire = stall.letter(paid).get(stall.counterpart.words["reference"])
    return int(reference) if isinstance(wire, int) else reference


def _unplaced(stall: Stall) -> tuple[Place, ...]:
    return NOTHING if stall.hints else (("suspense", USUAL, "unknown_reference"),)


def _neighbours(stall: Stall) -> Payment:
    """A payment that the other agency has on record; its keys open nothing here."""
    world, before = stall.world, stall.world.head()
    owed = at_once(world.assessment("H29", ("charge", USUAL)))
    request = PaymentRequest(
        assessments=(owed,), account=stall.neighbour, portal="", locale="vi", payer_ip="",
        return_url="https://portal.example/return",
    )  # fmt: skip
    act = world.house.act(world.some_id(), "portal:TEST")
    with suppress(Unavailable, Refused):
        at_once(open_payment(world.house, act, request, lambda p: Answer(201, b"{}")))
    [asked] = [r.event for r in world.log(before) if isinstance(r.event, Payment.Initiated)]
    return at_once(world.house.one(Payment, asked.originator_id, "payment"))
