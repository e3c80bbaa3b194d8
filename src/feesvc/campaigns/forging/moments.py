"""M34 to M36, M39 and M40: signed with the right key, and told at the wrong moment or in bulk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from random import Random

from feesvc.application import payments, refunding, refunds
from feesvc.campaigns.forging.ends import End
from feesvc.campaigns.forging.misstatements import NOTHING, WHOLE
from feesvc.campaigns.forging.stall import USUAL, Paid, Stall
from feesvc.domain.payment import Payment
from feesvc.intermediary import Unavailable
from feesvc.testing.at_once import Running, at_once
from feesvc.testing.books import No

TOO_LARGE = 10_000_000
"""Bytes."""


def success_after_refund(stall: Stall, chance: Random) -> End | None:
    """M34: the same success again, once all of it went back."""
    if not hasattr(stall.kind, "request_refund"):
        return None
    paid, house = stall.paid(), stall.world.house
    stall.send(stall.letter(paid))
    transfer = stall.transfer(paid)
    if transfer is None:
        return End(paid, (), WHOLE)
    wish = refunds.Wish(
        transfer=transfer.id, amount=USUAL, lines={}, reason="withdrawn", method="intermediary"
    )
    asking = house.act(stall.world.some_id(), "person:maker")
    refund = at_once(refunds.request_refund(house, asking, wish)).result
    assert refund is not None
    agreeing = house.act(stall.world.some_id(), "person:checker")
    at_once(refunds.approve_refund(house, agreeing, refund.id, refund.digest))
    sending = house.act(stall.world.some_id(), "process:refunding")
    at_once(refunding.instruct_refund(house, sending, refund.id))
    stall.outbox.taken()
    untouched = (paid.assessment, paid.payment.id, transfer.id)
    return End(paid, (stall.letter(paid),), NOTHING, state="paid", untouched=untouched)


def success_after_expiry(stall: Stall, chance: Random) -> End | None:
    """M35: the attempt had ended; the money is taken all the same."""
    paid, world = stall.asked(), stall.world
    world.now = paid.payment.expires_at + timedelta(minutes=chance.randrange(1, 600))
    try:
        at_once(payments.look_up_payment(world.house, paid.payment.id))
        paid.transaction = stall.counterpart.pay(paid.payment.reference, late=True)
    except (No, Unavailable):
        return None
    paid.says = stall.outbox.taken()
    letters = tuple(stall.letter(paid, at) for at in range(len(paid.says)))
    return End(paid, letters, WHOLE)


def failure_after_success(stall: Stall, chance: Random) -> End | None:
    """M36: an authentic no, about an order whose yes is booked."""
    place = stall.counterpart.words["reference"]
    paid, declined = stall.paid(), stall.asked()
    stall.counterpart.decline(declined.payment.reference)
    declined.says = stall.outbox.taken()
    if not declined.says or stall.letter(declined).get(place) is None:
        return None
    stall.send(stall.letter(paid))
    reference = stall.letter(paid).get(place)
    said = replace(stall.rephrased(declined, {place: reference}), path=stall.letter(paid).path)
    transfer = stall.transfer(paid)
    written = (transfer.id,) if transfer else ()
    return End(paid, (said,), WHOLE, untouched=(paid.assessment, paid.payment.id, *written))


def callback_before_the_create_call_returned(stall: Stall, chance: Random) -> Iterator[str]:
    """M39: the payer was quicker than the answer to our own request."""
    world = stall.world
    assessment = at_once(world.assessment("G14", ("charge", USUAL)))
    account, before = stall.accounts["usual"], world.head()
    world.listen(account)
    world.desk.hold = frozenset({"request_payment"})
    try:
        asking = Running(world.payment(account, assessment))
        if asking.go_on():
            yield "M39: the request was not held"
            return
    finally:
        world.desk.hold = frozenset()
    [begun] = [r.event for r in world.log(before) if isinstance(r.event, Payment.Initiated)]
    payment = at_once(world.house.one(Payment, begun.originator_id, "payment"))
    try:
        transaction = stall.counterpart.pay(payment.reference)
    except No:  # there is no create call: the payer brings the order along, in the link
        asking.go_on()
        return
    paid = Paid(account, assessment, payment, transaction, stall.outbox.taken())
    before = world.head()
    stall.send(stall.letter(paid))
    if not stall.is_the_effect(paid, world.log(before)):
        yield f"M39: it left {[r.event.TOPIC for r in world.log(before)]}"
    asking.go_on()
    if at_once(world.see(assessment)).state != "paid":
        yield "M39: the answer to our request undid the payment"


def in_bulk(stall: Stall, chance: Random) -> Iterator[str]:
    """M40: ten megabytes, ten thousand parameters, a byte at a time, and hung up half way."""
    paid = stall.paid()
    letter, before = stall.letter(paid), stall.world.head()
    many = "&".join(f"p{number}=1" for number in range(10_000)).encode()
    large = b" " * TOO_LARGE if letter.kind == "json" else b"&x=" + b"1" * TOO_LARGE
    half = letter.body[: len(letter.body) // 2] or b"x"
    asked = chance.choice((
        replace(letter, body=letter.body + large).asked(),
        replace(letter, body=letter.body + large).asked([letter.body, *([large[:65_536]] * 152)]),
        replace(letter, query=letter.query + b"&" + many).asked(),
        letter.asked([half], cut=True),
        letter.asked([letter.body[at : at + 1] for at in range(len(letter.body))] or [b""]),
    ))  # fmt: skip
    answer = stall.world.send(asked)
    if answer is not None and answer.status >= 500:
        yield f"M40: answered {answer.status}"
    if answer is None:
        yield "M40: no answer"
    genuine = stall.send(stall.letter(paid))
    if not stall.acknowledged(genuine):
        yield "M40: the genuine one was refused afterwards"
    if not stall.is_the_effect(paid, stall.world.log(before)):
        yield f"M40: both left {[r.event.TOPIC for r in stall.world.log(before)]}"
