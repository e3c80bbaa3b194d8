"""Acting for a process: who asks, and which event it answers."""

from __future__ import annotations

from uuid import UUID

from feesvc.application.house import Act, House
from feesvc.reacting import Recorded


def act_on(house: House, process: str, id: UUID, recorded: Recorded) -> Act:
    """The act of ``process`` that ``recorded`` caused; its command id is the step's."""
    cause = f"{house.store.log}-{recorded.position}"
    return house.act(id, f"process:{process}", cause=cause)
