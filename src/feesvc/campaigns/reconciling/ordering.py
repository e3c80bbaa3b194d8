"""Ordering: remittances as officers draw them, and what the bank and the Treasury do with them.

Every day each agency allocates what is in the bank; a deed that wants a remittance waits until
there is something to send.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeAlias
from uuid import UUID

from feesvc.application.allocating import allocate
from feesvc.application.remitted import confirm_remittance
from feesvc.application.remitting import NewRemittance, approve_remittance, draw_remittance
from feesvc.campaigns.planting.scenes import Deed
from feesvc.campaigns.reconciling.ground import OFFICER, SECOND, Ground
from feesvc.domain.bank_order import NothingToSend
from feesvc.domain.remittance import ConfirmedLine, Remittance

OTHER_CODES = {"chapter": "999"}
DIFFERS_BY = 1_000
Step: TypeAlias = Callable[[], Awaitable[bool]]
"""Whether it could be done; else it is tried again the next day."""


@dataclass
class Orders:
    """``subjects`` and ``places``: what each item is about, shared with who plays the rest."""

    ground: Ground
    subjects: dict[str, set[UUID]]
    places: dict[str, set[tuple[str, str]]]
    _waiting: list[Deed] = field(default_factory=list)
    _later: list[tuple[date, Step]] = field(default_factory=list)
    _count: int = 0

    WHAT = frozenset((
        "remits within the period", "the bank debits another amount",
        "the Treasury confirms other codes", "the Treasury returns it",
        "the Treasury confirms nothing", "the bank debits it twice",
    ))  # fmt: skip

    def ask(self, deed: Deed) -> None:
        self._waiting.append(deed)

    @property
    def unplayed(self) -> list[Deed]:
        return list(self._waiting)

    async def work(self, day: date) -> None:
        """What is due today, then one remittance of each agency of which somebody wants one."""
        for due in [one for one in self._later if one[0] <= day]:
            if await due[1]():
                self._later.remove(due)
        for agency in self.ground.agencies:
            deed = next((one for one in self._waiting if one.at.startswith(f"{agency} ")), None)
            if deed is not None and await self._remit(agency, deed, day):
                self._waiting.remove(deed)
        await self.ground.follow()

    async def _remit(self, agency: str, deed: Deed, day: date) -> bool:
        house, ground = self.ground.house, self.ground
        ground.project()
        await allocate(house, ground.act(OFFICER), agency, day - timedelta(days=1))
        ground.project()
        new = NewRemittance(
            agency=agency, currency="VND", source="bank", execute_on=day, set_off=False
        )
        try:
            drawn = (await draw_remittance(house, ground.act(OFFICER), new)).result
        except NothingToSend:
            return False
        assert drawn is not None
        ground.project()
        await approve_remittance(house, ground.act(SECOND), drawn.id, drawn.digest)
        self.subjects[deed.item].add(drawn.id)
        self._send(agency, deed, drawn, day)
        return True

    def _send(self, agency: str, deed: Deed, order: Remittance, day: date) -> None:
        bank, paid = self.ground.banks[agency][0], order.paid.amount
        narrative, tomorrow = f"NOP NSNN {order.reference}", day + timedelta(days=1)
        differs = DIFFERS_BY if deed.what == "the bank debits another amount" else 0
        entries = [bank.book(differs - paid, tomorrow, narrative)]
        if deed.what == "the bank debits it twice":
            entries.append(bank.book(-paid, tomorrow, narrative))
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
