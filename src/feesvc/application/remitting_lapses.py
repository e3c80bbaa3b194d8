"""Remitting lapses: what nobody may ask for any more, drawn and remitted like any budget share."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from feesvc.application.holdings import Holdings
from feesvc.application.house import House
from feesvc.domain.lapse import LapsedPart
from feesvc.domain.remittance import MOST, LapsedShare, Remittance
from feesvc.domain.transfer import Transfer
from feesvc.domain.transfer_adjusting import (
    remit_lapses,
    remittable_lapses,
    undo_lapse_remittance,
)

LAPSED = "lapsed"
"""What the books of custody call such money, until it is remitted."""


async def drawable_lapses(
    house: House, books: Holdings, agency: str, currency: str, taken: Collection[UUID]
) -> list[tuple[Mapping[str, str], LapsedShare]]:
    """What waits and no drawn remittance has, with its codes; ``taken``: adjustments."""
    waiting = await books.waiting(agency, LAPSED, currency, None, MOST + len(taken))
    found = []
    transfers = await house.store.peek(list(dict.fromkeys(one.transfer for one in waiting)))
    for transfer in transfers.values():
        assert isinstance(transfer, Transfer)
        for part in remittable_lapses(transfer):
            if part.adjustment not in taken:
                share = LapsedShare(
                    transfer=transfer.id, adjustment=part.adjustment, amount=part.amount
                )
                found.append((part.codes, share))
    return found


async def remit_drawn_lapses(house: House, remittance: Remittance, at: datetime) -> list[Transfer]:
    """Exactly what was drawn goes on. Raises ``NotWaiting``."""
    wanted: dict[UUID, list[LapsedPart]] = {}
    for entry in remittance.entries:
        for share in entry.lapsed:
            part = LapsedPart(adjustment=share.adjustment, amount=share.amount, codes=entry.codes)
            wanted.setdefault(share.transfer, []).append(part)
    changed = []
    for id, transfer in (await house.store.load(list(wanted))).items():
        assert isinstance(transfer, Transfer)
        remit_lapses(transfer, remittance.id, wanted[id], at)
        changed.append(transfer)
    return changed


async def undo_remitted_lapses(
    house: House, remittance: Remittance, at: datetime
) -> tuple[int, list[Transfer]]:
    """It came back: how much of it waits again, in minor units, and the transfers."""
    waiting, changed = 0, []
    ids = list(dict.fromkeys(share.transfer for share in remittance.lapsed))
    for transfer in (await house.store.load(ids)).values():
        assert isinstance(transfer, Transfer)
        waiting += undo_lapse_remittance(transfer, remittance.id, at)
        changed.append(transfer)
    return waiting, changed
