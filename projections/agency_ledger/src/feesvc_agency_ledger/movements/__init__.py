"""What an event moves: amounts, each with the case that a posting rule decides by. Pure.

No account stands here: those are data, in the rules. One module for each family of events.
"""

from __future__ import annotations

from collections.abc import Iterator

from feesvc.domain.aggregate import Recorded
from feesvc_agency_ledger.movements import (
    adjusting,
    assessing,
    closing,
    collecting,
    refunding,
    remitting,
    settling,
)
from feesvc_agency_ledger.movements.movement import (
    Approval,
    Approvals,
    Dimensions,
    Movement,
    Readers,
    Taken,
)

__all__ = ["READERS", "Approval", "Approvals", "Dimensions", "Movement", "Taken", "movements"]

READERS: Readers = {
    **adjusting.READERS,
    **assessing.READERS,
    **closing.READERS,
    **collecting.READERS,
    **refunding.READERS,
    **remitting.READERS,
    **settling.READERS,
}


def movements(recorded: Recorded, approvals: Approvals) -> Iterator[Movement]:
    """Every amount that an event moves in the book of its agency; none for most events."""
    read = READERS.get(type(recorded.event))
    return read(recorded, recorded.event, approvals) if read else iter(())
