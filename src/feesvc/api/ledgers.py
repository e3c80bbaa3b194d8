"""Ledgers: what installed projections answer, mounted under the agency they are asked about."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Query, Request, Response

from feesvc.api.callers import ANY_ROLE, Caller, caller_of
from feesvc.api.problems import Problem
from feesvc.api.service import Service
from feesvc.api.wire import AgencyCode
from feesvc.projecting import Db, OpenDb, Projection

WAIT_SECONDS = 5.0
STEP_SECONDS = 0.02
BEHIND = Problem(
    503, "not-there-yet", "The ledger has not reached that position; ask again", retry_after=1
)
BAD_POSITION = Problem(422, "bad-position", "A position reads <log>-<n>, as we gave it")


def routes(app: FastAPI, projections: Mapping[str, Projection]) -> APIRouter:
    """Every projection's own routes, each let through only for who may read that agency."""
    router = APIRouter()
    for name, projection in projections.items():
        router.include_router(
            projection.routes(_opener(app, name)),
            prefix=f"/agencies/{{agency}}/{name}",
            tags=[name],
            dependencies=[Depends(_Gate(name))],
        )
    return router


def _opener(app: FastAPI, name: str) -> OpenDb:
    """The tables of one projection, once the service is open."""

    def open_db() -> AbstractContextManager[Db]:
        service: Service = app.state.service
        return service.readers[name].open()

    return open_db


class _Gate:
    """Checks the caller, waits for a position, and says how far behind the answer is."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def __call__(
        self,
        request: Request,
        response: Response,
        agency: AgencyCode,
        who: Annotated[Caller, Depends(caller_of)],
        at_least: Annotated[str | None, Query(max_length=60)] = None,
    ) -> None:
        await who.require(agency, scope="ledgers:read", roles=ANY_ROLE)
        if who.portal is not None and "portal" in request.query_params:
            raise Problem(422, "bad-query", "A portal sees its own rows; it cannot name another")
        request.state.calendar = who.house.calendar
        request.state.today = who.house.today()
        request.state.portal = who.portal.code if who.portal else None
        reached, head = await self._reached(request, _position(who, at_least))
        response.headers["Feesvc-Position"] = f"{who.house.store.log}-{reached}"
        response.headers["Feesvc-Projection-Lag"] = str(max(head - reached, 0))

    async def _reached(self, request: Request, wanted: int) -> tuple[int, int]:
        service: Service = request.app.state.service
        deadline = asyncio.get_running_loop().time() + WAIT_SECONDS
        while True:
            reached, head = await service.positions.of(self.name)
            if reached >= wanted:
                return reached, head
            if asyncio.get_running_loop().time() > deadline:
                raise BEHIND
            await asyncio.sleep(STEP_SECONDS)


def _position(who: Caller, at_least: str | None) -> int:
    if at_least is None:
        return 0
    log, _, number = at_least.rpartition("-")
    if log != who.house.store.log or not (number.isascii() and number.isdigit()):
        raise BAD_POSITION
    return int(number)
