"""People: a dossier's way from its assessment to whatever becomes of its money."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx

from feesvc.application import assessments, payments, refunds
from feesvc.application.house import Act, Busy
from feesvc.campaigns.simulating.life import COLLECTOR, NEIGHBOUR, Life
from feesvc.campaigns.simulating.weather import Crashed
from feesvc.domain.aggregate import Refusal
from feesvc.domain.line import Kind
from feesvc.domain.payment import Payment
from feesvc.domain.refund import Refund
from feesvc.domain.transfer import Transfer
from feesvc.intermediary import Unavailable
from feesvc.store import Answer, StoreUnavailable
from feesvc.testing.at_once import at_once
from feesvc.testing.books import No
from feesvc.testing.world import intermediaries

AGAIN = (Unavailable, StoreUnavailable, Busy, payments.InFlight, Crashed)
"""Repeat the request as it was."""
PATIENCE = 40
MAKER = "person:maker"
KINDS: tuple[Kind, ...] = ("fee", "charge", "advance", "postal")


class Dossier:
    """One payer, one portal, one officer or two, and what they owe for."""

    def __init__(self, life: Life) -> None:
        self.life, self.world, self.chance = life, life.world, life.chance
        self.owed: list[UUID] = []

    def begin(self) -> None:
        """Raise one assessment, or two of two agencies that one of them collects."""
        agencies = [COLLECTOR] if self.chance.random() < 0.7 else [NEIGHBOUR]
        agencies += [NEIGHBOUR] if self.chance.random() < 0.15 and agencies == [COLLECTOR] else []
        for agency in agencies:
            lines = [
                (kind, 1_000 * self.chance.randrange(10, 400))
                for kind in self.chance.sample(KINDS, self.chance.randrange(1, 3))
            ]
            refundable = self.chance.random() < 0.9
            calm, self.life.weather.calm = self.life.weather.calm, True
            owed = at_once(self.world.assessment(agency, *lines, refundable=refundable))
            self.life.weather.calm = calm
            self.owed.append(owed)
        self.life.soon(self.ask, 120)
        if self.chance.random() < 0.03:
            self.life.soon(self.change, 36_000)

    # The portal

    def ask(self) -> None:
        """Ask for a payment, again with the same key until there is an answer."""
        name = self.chance.choice(self.life.names)
        self.life.asked["payments"] += 1
        request = payments.PaymentRequest(
            assessments=tuple(self.owed), account=self.life.accounts[name], portal="", locale="vi",
            payer_ip="203.0.113.7", return_url="https://portal.example/return",
        )  # fmt: skip
        self.world.listen(self.life.accounts[name])
        key = self.world.some_id()
        self.life.weather.spoil(self.world.counterparts[name])
        self._asked(name, request, key, PATIENCE)

    def _asked(self, name: str, request: payments.PaymentRequest, key: UUID, patience: int) -> None:
        act = Act(id=key, principal="portal:P", at=self.world.now)
        opened = payments.open_payment(
            self.world.house, act, request, lambda payment: Answer(201, b"{}")
        )
        try:
            done = at_once(opened)
        except AGAIN:
            if patience:
                pause = timedelta(seconds=self.chance.randrange(20, 90))
                self.life.after(pause, lambda: self._asked(name, request, key, patience - 1))
            return
        except Refusal:
            self._refused("payments")
            return
        found = done.result or self._known(key)
        if found is None:
            return
        self.life.said["payments"] += 1
        self.life.soon(lambda: self.pay(name, found), 2_400)
        if self.chance.random() < 0.08:
            self.life.soon(self.ask, 3_000)

    def _known(self, key: UUID) -> Payment | None:
        begun = at_once(self.world.store.find(key))
        if begun is None:
            return None
        id = at_once(self.world.house.made_by(begun))
        return at_once(self.world.house.one(Payment, id, "payment"))

    # The payer

    def pay(self, name: str, payment: Payment) -> None:
        """Whatever a payer may do with a page or a code."""
        counterpart = self.world.counterparts[name]
        self.life.weather.spoil(counterpart, payment.reference)
        try:
            self.world.open_page(payment.url)
            if payment.qr:
                counterpart.scan(payment.qr)
            self._press(name, payment)
        except (No, AssertionError, httpx.HTTPError):
            self.life.said["payers who could not pay"] += 1
        except Crashed:
            self.life.said["crashes"] += 1

    def _press(self, name: str, payment: Payment) -> None:
        counterpart, reference = self.world.counterparts[name], payment.reference
        what = self.chance.random()
        if what < 0.08:
            counterpart.cancel(reference)
        elif what < 0.14:
            counterpart.decline(reference)
        elif what < 0.18:
            return
        elif what < 0.24:
            pause = payment.expires_at - self.world.now + timedelta(minutes=45)
            self.life.after(pause, lambda: self._took(name, payment, late=True))
        else:
            self._took(name, payment)

    def _took(self, name: str, payment: Payment, *, late: bool = False) -> None:
        counterpart = self.world.counterparts[name]
        amount = None
        if self.chance.random() < 0.04:
            amount = max(1, payment.amount.amount + self.chance.choice((-1, 1, -5_000, 20_000)))
        try:
            transaction = counterpart.pay(payment.reference, amount, late=late)
        except No:
            return
        self.life.said["transfers"] += 1
        self.life.said[f"transfers through {name}"] += 1
        self._after(name, transaction)

    def _after(self, name: str, transaction: str) -> None:
        """What may become of money that was paid."""
        counterpart = self.world.counterparts[name]
        what = self.chance.random()
        if what < 0.05:
            self.life.soon(lambda: _try(lambda: counterpart.reverse(transaction)), 200_000)
        elif what < 0.20:
            self.life.soon(lambda: self.want_back(name, transaction), 200_000)
        elif what < 0.25 and hasattr(counterpart, "dispute"):
            self.life.soon(lambda: self.dispute(name, transaction), 200_000)

    def dispute(self, name: str, transaction: str) -> None:
        """Told late, twice or in another order, but told: nobody can ask how a dispute stands."""
        counterpart: Any = self.world.counterparts[name]
        won = self.chance.random() < 0.5

        def close(dispute: str) -> None:
            counterpart.faults.clear()
            counterpart.close_dispute(dispute, won=won)

        def begin() -> None:
            counterpart.faults.clear()
            dispute = counterpart.dispute(transaction)
            self.life.said["disputes"] += 1
            self.life.soon(lambda: _try(lambda: close(dispute)), 200_000)

        _try(begin)

    # The agency

    def want_back(self, name: str, transaction: str) -> None:
        """Ask for a refund of all or a part; another person decides, now or later."""
        world = self.world
        if not hasattr(intermediaries()[name], "request_refund"):
            return
        id = world.store.ids.transfer(self.life.accounts[name], transaction)
        transfer = at_once(world.store.peek([id])).get(id)
        if not isinstance(transfer, Transfer):
            return
        whole = transfer.amount.amount
        amount = whole if self.chance.random() < 0.6 else self.chance.randrange(1, whole + 1)
        wish = refunds.Wish(
            transfer=id, amount=amount, lines={}, reason="withdrawn", method="intermediary"
        )
        key = world.some_id()
        self.life.asked["refunds"] += 1

        def ask() -> Coroutine[Any, Any, object]:
            act = Act(id=key, principal=MAKER, at=world.now)
            return refunds.request_refund(world.house, act, wish)

        self._insist(ask, PATIENCE, "refunds")

    def change(self) -> None:
        """An officer waives, reduces or withdraws what is owed."""
        world, id = self.world, self.owed[0]
        what, key = self.chance.randrange(3), world.some_id()

        def ask() -> Coroutine[Any, Any, object]:
            act = Act(id=key, principal="person:officer", at=world.now)
            if what == 0:
                return assessments.withdraw_assessment(world.house, act, id, "wrong")
            if what == 1:
                return assessments.reduce_assessment(world.house, act, id, {1: 5_000}, "mistake")
            return assessments.change_assessment(
                world.house, act, id, lambda one: one.waive("poor household", world.now)
            )

        self._insist(ask, PATIENCE)

    def _insist(
        self, ask: Callable[[], Coroutine[Any, Any, object]], patience: int, what: str = ""
    ) -> None:
        try:
            at_once(ask())
        except AGAIN:
            if patience:
                self.life.soon(lambda: self._insist(ask, patience - 1, what), 90)
        except Refusal:
            self._refused(what)

    def _refused(self, what: str) -> None:
        self.life.said["requests refused"] += 1
        self.life.asked[what] -= 1


def decide_refunds(life: Life) -> None:
    """A second person approves most of what was asked for, and rejects the rest."""
    for refund in requested(life):
        if refund.method != "intermediary":
            continue  # a payment list for the bank, which is a person's to make
        approved = life.chance.random() < 0.85
        act = Act(id=life.world.some_id(), principal="person:checker", at=life.world.now)
        try:
            if approved:
                at_once(refunds.approve_refund(life.world.house, act, refund.id, refund.digest))
            else:
                at_once(refunds.reject_refund(life.world.house, act, refund.id, "no"))
        except (*AGAIN, Refusal):
            continue
        life.said["refunds decided"] += 1


def requested(life: Life) -> list[Refund]:
    """Refunds that wait for a second person."""
    asked = [r.event.originator_id for r in life.news(Refund.Requested)]
    found = at_once(life.world.store.peek(asked))
    return [one for one in found.values() if isinstance(one, Refund) and one.state == "requested"]


def _try(act: Callable[[], object]) -> None:
    """What an intermediary refuses its own people is no story."""
    with suppress(Exception):
        act()
