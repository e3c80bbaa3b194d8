"""Batch arrivals: once all of a batch has come, what its lines settled is in the bank."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from feesvc.application.banking import bank_transfers, unbank_transfers
from feesvc.application.house import House
from feesvc.domain.batch import Batch


async def bank_settled(
    house: House, batch: UUID, occurred_at: datetime, principal: str, *, cause: str = "",
    straight: bool = False,
) -> Batch:  # fmt: skip
    """Bank every transfer that the batch settled, if all of the batch has come; gives the batch.

    Commission that was withheld counts as come. ``straight``: it came into the State budget's
    account, as it did where nothing of it came any other way: whoever comes after a crash between
    the two need not know. A repeat changes nothing.
    """
    found = await house.see(Batch, batch, f"batch {batch}")
    straight = straight or (bool(found.budget_references) and not found.credits)
    if found.in_full and found.transfers:
        await bank_transfers(
            house, found.transfers, occurred_at, principal, cause=cause, straight=straight
        )
    return found


async def unbank_settled(house: House, batch: UUID, occurred_at: datetime, principal: str) -> Batch:
    """Take back what ``bank_settled`` did, where not all of the batch is there any more."""
    found = await house.see(Batch, batch, f"batch {batch}")
    if not found.in_full and found.transfers:
        await unbank_transfers(house, found.transfers, occurred_at, principal)
    return found
