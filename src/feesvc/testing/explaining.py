"""A scenario whose processes run when the story says so, and whose cases people end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Literal

from feesvc.application import reclassifying, resolving
from feesvc.application.residuals import residual_of
from feesvc.domain.case import Case
from feesvc.domain.finding import Resolution
from feesvc.domain.transfer import Transfer
from feesvc.money import Money
from feesvc.testing.reacting import Reacting

MAKER, CHECKER = "person:maker", "person:checker"


def vnd(amount: int) -> Money:
    return Money(amount, "VND")


class Desk(Reacting):
    """People at their desks: one proposes how a case ends, another agrees."""

    async def case(self, code: str = "") -> Case:
        """The only case, or the only one of a code."""
        recorded = await self.store.read(0, 100_000, [Case.Opened.TOPIC])
        found = await self.store.load([one.event.originator_id for one in recorded])
        [case] = [
            one
            for one in found.values()
            if isinstance(one, Case) and one.code in (code or one.code)
        ]
        return case

    async def unknown(self, amount: int = 100_000) -> tuple[Case, Transfer]:
        account = await self.agency("G14")
        await self.money(account, "nobody's", amount)
        await self.run()
        return await self.case(), await self.transfer(account)

    async def propose(
        self, case: Case, resolution: Resolution, wish: resolving.Wish | None = None,
        who: str = MAKER,
    ) -> Case:  # fmt: skip
        act = self.house.act(self.some_id(), who)
        done = await resolving.resolve_case(self.house, act, case.id, resolution, "why", wish)
        assert done.result is not None
        return done.result

    async def agree(self, case: Case, who: str = CHECKER) -> Case:
        act = self.house.act(self.some_id(), who)
        done = await resolving.approve_case(self.house, act, case.id, case.digest)
        assert done.result is not None
        return done.result

    async def left(self, case: Case) -> Money | None:
        return await residual_of(self.house, case.code, case.subject, case.discriminator)


def story(tell: Callable[[Desk], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    return lambda: asyncio.run(tell(Desk()))


def item(transfer: Transfer, place: Literal["suspense", "credit"] = "suspense") -> Any:
    return reclassifying.Item(transfer=transfer.id, place=place)
