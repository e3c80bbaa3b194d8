"""Courses: one payment each, told of in one order, down to the state that it ends in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

import httpx

from feesvc import processes
from feesvc.api.glances import FRESH, Glances
from feesvc.application import payments, settlements
from feesvc.application.bank_credits import BankCredit, take_bank_credit
from feesvc.application.house import House
from feesvc.application.receiving import Reception
from feesvc.campaigns.ordering.truths import End, Truth
from feesvc.domain.accounts import BankAccount
from feesvc.domain.agency import Agency
from feesvc.domain.line import Kind
from feesvc.domain.payment import Payment
from feesvc.intermediary import Checkout, Notification, SettlementLine, Unavailable
from feesvc.money import Money, share
from feesvc.reacting.bookmarks import MemoryBookmark
from feesvc.reacting.runner import Runner
from feesvc.testing.at_once import Running, at_once
from feesvc.testing.reckoning import AWAITED, OWED, WAITS, Books, Reckoning
from feesvc.testing.world import World, intermediaries

INPUTS = (
    "create response", "notification", "duplicate", "browser return", "look-up",
    "settlement line", "expiry",
)  # fmt: skip
LINES: tuple[tuple[Kind, int], ...] = (("fee", 100_000), ("charge", 15_000))
ASKED = sum(amount for _, amount in LINES)
COMMISSION_PPM = 11_000
ROUNDS = 3
"""So often is a notification sent again that was not acknowledged."""
COLLECTION = BankAccount(bank="970415", number="113366668888", currency="VND")


class Final(NamedTuple):
    """What is left in the end, whatever came first. No times, no names of ours."""

    books: tuple[tuple[tuple[str, str, int], int], ...]
    assessment: str
    places: tuple[tuple[str, int, str], ...]
    """Where the money stands, and why it is not on a line."""
    attempt_over: bool

    @property
    def end(self) -> End:
        places: Counter[tuple[str, str]] = Counter()
        for to, amount, reason in self.places:
            places[to, reason] += amount
        return End(self.assessment, dict(places))

    @property
    def left_open(self) -> Books:
        """What waits on somebody: fees owed, credits, suspense."""
        waiting = {OWED, AWAITED, WAITS["credit"], WAITS["suspense"]}
        return {place: amount for place, amount in self.books if place[2] in waiting}


class GlancesHere(Glances):
    """Asks after what was read when it is told to, instead of beside everything else."""

    def __init__(self, house: House) -> None:
        super().__init__(house)
        self._wanted: list[UUID] = []

    def look(self) -> None:
        for id in self._wanted:
            at_once(super()._look_up(id))

    async def _look_up(self, id: UUID) -> None:
        """Done by ``look``."""

    def at(self, payment: Payment, *, paid: bool = False) -> None:
        before = len(self._under_way)
        super().at(payment, paid=paid)
        if len(self._under_way) > before:
            self._wanted.append(payment.id)


@dataclass
class Grounds:
    """One intermediary, one agency and its account, for many courses one after the other."""

    name: str
    world: World = field(init=False)
    account: UUID = field(init=False)

    def __post_init__(self) -> None:
        self.world = World(names=(self.name,))
        self.world.found("G14")
        self.account = self.world.open_account("G14", self.name, self.world.settings(self.name))
        self.counterpart = self.world.counterparts[self.name]
        self.outbox = self.world.hold_outbox(self.name)
        self.reception = Reception(self.world.house)
        self.by_bank = hasattr(intermediaries()[self.name], "references_in")
        if self.by_bank:
            agency = at_once(
                self.world.house.one(Agency, self.world.store.ids.agency("G14"), "agency")
            )
            agency.set_bank_account("collection", COLLECTION, date(2020, 1, 1), self.world.now)
            at_once(self.world.keep(agency))


class Course:
    """One payment, its truth made, and nothing of it told yet: ``inputs`` are what can be told."""

    def __init__(self, grounds: Grounds, truth: Truth) -> None:
        self.grounds, self.world = grounds, grounds.world
        world, counterpart = grounds.world, grounds.counterpart
        self.before = world.head()
        self.assessment = at_once(world.assessment("G14", *LINES))
        self.asking, checkout = self._asked()
        begun = [r.event for r in world.log(self.before) if isinstance(r.event, Payment.Initiated)]
        self.payment = at_once(world.house.one(Payment, begun[0].originator_id, "payment"))
        world.open_page(checkout.url)
        if checkout.qr:
            counterpart.scan(checkout.qr)
        shown = len(counterpart.credits())
        self.transaction = truth.happens(world, counterpart, self.payment)
        self.says = grounds.outbox.taken()
        self.credits = counterpart.credits()[shown:]
        self.unheard: list[Callable[[], httpx.Request]] = []

    def _asked(self) -> tuple[Running, Checkout]:
        """The payment asked for, and the intermediary's answer held back from whoever asked."""
        world = self.world
        world.listen(self.grounds.account)
        world.desk.hold = frozenset({"request_payment"})
        try:
            asking = Running(world.payment(self.grounds.account, self.assessment))
            asking.go_on()
        finally:
            world.desk.hold = frozenset()
        checkout = world.desk.held
        assert isinstance(checkout, Checkout)
        return asking, checkout

    @property
    def inputs(self) -> tuple[str, ...]:
        """What this intermediary has to tell of this truth, in the order of ``INPUTS``."""
        told = bool(self.says or self.credits)
        lacking = set() if told else {"notification", "duplicate"}
        if not self.transaction or self.grounds.by_bank:
            lacking.add("settlement line")
        return tuple(name for name in INPUTS if name not in lacking)

    def play(self, order: Sequence[str]) -> Final:
        """Tell it in this order; gives what is left."""
        tell: Mapping[str, Callable[[], None]] = {
            "create response": self._create_response,
            "notification": self._notification,
            "duplicate": self._notification,
            "browser return": self._browser_return,
            "look-up": self._look_up,
            "settlement line": self._settlement_line,
            "expiry": self._expiry,
        }
        for name in order:
            tell[name]()
        for _ in range(ROUNDS):
            self.world.now += timedelta(minutes=10)
            again, self.unheard = self.unheard, []
            for build in again:
                self._deliver(build)
        return self._final()

    # What is told

    def _create_response(self) -> None:
        self.asking.go_on()

    def _notification(self) -> None:
        """All that the intermediary says of it, or the line of the bank that credited it."""
        for build in self.says:
            self._deliver(build)
        for line in self.credits:
            credit = BankCredit(
                account=COLLECTION, reference=line.native_id, amount=line.amount,
                booked_on=line.value_date, value_on=line.value_date, narrative=line.narrative,
                payer=line.counterparty_name, payer_account=line.counterparty_account,
            )  # fmt: skip
            at_once(take_bank_credit(self.world.house, "G14", credit, "person:officer"))

    def _deliver(self, build: Callable[[], httpx.Request]) -> None:
        """To whoever is behind the route: HTTP itself has its own campaign, of callbacks."""
        request = build()
        notification = Notification(
            method=request.method, query=request.url.query, body=request.read(),
            headers={name.lower(): value for name, value in request.headers.items()},
            received_at=self.world.now,
        )  # fmt: skip
        reply = at_once(self.grounds.reception.receive(self.grounds.account, notification))
        answer = httpx.Response(
            reply.status, content=reply.body, headers={"content-type": reply.media_type}
        )
        if not self.grounds.counterpart.acknowledged(answer):
            self.unheard.append(build)

    def _browser_return(self) -> None:
        """The payer is back at the portal, which reads the payment; what they bring is nothing."""
        self.world.now += FRESH
        glances = GlancesHere(self.world.house)
        glances.at(at_once(self.world.house.see(Payment, self.payment.id, "payment")))
        glances.look()

    def _look_up(self) -> None:
        try:
            at_once(payments.look_up_payment(self.world.house, self.payment.id))
        except Unavailable:
            return

    def _settlement_line(self) -> None:
        taken = self.grounds.counterpart.books()[self.transaction]
        commission = Money(share(taken.amount.amount, COMMISSION_PPM), taken.amount.currency)
        line = SettlementLine(
            kind="payment", native_id=f"line {self.transaction}", transaction=self.transaction,
            reference=self.payment.reference, gross=taken.amount, commission=-commission,
            tax=Money(0, commission.currency), net=taken.amount - commission, at=taken.at,
        )  # fmt: skip
        house, account = self.world.house, self.grounds.account
        at_once(settlements.take_settlement_line(house, account, "B-1", line, "person:officer"))

    def _expiry(self) -> None:
        """The time to pay is long over; whoever asks after what has no end does so."""
        over = self.payment.expires_at + payments.GRACE + timedelta(minutes=1)
        self.world.now = max(self.world.now, over)
        for process in processes.every(self.world.house):
            if Payment.Initiated in process.events:
                bookmark = MemoryBookmark(self.before)
                runner = Runner(process, bookmark, self.world.store, self.world.clock)
                while at_once(runner.turn()):
                    pass
        for build in self.grounds.outbox.taken():
            self._deliver(build)

    def _final(self) -> Final:
        log = self.world.log(self.before)
        found = at_once(self.world.store.load(list({r.event.originator_id for r in log})))
        reckoning = Reckoning(log, found)
        places = [
            (placement.to, placement.amount.amount, placement.reason)
            for transfer in reckoning.transfers
            for placement in transfer.buckets
        ]
        assessment = found[self.assessment]
        payment = found[self.payment.id]
        assert isinstance(payment, Payment)
        return Final(
            tuple(sorted(reckoning.books().items())),
            f"{getattr(assessment, 'state', '')}",
            tuple(sorted(places)),
            payment.ended is not None,
        )
