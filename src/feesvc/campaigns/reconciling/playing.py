"""Playing: what payers and officers do of which no document tells, by the commands for it.

What a deed was about is kept under its item, so that a case can be traced back to it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TypeAlias
from uuid import UUID

from feesvc.application import assessments, batches, reclassifying
from feesvc.campaigns.planting.banked import PAYER
from feesvc.campaigns.planting.courses import OWED
from feesvc.campaigns.planting.inside import CLOSES
from feesvc.campaigns.planting.scenes import Deed
from feesvc.campaigns.reconciling.closing import Closings
from feesvc.campaigns.reconciling.ground import OFFICER, SECOND, Ground, Merchant
from feesvc.campaigns.reconciling.ordering import Orders
from feesvc.domain.aggregate import Refusal
from feesvc.domain.line import Kind
from feesvc.domain.payment import Payment
from feesvc.domain.transfer import Transfer
from feesvc.intermediary import Received, SettlementLine
from feesvc.money import Money
from feesvc.testing.books import No, Order
from feesvc.testing.faults import Fault
from feesvc.testing.settling.movements import VIETNAM

EVENING = time(21)
UNTOLD_FOR = timedelta(days=4)
"""An intermediary that could not be asked can be asked again after so long."""


@dataclass
class Players:
    """``subjects``: what each item is about; ``places``: the lines that tell of it, by account and
    name; ``stakes``: what is at risk by it where no plant can know. ``unplayed``: deeds that could
    not be done at all.
    """

    ground: Ground
    subjects: dict[str, set[UUID]] = field(default_factory=lambda: defaultdict(set))
    places: dict[str, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))
    stakes: dict[str, Money] = field(default_factory=dict)
    unplayed: list[Deed] = field(default_factory=list)
    last: list[Deed] = field(default_factory=list)
    """Deeds of the last of all days, for who judges."""
    _healing: list[tuple[date, Merchant, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.orders = Orders(self.ground, self.subjects, self.places, self.stakes)
        self.closings = Closings(self.ground)

    async def play(self, day: date, deeds: list[Deed]) -> None:
        """Everything of one day, in its evening, when its sessions are closed."""
        self.ground.now = max(self.ground.now, datetime.combine(day, EVENING, VIETNAM))
        for healed in [one for one in self._healing if one[0] <= day]:
            self._healing.remove(healed)
            healed[1].counterpart.faults.clear(healed[2])
        for deed in deeds:
            if deed.what in COURSES:
                await self._one(deed)
            elif deed.what in self.orders.WHAT:
                self.orders.ask(deed)
            elif deed.what in LAST:
                self.last.append(deed)
        await self.orders.work(day)
        await self.closings.work(day)

    async def _one(self, deed: Deed) -> None:
        agency, _, name = deed.at.partition(" ")
        try:
            await COURSES[deed.what](self, deed, self.ground.merchants[agency, name])
        except (No, Refusal):
            self.unplayed.append(deed)
        await self.ground.follow()

    # Payers

    async def pays_otherwise(self, deed: Deed, merchant: Merchant) -> None:
        await self._pays(merchant, await self._asked(deed, merchant), deed, deed.figure)

    async def pays_twice(self, deed: Deed, merchant: Merchant) -> None:
        first = await self._asked(deed, merchant)
        second = await self.ground.ask_for(merchant, *first.assessments)
        await self._pays(merchant, first, deed)
        await self._pays(merchant, second, deed)

    async def is_reduced(self, deed: Deed, merchant: Merchant) -> None:
        payment = await self._asked(deed, merchant)
        await self._pays(merchant, payment, deed)
        await assessments.reduce_assessment(
            self.ground.house, self.ground.act(OFFICER), payment.assessments[0],
            {1: OWED - deed.figure}, "reduced afterwards",
        )  # fmt: skip

    async def pays_for_the_replaced(self, deed: Deed, merchant: Merchant) -> None:
        payment = await self._asked(deed, merchant)
        await assessments.withdraw_assessment(
            self.ground.house, self.ground.act(OFFICER), payment.assessments[0], "replaced", "2"
        )
        await self._pays(merchant, payment, deed)

    async def pays_for_nothing(self, deed: Deed, merchant: Merchant) -> UUID:
        """An order that we never asked for; its money is ours all the same."""
        ledger, amount = merchant.counterpart.ledger, Money(OWED, "VND")
        reference = f"X{deed.item[-9:]}"
        ledger.open(Order(reference=reference, amount=amount))
        taken = ledger.pay(reference, amount, Money(0, "VND"), self.ground.now)
        said = Received(
            reference=reference, transaction=taken.transaction, amount=amount, at=taken.at
        )
        await self.ground.says(merchant.account, said)
        id = self.ground.store.ids.transfer(merchant.account, taken.transaction)
        self.subjects[deed.item].add(id)
        return id

    async def pays_for_another(self, deed: Deed, merchant: Merchant) -> None:
        """Money that named nothing turns out to be another agency's: it is held for them."""
        transfer = await self.pays_for_nothing(deed, merchant)
        await self.ground.follow()
        other = next(code for code in self.ground.agencies if code != merchant.agency)
        wish = reclassifying.Wish(
            item=reclassifying.Item(transfer=transfer, place="suspense"),
            purpose="hold_for_agency", reason="theirs", beneficiary=other,
        )  # fmt: skip
        house, ground = self.ground.house, self.ground
        done = await reclassifying.request_reclassification(house, ground.act(OFFICER), wish)
        assert done.result is not None
        if done.result.needs_second:
            await reclassifying.approve_reclassification(
                house, ground.act(SECOND), done.result.id, done.result.digest
            )

    async def never_ends(self, deed: Deed, merchant: Merchant) -> None:
        """The intermediary cannot be asked how the payment ended, and says nothing."""
        payment = await self._asked(deed, merchant)
        merchant.counterpart.faults.set(Fault.LOSE, payment.reference)
        merchant.counterpart.faults.set(Fault.SERVER_ERROR, payment.reference)

    async def is_paid_untold(self, deed: Deed, merchant: Merchant) -> None:
        payment = await self._asked(deed, merchant)
        counterpart = merchant.counterpart
        counterpart.faults.set(Fault.LOSE, payment.reference)
        counterpart.faults.set(Fault.SERVER_ERROR, payment.reference)
        self._healing.append((deed.day + UNTOLD_FOR, merchant, payment.reference))
        transaction = counterpart.pay(payment.reference)
        self.places[deed.item].add((deed.at, transaction))
        self.subjects[deed.item].add(self.ground.store.ids.transfer(merchant.account, transaction))

    async def forwards_late(self, deed: Deed, merchant: Merchant) -> None:
        """What another agency is owed is paid here, and nobody passes it on in time."""
        other = next(code for code in self.ground.agencies if code != merchant.agency)
        payment = await self._asked(deed, merchant, other)
        await self._pays(merchant, payment, deed)

    async def leaves_an_advance(self, deed: Deed, merchant: Merchant) -> None:
        """A court's advance is paid, and nobody applies it, gives it back or forfeits it."""
        payment = await self._asked(deed, merchant, kind="advance", amount=deed.figure)
        await self._pays(merchant, payment, deed)

    async def settles_on_paper(self, deed: Deed, merchant: Merchant) -> None:
        """An officer enters a settlement that came on paper: one line, and a sum beyond it."""
        ground, whose = self.ground, f"{merchant.name[0]}{merchant.name[-2:]}".upper()
        name = f"TAY{whose}{deed.item[-10:]}"
        id = ground.store.ids.transfer(merchant.account, deed.item)
        transfer = await ground.house.see(Transfer, id, "transfer")
        gross, beyond = transfer.amount, Money(deed.figure, transfer.amount.currency)
        commission, tax = merchant.counterpart.tariff.of(gross)
        net = gross - commission - tax
        declared = batches.Declared(
            batch=name, currency=gross.currency, gross=(gross + beyond).amount,
            commission=commission.amount, tax=tax.amount, net=(net + beyond).amount, count=2,
            settled_on=deed.day,
        )  # fmt: skip
        batch = await batches.declare_batch(ground.house, merchant.account, declared, OFFICER)
        line = SettlementLine(
            kind="payment", native_id=deed.item, transaction=deed.item, reference="", gross=gross,
            commission=-commission, tax=-tax, net=net, at=ground.now, settled_on=deed.day,
        )  # fmt: skip
        matched = [batches.MatchedLine(line=line, transfer=id)]
        await batches.settle_lines(ground.house, merchant.account, name, matched, OFFICER)
        bank = ground.banks[merchant.agency][0]
        entry = bank.book(
            (net + beyond).amount, deed.day + timedelta(days=1), f"TT DOI SOAT {name}",
            end_to_end=name, name=PAYER,
        )  # fmt: skip
        item = f"{deed.at} {deed.item}"  # numbers of payments are each merchant's own
        self.subjects[item] |= {batch.id, id}
        self.places[item].add((bank.number, entry.native_id))

    async def settles_and_closes(self, deed: Deed, merchant: Merchant) -> None:
        await self.settles_on_paper(deed, merchant)
        credited = deed.day + timedelta(days=1)
        self.closings.ask(credited + CLOSES, merchant.agency, credited)

    async def closes_the_day(self, deed: Deed, merchant: Merchant) -> None:
        self.closings.ask(deed.day + CLOSES, merchant.agency, deed.day)

    async def pays_the_account(self, deed: Deed, merchant: Merchant) -> None:
        """Straight to the agency's bank, under the code that the payment's page shows."""
        payment = await self._asked(deed, self.ground.direct[merchant.agency])
        bank = self.ground.banks[merchant.agency][0]
        entry = bank.book(
            OWED, deed.day + timedelta(days=1), f"NOP PHI {payment.reference}", name="LE VAN C"
        )
        self.places[deed.item].add((bank.number, entry.native_id))

    async def _asked(
        self, deed: Deed, merchant: Merchant, agency: str = "", kind: Kind = "fee",
        amount: int = OWED,
    ) -> Payment:  # fmt: skip
        owed = await self.ground.assessment(agency or merchant.agency, (kind, amount))
        payment = await self.ground.ask_for(merchant, owed)
        self.subjects[deed.item] |= {owed, payment.id}
        return payment

    async def _pays(
        self, merchant: Merchant, payment: Payment, deed: Deed, amount: int | None = None
    ) -> None:
        counterpart = merchant.counterpart
        with suppress(No):  # closed meanwhile: the money comes all the same
            counterpart.ledger.order(payment.reference).state = "open"
        transaction = counterpart.pay(payment.reference, amount, late=True)
        await self.ground.hear(merchant)
        self.subjects[deed.item].add(self.ground.store.ids.transfer(merchant.account, transaction))


Course: TypeAlias = Callable[[Players, Deed, Merchant], Awaitable[object]]
COURSES: Mapping[str, Course] = {
    "pays less": Players.pays_otherwise,
    "pays more": Players.pays_otherwise,
    "pays twice": Players.pays_twice,
    "pays, then it is reduced": Players.is_reduced,
    "pays after it was cancelled": Players.pays_for_the_replaced,
    "pays for nothing known": Players.pays_for_nothing,
    "pays for another agency's item": Players.pays_for_another,
    "never ends": Players.never_ends,
    "pays the account directly": Players.pays_the_account,
    "pays and nobody tells": Players.is_paid_untold,
    "forwards after two days": Players.forwards_late,
    "decides on an advance and leaves it": Players.leaves_an_advance,
    "settles on paper, with more than its lines": Players.settles_on_paper,
    "settles on paper, and the day of its credit is closed": Players.settles_and_closes,
    "closes the day": Players.closes_the_day,
}
"""What is done, by the words for it."""
LAST = frozenset(("changes a row of a projection",))
