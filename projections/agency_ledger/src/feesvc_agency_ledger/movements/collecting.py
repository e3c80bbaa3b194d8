"""Money that moved, and where it was placed: the events of transfers."""

from __future__ import annotations

from collections.abc import Iterator

from feesvc.domain import transfer_events as told
from feesvc.domain.aggregate import Recorded
from feesvc.domain.transfer import Transfer
from feesvc_agency_ledger.movements.movement import (
    Approvals,
    Movement,
    Readers,
    about_placement,
    about_transfer,
    moved_with,
    where,
)


def _placed(recorded: Recorded, event: told.Placed, _: Approvals) -> Iterator[Movement]:
    for placement in event.placements:
        case = where(placement, recorded.agency)
        if placement.to in ("credit", "suspense") and placement.reason:
            case = f"{case} {placement.reason}"
        yield moved_with(case, placement, event)


def _re_placed(recorded: Recorded, event: told.RePlaced, _: Approvals) -> Iterator[Movement]:
    for move in event.moves:
        source = where(move.source, recorded.agency)
        case = f"{source} to {where(move.target, recorded.agency)}"
        stood = about_placement(move.source, event)
        yield moved_with(case, move.target, event)._replace(source=stood)
        if move.source.still_due and move.source.beneficiary == recorded.agency:
            yield Movement(f"{move.source.kind} due again", move.source.amount, stood)


def _disclaimed(recorded: Recorded, event: told.Disclaimed, _: Approvals) -> Iterator[Movement]:
    for take in event.takes:
        yield moved_with(where(take, recorded.agency), take, event)


def _reversed(recorded: Recorded, event: told.Reversed, _: Approvals) -> Iterator[Movement]:
    yield from _lost(recorded, event, _)
    yield Movement("beyond", event.beyond, about_transfer(event), event.origin.via)


def _disputed(recorded: Recorded, event: told.Disputed, _: Approvals) -> Iterator[Movement]:
    about = about_transfer(event)
    yield Movement("amount", event.amount, about, event.origin.via)
    yield Movement("fee", event.fee, about, event.origin.via)


def _won(recorded: Recorded, event: told.DisputeWon, _: Approvals) -> Iterator[Movement]:
    yield Movement("amount", event.amount, about_transfer(event), event.origin.via)


def _lost(
    recorded: Recorded, event: told.Reversed | told.DisputeLost, _: Approvals
) -> Iterator[Movement]:
    for take in event.takes:
        own = take.to == "line" and take.beneficiary == recorded.agency
        case = where(take, recorded.agency) + (" due" if own and take.still_due else "")
        yield moved_with(case, take, event)


READERS: Readers = {
    Transfer.Placed: _placed,
    Transfer.RePlaced: _re_placed,
    Transfer.Disclaimed: _disclaimed,
    Transfer.Reversed: _reversed,
    Transfer.Disputed: _disputed,
    Transfer.DisputeWon: _won,
    Transfer.DisputeLost: _lost,
}
