"""Adjusting a transfer: claims on the intermediary that held it, and money that nobody may ask for.

A claim ends where the money is settled, or undone, after all: ``withdraw_claim`` goes before that.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from feesvc.domain.aggregate import Refusal
from feesvc.domain.placement import Placement
from feesvc.domain.transfer import Transfer
from feesvc.money import Money


class NothingToClaim(Refusal):
    """So much of the transfer is not owed by its intermediary, or not claimed"""


class NotInTheBank(Refusal):
    """Only money that is in the bank goes to the State budget"""


class NotToBeCorrected(Refusal):
    """Only money that no settlement holds and nothing was taken of is recorded anew"""


def in_clearing(transfer: Transfer) -> int:
    """What stands on 1200 of it, in minor units, while no settlement holds it."""
    gone = transfer.settled or transfer.reversed or transfer.origin.via != "intermediary"
    return 0 if gone else max(transfer.ours.amount - transfer.claimed - transfer.given_up, 0)


def claim(transfer: Transfer, amount: Money, adjustment: UUID, at: datetime) -> None:
    """Raises ``NothingToClaim``."""
    if not 0 < amount.amount <= in_clearing(transfer):
        raise NothingToClaim(f"{in_clearing(transfer)} is in clearing")
    transfer.tell(Transfer.Claimed, at, amount=amount, adjustment=adjustment)


def write_claim_off(transfer: Transfer, amount: Money, adjustment: UUID, at: datetime) -> None:
    """Raises ``NothingToClaim``."""
    if not 0 < amount.amount <= transfer.claimed:
        raise NothingToClaim(f"{transfer.claimed} is claimed")
    transfer.tell(Transfer.ClaimWrittenOff, at, amount=amount, adjustment=adjustment)


def lapse(transfer: Transfer, takes: Sequence[Placement], adjustment: UUID, at: datetime) -> None:
    """Raises ``NotInTheBank``, ``MoreThanIsLeft``."""
    if not transfer.in_bank:
        raise NotInTheBank(str(transfer.id))
    transfer.check_covered(takes)
    transfer.tell(Transfer.Lapsed, at, takes=tuple(takes), adjustment=adjustment)


def check_correctable(transfer: Transfer) -> None:
    """Raises ``NotToBeCorrected``."""
    taken = transfer.reserved or transfer.refunded or transfer.disputes or transfer.beyond
    if taken or transfer.disclaimed or in_clearing(transfer) != transfer.amount.amount:
        raise NotToBeCorrected(str(transfer.id))
