"""Ordering: remittances as officers draw them, and what the bank and the Treasury do with them.

Every day each agency splits what is in the bank and passes the budget's share on, so that nothing
is late; a deed that wants a remittance waits until there is something to send.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeAlias
from uuid import UUID

from feesvc.application.allocating import allocate
from feesvc.application.holdings import holdings
from feesvc.application.remitted import confirm_remittance
from feesvc.application.remitting import NewRemittance, approve_remittance, draw_remittance
from feesvc.campaigns.planting.scenes import Deed
from feesvc.campaigns.reconciling.ground import OFFICER, REMITTED_WITHIN, SECOND, Ground
from feesvc.domain.allocation import Allocation
from feesvc.domain.bank_order import NothingToSend
from feesvc.domain.remittance import ConfirmedLine, Remittance
from feesvc.money import Money, total

OTHER_CODES = {"chapter": "999"}
DIFFERS_BY = 1_000
HELD_FOR = timedelta(days=REMITTED_WITHIN + 1)
Step: TypeAlias = Callable[[], Awaitable[bool]]
"""Whether it could be done; else it is tried again the next day."""
PLAIN = "remits as always"
BANKED = ("line_money", "custody")
"""Projections by which the service knows what is banked and what is owed."""


@dataclass
class Orders:
    """``subjects`` and ``places``: what each item is about, shared with who plays the rest;
    ``stakes``: what is at risk by it, which only shows as it is played.
    """

    ground: Ground
    subjects: dict[str, set[UUID]]
    places: dict[str, set[tuple[str, str]]]
    stakes: dict[str, Money]
    drawn: list[Remittance] = field(default_factory=list)
    _waiting: list[Deed] = field(default_factory=list)
    _held: dict[str, tuple[date, Deed]] = field(default_factory=dict)
    _later: list[tuple[date, Step]] = field(default_factory=list)
    _count: int = 0

    WHAT = frozenset((
        "remits within the period", "remits after the period", "the bank debits another amount",
        "the Treasury confirms other codes", "the Treasury returns it",
        "the Treasury confirms nothing", "the bank debits it twice",
    ))  # fmt: skip

    def ask(self, deed: Deed) -> None:
        self._waiting.append(deed)

    @property
    def unplayed(self) -> list[Deed]:
        return [*self._waiting, *(deed for _, deed in self._held.values())]

    async def work(self, day: date) -> None:
        """What is due today, then one remittance of each agency, unless it is held back."""
        for due in [one for one in self._later if one[0] <= day]:
            if await due[1]():
                self._later.remove(due)
        ground = self.ground
        for agency in ground.agencies:
            ground.project(*BANKED)
            split = await allocate(
                ground.house, ground.act(OFFICER), agency, day - timedelta(days=1)
            )
            deed = self._deed(agency, split, day)
            if deed is not None:
                await self._remit(agency, deed, split, day)
        await ground.follow()

    def _deed(self, agency: str, made: Sequence[Allocation], day: date) -> Deed | None:
        """What is done with a remittance of this day; None: it is held back past its period."""
        if agency in self._held:
            on, deed = self._held[agency]
            return deed if on <= day else None
        mine = (one for one in self._waiting if one.at.startswith(f"{agency} "))
        deed = next(mine, Deed(what=PLAIN, day=day, at=agency))
        if deed.what != "remits after the period":
            return deed
        shares = [one.amount - one.retained for each in made for one in each.totals]
        if not any(share.amount for share in shares):
            return Deed(what=PLAIN, day=day, at=agency)
        self._waiting.remove(deed)
        self._held[agency] = (day + HELD_FOR, deed)
        self.subjects[deed.item] |= {one.id for one in made}
        self.stakes[deed.item] = total(shares, "VND")
        return None

    async def _remit(self, agency: str, deed: Deed, split: Sequence[Allocation], day: date) -> None:
        ground = self.ground
        new = NewRemittance(
            agency=agency, currency="VND", source="bank", execute_on=day, set_off=False
        )
        ground.project(*BANKED)
        if await self._short(agency):
            return
        try:
            order = (await draw_remittance(ground.house, ground.act(OFFICER), new)).result
        except NothingToSend:
            return
        assert order is not None
        ground.project(*BANKED)
        await approve_remittance(ground.house, ground.act(SECOND), order.id, order.digest)
        self._done(agency, deed, [one.id for one in split], order)
        self._send(agency, deed, order, day)

    async def _short(self, agency: str) -> bool:
        """Whether less is in the accounts than is owed out of them: no order would leave (DESIGN,
        part 7). What is retained makes up for commission on what is passed on whole, in time.
        """
        cover = await (await holdings(self.ground.house)).cover(agency, "VND")
        return cover.surplus < 0

    def _done(self, agency: str, deed: Deed, split: Sequence[UUID], order: Remittance) -> None:
        """The deed is played, by this order."""
        self.drawn.append(order)
        if deed.what == PLAIN:
            return
        if agency in self._held and self._held[agency][1] is deed:
            del self._held[agency]
        else:
            self._waiting.remove(deed)
            self.stakes[deed.item] = order.paid
        if deed.what == "remits within the period":
            self.subjects[deed.item] |= set(split)
        self.subjects[deed.item].add(order.id)

    def _send(self, agency: str, deed: Deed, order: Remittance, day: date) -> None:
        bank, paid = self.ground.banks[agency][0], order.paid.amount
        narrative, tomorrow = f"NOP NSNN {order.reference}", day + timedelta(days=1)
        differs = DIFFERS_BY if deed.what == "the bank debits another amount" else 0
        entries = [bank.book(differs - paid, tomorrow, narrative)]
        if differs:
            self.stakes[deed.item] = -entries[0].amount
        if deed.what == "the bank debits it twice":
            entries.append(bank.book(-paid, tomorrow, narrative))
        if deed.item:
            self.places[deed.item] |= {(bank.number, entry.native_id) for entry in entries}
        if deed.what == "the Treasury returns it":
            bank.book(paid, day + timedelta(days=2), f"HOAN TRA {narrative}")
        elif deed.what not in ("the Treasury confirms nothing", "the bank debits another amount"):
            codes = OTHER_CODES if deed.what == "the Treasury confirms other codes" else None
            self._later.append((day + timedelta(days=3), lambda: self._confirm(order, codes)))

    async def _confirm(self, order: Remittance, codes: Mapping[str, str] | None) -> bool:
        """As soon as the bank's statement told of the debit."""
        now = await self.ground.house.see(Remittance, order.id, "remittance")
        if now.state != "debited":
            return False
        self._count += 1
        lines = [
            ConfirmedLine(codes=entry.codes if codes is None else codes, amount=entry.amount)
            for entry in order.entries
        ]
        await confirm_remittance(
            self.ground.house, self.ground.act(OFFICER), order.id, f"KB{self._count:06d}", lines,
            self.ground.now,
        )  # fmt: skip
        return True
