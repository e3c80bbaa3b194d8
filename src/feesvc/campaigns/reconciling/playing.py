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

from feesvc.application import assessments, reclassifying
from feesvc.campaigns.planting.courses import OWED
from feesvc.campaigns.planting.scenes import Deed
from feesvc.campaigns.reconciling.ground import OFFICER, SECOND, Ground, Merchant
from feesvc.campaigns.reconciling.ordering import Orders
from feesvc.domain.aggregate import Refusal
from feesvc.domain.payment import Payment
from feesvc.intermediary import Received
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
    name. ``unplayed``: deeds that could not be done at all.
    """

    ground: Ground
    subjects: dict[str, set[UUID]] = field(default_factory=lambda: defaultdict(set))
    places: dict[str, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))
    unplayed: list[Deed] = field(default_factory=list)
    _healing: list[tuple[date, Merchant, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.orders = Orders(self.ground, self.subjects, self.places)

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
        await self.orders.work(day)

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

    async def pays_the_account(self, deed: Deed, merchant: Merchant) -> None:
        """Straight to the agency's bank, under the code that the payment's page shows."""
        payment = await self._asked(deed, merchant)
        bank = self.ground.banks[merchant.agency][0]
        entry = bank.book(
            OWED, deed.day + timedelta(days=1), f"NOP PHI {payment.reference}", name="LE VAN C"
        )
        self.places[deed.item].add((bank.number, entry.native_id))

    async def _asked(self, deed: Deed, merchant: Merchant, agency: str = "") -> Payment:
        owed = await self.ground.assessment(agency or merchant.agency, ("fee", OWED))
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
}
"""What is done, by the words for it."""
