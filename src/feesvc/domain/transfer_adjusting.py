"""Adjusting a transfer: claims on the intermediary that held it, and money that nobody may ask for.

A claim ends where the money is settled, or undone, after all: ``withdraw_claim`` goes before that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from feesvc.domain.aggregate import Refusal
from feesvc.domain.lapse import LapsedPart
from feesvc.domain.placement import Placement
from feesvc.domain.transfer import Transfer
from feesvc.money import Money


class NothingToClaim(Refusal):
    """So much of the transfer is not owed by its intermediary, or not claimed"""


class NotInTheBank(Refusal):
    """Only money that is in the bank goes to the State budget"""


class NotWaiting(Refusal):
    """What had lapsed does not wait to be remitted any more: reject it and draw again"""


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


def lapse(
    transfer: Transfer, takes: Sequence[Placement], adjustment: UUID, at: datetime,
    codes: Mapping[str, str] | None = None,
) -> None:  # fmt: skip
    """``codes``: what it is to be remitted under. Raises ``NotInTheBank``, ``MoreThanIsLeft``."""
    if not transfer.in_bank:
        raise NotInTheBank(str(transfer.id))
    transfer.check_covered(takes)
    transfer.tell(
        Transfer.Lapsed, at, takes=tuple(takes), adjustment=adjustment, codes=dict(codes or {})
    )


def remittable_lapses(transfer: Transfer) -> list[LapsedPart]:
    """What lapsed of it and waits to be remitted: only while it is in the bank."""
    return list(transfer.lapses.waiting) if transfer.in_bank else []


def remit_lapses(
    transfer: Transfer, remittance: UUID, parts: Sequence[LapsedPart], at: datetime
) -> None:
    """Exactly these go on with a remittance. Raises ``NotWaiting``."""
    there = remittable_lapses(transfer)
    if any(part not in there for part in parts):
        raise NotWaiting(f"of transfer {transfer.id}")
    transfer.record(Transfer.LapseRemitted, at, remittance=remittance, parts=tuple(parts))


def undo_lapse_remittance(transfer: Transfer, remittance: UUID, at: datetime) -> int:
    """It came back; gives how much waits again, in minor units."""
    parts = transfer.lapses.taken_by(remittance)
    if parts:
        transfer.record(Transfer.LapseRemittanceUndone, at, remittance=remittance, parts=parts)
    return sum(part.amount.amount for part in parts)


def check_correctable(transfer: Transfer) -> None:
    """Raises ``NotToBeCorrected``."""
    taken = transfer.reserved or transfer.refunded or transfer.disputes or transfer.beyond
    if taken or transfer.disclaimed or in_clearing(transfer) != transfer.amount.amount:
        raise NotToBeCorrected(str(transfer.id))
