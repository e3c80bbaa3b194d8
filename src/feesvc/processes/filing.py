"""Filing: after a file's events come its rows, whatever happened meanwhile, then its matches."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import ClassVar
from uuid import UUID

import structlog

from feesvc.application.concluding import reconcile
from feesvc.application.file_restating import LinesPlaced
from feesvc.application.files import finish, stands_last
from feesvc.application.house import HANOI, House
from feesvc.application.matching import accounts_waiting
from feesvc.domain.aggregate import Aggregate, Refusal
from feesvc.domain.statement import Statement
from feesvc.reacting import Command, Due, Recorded
from feesvc.reconciling.matching.runs import ProjectionBehind, RunUnderWay
from feesvc.reconciling.matching.scope import Leg

log = structlog.get_logger(__name__)
ASK_AGAIN = timedelta(seconds=10)
TRY_AGAIN = timedelta(minutes=10)


class Filing:
    """The rows it nearly always finds done: whoever accepted the file did them.

    One run follows a file, however many statements it has, and after a settlement one at each bank
    account where lines wait. A run waits for what others are doing at the account, and is asked for
    again.
    """

    name: ClassVar[str] = "filing"
    events: ClassVar[tuple[type[Aggregate.Event], ...]] = (
        Statement.Accepted,
        Statement.Superseded,
    )

    def __init__(self, house: House) -> None:
        self._house = house

    def react(self, recorded: Recorded) -> Sequence[Command | Due]:
        return self.wake(recorded, "finish", self._house.now())

    def wake(self, recorded: Recorded, step: str, now: datetime) -> Sequence[Command | Due]:
        return [Command(step, lambda id: self._finish(id, recorded, step))]

    async def _finish(self, id: UUID, recorded: Recorded, step: str) -> Sequence[Due]:
        event = recorded.event
        assert isinstance(event, Statement.Accepted | Statement.Superseded)
        house, principal = self._house, f"process:{self.name}"
        leg: Leg = "S" if event.source == "settlement" else "B"
        places: list[tuple[UUID, Leg]] = [(event.account, leg)]
        try:
            await finish(house, event.told.file, principal)
            if not await stands_last(house, event.told.file, event.told.statement):
                return ()
            for place in places:
                await reconcile(
                    house, recorded.agency, *place, house.today(), principal=principal,
                    id=house.store.ids.of("match_run", str(id), str(place[0])),
                )  # fmt: skip
                if place[1] == "S":  # credits may have waited for these batches
                    banks = await accounts_waiting(house, recorded.agency)
                    places += [(account, "B") for account in banks]
        except (RunUnderWay, ProjectionBehind, LinesPlaced) as why:
            # Lines that went further wait for people, at their case, and hold up no other file.
            log.info("file.waits", agency=recorded.agency, stream=event.told.file, why=str(why))
            return [Due(f"{step}+", house.now() + ASK_AGAIN)]
        except Refusal as why:
            # Nobody foresaw it: it is tried again, for an operator to see, and no agency waits.
            log.error(
                "file.refused", agency=recorded.agency, stream=event.told.file,
                error=type(why).__name__, why=str(why),
            )  # fmt: skip
            return [Due(f"{step}+", house.now() + TRY_AGAIN)]
        if event.told.ends_on > house.today():  # a run looks at its lines on that day
            return [Due(f"{step}+", datetime.combine(event.told.ends_on, time(), HANOI))]
        return ()
